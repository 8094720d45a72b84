// The school register: DfE's file of all establishments (GIAS, edubasealldata), whole or in part.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/rows.h"
#include "shared/domain/id_forms.h"

namespace pepline::registry::imports {
namespace {

enum SchoolColumn : std::size_t { kUrn, kAuthority, kName, kStatus, kPhase, kClosedOn };
constexpr std::array<Column, 6> kColumns = {{{"URN", true},
                                             {"LA (code)", true},
                                             {"EstablishmentName", true},
                                             {"EstablishmentStatus (code)", true},
                                             {"PhaseOfEducation (code)", true},
                                             {"CloseDate", false}}};

using StatusName = std::pair<std::string_view, SchoolStatus>;
constexpr std::array<StatusName, 4> kStatuses = {{{"1", SchoolStatus::kOpen},
                                                  {"2", SchoolStatus::kClosed},
                                                  {"3", SchoolStatus::kOpenProposedToClose},
                                                  {"4", SchoolStatus::kProposedToOpen}}};

using PhaseName = std::pair<std::string_view, std::string_view>;
constexpr std::array<PhaseName, 8> kPhases = {{{"0", "not-applicable"},
                                               {"1", "nursery"},
                                               {"2", "primary"},
                                               {"3", "middle-deemed-primary"},
                                               {"4", "secondary"},
                                               {"5", "middle-deemed-secondary"},
                                               {"6", "16-plus"},
                                               {"7", "all-through"}}};

}  // namespace

Parsed<SchoolRow> ParseSchools(const Pieces& pieces, std::string_view only_authority,
                               const std::set<std::string>& known_urns) {
  Errors errors;
  const auto is_ours = [&](std::string_view urn, std::string_view authority) {
    return authority == only_authority || known_urns.contains(std::string(urn));
  };
  // Another authority's oddity must not keep this one from importing its schools. Where the places
  // of a broken row hold a number and a code they are believed; else every value is looked at.
  const RowsAskedFor asked_for{
      [&](const TableRow& row) { return is_ours(row[kUrn], row[kAuthority]); },
      [&](const BrokenRow& row) {
        if (!row[kUrn].empty() && AllDigits(row[kUrn]) && IsAuthorityCode(row[kAuthority])) {
          return is_ours(row[kUrn], row[kAuthority]);
        }
        return std::ranges::any_of(row.values(),
                                   [&](const std::string& value) { return is_ours(value, value); });
      }};
  std::vector<SchoolRow> schools;
  SeenRows seen;
  bool any = only_authority.empty();
  const int read = ReadTable(
      pieces, kSchoolsBounds, kColumns, UnknownColumns::kPassedOver, errors,
      [&](const TableRow& row) {
        any = true;
        Cells cells(row, errors);
        SchoolRow school;
        school.row = row.number();
        school.urn = cells.Urn(kUrn, Need::kRequired);
        school.name = cells.Text(kName, Need::kRequired, 200);
        school.authority_code = cells.AuthorityCode(kAuthority, Need::kRequired);
        school.status = cells.OneOf<SchoolStatus>(kStatus, kStatuses).value_or(school.status);
        school.phase = cells.OneOf<std::string_view>(kPhase, kPhases).value_or("");
        const auto closed_on = cells.RegisterDate(kClosedOn, Need::kOptional);
        // An open school may have the date of a closure that is only proposed.
        if (school.status == SchoolStatus::kClosed) school.closed_on = closed_on;
        if (!school.urn.empty()) {
          const int first = seen.Note(school.urn, school.row);
          if (first > 0) {
            cells.Fail(kUrn, absl::StrCat("the school is in row ", first, " already; keep one"));
          }
        }
        if (cells.ok()) schools.push_back(std::move(school));
      },
      only_authority.empty() ? nullptr : &asked_for);
  if (errors.total() == 0 && !any) {
    errors.Add(0, "LA (code)", "no school of the authority asked for is in the file");
  }
  return std::move(errors).Answer(std::move(schools), read);
}

}  // namespace pepline::registry::imports
