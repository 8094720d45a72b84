// Settings of scheduling: what every service needs (shared/process/config.h) and nothing of its
// own. Threads: use from one thread at start.
#ifndef PEPLINE_SERVICES_SCHEDULING_CONFIG_H_
#define PEPLINE_SERVICES_SCHEDULING_CONFIG_H_

#include "shared/process/config.h"

namespace pepline::scheduling {

inline constexpr char kTopic[] = "pepline.scheduling.events.v1";
inline constexpr char kConsumerGroup[] = "pepline.scheduling";

struct Config {
  CommonConfig common;
};
Config ReadConfig(Settings& settings);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_CONFIG_H_
