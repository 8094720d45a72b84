// A meeting that is out of the ordinary is put on record with a reason.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// It is 16:00 on the day of the meeting, Wednesday 1 October.
Story OnTheDay() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-10-01 16:00");
  return story;
}

HeldMeeting On(std::string_view day, Attendee chair = Attendee::kDesignatedTeacher) {
  return {Day(day), chair, {chair}, "away from school", "not returned"};
}

HoldPepMeeting Holding(HeldMeeting meeting) { return {PepId(), std::move(meeting)}; }

const HeldMeeting& Recorded(const Story& story) { return *story.cycle().held; }

TEST(HeldMeeting, InOrderNeedsNoReason) {
  Story story = OnTheDay();
  story.Until("2025-10-08 16:00").Done(Holding(On("2025-10-01")));  // five school days later
  EXPECT_TRUE(Recorded(story).irregularities.empty());
}

TEST(HeldMeeting, ADayThatIsNotTheOneItWasSetForNeedsAReasonThatIsKept) {
  Story story = OnTheDay();
  EXPECT_EQ(story.Refused(Holding(On("2025-09-30")), "record_reason"),
            plan_refusals::kReasonRequired);
  HeldMeeting meeting = On("2025-09-30");
  meeting.record_reason = std::string(501, 'x');
  EXPECT_EQ(story.Refused(Holding(meeting), "record_reason"), plan_refusals::kReasonTooLong);
  meeting.record_reason = "the carer could not come on Wednesday";
  story.Done(Holding(meeting));
  EXPECT_EQ(Recorded(story).irregularities, std::vector{Irregularity::kOtherDay});
  EXPECT_EQ(Recorded(story).record_reason, "the carer could not come on Wednesday");
}

TEST(HeldMeeting, MoreThanFiveSchoolDaysLaterNeedsAReasonAlsoWhereNoneWasSet) {
  Story story = OnTheDay();
  story.Until("2025-10-09 08:00");
  EXPECT_EQ(story.Refused(Holding(On("2025-10-01")), "record_reason"),
            plan_refusals::kReasonRequired);
  Story never_set("2025-09-02 00:00");
  never_set.InCareSince("2019-03-01");
  never_set.Until("2025-10-09 08:00");
  EXPECT_EQ(never_set.Refused(Holding(On("2025-10-01")), "record_reason"),
            plan_refusals::kReasonRequired);
  never_set.Done(Holding(On("2025-10-02")));
  HeldMeeting meeting = On("2025-10-01");
  meeting.record_reason = "the minutes were lost";
  story.Done(Holding(meeting));
  EXPECT_EQ(Recorded(story).irregularities, std::vector{Irregularity::kRecordedLate});
}

TEST(HeldMeeting, TheChildDoesNotChairAloneWithoutAReason) {
  Story story = OnTheDay();
  HeldMeeting meeting = On("2025-10-01", Attendee::kChild);
  EXPECT_EQ(story.Refused(Holding(meeting), "attendance_reason"), plan_refusals::kReasonRequired);
  meeting.attendance_reason = "the child asked to lead it, and the teacher wrote";
  story.Done(Holding(meeting));
  EXPECT_EQ(Recorded(story).irregularities, std::vector{Irregularity::kOtherChair});
}

TEST(HeldMeeting, TheDeputyChairsAndWhoeverTheProfileSays) {
  Story deputy = OnTheDay();
  deputy.Done(Holding(On("2025-10-01", Attendee::kDeputyDesignatedTeacher)));
  EXPECT_TRUE(Recorded(deputy).irregularities.empty());
  Story story = OnTheDay();
  Policy policy = UsualPolicy();
  policy.meeting_chairs = {Attendee::kVirtualSchool};
  story.facts.policy = std::make_shared<const Policy>(policy);
  EXPECT_EQ(story.Refused(Holding(On("2025-10-01")), "attendance_reason"),
            plan_refusals::kReasonRequired);
  story.Done(Holding(On("2025-10-01", Attendee::kVirtualSchool)));
  EXPECT_TRUE(Recorded(story).irregularities.empty());
}

TEST(HeldMeeting, WhoMustAttendIsTheProfiles) {
  Story story = OnTheDay();
  Policy policy = UsualPolicy();
  policy.meeting_attendees = {Attendee::kDesignatedTeacher, Attendee::kCarer};
  story.facts.policy = std::make_shared<const Policy>(policy);
  HeldMeeting meeting = On("2025-10-01", Attendee::kDeputyDesignatedTeacher);
  EXPECT_EQ(story.Refused(Holding(meeting), "attendance_reason"), plan_refusals::kReasonRequired);
  meeting.attendees.push_back(Attendee::kCarer);
  story.Done(Holding(meeting));
  EXPECT_TRUE(Recorded(story).irregularities.empty()) << "the deputy stands in";
}

TEST(HeldMeeting, TheCouncilChairsWhereThereIsNoSchoolToDoIt) {
  Story story("2025-09-15 09:00");
  story.InCareSince("2025-09-12", "");
  story.Until("2025-09-18 12:00").Done(Holding(On("2025-09-18", Attendee::kSocialWorker)));
  EXPECT_TRUE(Recorded(story).irregularities.empty());
  Story interim("2025-07-28 09:00");
  interim.InCareSince("2025-07-28");
  interim.Done(OpenInterimPep{});
  interim.Until("2025-08-05 12:00")
      .Done(HoldPepMeeting{PepId(), On("2025-08-05", Attendee::kVirtualSchool),
                           MadeBy::kVirtualSchool});
  EXPECT_TRUE(Recorded(interim).irregularities.empty());
}

TEST(HeldMeeting, AReasonThatNobodyAskedForIsNotKept) {
  Story story = OnTheDay();
  HeldMeeting meeting = On("2025-10-01");
  meeting.record_reason = meeting.attendance_reason = "just in case";
  story.Done(Holding(meeting));
  EXPECT_EQ(Recorded(story).record_reason, "");
  EXPECT_EQ(Recorded(story).attendance_reason, "");
}

}  // namespace
}  // namespace pepline::scheduling
