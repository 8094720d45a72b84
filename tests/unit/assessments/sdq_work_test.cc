// What is to be done next for an SDQ, and by whom; and what is left to scheduling's deadline.
#include "services/assessments/domain/sdq_work.h"

#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

const std::set<Role> kWhoReturns = {Role::kVirtualSchool, Role::kDesignatedTeacher,
                                    Role::kSocialWorker};

Work WorkOf(const Story& story) {
  const auto work = WorkOn(story.state);
  EXPECT_TRUE(work.has_value()) << "nothing is to be done";
  return work.value_or(Work());
}

TEST(SdqWork, ARequestedOneWithoutADayWaitsSinceItWasRequested) {
  for (const Stage stage : {Stage::kRequested, Stage::kSent, Stage::kReceived}) {
    const Story story = SdqIn(stage);
    const Work work = WorkOf(story);
    EXPECT_EQ(work.step, WorkStep::kReturnSdq);
    EXPECT_EQ(work.child, ChildId("chd-1"));
    EXPECT_EQ(work.pep, PepId("chd-1.1"));
    EXPECT_EQ(work.record, "chd-1.1.pep.teacher");
    EXPECT_EQ(work.rule, "");
    EXPECT_EQ(work.due_at, std::nullopt);
    EXPECT_EQ(work.waiting_since, story.state.requested_at);
    EXPECT_EQ(work.who, kWhoReturns);
  }
}

TEST(SdqWork, TheTeachersWithADayIsLeftToTheDeadlineOfItsPep) {
  Story story = SdqIn(Stage::kRequested);
  story.Wants(EndOf("2025-09-16"));
  EXPECT_EQ(WorkOn(story.state), std::nullopt);
  story.Until("2025-09-20 09:00");
  ASSERT_TRUE(story.state.missing);
  EXPECT_EQ(WorkOn(story.state), std::nullopt) << "late there";
  story.PepCloses();
  EXPECT_EQ(WorkOf(story).step, WorkStep::kReturnSdq) << "no deadline waits for it any more";
  EXPECT_EQ(WorkOf(story).due_at, EndOf("2025-09-16"));
  EXPECT_TRUE(WorkOf(story).late);
}

TEST(SdqWork, AnotherInformantsHasItsDayHere) {
  Story story;
  story.Done(RequestSdq{CarersSdq()});
  story.Wants(EndOf("2025-09-16"));
  EXPECT_EQ(WorkOf(story).due_at, EndOf("2025-09-16"));
  EXPECT_FALSE(WorkOf(story).late);
}

TEST(SdqWork, NobodyWantsOneOfAPepThatIsOverAndWasNotMissed) {
  Story story = SdqIn(Stage::kSent);
  story.PepCloses();
  EXPECT_EQ(WorkOn(story.state), std::nullopt);
  Story annual;
  annual.Done(
      RequestSdq{{ChildId("chd-1"), PepId("chd-1.1"), Purpose::kAnnualCarer, Informant::kCarer}});
  annual.PepCloses();
  EXPECT_EQ(WorkOf(annual).step, WorkStep::kReturnSdq) << "the year's is of no PEP's meeting";
}

TEST(SdqWork, AProposalWaitsForTheCouncilToConfirmIt) {
  Story story = SdqIn(Stage::kSent);
  story.facts.now += absl::Hours(30);
  story.Done(RecordSdqNotObtained{NotObtainedReason::kSdq5, ""});
  const Work work = WorkOf(story);
  EXPECT_EQ(work.step, WorkStep::kConfirmSdqNotObtained);
  EXPECT_EQ(work.waiting_since, story.facts.now);
  EXPECT_EQ(work.who, (std::set<Role>{Role::kVirtualSchool, Role::kSocialWorker}));
  story.Wants(EndOf("2025-09-16"));
  EXPECT_EQ(WorkOf(story).step, WorkStep::kConfirmSdqNotObtained) << "with a day, too";
  story.Done(ConfirmSdqNotObtained{std::nullopt, "the child was asked twice"});
  EXPECT_EQ(WorkOn(story.state), std::nullopt);
}

TEST(SdqWork, AScoreThatAsksForStrategiesWaitsForItsReview) {
  Story story;
  story.Done(RequestSdq{CarersSdq()});
  RecordSdqScores high{Form::kP4_10, false, {}, ""};
  high.scores.total = 17;
  story.facts.now += absl::Hours(48);
  story.Done(high);
  const Work work = WorkOf(story);
  EXPECT_EQ(work.step, WorkStep::kReviewSdq);
  EXPECT_EQ(work.waiting_since, story.facts.now);
  EXPECT_EQ(work.who, (std::set<Role>{Role::kVirtualSchool, Role::kDesignatedTeacher}));
  story.Done(ReviewSdq{"a key adult every morning"});
  EXPECT_EQ(WorkOn(story.state), std::nullopt);
}

TEST(SdqWork, NothingWaitsForTheReviewOfAnyOtherScore) {
  for (const Stage stage :
       {Stage::kNotRequested, Stage::kScored, Stage::kReviewed, Stage::kNotObtained}) {
    EXPECT_EQ(WorkOn(SdqIn(stage).state), std::nullopt);
  }
}

}  // namespace
}  // namespace pepline::assessments
