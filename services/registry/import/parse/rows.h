// What the files of an import hold: typed rows, and errors by row and column. One parser per kind.
// Promises: total; any bytes are answered with rows or with at least one error; nothing is thrown.
// A row with an error is not among `rows`. What two rows of one file say is checked against each
// other (duplicates, overlaps); messages name the class of value and the fix, never a value of a
// person. Does not: know the present state or what day it is (unknown schools, dates in the
// future), nor fill in defaults. Rows are counted as a spreadsheet shows them: the header is row 1;
// 0 is the file as a whole (always in JSON and ICS, where the column is a path). YAML rows are
// lines. CSV is UTF-8 or Windows-1252. Formats with examples: deploy/data/README.md. Threads: pure
// functions.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ROWS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ROWS_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/import/parse/pieces.h"
#include "shared/domain/calendar.h"

namespace pepline::registry::imports {

struct RowError {
  int row = 0;
  std::string column;  // empty: the whole row
  std::string message;
  friend bool operator==(const RowError&, const RowError&) = default;
};

template <class Row>
struct Parsed {
  std::vector<Row> rows;
  std::vector<RowError> errors;  // the first kMostErrors of them
  int total_errors = 0;
  int rows_read = 0;  // rows with content below the header, also those filtered out or in error
  // What is wrong in parts of the file that are passed over; it stops nothing. The first
  // kMostErrors.
  std::vector<RowError> notes;
  int total_notes = 0;

  bool ok() const { return total_errors == 0; }
};
inline constexpr int kMostErrors = 1000;

enum class SchoolStatus { kOpen, kClosed, kOpenProposedToClose, kProposedToOpen };

struct SchoolRow {
  int row = 0;
  std::string urn;
  std::string name;
  std::string authority_code;
  // "not-applicable", "nursery", "primary", "middle-deemed-primary", "secondary",
  // "middle-deemed-secondary", "16-plus", "all-through".
  std::string phase;
  SchoolStatus status = SchoolStatus::kOpen;
  // Of a closed school, where the register knows it; nullopt otherwise.
  std::optional<absl::CivilDay> closed_on;
};

// That one school goes on with another, which has closed.
struct SchoolLinkRow {
  int row = 0;
  std::string urn;  // that has closed
  std::string successor_urn;
  std::optional<absl::CivilDay> on;  // nullopt where the register does not say since when
};

struct BankHolidays {
  std::string division;  // "england-and-wales"
  std::set<absl::CivilDay> days;
};

struct TermRow {
  int row = 0;
  TermPart part;
};

// The whole overlay of one school, gathered from all its rows. A school whose only row is "none"
// has no overlay (any more): no closed days and no terms.
struct SchoolCalendarRow {
  int row = 0;  // the school's first
  std::string urn;
  std::set<absl::CivilDay> closed_days;
  std::vector<TermPart> terms;  // in the order of their days
};

// One appointment. The same person (own id) may have several; name and email are then equal in all.
// Exactly one of school_urn, authority_code and child_own_id is set, as the role needs.
struct StaffRow {
  int row = 0;
  std::string own_id;
  std::string name;
  std::string email;
  common::v1::RecipientRole role = common::v1::RECIPIENT_ROLE_UNSPECIFIED;
  std::string school_urn;
  std::string authority_code;
  std::string child_own_id;
  absl::CivilDay from_on;
  std::optional<absl::CivilDay> until_on;  // last day, inclusive
};

struct ChildRow {
  int row = 0;
  std::string own_id;
  std::string given_name;  // one of the two names may be empty
  std::string family_name;
  absl::CivilDay date_of_birth;
  std::string upn;  // upper case, check letter right; empty where unknown
  bool location_restricted = false;
  std::optional<absl::CivilDay> became_looked_after_on;
  v1::LegalStatus legal_status = v1::LEGAL_STATUS_UNSPECIFIED;  // only with became_looked_after_on
  std::optional<absl::CivilDay> ceased_on;                      // only with became_looked_after_on
  v1::CareCeasedReason ceased_reason = v1::CARE_CEASED_REASON_UNSPECIFIED;  // only with ceased_on
  std::string school_urn;                                                   // main school, or empty
  std::optional<absl::CivilDay> enrolled_on;                                // only with school_urn
  std::string caseworker_own_id;  // the authority's own ids of staff, each may be empty
  std::string social_worker_own_id;
  std::string iro_own_id;
};

// The school register: the full 133-column file or any part of it that has the columns needed.
// `only_authority` (three digits) passes over the rows of all others unread; empty takes all. What
// is wrong with others' rows is noted and refuses nothing. `known_urns` are read as well, whoever's
// they are in the file: they are on record as the authority's.
Parsed<SchoolRow> ParseSchools(const Pieces& pieces, std::string_view only_authority,
                               const std::set<std::string>& known_urns = {});
inline Parsed<SchoolRow> ParseSchools(std::string_view bytes, std::string_view only_authority,
                                      const std::set<std::string>& known_urns = {}) {
  return ParseSchools(PiecesOf(bytes), only_authority, known_urns);
}
// The register's file of links: every row that names a successor; others are passed over.
Parsed<SchoolLinkRow> ParseSchoolLinks(std::string_view bytes);
// GOV.UK's bank holidays: one row per division, one or all of them; what else stands beside known
// divisions is noted.
Parsed<BankHolidays> ParseBankHolidays(std::string_view bytes);
// academic_year,term,part,first_day,last_day,status
Parsed<TermRow> ParseTermDatesCsv(std::string_view bytes);
// Whole-day VEVENTs "Autumn term 1", with DTEND or DURATION; STATUS:TENTATIVE means provisional.
Parsed<TermRow> ParseTermDatesIcs(std::string_view bytes);
// school_urn,kind,first_day,last_day[,academic_year,term,part]; kind: inset, closed, term or none.
Parsed<SchoolCalendarRow> ParseSchoolCalendars(std::string_view bytes);
// own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on; roles like
// "designated-teacher", "virtual-school-caseworker", "independent-reviewing-officer".
Parsed<StaffRow> ParseStaff(std::string_view bytes);
// own_id,given_name,family_name,date_of_birth,upn,location_restricted,became_looked_after_on,
// legal_status,ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,
// social_worker_own_id,iro_own_id
Parsed<ChildRow> ParseChildren(std::string_view bytes);
// One profile, or errors. authority_code and version are the caller's to fill.
Parsed<common::v1::PolicyProfile> ParsePolicy(std::string_view bytes);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_ROWS_H_
