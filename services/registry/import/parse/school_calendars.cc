// Days without a session and own terms of single schools, gathered by school.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/terms.h"

namespace pepline::registry::imports {
namespace {

enum CalendarColumn : std::size_t { kUrn, kKind, kFirstDay, kLastDay, kYear, kTerm, kPart };
constexpr std::array<Column, 7> kColumns = {{{"school_urn", true},
                                             {"kind", true},
                                             {"first_day", true},
                                             {"last_day", true},
                                             {"academic_year", false},
                                             {"term", false},
                                             {"part", false}}};

enum class Kind { kDaysClosed, kTerm, kNone };
constexpr std::array<std::pair<std::string_view, Kind>, 4> kKinds = {{{"inset", Kind::kDaysClosed},
                                                                      {"closed", Kind::kDaysClosed},
                                                                      {"term", Kind::kTerm},
                                                                      {"none", Kind::kNone}}};

// Longer than a summer holiday, so that a wrong year shows.
constexpr int kMostDaysClosed = 60;

// One school's rows until the file is read.
struct Gathered {
  int row = 0;
  int none_row = 0;
  int other_row = 0;
  std::map<absl::CivilDay, int> closed_days;  // with the row that says so
  std::vector<TermRow> terms;
};

class CalendarReader {
 public:
  explicit CalendarReader(Errors& errors) : errors_(errors) {}

  void Take(const TableRow& row) {
    Cells cells(row, errors_);
    const std::string urn = cells.Urn(kUrn, Need::kRequired);
    const auto kind = cells.OneOf<Kind>(kKind, kKinds);
    if (!cells.ok() || !kind) return;
    Gathered& school = schools_[urn];
    if (school.row == 0) school.row = row.number();
    if (*kind != Kind::kTerm) RefuseValues(cells, {kYear, kTerm, kPart});
    switch (*kind) {
      case Kind::kDaysClosed:
        TakeDays(cells, school);
        break;
      case Kind::kTerm:
        TakeTerm(cells, school);
        break;
      case Kind::kNone:
        RefuseValues(cells, {kFirstDay, kLastDay});
        school.none_row = row.number();
        break;
    }
    if (*kind != Kind::kNone) school.other_row = row.number();
    if (school.none_row > 0 && school.other_row > 0) {
      cells.Fail(kKind,
                 absl::StrCat("\"none\" is the only row a school may have, but row ",
                              school.none_row == row.number() ? school.other_row : school.none_row,
                              " is of the same school; remove one"));
    }
  }

  std::vector<SchoolCalendarRow> Finish() {
    std::vector<SchoolCalendarRow> rows;
    for (auto& [urn, school] : schools_) {
      CheckTogether(
          school.terms, [](const TermRow& term) { return absl::StrCat("row ", term.row); },
          [&](const TermRow& term, std::string message) {
            errors_.Add(term.row, kColumns[kFirstDay].name, std::move(message));
          });
      SchoolCalendarRow row{school.row, urn, {}, {}};
      for (const auto& [day, first] : school.closed_days) row.closed_days.insert(day);
      for (TermRow& term : school.terms) row.terms.push_back(std::move(term.part));
      std::sort(row.terms.begin(), row.terms.end(),
                [](const TermPart& a, const TermPart& b) { return a.first_day < b.first_day; });
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  static void RefuseValues(Cells& cells, std::initializer_list<CalendarColumn> columns) {
    for (const CalendarColumn column : columns) {
      if (!cells.empty(column)) cells.Fail(column, "not for a row of this kind; leave it empty");
    }
  }

  static void TakeDays(Cells& cells, Gathered& school) {
    const auto first = cells.Date(kFirstDay, Need::kRequired);
    const auto last = cells.Date(kLastDay, Need::kOptional);
    if (!cells.ok() || !first) return;
    const absl::CivilDay end = last.value_or(*first);
    if (end < *first || end - *first >= kMostDaysClosed) {
      cells.Fail(kLastDay, "the last day lies before the first, or more than 60 days later");
      return;
    }
    for (absl::CivilDay day = *first; day <= end; ++day) {
      const auto [seen, added] = school.closed_days.try_emplace(day, cells.row());
      if (added) continue;
      cells.Fail(kFirstDay, absl::StrCat("a day is in row ", seen->second, " already; keep one"));
      return;
    }
  }

  static void TakeTerm(Cells& cells, Gathered& school) {
    TermRow term{cells.row(), {}};
    TermPart& part = term.part;
    part.academic_year = cells.AcademicYear(kYear, Need::kRequired);
    part.term = cells.OneOf<Term>(kTerm, kTermNames).value_or(part.term);
    part.part = cells.Part(kPart);
    part.first_day = cells.Date(kFirstDay, Need::kRequired).value_or(part.first_day);
    part.last_day = cells.Date(kLastDay, Need::kRequired).value_or(part.last_day);
    if (!cells.ok()) return;
    const std::string fault = FaultOf(part);
    if (fault.empty()) {
      school.terms.push_back(std::move(term));
    } else {
      cells.Fail(kLastDay, fault);
    }
  }

  Errors& errors_;
  std::map<std::string, Gathered> schools_;
};

}  // namespace

Parsed<SchoolCalendarRow> ParseSchoolCalendars(std::string_view bytes) {
  Errors errors;
  CalendarReader reader(errors);
  const int read =
      ReadTable(PiecesOf(bytes), kSchoolCalendarsBounds, kColumns, UnknownColumns::kRefused, errors,
                [&](const TableRow& row) { reader.Take(row); });
  std::vector<SchoolCalendarRow> rows = reader.Finish();
  return std::move(errors).Answer(std::move(rows), read);
}

}  // namespace pepline::registry::imports
