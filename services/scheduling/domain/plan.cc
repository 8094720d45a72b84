// Which of the child's PEPs a command is for, and what it may do there.
#include "services/scheduling/domain/plan.h"

#include <algorithm>
#include <concepts>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/domain/decide.h"
#include "services/scheduling/domain/settle.h"
#include "services/scheduling/domain/work_items/work_on_peps.h"
#include "shared/domain/id_forms.h"

namespace pepline::scheduling {
namespace {

// A report of another service about a PEP that is over, or that there never was, is no mistake.
bool IsReport(const CompleteReadinessItem& command) { return command.reported_at.has_value(); }
bool IsReport(const WaiveReadinessItem&) { return true; }
bool IsReport(const WithdrawCosts&) { return true; }
bool IsReport(const ReopenReadinessItem&) { return true; }
template <class Command>
bool IsReport(const Command&) {
  return false;
}

// Whose work it is the profile says.
MaybeRefusal CheckMadeBy(PepWork work, MadeBy by, const Cycle& cycle, const PlanFacts& facts) {
  const std::set<MadeBy> who = WhoDoes(work, cycle, facts.policy.get());
  if (who.contains(by)) return std::nullopt;
  if (by == MadeBy::kSchool && who.contains(MadeBy::kSocialWorker)) {
    return Refuse(plan_refusals::kNotTheSchoolsWork, "",
                  "by the authority's profile the social worker or the Virtual School does this");
  }
  if (by == MadeBy::kSchool) {
    return Refuse(plan_refusals::kNotTheSchoolsWork, "",
                  "by the authority's profile the Virtual School does this");
  }
  return Refuse(plan_refusals::kNotAnInterimPep, "",
                "no interim PEP is in force, and by the authority's profile the Designated Teacher "
                "or the Virtual School does this");
}

template <class Command>
MaybeRefusal CheckMadeBy(const Command& command, const Cycle& cycle, const PlanFacts& facts) {
  if constexpr (requires { command.by; }) {
    return CheckMadeBy(Command::kWork, command.by, cycle, facts);
  } else {
    return std::nullopt;
  }
}

// Of a PEP that a later one followed only what is left of it can be done: its meetings are set for
// the newest.
template <class Command>
inline constexpr bool kIsForEarlierPeps =
    std::same_as<Command, CompleteReadinessItem> || std::same_as<Command, WaiveReadinessItem> ||
    std::same_as<Command, WithdrawCosts> || std::same_as<Command, HoldPepMeeting> ||
    std::same_as<Command, FinaliseEpep> || std::same_as<Command, CorrectPepMeeting> ||
    std::same_as<Command, TakeBackFinalisation> || std::same_as<Command, WriteOffPep> ||
    std::same_as<Command, HandOverPep> || std::same_as<Command, ReopenReadinessItem>;

// A meeting belongs to the PEP that was the newest on its day; a later one's serves this one too.
MaybeRefusal CheckDayBefore(absl::CivilDay held_on, const Cycle& next) {
  if (held_on < next.opened_on) return std::nullopt;
  return Refuse(plan_refusals::kHeldAfterNextPepOpened, "held_on",
                "the next PEP was open on that day; put the meeting on record for that one, and it "
                "serves this one too");
}
MaybeRefusal CheckHeldOn(const HoldPepMeeting& command, const Cycle& next) {
  return CheckDayBefore(command.meeting.held_on, next);
}
MaybeRefusal CheckHeldOn(const CorrectPepMeeting& command, const Cycle& next) {
  return command.held_on ? CheckDayBefore(*command.held_on, next) : std::nullopt;
}
template <class Command>
MaybeRefusal CheckHeldOn(const Command&, const Cycle&) {
  return std::nullopt;
}

template <class Command>
MaybeRefusal OnEarlierPep(const Command& command, int number, Progress& progress,
                          const PlanFacts& facts) {
  if constexpr (std::same_as<Command, WriteOffPep>) {
    if (auto no = CheckReason(command.reason, "reason")) return no;
    CloseEarlierPep(progress, number, {CycleOutcome::kWrittenOff, command.reason}, facts.now);
    return std::nullopt;
  } else if constexpr (kIsForEarlierPeps<Command>) {
    const std::vector<Cycle> later = LaterThan(progress.state, number);
    auto no = CheckMadeBy(command, *PlanOfPep(progress.state, number)->cycle, facts);
    if (!no) no = CheckHeldOn(command, later.front());
    if (no) return no;
    ForEarlierPep(progress, number, [&](Progress& pep) { no = On(command, pep, facts); });
    return no;
  } else {
    return Refuse(
        plan_refusals::kOtherPep, "pep_id",
        "a later PEP is open, and meetings are set for that one; of this one a meeting "
        "that took place can be put on record, the ePEP can be finalised, and the Virtual "
        "School can write it off");
  }
}

// What a person may have meant who names no PEP, added to the advice.
std::string MeantPep(const FinaliseEpep&, const PlanState& state) {
  const auto held = std::ranges::find_if(
      state.earlier, [](const Cycle& pep) { return pep.held && !pep.finalised_at; });
  if (held == state.earlier.end()) return "";
  return absl::StrCat("; the meeting of ", PepIdOf(state.child, held->number).text(),
                      " was held and its ePEP is not finalised: give that pep_id for it");
}
std::string MeantPep(const HoldPepMeeting& command, const PlanState& state) {
  for (auto pep = state.earlier.rbegin(); pep != state.earlier.rend(); ++pep) {
    if (pep->held || command.meeting.held_on < pep->opened_on ||
        command.meeting.held_on >= LaterThan(state, pep->number).front().opened_on) {
      continue;
    }
    return absl::StrCat("; ", PepIdOf(state.child, pep->number).text(),
                        " was open on that day: give that pep_id for it");
  }
  return "";
}
template <class Command>
std::string MeantPep(const Command&, const PlanState&) {
  return "";
}

template <class Command>
MaybeRefusal OnNewestPep(const Command& command, Progress& progress, const PlanFacts& facts) {
  if constexpr (std::same_as<Command, WriteOffPep>) {
    return Refuse(
        plan_refusals::kNewestPep, "pep_id",
        "a child in care needs an open PEP, and this is the newest; it can be written off "
        "when the next one is open");
  } else {
    auto no = CheckMadeBy(command, *progress.state.cycle, facts);
    if (!no) no = On(command, progress, facts);
    if (no) no->advice += MeantPep(command, progress.state);
    return no;
  }
}

template <class Command>
MaybeRefusal OnPep(const Command& command, Progress& progress, const PlanFacts& facts) {
  const PlanState& state = progress.state;
  if (!IsOpen(state)) {
    if (IsReport(command)) return std::nullopt;
    const std::string why = WhyNoneIsOpen(state, facts);
    if (!why.empty()) {
      return Refuse(
          plan_refusals::kNoCurrentPep, "child_id",
          absl::StrCat("this child has no current PEP: ", why, "; try again when one is open"));
    }
    return Refuse(plan_refusals::kNoCurrentPep, "child_id",
                  "this child has no current PEP; check that care is on record and that a PEP is "
                  "required at the child's age");
  }
  const auto asked = NumberOfPep(state.child, command.pep);
  MaybeRefusal no;
  if (command.pep.empty() || asked == state.cycle->number) {
    no = OnNewestPep(command, progress, facts);
  } else if (asked && std::ranges::count(state.earlier, *asked, &Cycle::number) > 0) {
    no = OnEarlierPep(command, *asked, progress, facts);
  } else if (IsReport(command)) {
    return std::nullopt;
  } else {
    return Refuse(plan_refusals::kOtherPep, "pep_id",
                  "this is no open PEP of the child; leave it empty for the newest, or give the id "
                  "of one that is open");
  }
  if (!no) Settle(progress, facts, facts.now);
  return no;
}

MaybeRefusal OnPep(const Wake&, Progress&, const PlanFacts&) { return std::nullopt; }

}  // namespace

Decision<PlanEvent> Plan::Decide(const PlanState& state, const PlanCommand& command,
                                 const PlanFacts& facts) {
  Progress progress{state, {}};
  CatchUp(progress, facts);
  auto no = std::visit([&](const auto& one) { return OnPep(one, progress, facts); }, command);
  if (no) return *std::move(no);
  // A command can bring more about at once: a reminder that is already due, the next term's PEP.
  CatchUp(progress, facts);
  return std::move(progress.events);
}

}  // namespace pepline::scheduling
