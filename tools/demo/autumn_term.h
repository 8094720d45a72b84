// The autumn term of 2025 in Oxfordshire, as the demo plays it: who does what on which day.
// Schools, term dates and bank holidays are real; every person and everything that happens here is
// invented. Promises: plain values, the same on every run; nothing here knows a stack.
// Threads: pure functions.
#ifndef PEPLINE_TOOLS_DEMO_AUTUMN_TERM_H_
#define PEPLINE_TOOLS_DEMO_AUTUMN_TERM_H_

#include <string>

#include "absl/time/civil_time.h"
#include "tools/story/step.h"

namespace pepline::demo {

// Before the imports, on the last morning of the summer holidays.
inline constexpr absl::CivilSecond kBegin(2025, 9, 1, 6, 0, 0);
inline constexpr absl::CivilDay kTermFirstDay(2025, 9, 2);
inline constexpr absl::CivilDay kTermLastDay(2025, 12, 19);
// Twenty working days after the last child came into care: Christmas and New Year do not count. On
// the Monday after it people hear of what was late that Friday; what leaves together does so a
// minute after eight.
inline constexpr absl::CivilSecond kEnd(2026, 1, 19, 8, 5, 0);

// In any order; `source` is the folder of the source tree.
story::Story AutumnTerm(const std::string& source);

}  // namespace pepline::demo

#endif  // PEPLINE_TOOLS_DEMO_AUTUMN_TERM_H_
