// What every stage of an SDQ answers to every command, and what a command must look like.
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = sdq_refusals;
using Answer = std::optional<RefusalReason>;
constexpr Answer kDone = std::nullopt;

struct Pair {
  const char* name;
  SdqCommand command;
  // In the order of kAllStages.
  std::array<Answer, 7> answers;
};

RecordSdqAnswers RightAnswers() { return {Form::kT4_10, false, Answers(kAllNought), {}, ""}; }
RecordSdqScores RightScores() {
  RecordSdqScores command{Form::kT11_17, false, {}, ""};
  command.scores.total = 12;
  return command;
}

std::vector<Pair> Table() {
  return {
      {"Request",
       RequestSdq{TeachersSdq()},
       {kDone, R::kAlreadyRequested, R::kAlreadyRequested, R::kAlreadyRequested,
        R::kAlreadyRequested, R::kAlreadyRequested, R::kAlreadyRequested}},
      {"RequestByItself",
       RequestSdq{TeachersSdq(), true},
       {kDone, kDone, kDone, kDone, kDone, kDone, kDone}},
      {"MarkSent",
       MarkSdqSent{},
       {R::kNotRequested, kDone, kDone, R::kAlreadyReceived, R::kAlreadyScored, R::kAlreadyScored,
        R::kNotObtained}},
      {"RecordAnswers",
       RightAnswers(),
       {R::kNotRequested, kDone, kDone, kDone, R::kAlreadyScored, R::kAlreadyScored,
        R::kNotObtained}},
      {"RecordScores",
       RightScores(),
       {R::kNotRequested, kDone, kDone, kDone, R::kAlreadyScored, R::kAlreadyScored,
        R::kNotObtained}},
      {"Correct",
       CorrectSdq{RightScores(), "the total was keyed wrongly"},
       {R::kNotRequested, R::kNotReceived, R::kNotReceived, kDone, kDone, kDone, R::kNotObtained}},
      {"Review",
       ReviewSdq{""},
       {R::kNotRequested, R::kNotScored, R::kNotScored, R::kNotScored, kDone, R::kAlreadyReviewed,
        R::kNotObtained}},
      {"RecordNotObtained",
       RecordSdqNotObtained{NotObtainedReason::kSdq3, ""},
       {R::kNotRequested, kDone, kDone, kDone, R::kAlreadyScored, R::kAlreadyScored,
        R::kNotObtained}},
      {"ConfirmNotObtained",
       ConfirmSdqNotObtained{NotObtainedReason::kSdq3, "seen by the team"},
       {R::kNotRequested, kDone, kDone, kDone, R::kAlreadyScored, R::kAlreadyScored,
        R::kNotObtained}},
      {"Wake", Wake{}, {kDone, kDone, kDone, kDone, kDone, kDone, kDone}},
  };
}

class EveryStage : public testing::TestWithParam<Stage> {};

TEST_P(EveryStage, AnswersEveryCommandAsTheTableSays) {
  const auto column = static_cast<std::size_t>(GetParam());
  for (const Pair& pair : Table()) {
    Story story = SdqIn(GetParam());
    ASSERT_EQ(story.state.stage, GetParam());
    auto no = story.Do(pair.command);
    EXPECT_EQ(no ? Answer(no->reason) : kDone, pair.answers[column]) << pair.name;
    if (no) {
      EXPECT_FALSE(no->advice.empty()) << pair.name << " must say what to do next";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(SdqCommands, EveryStage, testing::ValuesIn(kAllStages));

TEST(SdqRequesting, NeedsTheChildsOpenPep) {
  Story unknown;
  unknown.state.current_pep.reset();
  EXPECT_EQ(unknown.Refused(RequestSdq{TeachersSdq()}, "child_id"), R::kNoOpenPep);
  Story closed;
  closed.PepCloses();
  EXPECT_EQ(closed.Refused(RequestSdq{TeachersSdq()}, "child_id"), R::kNoOpenPep);
  Story other;
  other.state.current_pep->id = PepId("chd-1.2");
  EXPECT_EQ(other.Refused(RequestSdq{TeachersSdq()}, "pep_id"), R::kOtherPep);
  for (Story* story : {&unknown, &closed, &other}) {
    story->Done(RequestSdq{TeachersSdq(), /*by_itself=*/true});
    EXPECT_TRUE(story->log.empty()) << "nothing is requested by itself without an open PEP";
  }
}

TEST(SdqRequesting, GivesTheAnnualSdqToTheCarerAlone) {
  for (Informant informant : kAllInformants) {
    Story story;
    const SdqKey key{ChildId("chd-1"), PepId("chd-1.1"), Purpose::kAnnualCarer, informant};
    if (informant == Informant::kCarer) {
      story.Done(RequestSdq{key});
      ASSERT_EQ(story.All<SdqRequested>().size(), 1u);
      EXPECT_EQ(story.All<SdqRequested>()[0].key, key);
    } else {
      EXPECT_EQ(story.Refused(RequestSdq{key}, "informant"), R::kInformantDoesNotFit);
    }
  }
}

TEST(SdqIds, AreReadBackAndNothingElseIs) {
  EXPECT_EQ(IdOf(TeachersSdq()).text(), "chd-1.1.pep.teacher");
  for (Purpose purpose : kAllPurposes) {
    for (Informant informant : kAllInformants) {
      const SdqKey key{ChildId("chd-9"), PepId("chd-9.12"), purpose, informant};
      EXPECT_EQ(ParseSdqId(IdOf(key).text()), key);
    }
  }
  for (const char* wrong :
       {"", "chd-1", "chd-1.1", "chd-1.1.pep", "chd-1.1.pep.nobody", "chd-1.1.fun.teacher",
        ".1.pep.teacher", "chd-1..pep.teacher", "chd-1.1.pep.teacher.x"}) {
    EXPECT_EQ(ParseSdqId(wrong), std::nullopt) << wrong;
  }
}

TEST(SdqSending, IsSaidOnce) {
  Story story = SdqIn(Stage::kSent);
  story.Done(MarkSdqSent{});
  EXPECT_TRUE(story.latest.empty());
  EXPECT_EQ(story.All<SdqSent>().size(), 1u);
}

TEST(SdqAnswers, AreReceivedAndScoredAtOnce) {
  Story story = SdqIn(Stage::kSent);
  story.Done(RightAnswers());
  ASSERT_EQ(story.latest.size(), 2u);
  EXPECT_EQ(story.All<SdqReceived>().size(), 1u);
  ASSERT_EQ(story.All<SdqScored>().size(), 1u);
  EXPECT_EQ(story.All<SdqScored>()[0].rule, "sdq-scoring-1");
  EXPECT_EQ(story.All<SdqScored>()[0].at, story.facts.now);
  EXPECT_EQ(story.state.latest_return->scores.total, 10);
}

TEST(SdqAnswers, AreTwentyFiveOfNoughtToTwo) {
  Story story = SdqIn(Stage::kSent);
  RecordSdqAnswers command = RightAnswers();
  command.answers.pop_back();
  EXPECT_EQ(story.Refused(command, "answers"), R::kNotTwentyFiveAnswers) << "24";
  command.answers.resize(26);
  EXPECT_EQ(story.Refused(command, "answers"), R::kNotTwentyFiveAnswers) << "26";
  for (int wrong : {3, -2, 2147483647}) {
    command = RightAnswers();
    command.answers[3] = wrong;
    EXPECT_EQ(story.Refused(command, "answers[3]"), R::kAnswerOutOfRange) << wrong;
  }
  command.answers.assign(25, kOpen);
  EXPECT_EQ(story.Refused(command, "answers"), R::kNothingAnswered);
  EXPECT_EQ(story.state.stage, Stage::kSent) << "nothing half done";
}

TEST(SdqAnswers, AreOfAFormOfTheInformantWhoWasAsked) {
  for (Informant informant : kAllInformants) {
    for (Form form : kAllForms) {
      Story story;
      story.Done(RequestSdq{{ChildId("chd-1"), PepId("chd-1.1"), Purpose::kPep, informant}});
      RecordSdqAnswers answers = RightAnswers();
      RecordSdqScores scores = RightScores();
      answers.form = scores.form = form;
      if (InformantOf(form) == informant) {
        Story again = story;
        story.Done(answers);
        again.Done(scores);
      } else {
        EXPECT_EQ(story.Refused(answers, "form"), R::kFormOfAnotherInformant);
        EXPECT_EQ(story.Refused(scores, "form"), R::kFormOfAnotherInformant);
      }
    }
  }
}

TEST(SdqAnswers, MayHaveAnImpactSupplementOfTheForm) {
  Story story = SdqIn(Stage::kSent);
  RecordSdqAnswers command = RightAnswers();
  command.impact = ImpactAnswers{1, {0, 2, 3, 0, 0}};
  EXPECT_EQ(story.Refused(command, "impact.counted"), R::kImpactNotOfThisForm) << "teachers: three";
  command.impact = ImpactAnswers{4, {0, 2, 3}};
  EXPECT_EQ(story.Refused(command, "impact.overall"), R::kAnswerOutOfRange);
  command.impact = ImpactAnswers{1, {0, 2, 4}};
  EXPECT_EQ(story.Refused(command, "impact.counted[2]"), R::kAnswerOutOfRange);
  command.impact = ImpactAnswers{1, {0, 2, 3}};
  story.Done(command);
  EXPECT_EQ(story.state.latest_return->scores.impact, 3);
}

TEST(SdqAnswers, WithoutATotalAreReceivedButNotScoredUntilTheyAreCompleted) {
  Story story = SdqIn(Stage::kReceived);
  EXPECT_EQ(story.All<SdqReceived>().size(), 1u);
  EXPECT_TRUE(story.All<SdqScored>().empty());
  EXPECT_EQ(story.state.latest_return->scores.emotional, std::nullopt);
  EXPECT_EQ(story.state.latest_return->scores.conduct, 2) << "what can be scored is";
  story.Done(RightAnswers());
  EXPECT_EQ(story.All<SdqReceived>().size(), 2u);
  EXPECT_EQ(story.state.stage, Stage::kScored);
}

TEST(SdqScoresGiven, MustLieInTheirRanges) {
  struct Row {
    const char* field;
    std::optional<int> SdqScores::*score;
    int highest;
  };
  const Row rows[] = {{"scores.emotional", &SdqScores::emotional, 10},
                      {"scores.conduct", &SdqScores::conduct, 10},
                      {"scores.hyperactivity", &SdqScores::hyperactivity, 10},
                      {"scores.peer", &SdqScores::peer, 10},
                      {"scores.prosocial", &SdqScores::prosocial, 10},
                      {"scores.total", &SdqScores::total, 40},
                      {"scores.externalising", &SdqScores::externalising, 20},
                      {"scores.internalising", &SdqScores::internalising, 20},
                      {"scores.impact", &SdqScores::impact, 6}};
  for (const Row& row : rows) {
    for (int wrong : {-1, row.highest + 1, 2147483647}) {
      Story story = SdqIn(Stage::kSent);
      RecordSdqScores command{Form::kT4_10, false, {}, ""};
      command.scores.*row.score = wrong;
      EXPECT_EQ(story.Refused(command, row.field), R::kScoreOutOfRange) << row.field;
    }
    Story story = SdqIn(Stage::kSent);
    RecordSdqScores command{Form::kT4_10, false, {}, ""};
    command.scores.*row.score = row.highest;
    story.Done(command);
    EXPECT_EQ(story.state.stage == Stage::kScored, row.score == &SdqScores::total) << row.field;
  }
  Story carer;
  carer.Done(RequestSdq{CarersSdq()});
  RecordSdqScores command{Form::kP4_10, false, {}, ""};
  command.scores.impact = 10;
  carer.Done(command);
}

TEST(SdqScoresGiven, MustAgreeWithEachOther) {
  Story story = SdqIn(Stage::kSent);
  RecordSdqScores command{Form::kT4_10, false, {2, 3, 4, 5, 9, {}, {}, {}, {}}, ""};
  command.scores.total = 13;
  EXPECT_EQ(story.Refused(command, "scores.total"), R::kSumDiffers);
  command.scores.total = 14;
  command.scores.externalising = 8;
  EXPECT_EQ(story.Refused(command, "scores.externalising"), R::kSumDiffers);
  command.scores.externalising = 7;
  command.scores.internalising = 8;
  EXPECT_EQ(story.Refused(command, "scores.internalising"), R::kSumDiffers);
  RecordSdqScores parts{Form::kT4_10, false, {}, ""};
  parts.scores.conduct = 9;
  parts.scores.total = 8;
  EXPECT_EQ(story.Refused(parts, "scores.total"), R::kSumDiffers) << "a part above the whole";
  parts.scores.conduct = 0;
  parts.scores.total = 31;
  EXPECT_EQ(story.Refused(parts, "scores.total"), R::kSumDiffers) << "three scales reach 30";
  command.scores.internalising = 7;
  story.Done(command);
  EXPECT_EQ(story.state.latest_return->scores, command.scores);
  EXPECT_EQ(story.All<SdqScored>()[0].rule, "sdq-scores-as-given-1");
}

TEST(SdqScoresGiven, AreScoredOnceThereIsATotal) {
  Story story = SdqIn(Stage::kSent);
  EXPECT_EQ(story.Refused(RecordSdqScores{Form::kT4_10, false, {}, " "}, "scores"),
            R::kNothingRecorded);
  story.Done(RecordSdqScores{Form::kT4_10, false, {}, "cabinet 4, folder 12"});
  EXPECT_EQ(story.state.stage, Stage::kReceived) << "a document alone gives no total";
  RecordSdqScores scales{Form::kT4_10, false, {2, 3, 4, 5, {}, {}, {}, {}, {}}, ""};
  story.Done(scales);
  EXPECT_EQ(story.state.stage, Stage::kScored);
  EXPECT_EQ(story.state.latest_return->scores.total, 14);
  EXPECT_EQ(story.Refused(scales, ""), R::kAlreadyScored) << "two scores for one request";
}

TEST(SdqReviewing, NeedsStrategiesWhereTheScoreIsRaised) {
  Story story;
  story.Done(RequestSdq{CarersSdq()});
  RecordSdqScores command{Form::kP4_10, false, {}, ""};
  command.scores.total = 17;
  story.Done(command);
  EXPECT_TRUE(AwaitsStrategies(story.state));
  EXPECT_EQ(story.Refused(ReviewSdq{""}, "strategies"), R::kStrategiesRequired);
  EXPECT_EQ(story.Refused(ReviewSdq{" \n"}, "strategies"), R::kStrategiesRequired);
  EXPECT_EQ(story.Refused(ReviewSdq{std::string(4001, 'x')}, "strategies"), R::kTextTooLong);
  story.Done(ReviewSdq{"a key adult every morning"});
  ASSERT_EQ(story.All<SdqReviewed>().size(), 1u);
  EXPECT_EQ(story.state.strategies, "a key adult every morning");
  EXPECT_FALSE(AwaitsStrategies(story.state));
}

// A total of 14, with hyperactivity high.
RecordSdqScores OneHighScale() {
  return {Form::kT4_10, false, {2, 1, 8, 3, {}, {}, {}, {}, {}}, ""};
}

TEST(SdqReviewing, NeedsStrategiesForOneHighScaleByTheProfileOfTheDayItWasScored) {
  Story story;
  story.Done(RequestSdq{TeachersSdq()});
  story.Done(OneHighScale());
  story.facts.strategies = {.scales = false, .impact = false};
  EXPECT_EQ(story.Refused(ReviewSdq{""}, "strategies"), R::kStrategiesRequired);
  Story of_less;
  of_less.facts.strategies = {.scales = false, .impact = true};
  of_less.Done(RequestSdq{TeachersSdq()});
  of_less.Done(OneHighScale());
  of_less.facts.strategies = {};
  EXPECT_FALSE(AwaitsStrategies(of_less.state));
  of_less.Done(ReviewSdq{""});
}

TEST(SdqReviewing, OfAScoreOfAVersionBeforeAsksForTheTotalAlone) {
  Story story;
  story.Done(RequestSdq{TeachersSdq()});
  story.Done(OneHighScale());
  story.state.strategies_required.reset();
  EXPECT_FALSE(AwaitsStrategies(story.state));
}

TEST(SdqTexts, AreMeasuredInCharacters) {
  Story story = SdqIn(Stage::kScored);
  std::string words;
  for (int i = 0; i < 4000; ++i) words += "\xc3\xa9";  // one character, two bytes
  EXPECT_EQ(story.Refused(ReviewSdq{words + "e"}, "strategies"), R::kTextTooLong);
  story.Done(ReviewSdq{words});
  Story document = SdqIn(Stage::kSent);
  RecordSdqAnswers command = RightAnswers();
  command.document_reference = std::string(201, 'x');
  EXPECT_EQ(document.Refused(command, "document_reference"), R::kTextTooLong);
}

}  // namespace
}  // namespace pepline::assessments
