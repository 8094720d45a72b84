// An authority's school terms as a table.
#include <array>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/terms.h"

namespace pepline::registry::imports {
namespace {

enum TermColumn : std::size_t { kYear, kTerm, kPart, kFirstDay, kLastDay, kStatus };
constexpr std::array<Column, 6> kColumns = {{{"academic_year", true},
                                             {"term", true},
                                             {"part", true},
                                             {"first_day", true},
                                             {"last_day", true},
                                             {"status", true}}};
// By whether the dates are provisional.
constexpr std::array<std::pair<std::string_view, bool>, 3> kStatuses = {
    {{"county", false}, {"confirmed", false}, {"provisional", true}}};

}  // namespace

Parsed<TermRow> ParseTermDatesCsv(std::string_view bytes) {
  Errors errors;
  std::vector<TermRow> terms;
  const int read =
      ReadTable(PiecesOf(bytes), kTermDatesBounds, kColumns, UnknownColumns::kRefused, errors,
                [&](const TableRow& row) {
                  Cells cells(row, errors);
                  TermRow term{row.number(), {}};
                  TermPart& part = term.part;
                  part.academic_year = cells.AcademicYear(kYear, Need::kRequired);
                  part.term = cells.OneOf<Term>(kTerm, kTermNames).value_or(part.term);
                  part.part = cells.Part(kPart);
                  part.first_day = cells.Date(kFirstDay, Need::kRequired).value_or(part.first_day);
                  part.last_day = cells.Date(kLastDay, Need::kRequired).value_or(part.last_day);
                  part.provisional = cells.OneOf<bool>(kStatus, kStatuses).value_or(false);
                  if (!cells.ok()) return;
                  const std::string fault = FaultOf(part);
                  if (fault.empty()) {
                    terms.push_back(std::move(term));
                  } else {
                    cells.Fail(kLastDay, fault);
                  }
                });
  CheckTogether(
      terms, [](const TermRow& term) { return absl::StrCat("row ", term.row); },
      [&](const TermRow& term, std::string message) {
        errors.Add(term.row, kColumns[kFirstDay].name, std::move(message));
      });
  return std::move(errors).Answer(std::move(terms), read);
}

}  // namespace pepline::registry::imports
