// Settings of assessments: what every service needs (shared/process/config.h) and nothing of its
// own. Threads: use from one thread at start.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_CONFIG_H_
#define PEPLINE_SERVICES_ASSESSMENTS_CONFIG_H_

#include "shared/process/config.h"

namespace pepline::assessments {

struct Config {
  CommonConfig common;
};
Config ReadConfig(Settings& settings);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_CONFIG_H_
