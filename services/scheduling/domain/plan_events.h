// What happened to a child's PEPs.
// Promises: plain values. Instants are UTC, days Europe/London.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_EVENTS_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_EVENTS_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/epep/content.h"
#include "services/scheduling/domain/pep.h"
#include "shared/domain/deadline_events.h"
#include "shared/domain/ids.h"

namespace pepline::scheduling {

// The contract on the wire is pepline.scheduling.v1.SchedulingEvent. Reasons are kept and not sent.
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
  std::string reason = {};
  absl::Time at = absl::UnixEpoch();
  bool put_off_again = false;  // moved_meeting.cc
};
struct PepMeetingCancelled {
  absl::Time cancelled_meeting_at;
  std::string reason = {};
  absl::Time at = absl::UnixEpoch();
  bool put_off_again = false;
};
// The school that the child came to confirms a meeting that was set at the one before.
struct PepMeetingConfirmed {
  absl::Time meeting_at;
  std::string no_school_day_reason = {};
};
struct PepPreparationStarted {
  absl::Time at;
};
struct PepReadinessItemCompleted {
  ReadinessItem item;
  absl::Time completed_at;
  FundingRequestId request = {};  // that costs the interventions; empty: a person, or another item
};
struct PepCostsWithdrawn {
  FundingRequestId request;
  absl::Time withdrawn_at;
  bool open_again = false;
};
struct PepReadinessItemWaived {
  ReadinessItem item;
  absl::Time waived_at;
};
struct PepReadinessItemReopened {
  ReadinessItem item;
  absl::Time reopened_at;
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
  // Of the content that was finalised; 0 and nullopt where nothing was written.
  int version = 0;
  int sections_complete = 0;
  std::optional<EpepVersion> content = std::nullopt;
};
// What was on record of a held meeting is put right. `at` is when; the reason is kept and not sent.
struct PepMeetingCorrected {
  HeldMeeting old_meeting;
  HeldMeeting meeting;
  absl::Time held_at;
  absl::Time at;
  std::string reason = {};
};
struct EpepFinalisationTakenBack {
  absl::Time finalised_at;
  absl::Time at;
  std::string reason = {};
};
struct PepCycleClosed {
  CycleOutcome outcome;
  std::string write_off_reason = {};
};
struct PepTransferredToSchool {
  SchoolUrn from;
  SchoolUrn to;
  std::optional<absl::CivilDay> moved_on;  // nullopt: the first school, no move
  // The enrolment was put right and the child did not move; moved_on is that of the PEP from now
  // on. The schools may be the same, where a day was wrong.
  bool corrected = false;
  // The meeting that was set at the school before, which the new one has to confirm.
  std::optional<absl::Time> meeting_to_confirm = std::nullopt;
  // A planned change to the next phase of education, or the child is 18 (age.cc): no update is
  // asked for.
  bool planned = false;
};
// The Virtual School hands a PEP over from the school that held its meeting to the child's.
struct PepHandedOver {
  SchoolUrn from;
  SchoolUrn to;
  std::string reason = {};
};
// Care started on another day than was on record; the PEP goes on and is counted anew.
struct PepCareStartCorrected {
  absl::CivilDay old_started_on;
  absl::CivilDay started_on;
  std::string academic_year;  // of the PEP from now on
  std::optional<Term> term;
};
// Whose plan it is, for one without a PEP.
struct PlanOwner {
  ChildId child;
  AuthorityCode authority;
  SchoolUrn school;
};
// The child is 18 and care has not ended on record: no other PEP opens.
struct PepAgeEnded {
  absl::CivilDay adult_on;
  PlanOwner owner;
};
struct DeadlineSet : pepline::DeadlineSet {
  std::optional<PlanOwner> owner = std::nullopt;  // of pep-open, while no PEP is open
};
template <class... More>
using EventsWith =
    std::variant<PepCycleOpened, PepInterimOpened, PepMeetingScheduled, PepMeetingRescheduled,
                 PepMeetingCancelled, PepPreparationStarted, PepReadinessItemCompleted,
                 PepReadinessItemWaived, PepCostsWithdrawn, PepMeetingHeld, PepMeetingCorrected,
                 EpepFinalised, EpepFinalisationTakenBack, PepCycleClosed, PepTransferredToSchool,
                 PepCareStartCorrected, PepMeetingConfirmed, PepHandedOver, PepAgeEnded,
                 PepReadinessItemReopened, DeadlineSet, DeadlineReminderReached, DeadlineMissed,
                 DeadlineMet, DeadlineRecalculated, DeadlineWithdrawn, More...>;
using PepEvent = EventsWith<>;
// The same of a PEP that is open beside a later one.
struct OfEarlierPep {
  int number = 0;
  PepEvent event;
};
using PlanEvent = EventsWith<OfEarlierPep>;

// The event itself, whichever PEP it is of.
PepEvent ToPepEvent(PlanEvent event);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_PLAN_EVENTS_H_
