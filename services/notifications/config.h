// Settings of notifications: what every service needs (shared/process/config.h), where mail goes
// and who knows the addresses. Threads: use from one thread at start.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_CONFIG_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_CONFIG_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/notifications/delivery/smtp_client.h"
#include "shared/process/config.h"

namespace pepline::notifications {

struct MailSettings {
  std::optional<SmtpServer> server;  // none: mail is written to the folder alone
  std::string from;
  std::string folder;                        // of copies; empty: none
  std::vector<std::string> allowed_domains;  // empty: any
  int max_attempts = 1000;
  // How long what left is still put on record while the process stops.
  absl::Duration farewell = absl::Seconds(5);
};

struct Config {
  CommonConfig common;
  MailSettings mail;
  std::string registry_address;
  std::string signing_key_file;
};
Config ReadConfig(Settings& settings);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_CONFIG_H_
