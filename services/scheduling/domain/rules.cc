#include "services/scheduling/domain/rules.h"

#include <algorithm>
#include <array>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

std::optional<absl::CivilDay> EntryToCare(const Cycle& cycle, const Calendar&) {
  if (cycle.kind != CycleKind::kInitial) return std::nullopt;
  return cycle.care_started_on;
}

std::optional<absl::CivilDay> OpeningOfTermlyPep(const Cycle& cycle, const Calendar&) {
  if (cycle.kind != CycleKind::kTermly) return std::nullopt;
  return cycle.opened_on;
}

std::optional<absl::CivilDay> PreviousMeeting(const Cycle& cycle, const Calendar&) {
  return cycle.previous_held_on;
}

std::optional<absl::CivilDay> Move(const Cycle& cycle, const Calendar&) { return cycle.moved_on; }

std::optional<absl::CivilDay> DaySet(const Cycle& cycle, const Calendar& calendar) {
  if (!cycle.meeting_at) return std::nullopt;
  return calendar.DayOf(*cycle.meeting_at);
}

// A meeting held before its date pulls the deadlines that prepare it along; one held after its date
// does not push them. One that was never set here has them all the same, or leaving the date out
// would be a way to hear nothing of a missing SDQ.
std::optional<absl::CivilDay> MeetingDay(const Cycle& cycle, const Calendar& calendar) {
  const auto set = DaySet(cycle, calendar);
  if (!cycle.held) return set;
  return set ? std::min(*set, cycle.held->held_on) : cycle.held->held_on;
}

// What was not asked for when the PEP was worked on is not asked for once it is finalised: a
// profile or a version that begins to ask makes nobody late with a PEP that is done.
std::optional<absl::CivilDay> UnlessFinalisedBefore(Rule rule, const Cycle& cycle,
                                                    const Calendar& calendar) {
  if (cycle.finalised_at && !cycle.deadlines.contains(rule)) return std::nullopt;
  return MeetingDay(cycle, calendar);
}

std::optional<absl::CivilDay> DayToAskTheChildFor(const Cycle& cycle, const Calendar& calendar) {
  return UnlessFinalisedBefore(Rule::kViewsCaptured, cycle, calendar);
}

std::optional<absl::CivilDay> DayToCostFor(const Cycle& cycle, const Calendar& calendar) {
  return UnlessFinalisedBefore(Rule::kInterventionsCosted, cycle, calendar);
}

std::optional<absl::CivilDay> DayHeldOrSet(const Cycle& cycle, const Calendar& calendar) {
  if (cycle.held) return cycle.held->held_on;
  const auto at = MeetingToRecord(cycle);
  return at ? std::optional(calendar.DayOf(*at)) : std::nullopt;
}

std::optional<absl::CivilDay> NoDay(const Cycle&, const Calendar&) { return std::nullopt; }
std::optional<absl::Time> Never(const Cycle&) { return std::nullopt; }

std::optional<absl::Time> TickedAt(const Cycle& cycle, ReadinessItem item) {
  const auto tick = cycle.readiness.find(item);
  return tick == cycle.readiness.end() ? std::nullopt : std::optional(tick->second);
}

std::optional<absl::Time> WaiverOf(const Cycle& cycle, ReadinessItem item) {
  const auto waiver = cycle.waived.find(item);
  return waiver == cycle.waived.end() ? std::nullopt : std::optional(waiver->second);
}

std::optional<absl::Time> Started(const Cycle& cycle) { return cycle.started_at; }
std::optional<absl::Time> Held(const Cycle& cycle) { return cycle.held_at; }
std::optional<absl::Time> Recorded(const Cycle& cycle) {
  return cycle.recorded_at ? cycle.recorded_at : cycle.held_at;
}
std::optional<absl::Time> Finalised(const Cycle& cycle) { return cycle.finalised_at; }
std::optional<absl::Time> SdqScored(const Cycle& cycle) {
  return TickedAt(cycle, ReadinessItem::kSdq);
}
std::optional<absl::Time> SdqWaived(const Cycle& cycle) {
  return WaiverOf(cycle, ReadinessItem::kSdq);
}
std::optional<absl::Time> ViewsCaptured(const Cycle& cycle) {
  return TickedAt(cycle, ReadinessItem::kPupilViews);
}
std::optional<absl::Time> ViewsWaived(const Cycle& cycle) {
  return WaiverOf(cycle, ReadinessItem::kPupilViews);
}
std::optional<absl::Time> InterventionsCosted(const Cycle& cycle) {
  return TickedAt(cycle, ReadinessItem::kInterventionsCosted);
}
std::optional<absl::Time> DraftReady(const Cycle& cycle) {
  const auto ticked = TickedAt(cycle, ReadinessItem::kEpepDraft);
  return ticked ? ticked : Finalised(cycle);
}

using HoldsBack = RuleRow::HoldsBack;

constexpr std::array kRows = {
    RuleRow{.rule = Rule::kInitialStarted, .starts_on = EntryToCare, .done_at = Started},
    RuleRow{.rule = Rule::kInitialAvailable,
            .starts_on = EntryToCare,
            .done_at = Finalised,
            .holds_back = HoldsBack::kUntilEverybodyWasTold,
            .put_off_by_interim = true},
    RuleRow{.rule = Rule::kHeldByTermCutOff,
            .starts_on = OpeningOfTermlyPep,
            .done_at = Held,
            .by_term_cut_off = true,
            .may_run_until_finalised = true},
    RuleRow{.rule = Rule::kHeldWithinFourMonths,
            .starts_on = PreviousMeeting,
            .done_at = Held,
            .into_next_term = true,
            .may_run_until_finalised = true},
    RuleRow{.rule = Rule::kUpdatedAfterMove,
            .starts_on = Move,
            .done_at = Finalised,
            .holds_back = HoldsBack::kUntilEverybodyWasTold},
    RuleRow{.rule = Rule::kDraftReady,
            .starts_on = MeetingDay,
            .done_at = DraftReady,
            .of_meeting_day = true},
    RuleRow{.rule = Rule::kFinalised,
            .starts_on = DayHeldOrSet,
            .done_at = Finalised,
            .holds_back = HoldsBack::kWhileItRuns,
            .provisional_until_held = true},
    RuleRow{.rule = Rule::kSdqScored,
            .starts_on = MeetingDay,
            .done_at = SdqScored,
            .waived_at = SdqWaived,
            .of_meeting_day = true,
            .served_by_later = true},
    RuleRow{.rule = Rule::kViewsCaptured,
            .starts_on = DayToAskTheChildFor,
            .done_at = ViewsCaptured,
            .waived_at = ViewsWaived,
            .of_meeting_day = true,
            .served_by_later = true},
    RuleRow{.rule = Rule::kInterventionsCosted,
            .starts_on = DayToCostFor,
            .done_at = InterventionsCosted,
            .of_meeting_day = true,
            .served_by_later = true},
    RuleRow{.rule = Rule::kMeetingRecorded,
            .starts_on = DaySet,
            .done_at = Recorded,
            .of_each_meeting = true},
    // The child's and no PEP's: it runs while there is none (missing_pep.cc).
    RuleRow{.rule = Rule::kPepOpen, .starts_on = NoDay, .done_at = Never},
};

}  // namespace

std::span<const RuleRow> RuleRows() { return kRows; }

const RuleRow* FindRow(Rule rule) {
  const auto* row = std::ranges::find(kRows, rule, &RuleRow::rule);
  return row == kRows.end() ? nullptr : row;
}

std::optional<Rule> ParseRule(std::string_view rule_id) {
  const CataloguedRule* known = FindRule(rule_id);
  if (known == nullptr || FindRow(known->rule) == nullptr) return std::nullopt;
  return known->rule;
}

}  // namespace pepline::scheduling
