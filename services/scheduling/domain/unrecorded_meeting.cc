// A meeting that was set, whose time has come, and of which nobody put on record what became of it:
// held, moved or called off.
//
// Its record has a deadline of its own, meeting-recorded, which runs as every other one does. The
// ePEP's finalise deadline runs meanwhile from the day for which the meeting was set,
// provisionally: as if it had been held on that day, which mostly it was. It is counted anew from
// the day held. A meeting that is moved or called off ends both while they run. Where they were
// missed, the record is met late, and the ePEP stays late until a meeting is held: moving a meeting
// ends no lateness. Source: docs/domain.md 6.9 (D7); decision 48.
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

bool IsLiveIn(const Cycle& cycle, Rule rule) {
  const auto found = cycle.deadlines.find(rule);
  return found != cycle.deadlines.end() && IsLive(found->second);
}

bool IsCountable(const PlanState& state, const PlanFacts& facts) {
  return IsOpen(state) && facts.policy && facts.bank_holidays_known;
}

}  // namespace

std::optional<absl::Time> MeetingToRecord(const Cycle& cycle) {
  if (cycle.held) return std::nullopt;
  return cycle.unrecorded_meeting_at ? cycle.unrecorded_meeting_at : cycle.meeting_at;
}

std::optional<absl::Time> ProvisionalBeginsAt(const PlanState& state, const PlanFacts& facts) {
  if (!IsCountable(state, facts) || IsLiveIn(*state.cycle, Rule::kFinalised)) return std::nullopt;
  const auto meeting_at = MeetingToRecord(*state.cycle);
  if (!meeting_at || !InstantsOf(Rule::kFinalised, *state.cycle, facts)) return std::nullopt;
  return meeting_at;
}

void BeginProvisional(Progress& progress, const PlanFacts& facts, absl::Time at) {
  auto instants = InstantsOf(Rule::kFinalised, *progress.state.cycle, facts);
  if (!instants) return;
  const bool passed = at >= MissedFrom(instants->due_at);
  progress.Emit(DeadlineSet{{Rule::kFinalised, *std::move(instants), passed}});
}

std::optional<absl::Time> MeetingRecordedIsMissing(const PlanState& state, const PlanFacts& facts) {
  if (!IsCountable(state, facts) || state.cycle->held || !state.cycle->meeting_at ||
      IsLiveIn(*state.cycle, Rule::kMeetingRecorded) ||
      !InstantsOf(Rule::kMeetingRecorded, *state.cycle, facts)) {
    return std::nullopt;
  }
  return state.cycle->meeting_at;
}

void EndMeetingRecorded(Progress& progress, absl::Time at) {
  const Deadline* deadline = FindDeadline(progress.state, Rule::kMeetingRecorded);
  if (deadline == nullptr || deadline->status != DeadlineStatus::kMissed) return;
  progress.Emit(DeadlineMet{Rule::kMeetingRecorded, at, /*late=*/true});
}

}  // namespace pepline::scheduling
