// The PEPs of one child: the rules. Each term opens the next PEP; one whose work is not done by
// then stays open beside it (earlier_peps.cc).
//
// Promises: pure (see shared/domain/decider.h). Every command first catches up with the facts: what
// became due before `now` is said first, in the order of its instants, then the command is decided.
// Deadlines are never commanded: they follow from the PEP's state, the profile and the calendar.
// Does not: know names, see a clock, or decide who is told (notifications does).
//
// Sources: SI 2010/959 regs 2, 5 and Schedule 1; DfE "Promoting the education of looked-after and
// previously looked-after children" (2018); state machine and deadlines: docs/domain.md 6.3, 6.9.
// Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/epep/content.h"
#include "services/scheduling/domain/pep.h"
#include "services/scheduling/domain/plan_commands.h"
#include "services/scheduling/domain/plan_events.h"
#include "services/scheduling/domain/policy.h"
#include "shared/domain/calendar.h"
#include "shared/domain/deadline.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/work_items/outcome_counts.h"

namespace pepline::scheduling {

struct PlanState {
  ChildId child;
  AuthorityCode authority;
  SchoolUrn school;  // empty while on no school's roll
  // The newest PEP, which is open but where care ceased.
  std::optional<Cycle> cycle;
  // Of the rule pep-open, which is the child's and no PEP's; nullopt where it never ran.
  std::optional<Deadline> pep_open = std::nullopt;
  // PEPs that are open beside the newest one, the oldest first (earlier_peps.cc).
  std::vector<Cycle> earlier = {};
  // PEPs that are over and lie in records of their own, the oldest first; and of those the ones
  // whose record is still to be written, which a stored plan never holds.
  std::vector<ClosedPep> closed = {};
  std::vector<Cycle> put_aside = {};
  // Versions of ePEPs whose record is still to be written, which a stored plan never holds either.
  std::vector<EpepVersion> versions_made = {};
  // When the child is 18, once that was said (age.cc).
  std::optional<absl::CivilDay> adult_on = std::nullopt;
  friend bool operator==(const PlanState&, const PlanState&) = default;
};

bool IsOpen(const PlanState& state);                              // the newest PEP is open
const Deadline* FindDeadline(const PlanState& state, Rule rule);  // null where it never ran
// The plan as if that PEP were its only one; nullopt where the plan itself does not hold it.
std::optional<PlanState> PlanOfPep(const PlanState& state, int number);

// Whose a PEP is: the school that held its meeting, until its ePEP is finalised or it is handed
// over, also after the child has left it (staying_pep.cc); before and after that the plan's.
SchoolUrn SchoolOf(const PlanState& state, const Cycle& pep);
// It is another one than the plan's.
bool StaysBehind(const PlanState& state, const Cycle& pep);
// The list of plans that have such a PEP, by its school.
inline IndexEntry PlansWithPepLeftAt(const std::string& urn) { return {"pep-left-at", urn}; }

// What registry said about the child, whatever order it came in.
struct ChildFacts {
  bool in_care = false;
  absl::CivilDay care_started_on;
  absl::Time care_recorded_at;  // when registry put the start (or the end) of care on record
  bool pep_required = false;
  absl::Time pep_required_at;  // when registry first said so; not looked at while none is
  AuthorityCode authority;     // looks after the child
  SchoolUrn school;            // empty: on no roll
  AuthorityCode school_authority;
  std::optional<absl::CivilDay> moved_on;  // of the last change of school
  absl::Time school_recorded_at;           // when registry put the school on record
  // The last day of care; nullopt in care, and where care ceased before this was kept.
  std::optional<absl::CivilDay> ceased_on;
  // Days that were on record as the start of this care episode before they were corrected.
  std::vector<absl::CivilDay> earlier_care_starts = {};
  // What was said last of the school put it right: no change of school.
  bool school_corrected = false;
  // Days that were on record as that of the last change of school before they were corrected, and
  // whether there was no such change at all.
  std::vector<absl::CivilDay> wrong_moves = {};
  bool move_taken_back = false;
  // The first day of the month on or after the eighteenth birthday, so that it is no date of birth;
  // nullopt while registry has not said what it follows from.
  std::optional<absl::CivilDay> adult_on = std::nullopt;
  friend bool operator==(const ChildFacts&, const ChildFacts&) = default;
};

struct PlanFacts {
  absl::Time now;
  ChildId child_id;
  std::optional<ChildFacts> child;
  std::shared_ptr<const Calendar> calendar;  // never null; of the child's school now
  bool bank_holidays_known = false;
  std::shared_ptr<const Policy> policy;  // null while the authority's profile is not known
  // Both are asked for where IsToFinalise. The outcomes as assessments said them, by the number of
  // the PEP; and the content of the PEP that the command is for.
  std::map<int, OutcomeCounts> outcomes = {};
  struct Content {
    EpepState epep = {};
    int next_version = 1;
  };
  Content content = {};
};
// It looks at the outcomes of the child's PEPs, and at the content of the PEP's ePEP.
bool IsToFinalise(const PlanCommand& command);

struct Plan {
  using State = PlanState;
  using Command = PlanCommand;
  using Event = PlanEvent;
  using Facts = PlanFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Plan>);

// Why no PEP is open and what to do about it, a sentence for people; empty where none is missing.
std::string WhyNoneIsOpen(const PlanState& state, const PlanFacts& facts);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_H_
