// The PEPs of one child: the rules. One current PEP at a time; each term opens the next.
// Promises: pure (see shared/domain/decider.h). Every command first catches up with the facts: what
// became due before `now` is said first, in the order of its instants, then the command is decided.
// Deadlines are never commanded: they follow from the PEP's state, the profile and the calendar.
// Does not: know names, see a clock, or decide who is told (notifications does).
// Sources: SI 2010/959 regs 2, 5 and Schedule 1; DfE "Promoting the education of looked-after and
// previously looked-after children" (2018); state machine and deadlines: docs/domain.md 6.3, 6.9.
// Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/deadline.h"
#include "services/scheduling/domain/policy.h"
#include "shared/domain/calendar.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::scheduling {

enum class Stage {
  kDue,
  kInterim,
  kScheduled,
  kPreparing,
  kHeld,
  kFinalised,
  kClosed,  // care ceased; the PEP stays readable until a later one opens
};
enum class CycleKind { kInitial, kTermly, kMove };
enum class CycleOutcome { kCompleted, kNotCompleted, kCareCeased };
// The numbers of the three enums below are the contract's.
enum class ReadinessItem {
  kPupilViews = 1,
  kSdq = 2,
  kEpepDraft = 3,
  kInterventionsCosted = 4,
};
inline constexpr std::array kAllItems = {ReadinessItem::kPupilViews, ReadinessItem::kSdq,
                                         ReadinessItem::kEpepDraft,
                                         ReadinessItem::kInterventionsCosted};
// Whose SDQ. The numbers are those of the contract of assessments.
enum class SdqInformant { kTeacher = 1, kCarer = 2, kSelf = 3 };
inline constexpr std::array kAllSdqInformants = {SdqInformant::kTeacher, SdqInformant::kCarer,
                                                 SdqInformant::kSelf};
enum class Attendee {
  kDesignatedTeacher = 1,
  kDeputyDesignatedTeacher = 2,
  kSocialWorker = 3,
  kCarer = 4,
  kChild = 5,
  kParent = 6,
  kVirtualSchool = 7,
  kOtherProfessional = 8,
};

// What is on record of a meeting that took place.
struct HeldMeeting {
  absl::CivilDay held_on;
  std::optional<Attendee> chair;
  std::vector<Attendee> attendees;
  std::string missing_pupil_views_reason;  // free text; never leaves scheduling
  std::string missing_sdq_reason;
  friend bool operator==(const HeldMeeting&, const HeldMeeting&) = default;
};

struct Cycle {
  int number = 0;
  CycleKind kind = CycleKind::kTermly;
  std::string academic_year;  // empty while no term dates are known
  std::optional<Term> term;
  absl::CivilDay opened_on;
  absl::CivilDay care_started_on;
  std::optional<absl::CivilDay> previous_held_on;  // of the PEP before
  std::optional<absl::CivilDay> moved_on;          // the last change of school in this cycle
  Stage stage = Stage::kDue;
  std::optional<absl::Time> meeting_at;
  // Why it is on a day without a session at the school; free text, never leaves scheduling.
  std::string no_school_day_reason;
  int times_rescheduled = 0;
  std::optional<absl::Time> interim_at;
  std::optional<absl::Time> started_at;  // first work: preparing, interim or held
  std::optional<HeldMeeting> held;
  std::optional<absl::Time> held_at;  // the end of held_on, or when it was recorded on that day
  // When it was put on record that the meeting was held; nullopt where this was not kept yet.
  std::optional<absl::Time> recorded_at;
  // Of a meeting that nobody put on record until its ePEP was said late, and that was then moved or
  // called off: that lateness goes on until a meeting is held.
  std::optional<absl::Time> unrecorded_meeting_at;
  std::optional<absl::Time> finalised_at;
  std::map<ReadinessItem, absl::Time> readiness;
  std::map<ReadinessItem, absl::Time> waived;  // not done, and need not be any more
  std::map<Rule, Deadline> deadlines;
  friend bool operator==(const Cycle&, const Cycle&) = default;
};

struct PlanState {
  ChildId child;
  AuthorityCode authority;
  SchoolUrn school;  // empty while on no school's roll
  std::optional<Cycle> cycle;
  // Of the rule pep-open, which is the child's and no PEP's; nullopt where it never ran.
  std::optional<Deadline> pep_open = std::nullopt;
  friend bool operator==(const PlanState&, const PlanState&) = default;
};

PepId PepIdOf(const ChildId& child, int cycle_number);  // "<child id>.<number>"
bool IsOpen(const PlanState& state);                    // there is a PEP and it is not closed
const Deadline* FindDeadline(const PlanState& state, Rule rule);  // null where it never ran
// The item is done or waived: nothing is left to wait for.
bool IsSettled(const Cycle& cycle, ReadinessItem item);

// Who makes a command, where the rules tell people apart. Whoever is neither of the council's two
// is taken for the school.
enum class MadeBy { kSchool, kVirtualSchool, kSocialWorker };

// Commands. An empty pep means "the current one".
struct SchedulePepMeeting {
  PepId pep;
  absl::Time meeting_at;
  std::string no_school_day_reason = {};
  MadeBy by = MadeBy::kSchool;
};
struct ReschedulePepMeeting {
  PepId pep;
  absl::Time meeting_at;
  std::string reason;
  std::string no_school_day_reason = {};
  MadeBy by = MadeBy::kSchool;
};
struct CancelPepMeeting {
  PepId pep;
  std::string reason;
  MadeBy by = MadeBy::kSchool;
};
struct StartPepPreparation {
  PepId pep;
};
struct CompleteReadinessItem {
  PepId pep;
  ReadinessItem item;
  // When it was done, for items that another service reported; such a report about a PEP that is
  // no longer current has no effect instead of being refused. Without it a person ticks by hand,
  // which is refused for what assessments has on record: the school would end its own lateness.
  std::optional<absl::Time> reported_at;
  std::optional<SdqInformant> informant = std::nullopt;  // whose SDQ; unset for other items
};
// Another service reports that the item will not be done: a named person of the Virtual School, or
// the social worker, has settled that with a reason. No person commands it here.
struct WaiveReadinessItem {
  PepId pep;
  ReadinessItem item;
  absl::Time reported_at;
  std::optional<SdqInformant> informant = std::nullopt;
};
struct HoldPepMeeting {
  PepId pep;
  HeldMeeting meeting;
  MadeBy by = MadeBy::kSchool;
};
struct FinaliseEpep {
  PepId pep;
  MadeBy by = MadeBy::kSchool;
};
struct OpenInterimPep {
  PepId pep;
};
// An alarm, or a change of the facts: catch up and no more.
struct Wake {};
using PlanCommand = std::variant<SchedulePepMeeting, ReschedulePepMeeting, CancelPepMeeting,
                                 StartPepPreparation, CompleteReadinessItem, WaiveReadinessItem,
                                 HoldPepMeeting, FinaliseEpep, OpenInterimPep, Wake>;

// Events; the contract is pepline.scheduling.v1.SchedulingEvent.
struct PepCycleOpened {
  ChildId child;
  AuthorityCode authority;
  SchoolUrn school;
  Cycle cycle;  // as it begins: DUE, nothing done, no deadlines yet
};
struct PepInterimOpened {
  absl::Time at;
  absl::CivilDay opened_on;
};
struct PepMeetingScheduled {
  absl::Time meeting_at;
  absl::Time sdq_required_by;
  std::string no_school_day_reason = {};
};
struct PepMeetingRescheduled {
  absl::Time old_meeting_at;
  absl::Time meeting_at;
  absl::Time sdq_required_by;
  int times_rescheduled = 0;
  bool at_short_notice = false;
  std::string no_school_day_reason = {};
};
struct PepMeetingCancelled {
  absl::Time cancelled_meeting_at;
};
struct PepPreparationStarted {
  absl::Time at;
};
struct PepReadinessItemCompleted {
  ReadinessItem item;
  absl::Time completed_at;
};
struct PepReadinessItemWaived {
  ReadinessItem item;
  absl::Time waived_at;
};
struct PepMeetingHeld {
  HeldMeeting meeting;
  absl::Time held_at;
  absl::Time recorded_at;
  std::vector<ReadinessItem> missing_items;
};
struct EpepFinalised {
  absl::Time finalised_at;
  int school_days_taken = 0;
  bool within_limit = false;
};
struct PepCycleClosed {
  CycleOutcome outcome;
};
struct PepTransferredToSchool {
  SchoolUrn from;
  SchoolUrn to;
  std::optional<absl::CivilDay> moved_on;  // nullopt: the first school, no move
};
// Whose plan it is, for one without a PEP.
struct PlanOwner {
  ChildId child;
  AuthorityCode authority;
  SchoolUrn school;
};
struct DeadlineSet {
  Rule rule;
  DeadlineInstants instants;
  bool reminder_passed = false;
  std::optional<PlanOwner> owner = std::nullopt;  // of pep-open, while no PEP is open
};
struct DeadlineReminderReached {
  Rule rule;
};
struct DeadlineMissed {
  Rule rule;
};
struct DeadlineMet {
  Rule rule;
  absl::Time met_at;
  bool late = false;
};
struct DeadlineRecalculated {
  Rule rule;
  DeadlineInstants instants;
  absl::Time old_due_at;
  bool miss_withdrawn = false;
};
struct DeadlineWithdrawn {
  Rule rule;
  // Set where its work was waived; nullopt where what it was about is gone.
  std::optional<absl::Time> waived_at = std::nullopt;
  bool late = false;  // waived after its day
};
using PlanEvent =
    std::variant<PepCycleOpened, PepInterimOpened, PepMeetingScheduled, PepMeetingRescheduled,
                 PepMeetingCancelled, PepPreparationStarted, PepReadinessItemCompleted,
                 PepReadinessItemWaived, PepMeetingHeld, EpepFinalised, PepCycleClosed,
                 PepTransferredToSchool, DeadlineSet, DeadlineReminderReached, DeadlineMissed,
                 DeadlineMet, DeadlineRecalculated, DeadlineWithdrawn>;

namespace plan_refusals {
inline constexpr RefusalReason kNoCurrentPep{"NO_CURRENT_PEP", RefusalKind::kNotFound};
inline constexpr RefusalReason kOtherPep{"OTHER_PEP", RefusalKind::kState};
inline constexpr RefusalReason kMeetingInThePast{"MEETING_IN_THE_PAST", RefusalKind::kBadValue};
inline constexpr RefusalReason kMeetingTooFarAhead{"MEETING_TOO_FAR_AHEAD", RefusalKind::kBadValue};
inline constexpr RefusalReason kNotASchoolDay{"NOT_A_SCHOOL_DAY", RefusalKind::kBadValue};
inline constexpr RefusalReason kOutsideSchoolHours{"OUTSIDE_SCHOOL_HOURS", RefusalKind::kBadValue};
inline constexpr RefusalReason kMeetingAlreadyScheduled{"MEETING_ALREADY_SCHEDULED",
                                                        RefusalKind::kState};
inline constexpr RefusalReason kNoMeetingScheduled{"NO_MEETING_SCHEDULED", RefusalKind::kState};
inline constexpr RefusalReason kMeetingAlreadyHeld{"MEETING_ALREADY_HELD", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyFinalised{"ALREADY_FINALISED", RefusalKind::kState};
inline constexpr RefusalReason kNotHeld{"NOT_HELD", RefusalKind::kState};
inline constexpr RefusalReason kReasonRequired{"REASON_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonTooLong{"REASON_TOO_LONG", RefusalKind::kBadValue};
inline constexpr RefusalReason kHeldInTheFuture{"HELD_IN_THE_FUTURE", RefusalKind::kBadValue};
inline constexpr RefusalReason kHeldBeforePepOpened{"HELD_BEFORE_PEP_OPENED",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kChairRequired{"CHAIR_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kChairNotPresent{"CHAIR_NOT_PRESENT", RefusalKind::kBadValue};
inline constexpr RefusalReason kAttendeeTwice{"ATTENDEE_TWICE", RefusalKind::kBadValue};
inline constexpr RefusalReason kTickedByAssessments{"TICKED_BY_ASSESSMENTS",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kNotAnInitialPep{"NOT_AN_INITIAL_PEP", RefusalKind::kState};
inline constexpr RefusalReason kNotAnInterimPep{"NOT_AN_INTERIM_PEP", RefusalKind::kState};
inline constexpr RefusalReason kSchoolDayWithinStartLimit{"SCHOOL_DAY_WITHIN_START_LIMIT",
                                                          RefusalKind::kState};
}  // namespace plan_refusals

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
  friend bool operator==(const ChildFacts&, const ChildFacts&) = default;
};

struct PlanFacts {
  absl::Time now;
  ChildId child_id;
  std::optional<ChildFacts> child;
  std::shared_ptr<const Calendar> calendar;  // never null; of the child's school now
  bool bank_holidays_known = false;
  std::shared_ptr<const Policy> policy;  // null while the authority's profile is not known
};

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

std::string_view StageName(Stage stage);  // "due"

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_H_
