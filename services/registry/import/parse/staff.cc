// Staff with their appointments, one row for each appointment.
#include <array>
#include <iterator>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/roles.h"
#include "services/registry/import/parse/rows.h"

namespace pepline::registry::imports {
namespace {

using common::v1::RecipientRole;

enum StaffColumn : std::size_t {
  kOwnId,
  kName,
  kEmail,
  kRole,
  kSchool,
  kAuthority,
  kChild,
  kFrom,
  kUntil
};
constexpr std::array<Column, 9> kColumns = {{{"own_id", true},
                                             {"name", true},
                                             {"email", true},
                                             {"role", true},
                                             {"school_urn", false},
                                             {"authority_code", false},
                                             {"child_own_id", false},
                                             {"from_on", true},
                                             {"until_on", false}}};

enum class Place { kSchool, kAuthority, kAuthorityOrChild };

Place PlaceOf(RecipientRole role) {
  switch (role) {
    case common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD:
      return Place::kAuthority;
    case common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER:
    case common::v1::RECIPIENT_ROLE_SOCIAL_WORKER:
    case common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER:
      return Place::kAuthorityOrChild;
    default:  // a role of a school; the open enum of the contract has no other way to say so
      return Place::kSchool;
  }
}

void CheckPlace(Cells& cells, RecipientRole role) {
  const bool school = !cells.empty(kSchool);
  const bool authority = !cells.empty(kAuthority);
  const bool child = !cells.empty(kChild);
  switch (PlaceOf(role)) {
    case Place::kSchool:
      if (!school) cells.Fail(kSchool, "the role is a school's; give its URN");
      if (authority) cells.Fail(kAuthority, "the role is a school's; leave it empty");
      if (child) cells.Fail(kChild, "the role is a school's; leave it empty");
      return;
    case Place::kAuthority:
      if (!authority) cells.Fail(kAuthority, "the role is an authority's; give its code");
      if (school) cells.Fail(kSchool, "the role is an authority's; leave it empty");
      if (child) cells.Fail(kChild, "the role is an authority's; leave it empty");
      return;
    case Place::kAuthorityOrChild:
      if (school) cells.Fail(kSchool, "the role is not a school's; leave it empty");
      if (authority == child) {
        cells.Fail(kAuthority, "give either the authority's code or the child's own id");
      }
      return;
  }
}

class StaffReader {
 public:
  explicit StaffReader(Errors& errors) : errors_(errors) {}

  void Take(const TableRow& row) {
    Cells cells(row, errors_);
    StaffRow staff;
    staff.row = row.number();
    staff.own_id = cells.OwnId(kOwnId, Need::kRequired);
    staff.name = cells.Text(kName, Need::kRequired, 200);
    staff.email = cells.Email(kEmail, Need::kRequired);
    staff.school_urn = cells.Urn(kSchool, Need::kOptional);
    staff.authority_code = cells.AuthorityCode(kAuthority, Need::kOptional);
    staff.child_own_id = cells.OwnId(kChild, Need::kOptional);
    const auto from = cells.Date(kFrom, Need::kRequired);
    staff.from_on = from.value_or(staff.from_on);
    staff.until_on = cells.Date(kUntil, Need::kOptional);
    if (from && staff.until_on && *staff.until_on < *from) {
      cells.Fail(kUntil, "the last day lies before the first");
    }
    if (const auto role = cells.OneOf<RecipientRole>(kRole, kRoleNames)) {
      staff.role = *role;
      CheckPlace(cells, *role);
    }
    if (!staff.own_id.empty()) CheckSamePerson(cells, staff);
    if (cells.ok()) CheckSameAppointment(cells, staff);
    if (cells.ok()) rows_.push_back(std::move(staff));
  }

  std::vector<StaffRow>& rows() { return rows_; }

 private:
  struct Person {
    int row;
    std::string name;
    std::string email;
  };
  struct Span {
    int row;
    absl::CivilDay until_on;
  };
  using Spans = std::map<absl::CivilDay, Span>;  // by first day; never overlapping

  void CheckSamePerson(Cells& cells, const StaffRow& staff) {
    const auto [first, added] =
        people_.try_emplace(staff.own_id, Person{staff.row, staff.name, staff.email});
    if (added) return;
    const Person& person = first->second;
    const auto differs = [&](StaffColumn column) {
      cells.Fail(column, absl::StrCat("not as in row ", person.row,
                                      ", which has the same own_id; make the two equal"));
    };
    if (person.name != staff.name) differs(kName);
    if (person.email != staff.email) differs(kEmail);
  }

  void CheckSameAppointment(Cells& cells, const StaffRow& staff) {
    const absl::CivilDay until = staff.until_on.value_or(absl::CivilDay::max());
    Spans& spans = appointments_[{staff.own_id, static_cast<int>(staff.role), staff.school_urn,
                                  staff.authority_code, staff.child_own_id}];
    const auto after = spans.lower_bound(staff.from_on);
    const Span* other = nullptr;
    if (after != spans.end() && after->first <= until) other = &after->second;
    if (after != spans.begin() && std::prev(after)->second.until_on >= staff.from_on) {
      other = &std::prev(after)->second;
    }
    if (other) {
      cells.Fail(kFrom, absl::StrCat("the same appointment is in row ", other->row,
                                     " for the same days; keep one, or end it before the other"));
      return;
    }
    spans.emplace(staff.from_on, Span{staff.row, until});
  }

  Errors& errors_;
  std::vector<StaffRow> rows_;
  std::map<std::string, Person> people_;
  std::map<std::tuple<std::string, int, std::string, std::string, std::string>, Spans>
      appointments_;
};

}  // namespace

Parsed<StaffRow> ParseStaff(std::string_view bytes) {
  Errors errors;
  StaffReader reader(errors);
  const int read = ReadTable(PiecesOf(bytes), kStaffBounds, kColumns, UnknownColumns::kRefused,
                             errors, [&](const TableRow& row) { reader.Take(row); });
  return std::move(errors).Answer(std::move(reader.rows()), read);
}

}  // namespace pepline::registry::imports
