// Files for the tests of the parsers, and how their answers are looked at.
#ifndef PEPLINE_TESTS_UNIT_REGISTRY_IMPORTS_FILES_H_
#define PEPLINE_TESTS_UNIT_REGISTRY_IMPORTS_FILES_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/import/parse/rows.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline::registry::imports {

inline void PrintTo(const RowError& error, std::ostream* out) {
  *out << "row " << error.row << ", " << error.column << ": " << error.message;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
// One of deploy/data.
inline std::string DataFile(const std::string& name) {
  return ReadFile(std::string(PEPLINE_DATA) + "/" + name);
}

inline std::string Lines(std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const std::string_view line : lines) text.append(line).append("\n");
  return text;
}

inline std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// Rows of a policy profile that switch off every rule that has to be named, but for one.
inline std::string AllOthersOff(std::string_view but) {
  std::string rows;
  for (const CataloguedRule& rule : kRuleCatalogue) {
    if (rule.in_profile != InProfile::kHasToBeNamed || rule.id == but) continue;
    rows.append("  - {rule_id: ").append(rule.id).append(", disabled: true, reason: a test}\n");
  }
  return rows;
}

// A policy profile of one deadline, every other one switched off, and then a section, whose rows
// begin with 17.
inline std::string ProfileWith(std::string_view section) {
  std::string profile = R"(effective_on: 2025-09-01
source: a test
deadline_rules:
  - rule_id: finalise-within-5-school-days
    length: 5
    day_kind: school-days
    source: a test
    levels: [{level: 1, offset: 0, day_kind: school-days, recipients: [designated-teacher]}]
)";
  profile += AllOthersOff("finalise-within-5-school-days");
  profile += "term_cut_offs:\n  - {academic_year: 2025/26, term: autumn, cut_off_on: 2025-11-28}\n";
  return profile.append(section);
}

inline auto Reports(::testing::Matcher<int> row, std::string_view column, std::string_view part) {
  return ::testing::AllOf(
      ::testing::Field("row", &RowError::row, row),
      ::testing::Field("column", &RowError::column, std::string(column)),
      ::testing::Field("message", &RowError::message, ::testing::HasSubstr(std::string(part))));
}

// A file, and the one error that it brings.
struct BadFile {
  std::string text;
  int row;
  std::string_view column;
  std::string_view part;  // of the message
};
template <class Parse>
void EachBringsItsError(Parse parse, const std::vector<BadFile>& files) {
  for (const BadFile& file : files) {
    EXPECT_THAT(parse(file.text).errors,
                ::testing::ElementsAre(Reports(file.row, file.column, file.part)))
        << file.text.substr(0, 1000);
  }
}

}  // namespace pepline::registry::imports

#endif  // PEPLINE_TESTS_UNIT_REGISTRY_IMPORTS_FILES_H_
