// The outcomes of one PEP: set, refined, reviewed or dropped. The rules.
// Promises: pure (see shared/domain/decider.h). The outcomes of a PEP are one record, so that their
// numbers follow each other and a PEP that has none is told from one that is not known. An outcome
// is written while its PEP is open; it is reviewed once, also when its PEP is over, and goes on in
// a later PEP as an outcome of its own that names it. A dropped one keeps its number. What was put
// on record of its end in error is taken back with a reason, and kept. Does not: say in an event
// anything of what people wrote. Sources: docs/domain.md 6.3, 8e; decision 78. Threads: values and
// pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_OUTCOMES_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_OUTCOMES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "services/assessments/domain/outcome.h"
#include "services/assessments/domain/pep_standing.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::assessments {

struct OutcomesState {
  std::optional<PepStanding> current_pep;  // of the child; no event changes it
  ChildId child;
  PepId pep;
  std::vector<Outcome> outcomes;  // number 1 first
  friend bool operator==(const OutcomesState&, const OutcomesState&) = default;
};
// Null for a number that none has.
const Outcome* Find(const OutcomesState& state, int number);

// A plan with more has no priorities; what is carried over three terms fits twice.
inline constexpr std::size_t kMostOutcomes = 20;
inline constexpr std::size_t kMostReopenings = 10;  // that are kept of one outcome

// Commands.
struct SetOutcome {
  ChildId child;
  PepId pep;
  OutcomeContent content;
  std::optional<OutcomeId> carried_from;
};
struct RefineOutcome {
  int number = 0;
  OutcomeContent content;  // whole, and not the difference
};
struct ReviewOutcome {
  int number = 0;
  OutcomeResult result = OutcomeResult::kMet;
  std::string words;  // what shows it
};
struct DropOutcome {
  int number = 0;
  std::string reason;
};
// It was reviewed or dropped in error: it waits for its result again.
struct ReopenOutcome {
  int number = 0;
  std::string reason;
};
using OutcomesCommand =
    std::variant<SetOutcome, RefineOutcome, ReviewOutcome, DropOutcome, ReopenOutcome>;

// Events.
struct OutcomeSet {
  ChildId child;
  PepId pep;
  int number = 0;
  absl::Time at;
  OutcomeContent content;
  std::vector<SmartPart> missing;
  std::optional<OutcomeId> carried_from;
};
struct OutcomeRefined {
  int number = 0;
  absl::Time at;
  OutcomeContent content;
  std::vector<SmartPart> missing;
};
struct OutcomeReviewed {
  int number = 0;
  absl::Time at;
  OutcomeResult result = OutcomeResult::kMet;
  std::string words;
};
struct OutcomeDropped {
  int number = 0;
  absl::Time at;
  std::string reason;
};
struct OutcomeReopened {
  int number = 0;
  absl::Time at;
  std::string reason;
};
using OutcomesEvent =
    std::variant<OutcomeSet, OutcomeRefined, OutcomeReviewed, OutcomeDropped, OutcomeReopened>;
int NumberOf(const OutcomesEvent& event);

namespace outcome_refusals {
inline constexpr RefusalReason kNoOpenPep{"NO_OPEN_PEP", RefusalKind::kState};
inline constexpr RefusalReason kOtherPep{"OTHER_PEP", RefusalKind::kState};
inline constexpr RefusalReason kNoSuchOutcome{"NO_SUCH_OUTCOME", RefusalKind::kNotFound};
inline constexpr RefusalReason kTooManyOutcomes{"TOO_MANY_OUTCOMES", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyReviewed{"OUTCOME_ALREADY_REVIEWED", RefusalKind::kState};
inline constexpr RefusalReason kNotEnded{"OUTCOME_NOT_ENDED", RefusalKind::kState};
inline constexpr RefusalReason kDropped{"OUTCOME_DROPPED", RefusalKind::kState};
inline constexpr RefusalReason kOutcomeTextRequired{"OUTCOME_TEXT_REQUIRED",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kNothingRefined{"NOTHING_REFINED", RefusalKind::kBadValue};
inline constexpr RefusalReason kReasonRequired{"REASON_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTextTooLong{"TEXT_TOO_LONG", RefusalKind::kBadValue};
inline constexpr RefusalReason kOfAnotherChild{"OF_ANOTHER_CHILD", RefusalKind::kBadValue};
inline constexpr RefusalReason kNoSuchViews{"NO_SUCH_VIEWS", RefusalKind::kBadValue};
inline constexpr RefusalReason kNotCarriedOn{"OUTCOME_NOT_CARRIED_ON", RefusalKind::kBadValue};
}  // namespace outcome_refusals

struct OutcomesFacts {
  absl::Time now;
  absl::CivilDay today;  // of now, in London
  // The child's views are on record for the PEP that the command cites; asked for where it cites.
  bool cited_views_on_record = false;
  // The outcome of an earlier PEP that the command carries on was reviewed as one that goes on.
  bool carried_on = false;
};

// The PEP whose views the command cites, and the outcome that it carries on; nullopt for none.
std::optional<PepId> CitedBy(const OutcomesCommand& command);
std::optional<OutcomeId> CarriedOnBy(const OutcomesCommand& command);

struct Outcomes {
  using State = OutcomesState;
  using Command = OutcomesCommand;
  using Event = OutcomesEvent;
  using Facts = OutcomesFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_OUTCOMES_H_
