// How coded answers become scores. Promises: total over what Decide has checked (25 answers of 0,
// 1, 2 or kOpen; a supplement of 0 to 3 or kOpen); integers only, halves are rounded up. A scale
// needs three of its five answers, else it is missing; the total needs all four difficulty scales
// (the strict rule of the original syntax, not the Australian one). A change of any rule here is a
// new kScoringRule: scores on record keep the version they were made by. Sources:
// docs/domain.md 3.3. Does not: know bands (sdq_bands.h). Threads: pure functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_SCORING_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_SCORING_H_

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "services/assessments/domain/sdq_form.h"

namespace pepline::assessments {

inline constexpr int kItems = 25;
inline constexpr int kOpen = -1;  // the informant left this one out

// The version of the arithmetic below; and what stands in its place for scores worked out
// elsewhere.
inline constexpr std::string_view kScoringRule = "sdq-scoring-1";
inline constexpr std::string_view kScoresAsGiven = "sdq-scores-as-given-1";

// The numbers are the contract's.
enum class Scale {
  kTotal = 1,
  kEmotional = 2,
  kConduct = 3,
  kHyperactivity = 4,
  kPeer = 5,
  kProsocial = 6,  // a strength; not in the total
  kImpact = 7,
};
constexpr Scale LastOf(Scale) { return Scale::kImpact; }
inline constexpr std::array kAllScales = {
    Scale::kTotal, Scale::kEmotional, Scale::kConduct, Scale::kHyperactivity,
    Scale::kPeer,  Scale::kProsocial, Scale::kImpact};

struct ImpactAnswers {
  int overall = kOpen;       // whether there are difficulties at all; 0: no
  std::vector<int> counted;  // in the order of the form, CountedImpactQuestions of them
  friend bool operator==(const ImpactAnswers&, const ImpactAnswers&) = default;
};

// nullopt: missing.
struct SdqScores {
  std::optional<int> emotional;
  std::optional<int> conduct;
  std::optional<int> hyperactivity;
  std::optional<int> peer;
  std::optional<int> prosocial;
  std::optional<int> total;
  std::optional<int> externalising;
  std::optional<int> internalising;
  std::optional<int> impact;
  friend bool operator==(const SdqScores&, const SdqScores&) = default;
};

// One of the five scales, from its five items; kTotal and kImpact have no items of their own.
std::optional<int> ScoreScale(Scale scale, std::span<const int> answers);
std::optional<int> ScoreImpact(const ImpactAnswers& answers);
SdqScores ScoreAnswers(std::span<const int> answers, const std::optional<ImpactAnswers>& impact);

// Adds the sums (total, externalising, internalising) that follow from the scales and are not
// given.
SdqScores WithSums(SdqScores scores);
std::optional<int> ScoreOf(const SdqScores& scores, Scale scale);
// The highest score possible; the impact of teachers counts three questions.
int HighestScore(Scale scale, Informant informant);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_SCORING_H_
