// A school: what the register says of it, the looked-after children who are there, and whether it
// has a Designated Teacher for them.
// Promises: pure (see shared/domain/decider.h). A vacancy is while looked-after children are at an
// open school and nobody holds the role; it is said once, as soon as it can be counted (profile and
// bank holidays are known), and its end is said unless an appointment or a closure says it. Who is
// appointed is a fact, the staff's; the school only catches up. It is a fact of the school's own
// authority: whom another authority wrote down for itself neither fills the post nor leaves it.
// Where that authority has no profile, each authority that looks after children there is told
// instead, by its own profile, while it knows nobody in the role either (decision 65). A closed
// school may have one successor, which goes on with what was its (decision 66).
// Does not: know names of people. Errors: refusals of RefusalReason. Source: Children and Young
// Persons Act 2008 s20; SI 2009/1538; docs/domain.md 6.8. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_SCHOOL_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_SCHOOL_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/policy.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/domain/succession.h"
#include "services/registry/domain/vacancy.h"
#include "shared/domain/calendar.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

// What the register says of a school.
struct SchoolDetails {
  SchoolUrn urn;
  std::string name;
  AuthorityCode authority;
  std::string phase;
  std::optional<absl::CivilDay> closed_on;  // nullopt while open
  friend bool operator==(const SchoolDetails&, const SchoolDetails&) = default;
};

struct SchoolState {
  SchoolDetails details;                           // an empty URN: not in the register
  std::map<StaffId, absl::CivilDay> teachers;      // Designated Teachers in force, and since when
  std::map<ChildId, absl::CivilDay> looked_after;  // since when they are known to be there
  std::optional<absl::CivilDay> vacant_since;
  bool vacancy_said = false;
  // Authorities that look after children here and were told of a vacancy, and since when it counts.
  std::map<AuthorityCode, absl::CivilDay> caring_vacancies = {};
  std::optional<Succession> successor = std::nullopt;  // of a closed school
  friend bool operator==(const SchoolState&, const SchoolState&) = default;
};

inline bool IsKnown(const SchoolState& school) { return !school.details.urn.empty(); }
inline bool IsOpen(const SchoolState& school) {
  return IsKnown(school) && !school.details.closed_on;
}

// Under which schools are listed: all of the register, and those that a change of profile or
// calendar may concern.
IndexEntry AllSchools();
IndexEntry SchoolsOf(const AuthorityCode& authority);
IndexEntry SchoolsWithLookedAfterChildren();

struct RecordSchool {
  SchoolDetails details;
  bool closed = false;  // the register may show a school as closed without knowing since when
};
// A looked-after child is at the school now, or is not (any more).
struct RecordLookedAfterChild {
  ChildId child;
  bool there = false;
};
// The register links this closed school to the one that goes on with it.
struct RecordSuccessor {
  Succession successor;
};
using SchoolCommand = std::variant<RecordSchool, RecordLookedAfterChild, RecordSuccessor, Wake>;

// Events of the contract...
struct SchoolRegistered {
  SchoolDetails details;
};
struct SchoolClosed {
  absl::CivilDay closed_on;
};
// Boundaries were drawn anew, or a council was split or merged.
struct SchoolMovedAuthority {
  AuthorityCode from;
  AuthorityCode to;
};
struct DesignatedTeacherAppointed {
  StaffId staff;
  absl::CivilDay from_on;
};
struct DesignatedTeacherVacancyBegan {
  absl::CivilDay since_on;
  std::vector<AlertInstant> levels;
  AuthorityCode caring = {};  // that is told; empty: the school's own
  bool estimated = false;     // the levels were counted without the school's term dates
};
// Nobody is needed any more, since the last looked-after child left; or it is another authority's
// vacancy now. One of a caring authority ends by this alone.
struct DesignatedTeacherVacancyEnded {
  absl::CivilDay since_on;
  absl::CivilDay ended_on;
  AuthorityCode caring = {};
  bool appointed = false;  // of a caring authority: somebody holds the post now
};
struct SchoolSucceeded {
  Succession successor;
};
// ...and what stays inside registry.
struct SchoolDetailsRecorded {
  SchoolDetails details;
};
struct LookedAfterChildArrived {
  ChildId child;
  absl::CivilDay since_on;
};
struct LookedAfterChildLeft {
  ChildId child;
};
struct DesignatedTeacherLeft {
  StaffId staff;
};
struct VacancyNoticed {
  absl::CivilDay since_on;
};
struct VacancyEnded {};
using SchoolEvent =
    std::variant<SchoolRegistered, SchoolClosed, SchoolMovedAuthority, DesignatedTeacherAppointed,
                 DesignatedTeacherVacancyBegan, DesignatedTeacherVacancyEnded, SchoolSucceeded,
                 SchoolDetailsRecorded, LookedAfterChildArrived, LookedAfterChildLeft,
                 DesignatedTeacherLeft, VacancyNoticed, VacancyEnded>;

// One person's appointment as Designated Teacher of this school, past, present or to come.
struct TeacherAppointment {
  StaffId staff;
  AuthorityCode recorded_by;  // that put the person on record
  absl::CivilDay from_on;
  std::optional<absl::CivilDay> until_on;  // last day
};

// An authority that looks after children at a school of another one.
struct CaringAuthority {
  std::shared_ptr<const PolicyProfile> profile;
  std::set<ChildId> children;
};

struct SchoolFacts {
  Moment moment;
  std::vector<TeacherAppointment> teachers;
  std::shared_ptr<const Calendar> calendar;  // of the school; null while no bank holidays are known
  std::shared_ptr<const PolicyProfile> profile;  // of its authority; null while there is none
  // Where there is none: who looks after the children here, as far as those have a profile.
  std::map<AuthorityCode, CaringAuthority> caring = {};
  bool successor_open = false;  // the successor in the command is in the register, and open
};

struct School {
  using State = SchoolState;
  using Command = SchoolCommand;
  using Event = SchoolEvent;
  using Facts = SchoolFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  // Never: appointments have their own alarms, and what they say wakes the school.
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<School>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_SCHOOL_H_
