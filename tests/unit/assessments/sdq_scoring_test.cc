// The arithmetic of the SDQ against a second, straightforward computation of docs/domain.md 3.3.
#include "services/assessments/domain/sdq_scoring.h"

#include <cmath>
#include <map>
#include <random>

#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

// Item by item, in the order of the form: which scale, and a minus for those that count backwards.
constexpr const char* kKey[kItems] = {
    "prosocial", "hyper",     "emotional", "prosocial", "conduct",    //  1 -  5
    "peer",      "-conduct",  "emotional", "prosocial", "hyper",      //  6 - 10
    "-peer",     "conduct",   "emotional", "-peer",     "hyper",      // 11 - 15
    "emotional", "prosocial", "conduct",   "peer",      "prosocial",  // 16 - 20
    "-hyper",    "conduct",   "peer",      "emotional", "-hyper"};    // 21 - 25

std::optional<int> PlainScale(const std::string& scale, const std::vector<int>& answers) {
  double sum = 0;
  double answered = 0;
  for (std::size_t i = 0; i < kItems; ++i) {
    if (answers[i] < 0) continue;
    if (kKey[i] == scale) {
      sum += answers[i];
      answered += 1;
    } else if (kKey[i] == "-" + scale) {
      sum += 2 - answers[i];
      answered += 1;
    }
  }
  if (answered < 3) return std::nullopt;
  return static_cast<int>(std::floor(0.5 + 5 * (sum / answered) + 1e-9));
}

SdqScores PlainScores(const std::vector<int>& answers) {
  SdqScores scores;
  scores.emotional = PlainScale("emotional", answers);
  scores.conduct = PlainScale("conduct", answers);
  scores.hyperactivity = PlainScale("hyper", answers);
  scores.peer = PlainScale("peer", answers);
  scores.prosocial = PlainScale("prosocial", answers);
  if (scores.conduct && scores.hyperactivity) {
    scores.externalising = *scores.conduct + *scores.hyperactivity;
  }
  if (scores.emotional && scores.peer) scores.internalising = *scores.emotional + *scores.peer;
  if (scores.externalising && scores.internalising) {
    scores.total = *scores.externalising + *scores.internalising;
  }
  return scores;
}

TEST(SdqScoring, RoundsHalvesUpAsTheWorkedExamplesDo) {
  // Emotional items 3, 8, 13, 16, 24: 4 points on 3 answers are 6.67, so 7.
  std::vector<int> answers = Answers(kAllNought);
  answers[2] = 2;
  answers[7] = 2;
  answers[15] = answers[23] = kOpen;
  EXPECT_EQ(ScoreScale(Scale::kEmotional, answers), 7);
  // 2 points on 4 answers are 2.5, so 3; rounding to even would say 2.
  answers = Answers(kAllNought);
  answers[2] = 2;
  answers[23] = kOpen;
  EXPECT_EQ(ScoreScale(Scale::kEmotional, answers), 3);
}

TEST(SdqScoring, CountsTheFiveReversedItemsBackwards) {
  const SdqScores none = ScoreAnswers(Answers(kAllNought), std::nullopt);
  EXPECT_EQ(none.emotional, 0);
  EXPECT_EQ(none.conduct, 2) << "item 7";
  EXPECT_EQ(none.hyperactivity, 4) << "items 21 and 25";
  EXPECT_EQ(none.peer, 4) << "items 11 and 14";
  EXPECT_EQ(none.prosocial, 0);
  EXPECT_EQ(none.total, 10) << "prosocial is a strength and not in the total";
  EXPECT_EQ(none.externalising, 6);
  EXPECT_EQ(none.internalising, 4);
  const SdqScores all = ScoreAnswers(Answers("2222222222222222222222222"), std::nullopt);
  EXPECT_EQ(all.total, 10 + 8 + 6 + 6);
  EXPECT_EQ(all.prosocial, 10);
  std::vector<int> worst = Answers("2222222222222222222222222");
  for (int item : {7, 11, 14, 21, 25}) worst[static_cast<std::size_t>(item - 1)] = 0;
  EXPECT_EQ(ScoreAnswers(worst, std::nullopt).total, 40);
}

// All 4^5 ways to answer the five items of a scale, each item 0, 1, 2 or open.
class EveryScale : public testing::TestWithParam<std::pair<Scale, const char*>> {};

TEST_P(EveryScale, IsRightForEveryAnswerAndEveryMissingItem) {
  const auto& [scale, name] = GetParam();
  std::vector<std::size_t> items;
  for (std::size_t i = 0; i < kItems; ++i) {
    if (std::string(kKey[i]) == name || kKey[i] == "-" + std::string(name)) items.push_back(i);
  }
  ASSERT_EQ(items.size(), 5u);
  std::map<int, int> scored_with;  // by how many were answered
  for (int code = 0; code < 1024; ++code) {
    std::vector<int> answers = Answers(kAllNought);
    int rest = code;
    int answered = 0;
    for (std::size_t item : items) {
      answers[item] = rest % 4 - 1;
      answered += rest % 4 != 0;
      rest /= 4;
    }
    const auto score = ScoreScale(scale, answers);
    EXPECT_EQ(score, PlainScale(name, answers)) << name << " " << code;
    EXPECT_EQ(score.has_value(), answered >= 3) << name << " " << code;
    if (score) {
      ++scored_with[answered];
      EXPECT_GE(*score, 0);
      EXPECT_LE(*score, 10);
    }
  }
  EXPECT_EQ(scored_with, (std::map<int, int>{{3, 270}, {4, 405}, {5, 243}}));
}

INSTANTIATE_TEST_SUITE_P(Sdq, EveryScale,
                         testing::Values(std::pair{Scale::kEmotional, "emotional"},
                                         std::pair{Scale::kConduct, "conduct"},
                                         std::pair{Scale::kHyperactivity, "hyper"},
                                         std::pair{Scale::kPeer, "peer"},
                                         std::pair{Scale::kProsocial, "prosocial"}));

TEST(SdqScoring, AgreesWithThePlainComputationOverGeneratedForms) {
  std::mt19937 dice(20251124);
  int with_total = 0;
  int without_total = 0;
  for (int round = 0; round < 20000; ++round) {
    const unsigned left_open = dice() % 101;  // from complete forms to nearly empty ones
    std::vector<int> answers;
    for (int i = 0; i < kItems; ++i) {
      answers.push_back(dice() % 100 < left_open ? kOpen : static_cast<int>(dice() % 3));
    }
    const SdqScores scores = ScoreAnswers(answers, std::nullopt);
    ASSERT_EQ(scores, PlainScores(answers)) << "round " << round;
    (scores.total ? with_total : without_total) += 1;
  }
  EXPECT_GT(with_total, 3000);
  EXPECT_GT(without_total, 3000);
}

TEST(SdqScoring, HasNoTotalAsSoonAsOneDifficultyScaleIsMissing) {
  struct Row {
    Scale scale;
    std::vector<std::size_t> three_items;  // numbers on the form
    bool total;
  };
  const Row rows[] = {{Scale::kEmotional, {3, 8, 13}, false},
                      {Scale::kConduct, {5, 7, 12}, false},
                      {Scale::kHyperactivity, {2, 10, 15}, false},
                      {Scale::kPeer, {6, 11, 14}, false},
                      {Scale::kProsocial, {1, 4, 9}, true}};
  for (const Row& row : rows) {
    std::vector<int> answers = Answers(kAllNought);
    for (std::size_t item : row.three_items) answers[item - 1] = kOpen;
    const SdqScores scores = ScoreAnswers(answers, std::nullopt);
    EXPECT_EQ(ScoreOf(scores, row.scale), std::nullopt);
    EXPECT_EQ(scores.total.has_value(), row.total) << static_cast<int>(row.scale);
    answers[row.three_items[0] - 1] = 0;  // with three of five it is there again
    EXPECT_TRUE(ScoreAnswers(answers, std::nullopt).total.has_value());
  }
}

std::optional<int> PlainImpact(int overall, const std::vector<int>& counted) {
  if (overall == 0) return 0;
  const std::map<int, int> points = {{0, 0}, {1, 0}, {2, 1}, {3, 2}};
  std::optional<int> sum;
  for (int answer : counted) {
    if (answer >= 0) sum = sum.value_or(0) + points.at(answer);
  }
  return sum;
}

TEST(SdqImpact, IsRightForEveryAnswerOfCarerChildAndTeacher) {
  for (Informant informant : kAllInformants) {
    const int questions = CountedImpactQuestions(informant);
    EXPECT_EQ(questions, informant == Informant::kTeacher ? 3 : 5);
    int combinations = 1;
    for (int i = 0; i < questions; ++i) combinations *= 5;
    for (int overall = kOpen; overall <= 3; ++overall) {
      for (int code = 0; code < combinations; ++code) {
        ImpactAnswers answers{overall, {}};
        for (int i = 0, rest = code; i < questions; ++i, rest /= 5) {
          answers.counted.push_back(rest % 5 - 1);
        }
        const auto score = ScoreImpact(answers);
        ASSERT_EQ(score, PlainImpact(overall, answers.counted)) << overall << " " << code;
        if (score) {
          EXPECT_LE(*score, HighestScore(Scale::kImpact, informant));
        }
      }
    }
  }
}

TEST(SdqImpact, IsNoughtWithoutDifficultiesAndMissingWithoutAnyAnswer) {
  EXPECT_EQ(ScoreImpact({0, {kOpen, kOpen, kOpen}}), 0);
  EXPECT_EQ(ScoreImpact({2, {kOpen, kOpen, kOpen}}), std::nullopt);
  EXPECT_EQ(ScoreImpact({kOpen, {kOpen, 3, kOpen}}), 2);
  EXPECT_EQ(ScoreImpact({1, {0, 1, 2}}), 1);
  EXPECT_EQ(ScoreImpact({3, {3, 3, 3}}), 6);
  EXPECT_EQ(ScoreAnswers(Answers(kAllNought), std::nullopt).impact, std::nullopt)
      << "the supplement was not filled in";
}

TEST(SdqSums, FollowFromWhatIsGiven) {
  SdqScores scores;
  scores.conduct = 3;
  scores.hyperactivity = 7;
  EXPECT_EQ(WithSums(scores).externalising, 10);
  EXPECT_EQ(WithSums(scores).total, std::nullopt);
  scores.internalising = 6;
  EXPECT_EQ(WithSums(scores).total, 16);
  scores.total = 16;
  EXPECT_EQ(WithSums(scores).total, 16);
}

TEST(SdqForms, EachHaveTheirInformantAndAges) {
  EXPECT_EQ(InformantOf(Form::kP2_4), Informant::kCarer);
  EXPECT_EQ(InformantOf(Form::kP4_10), Informant::kCarer);
  EXPECT_EQ(InformantOf(Form::kP11_17), Informant::kCarer);
  EXPECT_EQ(InformantOf(Form::kT2_4), Informant::kTeacher);
  EXPECT_EQ(InformantOf(Form::kT4_10), Informant::kTeacher);
  EXPECT_EQ(InformantOf(Form::kT11_17), Informant::kTeacher);
  EXPECT_EQ(InformantOf(Form::kS11_17), Informant::kSelf);
  for (Form form : kAllForms) {
    const bool young = form == Form::kP2_4 || form == Form::kT2_4;
    EXPECT_EQ(AgesOf(form), young ? Ages::kFrom2To4 : Ages::kFrom4To17);
  }
}

}  // namespace
}  // namespace pepline::assessments
