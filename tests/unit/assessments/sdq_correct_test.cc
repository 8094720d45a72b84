// What was keyed wrongly is put right; what stood there is kept.
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = sdq_refusals;

// Total 10, and 30: all answers 2, of which the five reversed ones count nothing.
RecordSdqAnswers Low() { return {Form::kT4_10, false, Answers(kAllNought), {}, ""}; }
RecordSdqAnswers High() {
  return {Form::kT4_10, false, Answers("2222222222222222222222222"), {}, ""};
}
CorrectSdq Correcting(std::variant<RecordSdqAnswers, RecordSdqScores> to,
                      std::string reason = "two columns were swapped") {
  return {std::move(to), std::move(reason)};
}

TEST(SdqCorrection, KeepsWhatStoodThereAndScoresAnew) {
  Story story = SdqIn(Stage::kScored);
  const SdqReturn before = *story.state.latest_return;
  const auto scored_at = story.state.scored_at;
  story.facts.now = At("2025-09-20 10:00");
  story.Done(Correcting(High()));
  EXPECT_EQ(story.latest.size(), 1u) << "it was scored before";
  EXPECT_EQ(story.state.latest_return->answers, High().answers);
  EXPECT_EQ(story.state.latest_return->scores.total, 30);
  EXPECT_EQ(story.state.latest_return->received_at, before.received_at);
  EXPECT_EQ(story.state.scored_at, scored_at);
  ASSERT_EQ(story.state.corrections.size(), 1u);
  EXPECT_EQ(story.state.corrections[0].before, before);
  EXPECT_EQ(story.state.corrections[0].reason, "two columns were swapped");
  EXPECT_EQ(story.state.corrections[0].at, At("2025-09-20 10:00"));
}

TEST(SdqCorrection, DecidesAnewWhetherAReviewMustNameStrategies) {
  Story raised = SdqIn(Stage::kScored);
  EXPECT_FALSE(AwaitsStrategies(raised.state));
  raised.Done(Correcting(High()));
  EXPECT_TRUE(AwaitsStrategies(raised.state));
  EXPECT_EQ(raised.Refused(ReviewSdq{""}, "strategies"), R::kStrategiesRequired);
  raised.Done(Correcting(Low(), "the first keying was right"));
  EXPECT_FALSE(AwaitsStrategies(raised.state));
  raised.Done(ReviewSdq{""});
}

TEST(SdqCorrection, OfAReviewedScoreLetsTheReviewBeMadeAgain) {
  Story story = SdqIn(Stage::kReviewed);
  story.Done(Correcting(High()));
  EXPECT_EQ(story.state.stage, Stage::kScored);
  EXPECT_EQ(story.state.reviewed_at, std::nullopt);
  EXPECT_EQ(story.Refused(ReviewSdq{""}, "strategies"), R::kStrategiesRequired);
  story.Done(ReviewSdq{"a key adult every morning"});
  EXPECT_EQ(story.state.stage, Stage::kReviewed);
}

TEST(SdqCorrection, ThatLeavesTheScoreLeavesTheReview) {
  Story story = SdqIn(Stage::kReviewed);
  RecordSdqAnswers same_score = Low();
  same_score.document_reference = "cabinet 4, folder 12";
  story.Done(Correcting(same_score, "the paper was filed elsewhere"));
  EXPECT_EQ(story.state.stage, Stage::kReviewed);
  story.Done(Correcting(High()));
  EXPECT_EQ(story.state.latest_return->document_reference, "cabinet 4, folder 12")
      << "what is left out is as it was";
}

TEST(SdqCorrection, ScoresWhatHadNoTotalBefore) {
  Story story = SdqIn(Stage::kReceived);
  story.Done(Correcting(Low()));
  ASSERT_EQ(story.latest.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<SdqCorrected>(story.latest[0]));
  EXPECT_TRUE(std::holds_alternative<SdqScored>(story.latest[1]));
  EXPECT_EQ(story.state.scoring_rule, kScoringRule);
}

TEST(SdqCorrection, MayTakeScoresForAnswersAndAnswersForScores) {
  Story story = SdqIn(Stage::kScored);
  RecordSdqScores scores{Form::kT4_10, false, {}, ""};
  scores.scores.total = 14;
  story.Done(Correcting(scores));
  EXPECT_EQ(story.state.scoring_rule, kScoresAsGiven);
  EXPECT_TRUE(story.state.latest_return->answers.empty());
  story.Done(Correcting(Low()));
  EXPECT_EQ(story.state.scoring_rule, kScoringRule);
  EXPECT_EQ(story.All<SdqCorrected>().size(), 2u);
}

TEST(SdqCorrection, IsRefusedWhereNothingIsToBeCorrected) {
  EXPECT_EQ(SdqIn(Stage::kNotRequested).Refused(Correcting(Low()), "sdq_id"), R::kNotRequested);
  for (Stage stage : {Stage::kRequested, Stage::kSent}) {
    EXPECT_EQ(SdqIn(stage).Refused(Correcting(Low()), ""), R::kNotReceived);
  }
  EXPECT_EQ(SdqIn(Stage::kNotObtained).Refused(Correcting(Low()), ""), R::kNotObtained);
  EXPECT_EQ(SdqIn(Stage::kScored).Refused(Correcting(Low()), ""), R::kNothingCorrected);
}

TEST(SdqCorrection, NeedsAReason) {
  Story story = SdqIn(Stage::kScored);
  EXPECT_EQ(story.Refused(Correcting(High(), " \n"), "reason"), R::kReasonRequired);
  EXPECT_EQ(story.Refused(Correcting(High(), std::string(501, 'x')), "reason"), R::kTextTooLong);
  story.Done(Correcting(High(), std::string(500, 'x')));
}

TEST(SdqCorrection, IsCheckedLikeWhatIsRecorded) {
  Story story = SdqIn(Stage::kScored);
  RecordSdqAnswers carers = High();
  carers.form = Form::kP4_10;
  EXPECT_EQ(story.Refused(Correcting(carers), "form"), R::kFormOfAnotherInformant);
  RecordSdqAnswers few = High();
  few.answers.pop_back();
  EXPECT_EQ(story.Refused(Correcting(few), "answers"), R::kNotTwentyFiveAnswers);
  RecordSdqScores much{Form::kT4_10, false, {}, ""};
  much.scores.total = 41;
  EXPECT_EQ(story.Refused(Correcting(much), "scores.total"), R::kScoreOutOfRange);
  story.facts.ages = ChildsAges{{Day("2017-06-01"), Day("2030-05-31"), 4}, London()};
  EXPECT_EQ(story.Refused(Correcting(High()), "form"), R::kFormOfAnotherAge);
  RecordSdqAnswers older = High();
  older.form = Form::kT11_17;
  story.Done(Correcting(older, "the other form was filled in"));
}

TEST(SdqCorrection, LeavesAScoreItsTotal) {
  Story story = SdqIn(Stage::kScored);
  RecordSdqAnswers open = Low();
  open.answers = Answers("00-0000-0000-000000000000");
  EXPECT_EQ(story.Refused(Correcting(open), ""), R::kTotalRequired)
      << "the PEP counts on the score, and its deadline never runs again";
}

TEST(SdqCorrection, HasABound) {
  Story story = SdqIn(Stage::kScored);
  for (std::size_t i = 0; i < kMostCorrections; ++i) {
    story.Done(Correcting(i % 2 == 0 ? High() : Low()));
  }
  EXPECT_EQ(story.Refused(Correcting(High()), ""), R::kTooManyCorrections);
}

TEST(SdqCorrection, ChangesNeitherDeadlineNorLists) {
  Story story = SdqIn(Stage::kScored);
  story.Wants(EndOf("2025-09-16"));
  story.facts.now = At("2025-10-01 09:00");
  story.Done(Correcting(High()));
  EXPECT_EQ(Sdq::NextWake(story.state, story.facts), std::nullopt);
  EXPECT_TRUE(story.All<SdqBecameMissing>().empty());
  EXPECT_THAT(Sdq::Index(story.state), testing::ElementsAre(AllSdqs()));
}

}  // namespace
}  // namespace pepline::assessments
