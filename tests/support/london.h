// Dates and instants as people write them, on the clock of London. A text that is neither fails the
// test. Threads: any.
#ifndef PEPLINE_TESTS_SUPPORT_LONDON_H_
#define PEPLINE_TESTS_SUPPORT_LONDON_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "shared/base/london.h"
#include "shared/domain/calendar.h"

namespace pepline {

inline absl::CivilDay Day(std::string_view text) {
  const auto day = ParseDate(text);
  EXPECT_TRUE(day.has_value()) << text;
  return day.value_or(absl::CivilDay());
}

// "2025-10-20 14:00" or "2025-10-20 23:59:59".
inline absl::Time At(std::string_view text) {
  const char* format = text.size() > 16 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M";
  absl::Time at;
  std::string error;
  EXPECT_TRUE(
      absl::ParseTime(format, absl::string_view(text.data(), text.size()), London(), &at, &error))
      << text << error;
  return at;
}

// 23:59:59 of a day.
inline absl::Time EndOf(std::string_view day) {
  return absl::FromCivil(absl::CivilSecond(Day(day) + 1), London()) - absl::Seconds(1);
}

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_LONDON_H_
