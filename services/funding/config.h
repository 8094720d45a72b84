// Settings of funding: what every service needs (shared/process/config.h) and nothing of its own.
// Threads: use from one thread at start.
#ifndef PEPLINE_SERVICES_FUNDING_CONFIG_H_
#define PEPLINE_SERVICES_FUNDING_CONFIG_H_

#include "shared/process/config.h"

namespace pepline::funding {

inline constexpr char kTopic[] = "pepline.funding.events.v1";
inline constexpr char kConsumerGroup[] = "pepline.funding";

struct Config {
  CommonConfig common;
};
Config ReadConfig(Settings& settings);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_CONFIG_H_
