// Settings of registry: what every service needs (shared/process/config.h) and PEPLINE_ID_KEY, the
// secret behind all opaque ids. Threads: use from one thread at start.
#ifndef PEPLINE_SERVICES_REGISTRY_CONFIG_H_
#define PEPLINE_SERVICES_REGISTRY_CONFIG_H_

#include <string>

#include "shared/process/config.h"

namespace pepline::registry {

inline constexpr char kTopic[] = "pepline.registry.events.v1";

struct Config {
  CommonConfig common;
  std::string id_key;  // 32 bytes
};
Config ReadConfig(Settings& settings);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_CONFIG_H_
