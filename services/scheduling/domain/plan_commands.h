// What a child's plan is asked to do, and for which reasons it refuses.
// Promises: plain values. Instants are UTC, days Europe/London.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_COMMANDS_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_COMMANDS_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/pep.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/work_items/pep_work.h"

namespace pepline::scheduling {

// Commands. Where the rules tell people apart, `by` is who makes one and `kWork` whose work it is
// by the profile (shared/domain/work_items/pep_work.h). An empty pep means the newest one.
struct SchedulePepMeeting {
  PepId pep;
  absl::Time meeting_at;
  std::string no_school_day_reason = {};
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kArrange;
};
struct ReschedulePepMeeting {
  PepId pep;
  absl::Time meeting_at;
  std::string reason;
  std::string no_school_day_reason = {};
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kArrange;
};
struct CancelPepMeeting {
  PepId pep;
  std::string reason;
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kArrange;
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
  FundingRequestId request = {};  // that costs the interventions; empty for other items
};
// Funding reports that such a request was withdrawn: the tick goes with it, unless another request
// or a person stands for it.
struct WithdrawCosts {
  PepId pep;
  FundingRequestId request;
  absl::Time reported_at;
};
// Another service reports that the item will not be done: a named person of the Virtual School, or
// the social worker, has settled that with a reason. No person commands it here.
struct WaiveReadinessItem {
  PepId pep;
  ReadinessItem item;
  absl::Time reported_at;
  std::optional<SdqInformant> informant = std::nullopt;
};
// Another service reports that what ticked the item was taken back: it is open again.
struct ReopenReadinessItem {
  PepId pep;
  ReadinessItem item;
  absl::Time reported_at;
};
struct HoldPepMeeting {
  PepId pep;
  HeldMeeting meeting;
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kHold;
};
struct FinaliseEpep {
  PepId pep;
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kFinalise;
};
// What is on record of a held meeting was wrong; what is left out stays.
struct CorrectPepMeeting {
  PepId pep;
  std::optional<absl::CivilDay> held_on;
  std::optional<Attendee> chair;
  std::vector<Attendee> attendees;
  std::string reason;
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kHold;
};
// The ePEP is on record as finalised, and is not.
struct TakeBackFinalisation {
  PepId pep;
  std::string reason;
  MadeBy by = MadeBy::kSchool;
  static constexpr PepWork kWork = PepWork::kFinalise;
};
struct OpenInterimPep {
  PepId pep;
};
// The Virtual School settles that the work of a PEP, which a later one followed, will not be done.
struct WriteOffPep {
  PepId pep;
  std::string reason;
};
// The Virtual School hands a PEP that stays with a school which the child has left over to the one
// that the child is at.
struct HandOverPep {
  PepId pep;
  std::string reason;
};
// An alarm, or a change of the facts: catch up and no more.
struct Wake {};
using PlanCommand =
    std::variant<SchedulePepMeeting, ReschedulePepMeeting, CancelPepMeeting, StartPepPreparation,
                 CompleteReadinessItem, WaiveReadinessItem, WithdrawCosts, HoldPepMeeting,
                 FinaliseEpep, CorrectPepMeeting, TakeBackFinalisation, OpenInterimPep, WriteOffPep,
                 HandOverPep, ReopenReadinessItem, Wake>;

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
inline constexpr RefusalReason kEpepNotComplete{"EPEP_NOT_COMPLETE", RefusalKind::kState};
inline constexpr RefusalReason kReasonRequired{"REASON_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonTooLong{"REASON_TOO_LONG", RefusalKind::kBadValue};
inline constexpr RefusalReason kHeldInTheFuture{"HELD_IN_THE_FUTURE", RefusalKind::kBadValue};
inline constexpr RefusalReason kHeldBeforePepOpened{"HELD_BEFORE_PEP_OPENED",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kHeldAfterFinalised{"HELD_AFTER_FINALISED", RefusalKind::kBadValue};
inline constexpr RefusalReason kChairRequired{"CHAIR_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kChairNotPresent{"CHAIR_NOT_PRESENT", RefusalKind::kBadValue};
inline constexpr RefusalReason kAttendeeTwice{"ATTENDEE_TWICE", RefusalKind::kBadValue};
inline constexpr RefusalReason kTickedByAssessments{"TICKED_BY_ASSESSMENTS",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kNotTheSchoolsWork{"NOT_THE_SCHOOLS_WORK", RefusalKind::kState};
inline constexpr RefusalReason kNotFinalised{"NOT_FINALISED", RefusalKind::kState};
inline constexpr RefusalReason kNotAnInitialPep{"NOT_AN_INITIAL_PEP", RefusalKind::kState};
inline constexpr RefusalReason kNotAnInterimPep{"NOT_AN_INTERIM_PEP", RefusalKind::kState};
inline constexpr RefusalReason kSchoolDayWithinStartLimit{"SCHOOL_DAY_WITHIN_START_LIMIT",
                                                          RefusalKind::kState};
inline constexpr RefusalReason kHeldAfterNextPepOpened{"HELD_AFTER_NEXT_PEP_OPENED",
                                                       RefusalKind::kBadValue};
inline constexpr RefusalReason kNoSuchPep{"NO_SUCH_PEP", RefusalKind::kNotFound};
inline constexpr RefusalReason kWithChildsSchool{"WITH_CHILDS_SCHOOL", RefusalKind::kState};
inline constexpr RefusalReason kNewestPep{"NEWEST_PEP", RefusalKind::kState};
}  // namespace plan_refusals

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_COMMANDS_H_
