// What every stage of a PEP answers to every command, and what a command must look like.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

namespace R = plan_refusals;
using Answer = std::optional<RefusalReason>;
constexpr Answer kDone = std::nullopt;

// Stages a plan can be in; kNone: no PEP was ever opened.
enum class Where { kNone, kDue, kInterim, kScheduled, kPreparing, kHeld, kFinalised, kClosed };
constexpr std::array kEverywhere = {Where::kNone,      Where::kDue,       Where::kInterim,
                                    Where::kScheduled, Where::kPreparing, Where::kHeld,
                                    Where::kFinalised, Where::kClosed};

// A child taken into care in the summer holidays: the one that may have an interim PEP.
Story PlanIn(Where where) {
  Story story("2025-07-28 09:00");
  if (where == Where::kNone) return story;
  story.InCareSince("2025-07-28");
  if (where == Where::kDue) return story;
  if (where == Where::kInterim) {
    story.Done(OpenInterimPep{});
    return story;
  }
  if (where == Where::kClosed) {
    story.facts.child->in_care = false;
    story.Wake();
    return story;
  }
  story.Schedule("2025-09-04 10:00");
  if (where == Where::kScheduled) return story;
  story.Done(StartPepPreparation{});
  if (where == Where::kPreparing) return story;
  story.Until("2025-09-04 12:00").Hold("2025-09-04");
  if (where == Where::kHeld) return story;
  story.Done(FinaliseEpep{});
  return story;
}

struct Pair {
  const char* name;
  PlanCommand command;
  // In the order of kEverywhere.
  std::array<Answer, 8> answers;
};

std::vector<Pair> Table() {
  const Answer none = R::kNoCurrentPep;
  return {
      {"Schedule",
       SchedulePepMeeting{PepId(), At("2025-09-08 10:00")},
       {none, kDone, kDone, R::kMeetingAlreadyScheduled, R::kMeetingAlreadyScheduled,
        R::kMeetingAlreadyHeld, R::kAlreadyFinalised, none}},
      {"Reschedule",
       ReschedulePepMeeting{PepId(), At("2025-09-08 10:00"), "the carer cannot come"},
       {none, R::kNoMeetingScheduled, R::kNoMeetingScheduled, kDone, kDone, R::kMeetingAlreadyHeld,
        R::kAlreadyFinalised, none}},
      {"Cancel",
       CancelPepMeeting{PepId(), "the school is flooded"},
       {none, R::kNoMeetingScheduled, R::kNoMeetingScheduled, kDone, kDone, R::kMeetingAlreadyHeld,
        R::kAlreadyFinalised, none}},
      {"StartPreparation",
       StartPepPreparation{},
       {none, R::kNoMeetingScheduled, R::kNoMeetingScheduled, kDone, kDone, R::kMeetingAlreadyHeld,
        R::kAlreadyFinalised, none}},
      {"CompleteItem",
       CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt},
       {none, kDone, kDone, kDone, kDone, kDone, kDone, none}},
      {"CompleteReportedItem",
       CompleteReadinessItem{PepId("chd-1.1"), ReadinessItem::kSdq, At("2025-07-28 09:00"),
                             SdqInformant::kTeacher},
       {kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone}},
      {"CompleteViewsByHand",
       CompleteReadinessItem{PepId(), ReadinessItem::kPupilViews, std::nullopt},
       {none, R::kTickedByAssessments, R::kTickedByAssessments, R::kTickedByAssessments,
        R::kTickedByAssessments, R::kTickedByAssessments, R::kTickedByAssessments, none}},
      {"CompleteSdqByHand",
       CompleteReadinessItem{PepId(), ReadinessItem::kSdq, std::nullopt},
       {none, R::kTickedByAssessments, R::kTickedByAssessments, R::kTickedByAssessments,
        R::kTickedByAssessments, R::kTickedByAssessments, R::kTickedByAssessments, none}},
      {"WaiveReportedItem",
       WaiveReadinessItem{PepId("chd-1.1"), ReadinessItem::kSdq, At("2025-07-28 09:00"),
                          SdqInformant::kTeacher},
       {kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone}},
      {"Hold",
       HoldPepMeeting{PepId(), Story::MeetingOn("2025-07-28")},
       {none, kDone, kDone, kDone, kDone, R::kMeetingAlreadyHeld, R::kAlreadyFinalised, none}},
      {"Finalise",
       FinaliseEpep{},
       {none, R::kNotHeld, R::kNotHeld, R::kNotHeld, R::kNotHeld, kDone, R::kAlreadyFinalised,
        none}},
      {"OpenInterim",
       OpenInterimPep{},
       {none, kDone, kDone, R::kMeetingAlreadyScheduled, R::kMeetingAlreadyScheduled,
        R::kMeetingAlreadyHeld, R::kAlreadyFinalised, none}},
      {"HandOver",
       HandOverPep{PepId(), "the school closed"},
       {none, R::kWithChildsSchool, R::kWithChildsSchool, R::kWithChildsSchool,
        R::kWithChildsSchool, R::kWithChildsSchool, R::kWithChildsSchool, none}},
      {"Wake", Wake{}, {kDone, kDone, kDone, kDone, kDone, kDone, kDone, kDone}},
  };
}

class EveryStage : public testing::TestWithParam<Where> {};

TEST_P(EveryStage, AnswersEveryCommandAsTheTableSays) {
  const std::size_t column = static_cast<std::size_t>(GetParam());
  for (const Pair& pair : Table()) {
    Story story = PlanIn(GetParam());
    auto no = story.Do(pair.command);
    const Answer answer = no ? Answer(no->reason) : kDone;
    EXPECT_EQ(answer, pair.answers[column]) << pair.name;
    if (no) {
      EXPECT_FALSE(no->advice.empty()) << pair.name << " must say what to do next";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(PlanCommands, EveryStage, testing::ValuesIn(kEverywhere));

TEST(PlanCommands, RepeatedWorkHasNoSecondEffect) {
  Story story = PlanIn(Where::kPreparing);
  for (const PlanCommand& command : std::vector<PlanCommand>{
           StartPepPreparation{}, ReschedulePepMeeting{PepId(), At("2025-09-04 10:00"), "none"}}) {
    story.Done(command);
    EXPECT_TRUE(story.latest.empty());
  }
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt});
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt});
  EXPECT_TRUE(story.latest.empty());
  EXPECT_EQ(story.All<PepReadinessItemCompleted>().size(), 1u);
}

TEST(PlanCommands, RefuseAnotherPepThanTheCurrentOne) {
  Story story = PlanIn(Where::kDue);
  EXPECT_EQ(story.Refused(SchedulePepMeeting{PepId("chd-1.7"), At("2025-09-08 10:00")}),
            R::kOtherPep);
  story.Done(SchedulePepMeeting{PepId("chd-1.1"), At("2025-09-08 10:00")});
}

TEST(PlanCommands, PassOverAReportAboutAnotherPep) {
  Story story = PlanIn(Where::kDue);
  story.Done(CompleteReadinessItem{PepId("chd-1.9"), ReadinessItem::kSdq, story.facts.now,
                                   SdqInformant::kTeacher});
  EXPECT_TRUE(story.latest.empty());
  story.Done(WaiveReadinessItem{PepId("chd-1.9"), ReadinessItem::kSdq, story.facts.now,
                                SdqInformant::kTeacher});
  EXPECT_TRUE(story.latest.empty());
}

TEST(PlanMeeting, MustBeOnARealSchoolDayInTheFutureInSchoolHours) {
  Story story("2025-09-02 12:00");
  story.facts.calendar = Oxfordshire({Day("2025-09-12")});
  story.InCareSince("2025-09-01");
  auto refused = [&](std::string_view at) {
    return story.Refused(SchedulePepMeeting{PepId(), At(at)});
  };
  EXPECT_EQ(refused("2025-09-02 12:00"), R::kMeetingInThePast);
  EXPECT_EQ(refused("2025-09-02 11:00"), R::kMeetingInThePast);
  EXPECT_EQ(refused("2025-09-06 10:00"), R::kNotASchoolDay) << "Saturday";
  EXPECT_EQ(refused("2025-09-12 10:00"), R::kNotASchoolDay) << "INSET";
  EXPECT_EQ(refused("2025-10-28 10:00"), R::kNotASchoolDay) << "half-term";
  EXPECT_EQ(refused("2025-12-25 10:00"), R::kNotASchoolDay) << "bank holiday";
  EXPECT_EQ(refused("2026-05-04 10:00"), R::kNotASchoolDay) << "bank holiday in term";
  EXPECT_EQ(refused("2025-09-04 07:59"), R::kOutsideSchoolHours);
  EXPECT_EQ(refused("2025-09-04 18:01"), R::kOutsideSchoolHours);
  EXPECT_EQ(refused("2027-03-01 10:00"), R::kMeetingTooFarAhead);
  story.Schedule("2025-09-04 18:00");
  EXPECT_EQ(story.Refused(ReschedulePepMeeting{PepId(), At("2025-10-28 10:00"), "better"}),
            R::kNotASchoolDay);
}

TEST(PlanMeeting, SaysWhenTheSdqIsRequired) {
  Story story("2025-09-02 12:00");
  story.InCareSince("2025-09-01");
  story.Schedule("2025-09-19 10:00");
  ASSERT_EQ(story.All<PepMeetingScheduled>().size(), 1u);
  EXPECT_EQ(story.All<PepMeetingScheduled>()[0].sdq_required_by, EndOf("2025-09-16"));
  story.Done(ReschedulePepMeeting{PepId(), At("2025-09-22 10:00"), "the carer cannot come"});
  const auto moved = story.All<PepMeetingRescheduled>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].old_meeting_at, At("2025-09-19 10:00"));
  EXPECT_EQ(moved[0].sdq_required_by, EndOf("2025-09-17"));
  EXPECT_EQ(moved[0].times_rescheduled, 1);
  EXPECT_FALSE(moved[0].at_short_notice) << "13 school days before";
  story.Until("2025-09-08 09:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-09-23 10:00"), "the carer cannot come"});
  EXPECT_TRUE(story.All<PepMeetingRescheduled>()[1].at_short_notice) << "10 school days before";
}

TEST(PlanMeeting, NeedsAReasonToBeMovedOrCancelled) {
  Story story = PlanIn(Where::kScheduled);
  EXPECT_EQ(story.Refused(CancelPepMeeting{PepId(), ""}), R::kReasonRequired);
  EXPECT_EQ(story.Refused(CancelPepMeeting{PepId(), std::string(501, 'x')}), R::kReasonTooLong);
  EXPECT_EQ(story.Refused(ReschedulePepMeeting{PepId(), At("2025-09-08 10:00"), ""}),
            R::kReasonRequired);
}

TEST(PlanMeeting, MeasuresAReasonInCharactersAndNotInBytes) {
  Story story = PlanIn(Where::kScheduled);
  std::string reason;
  for (int i = 0; i < 500; ++i) reason += "\u00e9";
  EXPECT_EQ(story.Refused(CancelPepMeeting{PepId(), reason + "x"}), R::kReasonTooLong);
  story.Done(CancelPepMeeting{PepId(), reason});
}

TEST(PlanMeeting, ReturnsToInterimWhenCancelledAfterAnInterimPep) {
  Story story = PlanIn(Where::kInterim);
  story.Schedule("2025-09-04 10:00");
  story.Done(CancelPepMeeting{PepId(), "the school is flooded"});
  EXPECT_EQ(story.cycle().stage, Stage::kInterim);
}

TEST(PlanHolding, NeedsADayAChairAndReasonsForWhatIsMissing) {
  Story story = PlanIn(Where::kScheduled);
  story.Until("2025-09-04 12:00");
  const HeldMeeting right = Story::MeetingOn("2025-09-04");
  auto refused = [&](auto change) {
    HeldMeeting meeting = right;
    change(meeting);
    return story.Refused(HoldPepMeeting{PepId(), meeting});
  };
  EXPECT_EQ(refused([](auto& m) { m.held_on = Day("2025-09-05"); }), R::kHeldInTheFuture);
  EXPECT_EQ(refused([](auto& m) { m.held_on = Day("2025-07-27"); }), R::kHeldBeforePepOpened);
  EXPECT_EQ(refused([](auto& m) { m.chair.reset(); }), R::kChairRequired);
  EXPECT_EQ(refused([](auto& m) { m.chair = Attendee::kCarer; }), R::kChairNotPresent);
  EXPECT_EQ(refused([](auto& m) { m.attendees.push_back(Attendee::kChild); }), R::kAttendeeTwice);
  EXPECT_EQ(refused([](auto& m) { m.missing_sdq_reason.clear(); }), R::kReasonRequired);
  EXPECT_EQ(refused([](auto& m) { m.missing_pupil_views_reason.clear(); }), R::kReasonRequired);
  story.Done(HoldPepMeeting{PepId(), right});
  const auto held = story.All<PepMeetingHeld>();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_THAT(held[0].missing_items, testing::ElementsAreArray(kAllItems));
}

TEST(PlanHolding, NeedsNoReasonsWhenViewsAndSdqAreOnRecord) {
  Story story = PlanIn(Where::kScheduled);
  for (ReadinessItem item : kAllItems) {
    story.Done(CompleteReadinessItem{PepId(), item, story.facts.now, SdqInformant::kTeacher});
  }
  EXPECT_EQ(story.cycle().stage, Stage::kScheduled) << "a report is not work on the PEP";
  story.Until("2025-09-04 12:00");
  HeldMeeting meeting = Story::MeetingOn("2025-09-04");
  meeting.missing_sdq_reason.clear();
  meeting.missing_pupil_views_reason.clear();
  story.Done(HoldPepMeeting{PepId(), meeting});
  EXPECT_TRUE(story.All<PepMeetingHeld>()[0].missing_items.empty());
}

TEST(PlanPreparation, BeginsWithTheFirstItemTickedByHand) {
  Story story = PlanIn(Where::kScheduled);
  story.Done(CompleteReadinessItem{PepId(), ReadinessItem::kEpepDraft, std::nullopt});
  EXPECT_EQ(story.cycle().stage, Stage::kPreparing);
  EXPECT_EQ(story.All<PepPreparationStarted>().size(), 1u);
}

TEST(PlanInterim, IsOnlyForAnInitialPepWithoutASchoolDayInItsStartLimit) {
  Story term("2025-09-10 09:00");
  term.InCareSince("2025-09-09");
  EXPECT_EQ(term.Refused(OpenInterimPep{}), R::kSchoolDayWithinStartLimit);
  Story termly("2025-09-02 00:00");
  termly.InCareSince("2019-03-01");
  EXPECT_EQ(termly.Refused(OpenInterimPep{}), R::kNotAnInitialPep);
  Story holidays = PlanIn(Where::kDue);
  holidays.Done(OpenInterimPep{});
  ASSERT_EQ(holidays.All<PepInterimOpened>().size(), 1u);
  EXPECT_EQ(holidays.All<PepInterimOpened>()[0].opened_on, Day("2025-07-28"));
  EXPECT_EQ(holidays.deadline(Rule::kInitialStarted).status, DeadlineStatus::kMet);
}

TEST(PlanFinalising, SaysHowManySchoolDaysItTook) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-06 10:00").Schedule("2025-10-20 14:00");
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  Story late = story;
  story.Until("2025-11-03 23:59").Done(FinaliseEpep{});
  ASSERT_EQ(story.All<EpepFinalised>().size(), 1u);
  EXPECT_EQ(story.All<EpepFinalised>()[0].school_days_taken, 5);
  EXPECT_TRUE(story.All<EpepFinalised>()[0].within_limit);
  late.Until("2025-11-04 00:00").Done(FinaliseEpep{});
  EXPECT_EQ(late.All<EpepFinalised>()[0].school_days_taken, 6);
  EXPECT_FALSE(late.All<EpepFinalised>()[0].within_limit);
}

}  // namespace
}  // namespace pepline::scheduling
