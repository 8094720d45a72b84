#include "services/assessments/domain/sdq_scoring.h"

#include <algorithm>
#include <cstddef>

namespace pepline::assessments {
namespace {

// Item numbers count from 1, as on the form.
constexpr std::array kReversed = {7, 11, 14, 21, 25};

std::span<const int> ItemsOf(Scale scale) {
  static constexpr int kEmotional[] = {3, 8, 13, 16, 24};
  static constexpr int kConduct[] = {5, 7, 12, 18, 22};
  static constexpr int kHyperactivity[] = {2, 10, 15, 21, 25};
  static constexpr int kPeer[] = {6, 11, 14, 19, 23};
  static constexpr int kProsocial[] = {1, 4, 9, 17, 20};
  switch (scale) {
    case Scale::kEmotional:
      return kEmotional;
    case Scale::kConduct:
      return kConduct;
    case Scale::kHyperactivity:
      return kHyperactivity;
    case Scale::kPeer:
      return kPeer;
    case Scale::kProsocial:
      return kProsocial;
    case Scale::kTotal:
    case Scale::kImpact:
      return {};
  }
  return {};
}

constexpr int kFewestAnswers = 3;

bool IsReversed(int item) { return std::ranges::find(kReversed, item) != kReversed.end(); }

template <class... Parts>
std::optional<int> Sum(const Parts&... parts) {
  if (!(parts && ...)) return std::nullopt;
  return (*parts + ...);
}

}  // namespace

std::optional<int> ScoreScale(Scale scale, std::span<const int> answers) {
  int answered = 0;
  int sum = 0;
  for (int item : ItemsOf(scale)) {
    const int answer = answers[static_cast<std::size_t>(item - 1)];
    if (answer == kOpen) continue;
    ++answered;
    sum += IsReversed(item) ? 2 - answer : answer;
  }
  if (answered < kFewestAnswers) return std::nullopt;
  // floor(5 * sum / answered + 1/2): half up, where a rounding to even would lose points.
  return (2 * 5 * sum + answered) / (2 * answered);
}

std::optional<int> ScoreImpact(const ImpactAnswers& answers) {
  if (answers.overall == 0) return 0;
  bool any = false;
  int sum = 0;
  for (int answer : answers.counted) {
    if (answer == kOpen) continue;
    any = true;
    sum += std::max(0, answer - 1);  // 0 and 1 count nothing, 2 counts 1, 3 counts 2
  }
  if (!any) return std::nullopt;
  return sum;
}

SdqScores ScoreAnswers(std::span<const int> answers, const std::optional<ImpactAnswers>& impact) {
  SdqScores scores;
  scores.emotional = ScoreScale(Scale::kEmotional, answers);
  scores.conduct = ScoreScale(Scale::kConduct, answers);
  scores.hyperactivity = ScoreScale(Scale::kHyperactivity, answers);
  scores.peer = ScoreScale(Scale::kPeer, answers);
  scores.prosocial = ScoreScale(Scale::kProsocial, answers);
  if (impact) scores.impact = ScoreImpact(*impact);
  return WithSums(scores);
}

SdqScores WithSums(SdqScores scores) {
  if (!scores.externalising) scores.externalising = Sum(scores.conduct, scores.hyperactivity);
  if (!scores.internalising) scores.internalising = Sum(scores.emotional, scores.peer);
  if (!scores.total) {
    scores.total = Sum(scores.emotional, scores.conduct, scores.hyperactivity, scores.peer);
  }
  if (!scores.total) scores.total = Sum(scores.externalising, scores.internalising);
  return scores;
}

std::optional<int> ScoreOf(const SdqScores& scores, Scale scale) {
  switch (scale) {
    case Scale::kTotal:
      return scores.total;
    case Scale::kEmotional:
      return scores.emotional;
    case Scale::kConduct:
      return scores.conduct;
    case Scale::kHyperactivity:
      return scores.hyperactivity;
    case Scale::kPeer:
      return scores.peer;
    case Scale::kProsocial:
      return scores.prosocial;
    case Scale::kImpact:
      return scores.impact;
  }
  return std::nullopt;
}

int HighestScore(Scale scale, Informant informant) {
  switch (scale) {
    case Scale::kTotal:
      return 40;
    case Scale::kEmotional:
    case Scale::kConduct:
    case Scale::kHyperactivity:
    case Scale::kPeer:
    case Scale::kProsocial:
      return 10;
    case Scale::kImpact:
      return 2 * CountedImpactQuestions(informant);
  }
  return 0;
}

}  // namespace pepline::assessments
