// One outcome of a PEP, as people write it, and what is still missing for it to be SMART: specific,
// measurable, achievable, relevant, time-bound. Missing is found by rules and never guessed from
// what the words mean: nothing is said where, no number or level, nobody named, no day.
// Promises: pure. A gap bars nobody from writing the outcome down. Sources: docs/domain.md 6.3
// (finalise: a SMART outcome with baseline, measure, date, owner, cost or "none") and 8e. Threads:
// values and pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_OUTCOME_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_OUTCOME_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/domain/ids.h"

namespace pepline::assessments {

// The numbers of all of these are the contract's.
enum class OutcomeCategory {
  kAcademic = 1,
  kSocialEmotionalMentalHealth = 2,
  kAttendance = 3,
  kTransition = 4,
  kEnrichment = 5,
  kOther = 6,
};
constexpr OutcomeCategory LastOf(OutcomeCategory) { return OutcomeCategory::kOther; }

enum class OutcomeCost { kCosted = 1, kNoCost = 2 };
constexpr OutcomeCost LastOf(OutcomeCost) { return OutcomeCost::kNoCost; }

enum class OutcomeStage { kSet = 1, kReviewed = 2, kDropped = 3 };
constexpr OutcomeStage LastOf(OutcomeStage) { return OutcomeStage::kDropped; }

enum class OutcomeResult { kMet = 1, kPartlyMet = 2, kNotMet = 3, kCarriedOn = 4 };
constexpr OutcomeResult LastOf(OutcomeResult) { return OutcomeResult::kCarriedOn; }

// What people write of an outcome. Any text but the description may be empty while it is not known.
struct OutcomeContent {
  OutcomeCategory category = OutcomeCategory::kOther;
  std::string description;  // what exactly is to be reached
  std::string measure;      // by what that is measured
  std::string baseline;     // where the child is
  std::string target;       // where the child is to be
  std::optional<absl::CivilDay> due_on;
  std::string responsible;  // who sees to it
  std::string need;         // which need of the child it answers
  std::string evidence;     // why this is likely to work
  // It rests on the child's views that are on record for this PEP of the child.
  std::optional<PepId> views_of_pep;
  std::optional<OutcomeCost> cost;  // nullopt: not said yet
  friend bool operator==(const OutcomeContent&, const OutcomeContent&) = default;
};

// How an outcome had ended before that was taken back, and why it was.
struct ReopenedOutcome {
  absl::Time at;
  std::string reason;
  OutcomeStage stage = OutcomeStage::kReviewed;
  std::optional<OutcomeResult> result;
  std::string closing_words;
  friend bool operator==(const ReopenedOutcome&, const ReopenedOutcome&) = default;
};

struct Outcome {
  OutcomeContent content;
  OutcomeStage stage = OutcomeStage::kSet;
  absl::Time stated_at;                   // as it stands now: when it was set or last refined
  std::optional<OutcomeId> carried_from;  // an outcome of an earlier PEP that goes on here
  std::optional<OutcomeResult> result;
  std::optional<absl::Time> closed_at;    // reviewed or dropped
  std::string closing_words;              // what shows the result, or why it was dropped
  std::vector<ReopenedOutcome> reopened;  // the oldest first; of many the oldest are not kept
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// An outcome's id: "<pep id>.o<number>", numbered from 1 in the order in which they are set.
struct OutcomeKey {
  ChildId child;
  PepId pep;
  int number = 0;
  friend bool operator==(const OutcomeKey&, const OutcomeKey&) = default;
};
OutcomeId IdOf(const PepId& pep, int number);
std::optional<OutcomeKey> ParseOutcomeId(std::string_view id);

enum class SmartPart {
  kSpecific = 1,
  kMeasurable = 2,
  kAchievable = 3,
  kRelevant = 4,
  kTimeBound = 5
};
constexpr SmartPart LastOf(SmartPart) { return SmartPart::kTimeBound; }

// What is missing: for which part of SMART, in which field of the contract, and how it is mended, a
// sentence for people.
struct OutcomeGap {
  SmartPart part = SmartPart::kSpecific;
  std::string_view field;
  std::string_view advice;
  friend bool operator==(const OutcomeGap&, const OutcomeGap&) = default;
};
// In the order of SMART; none where it is complete. `stated_on`: the day in London on which it was
// written, before which nothing can be due.
std::vector<OutcomeGap> GapsIn(const OutcomeContent& content, absl::CivilDay stated_on);
std::vector<SmartPart> PartsOf(const std::vector<OutcomeGap>& gaps);  // each once, in order
// A day further ahead lies outside of every plan that would look at it.
inline constexpr int kMostDaysAhead = 366;

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_OUTCOME_H_
