// The values of one row, read as what their columns hold.
// Promises: every reader gives a value, or a harmless one with an error that names the column, the
// class of value and the fix, never the value; an empty cell gives an empty value unless it must be
// there. Control characters and what a spreadsheet would take for a formula are refused in every
// cell that is read. Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_CELLS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_CELLS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/table.h"
#include "services/registry/import/parse/text.h"
#include "shared/domain/calendar.h"

namespace pepline::registry::imports {

enum class Need { kOptional, kRequired };

class Cells {
 public:
  Cells(const TableRow& row, Errors& errors) : row_(row), errors_(errors) {}

  int row() const { return row_.number(); }
  bool ok() const { return ok_; }
  bool empty(std::size_t column) const { return row_[column].empty(); }
  void Fail(std::size_t column, std::string message);

  // At most `longest` characters (Unicode code points) of text.
  std::string Text(std::size_t column, Need need, std::size_t longest);
  // Letters, digits and . _ / - in at most 64 places: an id somebody else gave.
  std::string OwnId(std::size_t column, Need need);
  std::string Urn(std::size_t column, Need need);            // five to seven digits
  std::string AuthorityCode(std::size_t column, Need need);  // three digits
  std::string AcademicYear(std::size_t column, Need need);   // "2025/26"
  std::string Email(std::size_t column, Need need);
  std::string Upn(std::size_t column);                                        // in upper case
  int Part(std::size_t column);                                               // of a term: 1 or 2
  bool YesOrNo(std::size_t column);                                           // must be there
  std::optional<absl::CivilDay> Date(std::size_t column, Need need);          // YYYY-MM-DD
  std::optional<absl::CivilDay> RegisterDate(std::size_t column, Need need);  // DD-MM-YYYY

  // One of the names in a table; must be there.
  template <class Value>
  std::optional<Value> OneOf(std::size_t column,
                             std::span<const std::pair<std::string_view, Value>> known) {
    const std::string_view text = Read(column, Need::kRequired, kLongestName);
    if (text.empty()) return std::nullopt;
    std::vector<std::string_view> names;
    for (const auto& [name, value] : known) {
      if (name == text) return value;
      names.push_back(name);
    }
    FailName(column, text, names);
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kLongestName = 100;

  // The cell, or nothing with an error unless it is empty and may be.
  std::string_view Read(std::size_t column, Need need, std::size_t longest);
  void FailName(std::size_t column, std::string_view text, std::span<const std::string_view> known);

  const TableRow& row_;
  Errors& errors_;
  bool ok_ = true;
};

// Which row of the file said something first.
class SeenRows {
 public:
  // 0 when nothing was said under this key before.
  int Note(std::string key, int row) {
    auto [seen, first] = rows_.try_emplace(std::move(key), row);
    return first ? 0 : seen->second;
  }

 private:
  std::unordered_map<std::string, int> rows_;
};

// A date that anything here may have: of the years 1900 to 2199.
std::optional<absl::CivilDay> PlausibleDate(std::string_view iso);
bool IsAcademicYear(std::string_view text);
// Whether a day lies between 1 August that the academic year begins with and the 31 August after.
bool LiesInAcademicYear(absl::CivilDay day, std::string_view academic_year);
inline constexpr std::string_view kBadDate = "not a date; write YYYY-MM-DD, as in 2025-09-02";
inline constexpr std::string_view kBadAcademicYear =
    "not an academic year; write two years that follow each other, as in 2025/26";

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_CELLS_H_
