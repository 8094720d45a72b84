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

inline auto Reports(int row, std::string_view column, std::string_view part) {
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
