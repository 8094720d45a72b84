// The PEP of a meeting that was held stays with the school that held it; a meeting that is still to
// come is the new school's to confirm.
#include "services/scheduling/storage/codec.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

const SchoolUrn kBefore("123456");
const SchoolUrn kAfter("654321");

// Held on Friday 3 October at the school before, and due to be finalised by the 10th; the child has
// moved on the 7th.
Story HeldAndMoved() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-03 14:00");
  story.Until("2025-10-03 16:00").Hold("2025-10-03");
  story.Until("2025-10-07 10:00").MovesTo("654321", "2025-10-07");
  return story;
}

TEST(StayingPep, IsNotTheNewSchools) {
  Story story = HeldAndMoved();
  EXPECT_EQ(story.state.school, kAfter);
  EXPECT_EQ(SchoolOf(story.state, story.earlier(1)), kBefore);
  EXPECT_EQ(Plan::Index(story.state), std::vector{PlansWithPepLeftAt("123456")});
  EXPECT_EQ(story.All<PepTransferredToSchool>().size(), 0u);
  // Of the new school a PEP of its own is asked.
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.cycle().kind, CycleKind::kMove);
  EXPECT_EQ(SchoolOf(story.state, story.cycle()), kAfter);
  EXPECT_EQ(story.deadline(Rule::kUpdatedAfterMove).instants.due_at, EndOf("2025-10-21"));
  EXPECT_FALSE(story.cycle().deadlines.contains(Rule::kFinalised)) << "nobody chases it there";
  EXPECT_FALSE(story.earlier(1).deadlines.contains(Rule::kUpdatedAfterMove));
}

TEST(StayingPep, IsLateAtTheSchoolThatHeldItByTheDaysThatWereCountedThere) {
  Story story = HeldAndMoved();
  // The new school has no session on the 8th; that is its own affair.
  story.facts.calendar = Oxfordshire({Day("2025-10-08")});
  story.Wake();
  const Deadline& finalise = story.earlier(1).deadlines.at(Rule::kFinalised);
  EXPECT_EQ(finalise.instants.due_at, EndOf("2025-10-10"));
  EXPECT_TRUE(finalise.instants.stays_with_school);
  story.Until("2025-10-11 00:00");
  PlanState state;
  int missed = 0;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    v1::SchedulingEvent emitted;
    ASSERT_TRUE(emitted.ParseFromString(PlanCodec::EncodeEvent(state, event, {}).value));
    if (emitted.deadline_missed().deadline().rule_id() != RuleId(Rule::kFinalised)) continue;
    ++missed;
    EXPECT_EQ(emitted.pep().school_urn(), "123456");
    EXPECT_TRUE(emitted.deadline_missed().deadline().stays_with_school());
  }
  EXPECT_EQ(missed, 1);
}

TEST(StayingPep, IsTheChildsSchoolsOnceFinalised) {
  Story story = HeldAndMoved();
  story.Until("2025-10-09 10:00").Done(FinaliseEpep{story.Pep(1)});
  EXPECT_EQ(SchoolOf(story.state, story.earlier(1)), kAfter);
  EXPECT_TRUE(Plan::Index(story.state).empty());
  // Its SDQ is still missing, and that is the child's.
  const Deadline& sdq = story.earlier(1).deadlines.at(Rule::kSdqScored);
  EXPECT_EQ(sdq.status, DeadlineStatus::kMissed);
  EXPECT_FALSE(sdq.instants.stays_with_school);
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    v1::SchedulingEvent emitted;
    ASSERT_TRUE(emitted.ParseFromString(PlanCodec::EncodeEvent(state, event, {}).value));
    if (emitted.has_epep_finalised()) {
      EXPECT_EQ(emitted.pep().school_urn(), "123456") << "that finalised it";
    }
  }
}

TEST(StayingPep, IsHandedOverByTheVirtualSchoolWithAReason) {
  Story story = HeldAndMoved();
  EXPECT_EQ(story.Refused(HandOverPep{story.Pep(1)}, "reason"), plan_refusals::kReasonRequired);
  EXPECT_EQ(story.Refused(HandOverPep{story.Pep(2), "the school closed"}, "pep_id"),
            plan_refusals::kWithChildsSchool);
  story.Done(HandOverPep{story.Pep(1), "the school closed"});
  EXPECT_EQ(SchoolOf(story.state, story.earlier(1)), kAfter);
  EXPECT_EQ(story.earlier(1).hand_over_reason, "the school closed");
  EXPECT_FALSE(story.earlier(1).deadlines.at(Rule::kFinalised).instants.stays_with_school);
  EXPECT_EQ(story.Refused(HandOverPep{story.Pep(1), "once more"}, "pep_id"),
            plan_refusals::kWithChildsSchool);
  const auto over = story.AllOf<PepHandedOver>(1);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].from, kBefore);
  EXPECT_EQ(over[0].to, kAfter);
  // It stays with that one from then on.
  story.Until("2025-10-08 10:00").MovesTo("777777", "2025-10-08");
  EXPECT_EQ(SchoolOf(story.state, story.earlier(1)), kAfter);
}

TEST(StayingPep, GoesNowhereWhereTheChildComesBack) {
  Story story = HeldAndMoved();
  story.Until("2025-10-08 10:00").MovesTo("123456", "2025-10-08");
  EXPECT_FALSE(StaysBehind(story.state, story.earlier(1)));
  EXPECT_FALSE(story.earlier(1).deadlines.at(Rule::kFinalised).instants.stays_with_school);
}

TEST(StayingPep, FollowsACorrectionOfTheSchoolThatHeldIt) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-03 16:00").Hold("2025-10-03");
  story.Until("2025-10-07 10:00").SchoolCorrected("654321", std::nullopt);
  EXPECT_EQ(SchoolOf(story.state, story.cycle()), kAfter) << "it was there all along";
  EXPECT_EQ(story.cycle().number, 1);
}

TEST(StayingPep, HeldOnNoRollGoesWithTheChildFromSchoolToSchool) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01", "");
  story.Until("2025-10-03 16:00").Hold("2025-10-03");
  story.Until("2025-10-06 10:00").MovesTo("123456", "2025-10-06");
  EXPECT_EQ(SchoolOf(story.state, story.cycle()), kBefore);
  story.Until("2025-10-07 10:00").MovesTo("654321", "2025-10-07");
  EXPECT_EQ(SchoolOf(story.state, story.earlier(1)), kAfter) << "the first school held nothing";
  EXPECT_FALSE(StaysBehind(story.state, story.earlier(1)));
}

TEST(StayingPep, OfTheVersionBeforeGoesWithTheChild) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-03 16:00").Hold("2025-10-03");
  story.state.cycle->school = SchoolUrn();  // it was not kept then
  EXPECT_EQ(SchoolOf(story.state, story.cycle()), kBefore);
  story.Until("2025-10-07 10:00").MovesTo("654321", "2025-10-07");
  EXPECT_EQ(SchoolOf(story.state, story.earlier(1)), kAfter);
}

// A meeting of 15 October that the school before set; the child moves on the 7th.
Story SetAndMoved() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-15 14:00");
  story.Until("2025-10-07 10:00").MovesTo("654321", "2025-10-07");
  return story;
}

TEST(StayingPep, AMeetingToComeGoesWithTheChildAndIsToBeConfirmed) {
  Story story = SetAndMoved();
  EXPECT_EQ(story.cycle().number, 1);
  EXPECT_TRUE(story.cycle().meeting_to_confirm);
  const auto moved = story.All<PepTransferredToSchool>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].meeting_to_confirm, At("2025-10-15 14:00"));
  EXPECT_EQ(story.Refused(SchedulePepMeeting{PepId(), At("2025-10-16 14:00")}),
            plan_refusals::kMeetingAlreadyScheduled);
  story.Schedule("2025-10-15 14:00");
  EXPECT_FALSE(story.cycle().meeting_to_confirm);
  EXPECT_EQ(story.All<PepMeetingConfirmed>().size(), 1u);
  EXPECT_EQ(story.Refused(SchedulePepMeeting{PepId(), At("2025-10-15 14:00")}),
            plan_refusals::kMeetingAlreadyScheduled);
}

TEST(StayingPep, AMeetingOnADayWithoutSchoolAtTheNewOneIsNotConfirmed) {
  Story story = SetAndMoved();
  story.facts.calendar = Oxfordshire({Day("2025-10-15")});
  EXPECT_EQ(story.Refused(SchedulePepMeeting{PepId(), At("2025-10-15 14:00")}, "meeting_at"),
            plan_refusals::kNotASchoolDay);
}

TEST(StayingPep, MovingTheMeetingOrCallingItOffConfirmsNothingAndEndsIt) {
  Story moved = SetAndMoved();
  moved.Done(ReschedulePepMeeting{PepId(), At("2025-10-16 14:00"), "we meet on Thursdays"});
  EXPECT_FALSE(moved.cycle().meeting_to_confirm);
  Story off = SetAndMoved();
  off.Done(CancelPepMeeting{PepId(), "we begin anew"});
  EXPECT_FALSE(off.cycle().meeting_to_confirm);
  Story held = SetAndMoved();
  held.Until("2025-10-15 16:00").Hold("2025-10-15");
  EXPECT_FALSE(held.cycle().meeting_to_confirm);
}

TEST(StayingPep, NoMeetingIsToBeConfirmedThatIsPastOrOfTheFirstSchool) {
  Story past("2025-09-02 00:00");
  past.InCareSince("2019-03-01");
  past.Until("2025-09-10 09:00").Schedule("2025-10-06 14:00");
  past.Until("2025-10-07 10:00").MovesTo("654321", "2025-10-07");
  EXPECT_FALSE(past.cycle().meeting_to_confirm) << "what became of it is to be put on record";
  Story first("2025-09-15 09:00");
  first.InCareSince("2025-09-12", "");
  first.Until("2025-09-16 09:00").Schedule("2025-10-06 14:00");
  first.Until("2025-09-17 10:00").MovesTo("654321", "2025-09-17");
  EXPECT_FALSE(first.cycle().meeting_to_confirm);
}

}  // namespace
}  // namespace pepline::scheduling
