#include "services/funding/config.h"

namespace pepline::funding {

Config ReadConfig(Settings& settings) { return {ReadCommonConfig("funding", settings)}; }

}  // namespace pepline::funding
