// How the deadline of the SDQ ends, and how it does not: whoever is late with it ends nothing.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

namespace R = plan_refusals;

// A meeting is set for 20 October; its SDQ is due on 15 October.
Story MeetingSet() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Schedule("2025-10-20 14:00");
  return story;
}

TEST(PlanChecklist, IsNotTickedByHandForWhatAssessmentsHasOnRecord) {
  Story story = MeetingSet();
  for (ReadinessItem item : {ReadinessItem::kSdq, ReadinessItem::kPupilViews}) {
    EXPECT_EQ(story.Refused(CompleteReadinessItem{PepId(), item, std::nullopt}, "item"),
              R::kTickedByAssessments);
  }
  EXPECT_EQ(story.cycle().stage, Stage::kScheduled) << "what is refused is no work";
  story.Until("2025-10-16 09:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 1);
}

TEST(PlanChecklist, IsNotTickedByHandBehindARecordEither) {
  Story story = MeetingSet();
  story.SdqScored(story.facts.now);
  EXPECT_EQ(
      story.Refused(CompleteReadinessItem{PepId(), ReadinessItem::kSdq, std::nullopt}, "item"),
      R::kTickedByAssessments);
}

TEST(PlanSdqDeadline, WaitsForTheTeachersSdqAlone) {
  for (SdqInformant other : {SdqInformant::kCarer, SdqInformant::kSelf}) {
    Story story = MeetingSet();
    story.SdqScored(story.facts.now, other);
    EXPECT_TRUE(story.latest.empty()) << "another informant's score is not the teacher's";
    story.SdqWaived(story.facts.now, other);
    EXPECT_TRUE(story.latest.empty()) << "nor is another informant's refusal";
    story.Until("2025-10-16 09:00");
    EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMissed);
    story.SdqScored(story.facts.now);
    EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMet);
    EXPECT_TRUE(story.deadline(Rule::kSdqScored).late);
  }
}

TEST(PlanWaiver, EndsTheDeadlineAsWaivedAndNotAsMet) {
  Story story = MeetingSet();
  story.Until("2025-10-10 10:00");
  story.SdqWaived(At("2025-10-10 09:30"));
  ASSERT_EQ(story.All<PepReadinessItemWaived>().size(), 1u);
  EXPECT_EQ(story.All<PepReadinessItemWaived>()[0].waived_at, At("2025-10-10 09:30"));
  ASSERT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kSdqScored), 1);
  EXPECT_EQ(story.All<DeadlineWithdrawn>()[0].waived_at, At("2025-10-10 09:30"));
  EXPECT_FALSE(story.All<DeadlineWithdrawn>()[0].late);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kWaived);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).waived_at, At("2025-10-10 09:30"));
  story.Until("2025-10-20 15:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 0);
  EXPECT_EQ(story.CountOf<DeadlineMet>(Rule::kSdqScored), 0);
}

TEST(PlanWaiver, AfterTheDayIsLateAndTheMissStaysSaid) {
  Story story = MeetingSet();
  story.Until("2025-10-17 10:00");
  story.SdqWaived(story.facts.now);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 1);
  EXPECT_EQ(story.CountOf<DeadlineMet>(Rule::kSdqScored), 0);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kWaived);
  EXPECT_TRUE(story.deadline(Rule::kSdqScored).late);
}

TEST(PlanWaiver, StaysWhereTheMeetingMovesIsCalledOffOrSetAgain) {
  Story story = MeetingSet();
  story.SdqWaived(story.facts.now);
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-23 14:00"), "the carer is ill"});
  story.Done(CancelPepMeeting{PepId(), "the school is flooded"});
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kSdqScored), 1)
      << "what is waived is not withdrawn again";
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kDraftReady), 1);
  EXPECT_EQ(story.All<DeadlineWithdrawn>().back().waived_at, std::nullopt);
  story.Schedule("2025-11-06 14:00");
  EXPECT_EQ(story.CountOf<DeadlineSet>(Rule::kSdqScored), 1);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kWaived);
}

TEST(PlanWaiver, BeforeThereIsAMeetingLeavesNothingToWaitFor) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.SdqWaived(story.facts.now);
  story.Schedule("2025-10-20 14:00");
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kSdqScored));
}

TEST(PlanWaiver, HasNoSecondEffectAndNoneBehindAScore) {
  Story story = MeetingSet();
  Story scored = story;
  story.SdqWaived(story.facts.now);
  story.SdqWaived(story.facts.now);
  EXPECT_TRUE(story.latest.empty());
  scored.SdqScored(scored.facts.now);
  scored.SdqWaived(scored.facts.now);
  EXPECT_TRUE(scored.latest.empty());
  EXPECT_EQ(scored.deadline(Rule::kSdqScored).status, DeadlineStatus::kMet);
}

TEST(PlanWaiver, NeedsNoOtherReasonWhenTheMeetingIsHeld) {
  Story story = MeetingSet();
  story.SdqWaived(story.facts.now);
  story.Until("2025-10-20 15:00");
  HeldMeeting meeting = Story::MeetingOn("2025-10-20");
  meeting.missing_sdq_reason.clear();
  story.Done(HoldPepMeeting{PepId(), meeting});
  const auto held = story.All<PepMeetingHeld>();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_THAT(held[0].missing_items,
              testing::ElementsAre(ReadinessItem::kPupilViews, ReadinessItem::kEpepDraft,
                                   ReadinessItem::kInterventionsCosted));
}

}  // namespace
}  // namespace pepline::scheduling
