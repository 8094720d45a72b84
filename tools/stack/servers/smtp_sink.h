// A mail server that keeps every mail as a file and sends none on (aiosmtpd, Maildir). For demo,
// training and tests. Promises: the same port over Kill and Restart; stops with its object.
// Threads: one at a time.
#ifndef PEPLINE_TOOLS_STACK_SERVERS_SMTP_SINK_H_
#define PEPLINE_TOOLS_STACK_SERVERS_SMTP_SINK_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/stack/processes.h"

namespace pepline {

class SmtpSink {
 public:
  // Keeps the mails in <folder>/mail/new; accepts connections when this returns.
  static absl::StatusOr<std::unique_ptr<SmtpSink>> Start(const std::string& folder,
                                                         bool outlive_parent = false);
  int port() const { return port_; }
  std::string url() const;
  const std::string& mail_folder() const { return mail_folder_; }  // the Maildir
  // The text of every mail so far, in order of arrival.
  std::vector<std::string> Mails() const;

  // From now on a recipient is refused with this SMTP code (4xx for now, 5xx for good)...
  absl::Status Refuse(const std::string& address, int code);
  // ...until nobody is refused any more.
  void AcceptAll();

  pid_t pid() const { return process_->pid(); }
  bool Running() { return process_->Running(); }
  std::optional<int> ExitCode() { return process_->ExitCode(); }
  std::string log_file() const { return folder_ + "/smtp.log"; }
  void Kill() { process_->Kill(); }
  void Stop() { process_->Stop(); }
  void Abandon() { process_->Abandon(); }
  absl::Status Restart();

 private:
  SmtpSink(std::string folder, int port, bool outlive_parent);
  std::string folder_;
  std::string mail_folder_;
  int port_;
  bool outlive_parent_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVERS_SMTP_SINK_H_
