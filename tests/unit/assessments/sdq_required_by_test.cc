// By when an SDQ is required, and when it is missing (domain: D10).
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

// Three school days before a meeting on 19 September 2025.
const char kDay[] = "2025-09-16";

Story RequiredStory() {
  Story story = SdqIn(Stage::kSent);
  story.Wants(EndOf(kDay));
  return story;
}

TEST(SdqRequiredBy, IsTakenOverFromTheMeetingOfThePep) {
  Story story = SdqIn(Stage::kRequested);
  EXPECT_EQ(Sdq::NextWake(story.state, story.facts), std::nullopt) << "no meeting, no instant";
  story.Wants(EndOf(kDay));
  ASSERT_EQ(story.All<SdqRequiredByMoved>().size(), 1u);
  EXPECT_EQ(story.All<SdqRequiredByMoved>()[0].required_by, EndOf(kDay));
  EXPECT_EQ(Sdq::NextWake(story.state, story.facts), At("2025-09-17 00:00"));
  story.Wake();
  EXPECT_TRUE(story.latest.empty()) << "the same instant again";
}

TEST(SdqRequiredBy, IsKnownAtOnceToAnSdqThatIsRequestedLater) {
  Story story;
  story.state.current_pep->sdq_required_by = EndOf(kDay);
  story.Done(RequestSdq{CarersSdq()});
  ASSERT_EQ(story.latest.size(), 2u);
  EXPECT_EQ(story.state.required_by, EndOf(kDay));
  Story late("2025-09-18 09:00");
  late.state.current_pep->sdq_required_by = EndOf(kDay);
  late.Done(RequestSdq{CarersSdq()});
  ASSERT_EQ(late.latest.size(), 3u);
  EXPECT_EQ(late.All<SdqBecameMissing>().size(), 1u);
}

TEST(SdqRequiredBy, IsNotForTheAnnualSdq) {
  Story story;
  story.state.current_pep->sdq_required_by = EndOf(kDay);
  story.Done(
      RequestSdq{{ChildId("chd-1"), PepId("chd-1.1"), Purpose::kAnnualCarer, Informant::kCarer}});
  story.Until("2025-10-01 09:00");
  EXPECT_EQ(story.state.required_by, std::nullopt);
  EXPECT_TRUE(story.All<SdqBecameMissing>().empty());
}

TEST(SdqMissing, IsSaidOnceFromTheSecondAfterItsInstant) {
  for (Stage stage : {Stage::kRequested, Stage::kSent, Stage::kReceived}) {
    Story story = SdqIn(stage);
    story.Wants(EndOf(kDay));
    story.facts.now = EndOf(kDay);
    story.Wake();
    story.facts.now = EndOf(kDay) + absl::Milliseconds(999);
    story.Wake();
    EXPECT_TRUE(story.All<SdqBecameMissing>().empty()) << "its last second is in time";
    story.facts.now = EndOf(kDay) + absl::Seconds(1);
    story.Wake();
    story.Wake();
    ASSERT_EQ(story.All<SdqBecameMissing>().size(), 1u);
    EXPECT_EQ(story.All<SdqBecameMissing>()[0].required_by, EndOf(kDay));
    EXPECT_TRUE(story.state.missing);
    EXPECT_EQ(Sdq::NextWake(story.state, story.facts), std::nullopt);
  }
}

TEST(SdqMissing, IsNeverSaidOnceThereIsAScoreOrAReason) {
  Story scored = RequiredStory();
  scored.Done(RecordSdqAnswers{Form::kT4_10, false, Answers(kAllNought), {}, ""});
  Story not_obtained = RequiredStory();
  not_obtained.Done(ConfirmSdqNotObtained{NotObtainedReason::kSdq3, "seen by the team"});
  for (Story* story : {&scored, &not_obtained}) {
    EXPECT_EQ(Sdq::NextWake(story->state, story->facts), std::nullopt);
    story->Until("2025-10-01 09:00").Wake();
    EXPECT_TRUE(story->All<SdqBecameMissing>().empty());
  }
}

TEST(SdqMissing, IsSaidBeforeTheLateScoreEvenWhenTheAlarmIsLater) {
  Story story = RequiredStory();
  story.facts.now = At("2025-09-18 09:00");  // nobody was there to fire the alarm
  story.Done(RecordSdqAnswers{Form::kT4_10, false, Answers(kAllNought), {}, ""});
  ASSERT_EQ(story.latest.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<SdqBecameMissing>(story.latest[0]));
  EXPECT_TRUE(std::holds_alternative<SdqScored>(story.latest[2]));
  EXPECT_FALSE(story.state.missing) << "it has come";
}

TEST(SdqMissing, EndsWhenTheMeetingMovesAheadAndMayComeAgain) {
  Story story = RequiredStory();
  story.Until("2025-09-17 09:00");
  ASSERT_TRUE(story.state.missing);
  story.Wants(EndOf("2025-09-25"));
  EXPECT_FALSE(story.state.missing);
  EXPECT_EQ(story.All<SdqRequiredByMoved>().back().required_by, EndOf("2025-09-25"));
  story.Until("2025-09-26 09:00");
  const auto missing = story.All<SdqBecameMissing>();
  ASSERT_EQ(missing.size(), 2u) << "once for each instant";
  EXPECT_EQ(missing[1].required_by, EndOf("2025-09-25"));
}

TEST(SdqMissing, IsSaidOfAnInstantThatIsPastWhenTheMeetingIsSet) {
  Story story = SdqIn(Stage::kSent);
  story.Until("2025-09-17 09:00");
  story.Wants(EndOf(kDay));
  ASSERT_EQ(story.latest.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<SdqRequiredByMoved>(story.latest[0]));
  EXPECT_TRUE(std::holds_alternative<SdqBecameMissing>(story.latest[1]));
}

TEST(SdqMissing, IsTheSameWhetherTheAlarmOrTheMovedMeetingComesFirst) {
  Story alarm_first = RequiredStory();
  alarm_first.Until("2025-09-17 09:00");
  alarm_first.Wants(EndOf("2025-09-25"));
  Story move_first = RequiredStory();
  move_first.facts.now = At("2025-09-17 09:00");
  move_first.Wants(EndOf("2025-09-25"));
  EXPECT_EQ(alarm_first.state, move_first.state);
  EXPECT_EQ(alarm_first.log.size(), move_first.log.size());
}

TEST(SdqRequiredBy, IsWithdrawnWhenTheMeetingIsCalledOff) {
  Story story = RequiredStory();
  story.Wants(std::nullopt);
  EXPECT_EQ(story.All<SdqRequiredByMoved>().back().required_by, std::nullopt);
  story.Until("2025-10-01 09:00");
  EXPECT_TRUE(story.All<SdqBecameMissing>().empty());
  Story missing = RequiredStory();
  missing.Until("2025-09-17 09:00").Wants(std::nullopt);
  EXPECT_FALSE(missing.state.missing) << "the PEP is due again and waits for a date";
}

TEST(SdqRequiredBy, IsWithdrawnWhenThePepCloses) {
  Story story = RequiredStory();
  story.PepCloses();
  EXPECT_EQ(story.state.required_by, std::nullopt);
  Story replaced = RequiredStory();
  replaced.state.current_pep = PepStanding{PepId("chd-1.2"), true, EndOf("2025-12-01")};
  replaced.Wake();
  EXPECT_EQ(replaced.state.required_by, std::nullopt) << "the next PEP's instant is not this one's";
}

TEST(SdqMissing, OutlivesItsPepAsAGapOnRecordThatCanStillBeFilled) {
  Story story = RequiredStory();
  story.Until("2025-09-17 09:00").PepCloses();
  EXPECT_TRUE(story.latest.empty());
  EXPECT_TRUE(story.state.missing);
  EXPECT_THAT(Sdq::Index(story.state), testing::Contains(OpenSdqs())) << "there it is looked for";
  story.Done(RecordSdqAnswers{Form::kT4_10, false, Answers(kAllNought), {}, ""});
  EXPECT_FALSE(story.state.missing);
  EXPECT_THAT(Sdq::Index(story.state), testing::ElementsAre(AllSdqs()));
}

TEST(SdqIndex, FollowsTheState) {
  EXPECT_THAT(Sdq::Index(SdqIn(Stage::kNotRequested).state), testing::IsEmpty());
  for (Stage stage : {Stage::kRequested, Stage::kSent, Stage::kReceived}) {
    EXPECT_THAT(Sdq::Index(SdqIn(stage).state), testing::ElementsAre(AllSdqs(), OpenSdqs()));
  }
  for (Stage stage : {Stage::kScored, Stage::kReviewed, Stage::kNotObtained}) {
    EXPECT_THAT(Sdq::Index(SdqIn(stage).state), testing::ElementsAre(AllSdqs()));
  }
}

}  // namespace
}  // namespace pepline::assessments
