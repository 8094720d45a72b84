#include "services/assessments/config.h"

namespace pepline::assessments {

Config ReadConfig(Settings& settings) { return {ReadCommonConfig("assessments", settings)}; }

}  // namespace pepline::assessments
