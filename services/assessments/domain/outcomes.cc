#include "services/assessments/domain/outcomes.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/assessments/domain/free_text.h"
#include "shared/domain/id_forms.h"
#include "shared/domain/keep_newest.h"

namespace pepline::assessments {
namespace {

constexpr std::size_t kLongestDescription = 1000;

Decision<OutcomesEvent> Emit(OutcomesEvent event) {
  return std::vector<OutcomesEvent>{std::move(event)};
}

MaybeRefusal NeedsOpenPep(const OutcomesState& state, const PepId& pep) {
  if (FindOpen(state.current_pep, pep)) return std::nullopt;
  if (!state.current_pep || !state.current_pep->open) {
    return Refuse(outcome_refusals::kNoOpenPep, "child_id",
                  "this child has no open PEP; outcomes are set and refined with one");
  }
  return Refuse(outcome_refusals::kOtherPep, "pep_id",
                "this PEP is not open; leave it empty or give one that is open");
}

MaybeRefusal CheckContent(const ChildId& child, const OutcomeContent& content,
                          const OutcomesFacts& facts) {
  if (IsBlank(content.description)) {
    return Refuse(outcome_refusals::kOutcomeTextRequired, "content.description",
                  "say what the child is to reach; the rest may follow");
  }
  struct Limited {
    const char* field;
    const std::string& text;
    std::size_t longest;
  };
  for (const Limited& one : {Limited{"description", content.description, kLongestDescription},
                             Limited{"measure", content.measure, kLongestReason},
                             Limited{"baseline", content.baseline, kLongestReason},
                             Limited{"target", content.target, kLongestReason},
                             Limited{"responsible", content.responsible, kLongestReference},
                             Limited{"need", content.need, kLongestReason},
                             Limited{"evidence", content.evidence, kLongestReason}}) {
    if (!IsLongerThan(one.text, one.longest)) continue;
    return Refuse(outcome_refusals::kTextTooLong, absl::StrCat("content.", one.field),
                  absl::StrCat("give at most ", one.longest, " characters"));
  }
  if (!content.views_of_pep) return std::nullopt;
  if (!NumberOfPep(child, *content.views_of_pep)) {
    return Refuse(outcome_refusals::kOfAnotherChild, "content.views_of_pep_id",
                  "this PEP is another child's; name one of this child");
  }
  if (facts.cited_views_on_record) return std::nullopt;
  return Refuse(outcome_refusals::kNoSuchViews, "content.views_of_pep_id",
                "no views of the child are on record for this PEP; put them on record first, or "
                "leave it empty");
}

MaybeRefusal CheckWords(const std::string& words, const char* field, const char* what) {
  if (IsBlank(words)) return Refuse(outcome_refusals::kReasonRequired, field, what);
  if (!IsLongerThan(words, kLongestReason)) return std::nullopt;
  return Refuse(outcome_refusals::kTextTooLong, field,
                absl::StrCat("give at most ", kLongestReason, " characters"));
}

// The outcome, while it waits for its result.
MaybeRefusal NeedsWaiting(const Outcome* outcome) {
  if (outcome == nullptr) {
    return Refuse(outcome_refusals::kNoSuchOutcome, "outcome_id",
                  "this PEP has no such outcome; list the PEP's outcomes");
  }
  if (outcome->stage == OutcomeStage::kReviewed) {
    return Refuse(outcome_refusals::kAlreadyReviewed, "outcome_id",
                  "this outcome was reviewed; what follows from it is an outcome of the next PEP");
  }
  if (outcome->stage == OutcomeStage::kDropped) {
    return Refuse(outcome_refusals::kDropped, "outcome_id",
                  "this outcome was dropped; set another one");
  }
  return std::nullopt;
}

Decision<OutcomesEvent> On(const SetOutcome& command, const OutcomesState& state,
                           const OutcomesFacts& facts) {
  if (auto no = NeedsOpenPep(state, command.pep)) return *std::move(no);
  if (state.outcomes.size() >= kMostOutcomes) {
    return Refuse(outcome_refusals::kTooManyOutcomes, "",
                  absl::StrCat("a PEP has at most ", kMostOutcomes, " outcomes"));
  }
  if (auto no = CheckContent(command.child, command.content, facts)) return *std::move(no);
  if (command.carried_from) {
    const auto from = ParseOutcomeId(command.carried_from->text());
    if (!from || from->child != command.child) {
      return Refuse(outcome_refusals::kOfAnotherChild, "carried_from",
                    "name an outcome of an earlier PEP of this child");
    }
    if (NumberOfPep(command.child, from->pep) >= NumberOfPep(command.child, command.pep) ||
        !facts.carried_on) {
      return Refuse(outcome_refusals::kNotCarriedOn, "carried_from",
                    "name an outcome of an earlier PEP whose review says that it goes on");
    }
  }
  return Emit(OutcomeSet{command.child, command.pep, static_cast<int>(state.outcomes.size()) + 1,
                         facts.now, command.content, PartsOf(GapsIn(command.content, facts.today)),
                         command.carried_from});
}

Decision<OutcomesEvent> On(const RefineOutcome& command, const OutcomesState& state,
                           const OutcomesFacts& facts) {
  const Outcome* outcome = Find(state, command.number);
  if (auto no = NeedsWaiting(outcome)) return *std::move(no);
  if (auto no = NeedsOpenPep(state, state.pep)) return *std::move(no);
  if (auto no = CheckContent(state.child, command.content, facts)) return *std::move(no);
  if (command.content == outcome->content) {
    return Refuse(outcome_refusals::kNothingRefined, "",
                  "this is how the outcome stands; nothing is refined");
  }
  return Emit(OutcomeRefined{command.number, facts.now, command.content,
                             PartsOf(GapsIn(command.content, facts.today))});
}

Decision<OutcomesEvent> On(const ReviewOutcome& command, const OutcomesState& state,
                           const OutcomesFacts& facts) {
  if (auto no = NeedsWaiting(Find(state, command.number))) return *std::move(no);
  if (auto no = CheckWords(command.words, "words", "say what shows the result")) {
    return *std::move(no);
  }
  return Emit(OutcomeReviewed{command.number, facts.now, command.result, command.words});
}

Decision<OutcomesEvent> On(const DropOutcome& command, const OutcomesState& state,
                           const OutcomesFacts& facts) {
  if (auto no = NeedsWaiting(Find(state, command.number))) return *std::move(no);
  if (auto no = CheckWords(command.reason, "reason", "say why the outcome is not pursued")) {
    return *std::move(no);
  }
  return Emit(OutcomeDropped{command.number, facts.now, command.reason});
}

Decision<OutcomesEvent> On(const ReopenOutcome& command, const OutcomesState& state,
                           const OutcomesFacts& facts) {
  const Outcome* outcome = Find(state, command.number);
  if (outcome == nullptr) return *NeedsWaiting(outcome);
  if (outcome->stage == OutcomeStage::kSet) {
    return Refuse(outcome_refusals::kNotEnded, "outcome_id",
                  "this outcome was neither reviewed nor dropped; there is nothing to take back");
  }
  if (auto no = CheckWords(command.reason, "reason", "say why its end was put on record wrongly")) {
    return *std::move(no);
  }
  return Emit(OutcomeReopened{command.number, facts.now, command.reason});
}

Outcome& At(OutcomesState& state, int number) {
  return state.outcomes.at(static_cast<std::size_t>(number) - 1);
}

void Reopen(Outcome& outcome, const OutcomeReopened& reopened) {
  KeepNewest(outcome.reopened,
             {reopened.at, reopened.reason, outcome.stage, outcome.result, outcome.closing_words},
             kMostReopenings);
  outcome.stage = OutcomeStage::kSet;
  outcome.result.reset();
  outcome.closed_at.reset();
  outcome.closing_words.clear();
}

void Close(Outcome& outcome, OutcomeStage stage, absl::Time at, const std::string& words) {
  outcome.stage = stage;
  outcome.closed_at = at;
  outcome.closing_words = words;
}

}  // namespace

const Outcome* Find(const OutcomesState& state, int number) {
  if (number < 1 || static_cast<std::size_t>(number) > state.outcomes.size()) return nullptr;
  return &state.outcomes[static_cast<std::size_t>(number) - 1];
}

int NumberOf(const OutcomesEvent& event) {
  return std::visit([](const auto& one) { return one.number; }, event);
}

std::optional<PepId> CitedBy(const OutcomesCommand& command) {
  if (const auto* set = std::get_if<SetOutcome>(&command)) return set->content.views_of_pep;
  const auto* refine = std::get_if<RefineOutcome>(&command);
  return refine ? refine->content.views_of_pep : std::nullopt;
}

std::optional<OutcomeId> CarriedOnBy(const OutcomesCommand& command) {
  const auto* set = std::get_if<SetOutcome>(&command);
  return set ? set->carried_from : std::nullopt;
}

Decision<OutcomesEvent> Outcomes::Decide(const OutcomesState& state, const OutcomesCommand& command,
                                         const OutcomesFacts& facts) {
  return std::visit([&](const auto& one) { return On(one, state, facts); }, command);
}

OutcomesState Outcomes::Evolve(OutcomesState state, const OutcomesEvent& event) {
  std::visit(
      Match{[&](const OutcomeSet& set) {
              state.child = set.child;
              state.pep = set.pep;
              state.outcomes.push_back(
                  {.content = set.content, .stated_at = set.at, .carried_from = set.carried_from});
            },
            [&](const OutcomeRefined& refined) {
              Outcome& outcome = At(state, refined.number);
              outcome.content = refined.content;
              outcome.stated_at = refined.at;
            },
            [&](const OutcomeReviewed& reviewed) {
              Outcome& outcome = At(state, reviewed.number);
              Close(outcome, OutcomeStage::kReviewed, reviewed.at, reviewed.words);
              outcome.result = reviewed.result;
            },
            [&](const OutcomeDropped& dropped) {
              Close(At(state, dropped.number), OutcomeStage::kDropped, dropped.at, dropped.reason);
            },
            [&](const OutcomeReopened& reopened) { Reopen(At(state, reopened.number), reopened); }},
      event);
  return state;
}

// An outcome has no alarm of its own: by when outcomes are reviewed is said with the PEP.
std::optional<absl::Time> Outcomes::NextWake(const OutcomesState&, const OutcomesFacts&) {
  return std::nullopt;
}

// They are found by their PEP.
std::vector<IndexEntry> Outcomes::Index(const OutcomesState&) { return {}; }

}  // namespace pepline::assessments
