// A child who needs a PEP and has none open, whatever the cause: the deadline pep-open.
//
// It counts from the day on which a PEP is required, and ends when one opens. It is set on its last
// day, where no PEP opens on that day by itself: what is put on record within the hour makes no
// noise. A profile, bank holidays and term dates that are not on record delay a PEP; they never
// delay this. A finalised PEP serves until the next meeting would be due; where no term is known to
// open another one by then, one is missing from that day.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/scheduling/domain/settle.h"
#include "shared/domain/months.h"

namespace pepline::scheduling {
namespace {

// Knowsley, "Reviewing the PEP": at most four months between reviews (docs/domain.md, D4).
constexpr int kMonthsThatAPepServes = 4;
// A summer holiday with some days to spare: a term that follows begins within it.
constexpr int kLongestHoliday = 70;

// nullopt where none is missing. The day may lie ahead. `opening` is what OpeningOf says.
std::optional<absl::CivilDay> NoPepSince(const PlanState& state, const PlanFacts& facts,
                                         const std::optional<Opening>& opening) {
  if (!facts.child || !facts.child->in_care || !facts.child->pep_required) return std::nullopt;
  const Calendar& calendar = *facts.calendar;
  if (!IsOpen(state)) return calendar.DayOf(RequiredFrom(*facts.child, calendar));
  const Cycle& cycle = *state.cycle;
  if (EpisodeIsOver(state, *facts.child) || cycle.stage != Stage::kFinalised || !cycle.held) {
    return std::nullopt;
  }
  absl::CivilDay since = AddMonths(cycle.held->held_on, kMonthsThatAPepServes);
  if (const auto term = calendar.TermOn(cycle.held->held_on)) {
    since = std::min(since, term->last_day + kLongestHoliday);
  }
  if (opening && calendar.DayOf(opening->at) <= since + kLongestHoliday) return std::nullopt;
  // None opens any more after a child's eighteenth birthday, and none is missing before it.
  if (IsAdultAt(calendar.StartOf(since + kLongestHoliday), facts)) return std::nullopt;
  return since;
}

DeadlineInstants CountSince(absl::CivilDay since, const PlanFacts& facts) {
  RuleTerms terms = UsualPepOpenTerms();
  if (facts.policy) {
    const Policy& policy = PolicyOn(*facts.policy, since);
    const auto own = policy.rules.find(Rule::kPepOpen);
    if (own != policy.rules.end()) terms = own->second;
  }
  DeadlineInstants instants = CountFrom(since, terms, *facts.calendar);
  if (!facts.bank_holidays_known) instants.calendar_known = false;
  return instants;
}

}  // namespace

std::optional<absl::Time> PepOpenBeginsAt(const PlanState& state, const PlanFacts& facts,
                                          const std::optional<Opening>& opening) {
  if (state.pep_open && IsLive(*state.pep_open)) return std::nullopt;
  const auto since = NoPepSince(state, facts, opening);
  if (!since) return std::nullopt;
  const DeadlineInstants instants = CountSince(*since, facts);
  if (opening && opening->at < MissedFrom(instants.due_at)) return std::nullopt;
  const Calendar& calendar = *facts.calendar;
  absl::Time at = calendar.StartOf(calendar.DayOf(instants.due_at));
  for (const AlertInstant& level : instants.levels) at = std::min(at, level.at);
  at = std::max(at, calendar.StartOf(*since));
  if (IsAdultAt(std::max(at, facts.now), facts)) return std::nullopt;
  return at;
}

void BeginPepOpen(Progress& progress, const PlanFacts& facts) {
  const auto since = NoPepSince(progress.state, facts, OpeningOf(progress.state, facts));
  if (!since) return;
  DeadlineSet set{{Rule::kPepOpen, CountSince(*since, facts)}};
  set.reminder_passed = facts.now >= MissedFrom(set.instants.due_at);
  if (!IsOpen(progress.state)) {
    set.owner = PlanOwner{facts.child_id, facts.child->authority, facts.child->school};
  }
  progress.Emit(std::move(set));
}

void SettlePepOpen(Progress& progress, const PlanFacts& facts) {
  const PlanState& state = progress.state;
  if (!state.pep_open || !IsLive(*state.pep_open)) return;
  const auto opening = OpeningOf(state, facts);
  const auto since = NoPepSince(state, facts, opening);
  if (!since) {
    // One that opens now ends it by itself.
    if (!opening || opening->at > facts.now) progress.Emit(DeadlineWithdrawn{Rule::kPepOpen});
    return;
  }
  if (!IsOpen(state) && state.authority != facts.child->authority) {
    progress.Emit(DeadlineWithdrawn{Rule::kPepOpen});
    return;
  }
  DeadlineInstants instants = CountSince(*since, facts);
  if (instants == state.pep_open->instants) return;
  const bool withdrawn =
      state.pep_open->status == DeadlineStatus::kMissed && facts.now < MissedFrom(instants.due_at);
  const absl::Time old_due_at = state.pep_open->instants.due_at;
  const bool passed = facts.now >= MissedFrom(instants.due_at);
  progress.Emit(
      DeadlineRecalculated{Rule::kPepOpen, std::move(instants), old_due_at, withdrawn, passed});
}

void EndPepOpen(Progress& progress, const PlanFacts& facts, absl::Time at) {
  const auto& deadline = progress.state.pep_open;
  if (!deadline || !IsLive(*deadline)) return;
  // What was said missed is late, also where the PEP counts from an earlier day.
  if (deadline->status == DeadlineStatus::kMissed) at = facts.now;
  const bool late = at >= MissedFrom(deadline->instants.due_at);
  progress.Emit(DeadlineMet{Rule::kPepOpen, at, late});
}

std::string WhyNoneIsOpen(const PlanState& state, const PlanFacts& facts) {
  const Calendar& calendar = *facts.calendar;
  if (IsAdultAt(facts.now, facts) && facts.child->in_care && facts.child->pep_required) {
    return "the young person is 18 and the end of care is not on record; put it on record";
  }
  const auto opening = OpeningOf(state, facts);
  const auto since = NoPepSince(state, facts, opening);
  if (!since || calendar.StartOf(*since) > facts.now) return "";
  if (!facts.policy) {
    return "the authority that looks after the child has no policy profile on record; import it";
  }
  if (!facts.bank_holidays_known) return "no bank holidays are on record; import them";
  if (opening && opening->at <= calendar.EndOf(calendar.DayOf(facts.now) + kLongestHoliday)) {
    return absl::StrCat("the next one opens by itself on ",
                        FormatDate(calendar.DayOf(opening->at)));
  }
  return "no term dates are on record for these days, neither of the child's school nor of the "
         "authority that looks after the child; import them";
}

}  // namespace pepline::scheduling
