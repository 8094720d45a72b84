#include "services/scheduling/config.h"

namespace pepline::scheduling {

Config ReadConfig(Settings& settings) { return {ReadCommonConfig("scheduling", settings)}; }

}  // namespace pepline::scheduling
