// Entry to care in the long holidays: the interim PEP, what it puts off, and who may do what.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

namespace R = plan_refusals;

// Taken into care on that day, put on record at nine.
Story EnteredOn(absl::CivilDay day) {
  const std::string date = FormatDate(day);
  Story story(date + " 09:00");
  story.InCareSince(date);
  return story;
}

Story InterimOf(absl::CivilDay day) {
  Story story = EnteredOn(day);
  story.Done(OpenInterimPep{});
  return story;
}

SchedulePepMeeting In(MadeBy by, std::string_view at, std::string reason) {
  return {PepId(), At(at), std::move(reason), by};
}

// The days of which the 20 working days end before the school reopens.
class EveryHolidayEntry : public testing::TestWithParam<int> {
 protected:
  const absl::CivilDay day_ = Day("2025-07-22") + GetParam();
};

TEST_P(EveryHolidayEntry, CannotBeInTimeWithoutAnInterimPep) {
  Story story = EnteredOn(day_);
  const absl::Time due_at = story.deadline(Rule::kInitialAvailable).instants.due_at;
  const Calendar& calendar = *story.facts.calendar;
  EXPECT_EQ(calendar.SchoolDaysBetween(day_, calendar.DayOf(due_at)), 0);
  story.Until("2025-09-02 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialStarted), 1);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 1);
}

TEST_P(EveryHolidayEntry, IsPutOffByAnInterimPepAndThenDoneBySchool) {
  Story story = InterimOf(day_);
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-09-16"))
      << "ten school days after 2 September";
  EXPECT_TRUE(story.deadline(Rule::kInitialAvailable).instants.after_interim);
  EXPECT_TRUE(story.deadline(Rule::kInitialAvailable).instants.calendar_known);
  story.Until("2025-09-02 10:00").Schedule("2025-09-11 14:00");
  story.Until("2025-09-11 16:00").Hold("2025-09-11");
  story.Until("2025-09-16 16:00").Done(FinaliseEpep{});
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialStarted), 0);
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 0);
  EXPECT_FALSE(story.deadline(Rule::kInitialAvailable).late);
}

TEST_P(EveryHolidayEntry, IsHeldAndFinalisedInTheHolidaysByTheCouncil) {
  for (MadeBy by : {MadeBy::kVirtualSchool, MadeBy::kSocialWorker}) {
    Story story = InterimOf(day_);
    story.Until("2025-08-04 10:00");
    story.Done(In(by, "2025-08-12 10:00", "the first review is on 18 August"));
    story.Until("2025-08-12 12:00");
    story.Done(HoldPepMeeting{PepId(), Story::MeetingOn("2025-08-12"), by});
    story.Until("2025-08-14 12:00").Done(FinaliseEpep{PepId(), by});
    EXPECT_EQ(story.deadline(Rule::kInitialAvailable).status, DeadlineStatus::kMet);
    EXPECT_FALSE(story.deadline(Rule::kInitialAvailable).late);
    EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kMeetingRecorded), 0);
    // The school's own work follows with the term.
    story.Until("2025-09-02 00:00");
    EXPECT_EQ(story.cycle().kind, CycleKind::kTermly);
    EXPECT_EQ(story.cycle().number, 2);
  }
}

INSTANTIATE_TEST_SUITE_P(From22JulyTo3August, EveryHolidayEntry, testing::Range(0, 13));

TEST(PlanInterim, NeedsNoMeetingToBeSet) {
  Story story = InterimOf(Day("2025-07-28"));
  story.Until("2025-08-12 12:00");
  story.Done(HoldPepMeeting{PepId(), Story::MeetingOn("2025-08-11"), MadeBy::kSocialWorker});
  EXPECT_EQ(story.cycle().stage, Stage::kHeld);
}

TEST(PlanInterim, PullsNoDeadlineForward) {
  Policy policy = UsualPolicy();
  policy.interim_most_school_days = 20;
  Story story("2025-09-10 09:00");
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2025-09-09");
  story.Done(OpenInterimPep{});
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-10-07"));
  EXPECT_FALSE(story.deadline(Rule::kInitialAvailable).instants.after_interim);
}

TEST(PlanInterim, OpenedAfterTheMissDoesNotUnsayIt) {
  Story story = EnteredOn(Day("2025-07-22"));
  story.Until("2025-08-20 09:00");
  ASSERT_EQ(story.CountOf<DeadlineMissed>(Rule::kInitialAvailable), 1);
  story.Done(OpenInterimPep{});
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).status, DeadlineStatus::kMissed);
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-08-19"));
}

TEST(PlanInterim, PutsNothingOffWhileNobodyKnowsWhenTheSchoolReopens) {
  std::vector<TermPart> terms = OxfordshireTerms();
  std::erase_if(terms, [](const TermPart& part) { return part.academic_year != "2024/25"; });
  Story story("2025-07-28 09:00");
  story.facts.calendar = std::make_shared<const Calendar>(London(), BankHolidays(), terms);
  Policy policy = UsualPolicy();
  policy.interim_most_school_days = 20;  // weekdays are taken for school days
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2025-07-28");
  story.Done(OpenInterimPep{});
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-08-26"));
  EXPECT_FALSE(story.deadline(Rule::kInitialAvailable).instants.after_interim);
  story.facts.calendar = Oxfordshire();
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-09-16"));
}

TEST(PlanInterim, OpensAndPutsOffAsTheProfileSays) {
  Policy policy = UsualPolicy();
  policy.interim_most_school_days = 2;
  policy.interim_school_days_after_reopening = 15;
  for (const auto& [day, may] : {std::pair{"2025-08-19", true}, std::pair{"2025-08-20", false}}) {
    Story story(std::string(day) + " 09:00");
    story.facts.policy = std::make_shared<const Policy>(policy);
    story.InCareSince(day);
    if (!may) {
      EXPECT_EQ(story.Refused(OpenInterimPep{}), R::kSchoolDayWithinStartLimit) << day;
      continue;
    }
    story.Done(OpenInterimPep{});
    EXPECT_EQ(story.deadline(Rule::kInitialAvailable).instants.due_at, EndOf("2025-09-23"));
  }
}

TEST(PlanSocialWorker, DoesTheSchoolsPartOfAnInterimPepAlone) {
  Story story = EnteredOn(Day("2025-07-28"));
  const MadeBy by = MadeBy::kSocialWorker;
  EXPECT_EQ(story.Refused(In(by, "2025-09-04 10:00", ""), ""), R::kNotAnInterimPep);
  EXPECT_EQ(story.Refused(HoldPepMeeting{PepId(), Story::MeetingOn("2025-07-28"), by}, ""),
            R::kNotAnInterimPep);
  story.Schedule("2025-09-04 10:00");
  EXPECT_EQ(story.Refused(ReschedulePepMeeting{PepId(), At("2025-09-05 10:00"), "ill", "", by}, ""),
            R::kNotAnInterimPep);
  EXPECT_EQ(story.Refused(CancelPepMeeting{PepId(), "ill", by}, ""), R::kNotAnInterimPep);
  story.Until("2025-09-04 12:00").Hold("2025-09-04");
  EXPECT_EQ(story.Refused(FinaliseEpep{PepId(), by}, ""), R::kNotAnInterimPep);
}

TEST(PlanMeeting, OnADayWithoutSchoolIsTheCouncilsWithAReason) {
  Story story = EnteredOn(Day("2025-07-28"));
  const std::string_view august = "2025-08-12 10:00";
  const std::string why = "the first review is on 18 August";
  EXPECT_EQ(story.Refused(In(MadeBy::kSchool, august, why), "meeting_at"), R::kNotASchoolDay);
  EXPECT_EQ(story.Refused(In(MadeBy::kVirtualSchool, august, ""), "no_school_day_reason"),
            R::kReasonRequired);
  EXPECT_EQ(story.Refused(In(MadeBy::kVirtualSchool, august, std::string(501, 'x')),
                          "no_school_day_reason"),
            R::kReasonTooLong);
  EXPECT_EQ(story.Refused(In(MadeBy::kVirtualSchool, "2025-08-12 19:00", why), "meeting_at"),
            R::kOutsideSchoolHours);
  story.Done(In(MadeBy::kVirtualSchool, august, why));
  EXPECT_EQ(story.cycle().no_school_day_reason, why);
  // On a day with a session there is nothing to explain.
  story.Done(ReschedulePepMeeting{PepId(), At("2025-09-04 10:00"), "the carer is away", why,
                                  MadeBy::kVirtualSchool});
  EXPECT_EQ(story.cycle().no_school_day_reason, "");
  story.Done(
      ReschedulePepMeeting{PepId(), At(august), "the carer is back", why, MadeBy::kVirtualSchool});
  EXPECT_EQ(story.cycle().no_school_day_reason, why);
  story.Done(CancelPepMeeting{PepId(), "the carer is ill"});
  EXPECT_EQ(story.cycle().no_school_day_reason, "");
}

}  // namespace
}  // namespace pepline::scheduling
