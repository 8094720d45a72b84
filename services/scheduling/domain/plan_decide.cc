// The answer to every command in every stage of one PEP.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "services/scheduling/domain/decide.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/settle.h"
#include "shared/domain/characters.h"

namespace pepline::scheduling {

constexpr std::size_t kLongestReason = 500;  // characters

MaybeRefusal CheckReason(const std::string& reason, const std::string& field) {
  if (reason.empty()) return Refuse(plan_refusals::kReasonRequired, field, "give a reason");
  if (CharactersIn(reason) > kLongestReason) {
    return Refuse(plan_refusals::kReasonTooLong, field,
                  "give the reason in at most 500 characters");
  }
  return std::nullopt;
}

namespace {

constexpr int kEarliestHour = 8;
constexpr int kLatestHour = 18;
constexpr int kFurthestDays = 400;
constexpr int kShortNoticeDays = 10;  // school days
// Whose SDQ the checklist and its deadline wait for: the teacher's, which assessments asks for with
// every PEP. What another informant gives or refuses neither does nor waives the teacher's.
constexpr SdqInformant kAwaitedInformant = SdqInformant::kTeacher;

// What each stage says to a command that needs an arranged meeting.
MaybeRefusal NeedsArrangedMeeting(Stage stage) {
  switch (stage) {
    case Stage::kScheduled:
    case Stage::kPreparing:
      return std::nullopt;
    case Stage::kDue:
    case Stage::kInterim:
      return Refuse(plan_refusals::kNoMeetingScheduled, "",
                    "no meeting is set; schedule it first, or record it as held where it has taken "
                    "place");
    case Stage::kHeld:
      return Refuse(plan_refusals::kMeetingAlreadyHeld, "",
                    "the meeting was held; finalise the ePEP");
    case Stage::kFinalised:
      return Refuse(plan_refusals::kAlreadyFinalised, "",
                    "the ePEP is finalised; the next PEP opens with the next term");
    case Stage::kClosed:
      return Refuse(plan_refusals::kNoCurrentPep, "", "care has ceased; there is no current PEP");
  }
  return std::nullopt;
}

// What each stage says to a command that needs a PEP without a meeting.
MaybeRefusal NeedsNoMeeting(Stage stage) {
  switch (stage) {
    case Stage::kDue:
    case Stage::kInterim:
      return std::nullopt;
    case Stage::kScheduled:
    case Stage::kPreparing:
      return Refuse(
          plan_refusals::kMeetingAlreadyScheduled, "",
          "a meeting is set; reschedule or cancel it, or confirm one of the school before "
          "by its own time");
    case Stage::kHeld:
    case Stage::kFinalised:
    case Stage::kClosed:
      return NeedsArrangedMeeting(stage);
  }
  return std::nullopt;
}

// Where the school has no session its people are away. The Virtual School and the social worker may
// have to meet all the same, and say why.
MaybeRefusal CheckDay(absl::CivilDay day, MadeBy by, const std::string& reason,
                      const Calendar& calendar) {
  if (calendar.IsSchoolDay(day)) return std::nullopt;
  switch (by) {
    case MadeBy::kSchool:
      return Refuse(
          plan_refusals::kNotASchoolDay, "meeting_at",
          "choose a day on which the school has a session; not a weekend, bank holiday, school "
          "holiday or INSET day");
    case MadeBy::kVirtualSchool:
    case MadeBy::kSocialWorker:
      if (!reason.empty()) return CheckReason(reason, "no_school_day_reason");
      return Refuse(plan_refusals::kReasonRequired, "no_school_day_reason",
                    "the school has no session on that day; choose another, or say why the "
                    "meeting is on this one");
  }
  return std::nullopt;
}

template <class Command>
MaybeRefusal CheckMeetingAt(const Command& command, const PlanFacts& facts) {
  const Calendar& calendar = *facts.calendar;
  const absl::Time meeting_at = command.meeting_at;
  if (meeting_at <= facts.now) {
    return Refuse(
        plan_refusals::kMeetingInThePast, "meeting_at",
        "choose a time in the future; a meeting that took place is put on record by holding it");
  }
  if (meeting_at > facts.now + absl::Hours(24 * kFurthestDays)) {
    return Refuse(plan_refusals::kMeetingTooFarAhead, "meeting_at", "choose a day within a year");
  }
  if (auto no = CheckDay(calendar.DayOf(meeting_at), command.by, command.no_school_day_reason,
                         calendar)) {
    return no;
  }
  const absl::CivilSecond clock = absl::ToCivilSecond(meeting_at, calendar.time_zone());
  const bool after_hours =
      clock.hour() > kLatestHour ||
      (clock.hour() == kLatestHour && (clock.minute() > 0 || clock.second() > 0));
  if (clock.hour() < kEarliestHour || after_hours) {
    return Refuse(plan_refusals::kOutsideSchoolHours, "meeting_at",
                  "choose a time from 08:00 to 18:00, Europe/London");
  }
  return std::nullopt;
}

absl::Time SdqRequiredBy(Cycle cycle, absl::Time meeting_at, const PlanFacts& facts) {
  cycle.meeting_at = meeting_at;
  if (auto instants = InstantsOf(Rule::kSdqScored, cycle, facts)) return instants->due_at;
  // A profile without this deadline still has to tell assessments when the score is wanted.
  return facts.calendar->EndOf(
      facts.calendar->AddSchoolDays(facts.calendar->DayOf(meeting_at), -3));
}

// The reason where there is one to give; on a day with a session there is none.
template <class Command>
std::string NoSchoolDayReason(const Command& command, const Calendar& calendar) {
  const bool session = calendar.IsSchoolDay(calendar.DayOf(command.meeting_at));
  return session ? std::string() : command.no_school_day_reason;
}

void EmitStarted(Progress& progress, absl::Time now) {
  if (progress.state.cycle->stage == Stage::kScheduled) progress.Emit(PepPreparationStarted{now});
}

}  // namespace

MaybeRefusal On(const SchedulePepMeeting& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  const bool confirms = cycle.meeting_to_confirm && cycle.meeting_at == command.meeting_at;
  if (!confirms) {
    if (auto no = NeedsNoMeeting(cycle.stage)) return no;
  }
  if (auto no = CheckMeetingAt(command, facts)) return no;
  if (confirms) {
    progress.Emit(
        PepMeetingConfirmed{command.meeting_at, NoSchoolDayReason(command, *facts.calendar)});
    return std::nullopt;
  }
  progress.Emit(PepMeetingScheduled{command.meeting_at,
                                    SdqRequiredBy(cycle, command.meeting_at, facts),
                                    NoSchoolDayReason(command, *facts.calendar)});
  return std::nullopt;
}

MaybeRefusal On(const ReschedulePepMeeting& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (auto no = NeedsArrangedMeeting(cycle.stage)) return no;
  if (auto no = CheckReason(command.reason, "reason")) return no;
  if (command.meeting_at == *cycle.meeting_at) return std::nullopt;
  if (auto no = CheckMeetingAt(command, facts)) return no;
  const Calendar& calendar = *facts.calendar;
  const int notice =
      calendar.SchoolDaysBetween(calendar.DayOf(facts.now), calendar.DayOf(*cycle.meeting_at));
  progress.Emit(PepMeetingRescheduled{
      *cycle.meeting_at, command.meeting_at, SdqRequiredBy(cycle, command.meeting_at, facts),
      cycle.times_rescheduled + 1, notice <= kShortNoticeDays, NoSchoolDayReason(command, calendar),
      command.reason, facts.now, IsPutOffAgain(cycle, facts)});
  EndMeetingRecorded(progress, facts.now);
  return std::nullopt;
}

MaybeRefusal On(const CancelPepMeeting& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (auto no = NeedsArrangedMeeting(cycle.stage)) return no;
  if (auto no = CheckReason(command.reason, "reason")) return no;
  progress.Emit(PepMeetingCancelled{*cycle.meeting_at, command.reason, facts.now,
                                    IsPutOffAgain(cycle, facts)});
  EndMeetingRecorded(progress, facts.now);
  return std::nullopt;
}

MaybeRefusal On(const StartPepPreparation&, Progress& progress, const PlanFacts& facts) {
  if (auto no = NeedsArrangedMeeting(progress.state.cycle->stage)) return no;
  EmitStarted(progress, facts.now);
  return std::nullopt;
}

namespace {

// Views and SDQs are ticked by what assessments has on record. By hand, whoever is late with them
// would end their own lateness while they stay missing there.
MaybeRefusal CheckTickedByHand(ReadinessItem item) {
  switch (item) {
    case ReadinessItem::kPupilViews:
      return Refuse(plan_refusals::kTickedByAssessments, "item",
                    "put the child's views on record in assessments, or that the child gave none; "
                    "that ticks the item");
    case ReadinessItem::kSdq:
      return Refuse(plan_refusals::kTickedByAssessments, "item",
                    "record the teacher's SDQ in assessments, which ticks the item; where it "
                    "cannot be had, propose that there with the reason, for the Virtual School or "
                    "the social worker to confirm");
    case ReadinessItem::kEpepDraft:
    case ReadinessItem::kInterventionsCosted:
      return std::nullopt;
  }
  return std::nullopt;
}

// A report on another informant's SDQ than the one that is waited for.
template <class Report>
bool IsBeside(const Report& report) {
  return report.item == ReadinessItem::kSdq && report.informant != kAwaitedInformant;
}

// It ticks nothing that is not ticked, by the same request or hand.
bool IsOnRecord(const CompleteReadinessItem& command, const Cycle& cycle) {
  if (!cycle.readiness.contains(command.item)) return false;
  if (command.item != ReadinessItem::kInterventionsCosted) return true;
  return command.request.empty() ? cycle.costs_ticked_by_hand
                                 : cycle.costing_requests.contains(command.request);
}

}  // namespace

MaybeRefusal On(const CompleteReadinessItem& command, Progress& progress, const PlanFacts& facts) {
  if (!command.reported_at) {
    if (auto no = CheckTickedByHand(command.item)) return no;
  } else if (IsBeside(command)) {
    return std::nullopt;
  }
  if (IsOnRecord(command, *progress.state.cycle)) return std::nullopt;
  // Ticking an item by hand is work on the PEP; a report of another service is not.
  if (!command.reported_at) EmitStarted(progress, facts.now);
  progress.Emit(PepReadinessItemCompleted{
      command.item, std::min(command.reported_at.value_or(facts.now), facts.now), command.request});
  return std::nullopt;
}

MaybeRefusal On(const WithdrawCosts& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (cycle.finalised_at || !cycle.readiness.contains(ReadinessItem::kInterventionsCosted)) {
    return std::nullopt;
  }
  const auto& requests = cycle.costing_requests;
  // Of a tick from before this was kept it is not known what stands for it, so somebody looks.
  const bool from_before = requests.empty() && !cycle.costs_ticked_by_hand;
  if (!from_before && !requests.contains(command.request)) return std::nullopt;
  const bool was_last = requests.size() <= 1 && !cycle.costs_ticked_by_hand;
  progress.Emit(
      PepCostsWithdrawn{command.request, std::min(command.reported_at, facts.now), was_last});
  return std::nullopt;
}

MaybeRefusal On(const WaiveReadinessItem& command, Progress& progress, const PlanFacts& facts) {
  if (IsBeside(command) || IsSettled(*progress.state.cycle, command.item)) return std::nullopt;
  progress.Emit(PepReadinessItemWaived{command.item, std::min(command.reported_at, facts.now)});
  return std::nullopt;
}

MaybeRefusal CheckHeldDay(absl::CivilDay held_on, const Cycle& cycle, const PlanFacts& facts) {
  if (held_on > facts.calendar->DayOf(facts.now)) {
    return Refuse(plan_refusals::kHeldInTheFuture, "held_on",
                  "record the meeting when it has taken place");
  }
  if (held_on < cycle.opened_on) {
    return Refuse(plan_refusals::kHeldBeforePepOpened, "held_on",
                  "this PEP opened later; a meeting before that belongs to the PEP before");
  }
  return std::nullopt;
}

MaybeRefusal CheckAttendance(const HeldMeeting& meeting) {
  if (!meeting.chair)
    return Refuse(plan_refusals::kChairRequired, "chair", "say who chaired the meeting");
  std::set<Attendee> seen;
  for (Attendee attendee : meeting.attendees) {
    if (!seen.insert(attendee).second && attendee != Attendee::kOtherProfessional) {
      return Refuse(plan_refusals::kAttendeeTwice, "attendees", "name each role once");
    }
  }
  if (!seen.contains(*meeting.chair)) {
    return Refuse(plan_refusals::kChairNotPresent, "chair",
                  "the chair must be among the attendees");
  }
  return std::nullopt;
}

namespace {

// A meeting is never blocked by what is missing; the reason is what the Virtual School asks for. It
// has given its own for what it waived.
MaybeRefusal CheckMissing(const Cycle& cycle, const HeldMeeting& meeting) {
  if (!IsSettled(cycle, ReadinessItem::kPupilViews)) {
    if (auto no = CheckReason(meeting.missing_pupil_views_reason, "missing_pupil_views_reason")) {
      return no;
    }
  }
  if (!IsSettled(cycle, ReadinessItem::kSdq)) {
    if (auto no = CheckReason(meeting.missing_sdq_reason, "missing_sdq_reason")) return no;
  }
  return std::nullopt;
}

// A meeting may have been arranged without Pepline, so it need not be set here.
MaybeRefusal NeedsMeetingToHold(Stage stage) {
  if (stage == Stage::kDue || stage == Stage::kInterim) return std::nullopt;
  return NeedsArrangedMeeting(stage);
}

}  // namespace

MaybeRefusal On(const HoldPepMeeting& command, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  const Calendar& calendar = *facts.calendar;
  if (auto no = NeedsMeetingToHold(cycle.stage)) return no;
  if (auto no = CheckHeldDay(command.meeting.held_on, cycle, facts)) return no;
  if (auto no = CheckAttendance(command.meeting)) return no;
  if (auto no = CheckMissing(cycle, command.meeting)) return no;
  HeldMeeting meeting = command.meeting;
  if (auto no = CheckRecord(cycle, progress.state.school, meeting, facts)) return no;
  PepMeetingHeld held{std::move(meeting),
                      std::min(facts.now, calendar.EndOf(command.meeting.held_on)),
                      facts.now,
                      {}};
  for (ReadinessItem item : kAllItems) {
    if (!IsSettled(cycle, item)) held.missing_items.push_back(item);
  }
  progress.Emit(std::move(held));
  return std::nullopt;
}

MaybeRefusal On(const OpenInterimPep&, Progress& progress, const PlanFacts& facts) {
  const Cycle& cycle = *progress.state.cycle;
  if (auto no = NeedsNoMeeting(cycle.stage)) return no;
  if (cycle.kind != CycleKind::kInitial) {
    return Refuse(plan_refusals::kNotAnInitialPep, "",
                  "only a child's initial PEP may begin as an interim");
  }
  if (cycle.stage == Stage::kInterim) return std::nullopt;
  const Calendar& calendar = *facts.calendar;
  auto instants = InstantsOf(Rule::kInitialStarted, cycle, facts);
  if (instants &&
      calendar.SchoolDaysBetween(cycle.care_started_on, calendar.DayOf(instants->due_at)) >
          facts.policy->interim_most_school_days) {
    return Refuse(plan_refusals::kSchoolDayWithinStartLimit, "",
                  "more school days lie within the limit than the authority's profile has for an "
                  "interim PEP; schedule the meeting instead");
  }
  progress.Emit(PepInterimOpened{facts.now, calendar.DayOf(facts.now)});
  return std::nullopt;
}

}  // namespace pepline::scheduling
