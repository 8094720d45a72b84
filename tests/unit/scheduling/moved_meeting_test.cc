// Moving a meeting, or calling it off, ends no lateness.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// The SDQ and the draft of a meeting on 1 October were due on 26 September; it is the 29th.
Story SdqMissed() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-05 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-09-29 09:00");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMissed);
  return story;
}

TEST(MovedMeeting, AMissedSdqStaysMissedWithItsDay) {
  Story story = SdqMissed();
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-20 14:00"), "the carer is away"});
  for (Rule rule : {Rule::kSdqScored, Rule::kDraftReady}) {
    EXPECT_EQ(story.deadline(rule).status, DeadlineStatus::kMissed);
    EXPECT_EQ(story.deadline(rule).instants.due_at, EndOf("2025-09-26"));
    EXPECT_EQ(story.CountOf<DeadlineRecalculated>(rule), 0);
  }
  story.Until("2025-10-02 09:00").SdqScored(story.facts.now);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.deadline(Rule::kSdqScored).late);
}

TEST(MovedMeeting, CallingItOffDoesNotEndItEither) {
  Story story = SdqMissed();
  story.Done(CancelPepMeeting{PepId(), "the child is ill"});
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kMissed);
  story.Until("2025-10-06 09:00").Schedule("2025-11-03 14:00");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-09-26"));
  EXPECT_EQ(story.CountOf<DeadlineWithdrawn>(Rule::kSdqScored), 0);
}

TEST(MovedMeeting, WhatIsNotMissedMovesWithTheMeeting) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-05 09:00").Schedule("2025-10-01 14:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-20 14:00"), "the carer is away"});
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-10-15"));
}

TEST(MovedMeeting, AWaivedSdqIsNotWaitedForHoweverTheMeetingMoves) {
  Story story = SdqMissed();
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-20 14:00"), "the carer is away"});
  story.SdqWaived(story.facts.now);
  EXPECT_EQ(story.deadline(Rule::kSdqScored).status, DeadlineStatus::kWaived);
  EXPECT_TRUE(story.deadline(Rule::kSdqScored).late);
}

TEST(MovedMeeting, ASecondMoveWithinTenSchoolDaysIsToldAndAnotherOneIsNot) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-05 09:00").Schedule("2025-11-12 14:00");
  const auto move_to = [&](std::string_view at) {
    story.Done(ReschedulePepMeeting{PepId(), At(at), "the carer is away"});
    return story.All<PepMeetingRescheduled>().back().put_off_again;
  };
  EXPECT_FALSE(move_to("2025-11-13 14:00")) << "the first";
  story.Until("2025-09-19 09:00");
  EXPECT_TRUE(move_to("2025-11-14 14:00")) << "ten school days after it";
  story.Until("2025-10-06 09:00");
  EXPECT_FALSE(move_to("2025-11-17 14:00")) << "eleven, and the meeting is weeks ahead";
  story.Until("2025-11-04 09:00");
  EXPECT_TRUE(move_to("2025-11-18 14:00")) << "within ten school days of the meeting";
}

TEST(MovedMeeting, CallingItOffAndSettingItAnewIsAMoveToo) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-05 09:00").Schedule("2025-10-01 14:00");
  story.Done(CancelPepMeeting{PepId(), "the child is ill"});
  EXPECT_FALSE(story.All<PepMeetingCancelled>().back().put_off_again);
  story.Schedule("2025-10-08 14:00");
  story.Done(CancelPepMeeting{PepId(), "the hall is taken"});
  EXPECT_TRUE(story.All<PepMeetingCancelled>().back().put_off_again);
}

}  // namespace
}  // namespace pepline::scheduling
