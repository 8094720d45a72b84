// PEPs beside the newest one are stored in the plan, and those that are over in records of their
// own.
#include "pepline/scheduling/storage/v1/plan.pb.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/storage/codec.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// Three terms without a meeting but the first, whose ePEP nobody finalises.
Story ThreeTerms() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-10-01 09:00").Schedule("2025-10-15 14:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-16 14:00"), "the carer is away"});
  story.Until("2025-10-16 16:00").Hold("2025-10-16");
  story.Until("2026-06-10 09:00");
  return story;
}

TEST(PepRecords, EarlierPepsAreReadBackWithThePlan) {
  const Story story = ThreeTerms();
  ASSERT_EQ(story.state.earlier.size(), 2u);
  const auto read = PlanCodec::Decode({PlanCodec::Encode(story.state).front()});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, story.state);
  EXPECT_TRUE(PlanCodec::EncodeBeside(story.state).empty());
}

TEST(PepRecords, APlanWithEarlierPepsCannotBeReadByAVersionThatWouldForgetThem) {
  storage::v1::Plan plan;
  ASSERT_TRUE(plan.ParseFromString(PlanCodec::Encode(ThreeTerms().state).front()));
  int unknown = 0;
  for (const auto& deadline : plan.cycle().deadlines()) {
    unknown += deadline.rule_id() == "earlier-peps";
  }
  EXPECT_EQ(unknown, 1);
  Story one("2025-09-02 00:00");
  one.InCareSince("2019-03-01");
  ASSERT_TRUE(plan.ParseFromString(PlanCodec::Encode(one.state).front()));
  for (const auto& deadline : plan.cycle().deadlines()) {
    EXPECT_NE(deadline.rule_id(), "earlier-peps");
  }
}

TEST(PepRecords, APepThatIsOverIsKeptWithItsAttendanceAndReasons) {
  Story story = ThreeTerms();
  story.Done(WriteOffPep{story.Pep(1), "the papers are lost"});
  const auto records = PlanCodec::EncodeBeside(story.state);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].first, (RecordKey{"pep", "chd-1.1"}));
  const auto alone = DecodePep(records[0].second);
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_EQ(alone->school, story.state.school);
  const v1::Pep pep = ToPep(*alone);
  EXPECT_EQ(pep.reference().pep_id(), "chd-1.1");
  EXPECT_EQ(pep.state(), v1::PEP_STATE_CLOSED);
  EXPECT_EQ(pep.outcome(), v1::PEP_CYCLE_OUTCOME_WRITTEN_OFF);
  const v1::PepRecord record = ToRecord(*alone);
  EXPECT_EQ(record.write_off_reason(), "the papers are lost");
  EXPECT_EQ(record.chair(), v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  EXPECT_EQ(record.missing_pupil_views_reason(), "away from school");
  EXPECT_EQ(record.missing_sdq_reason(), "not returned");
  ASSERT_EQ(record.meeting_changes_size(), 1);
  EXPECT_EQ(record.meeting_changes(0).reason(), "the carer is away");
  // Once written, the plan knows it by its number and term alone.
  const auto read = PlanCodec::Decode({PlanCodec::Encode(story.state).front()});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(PlanCodec::EncodeBeside(*read).empty());
  EXPECT_EQ(read->closed, (std::vector{ClosedPep{1, "2025/26", Term::kAutumn}}));
}

TEST(PepRecords, NoReasonLeavesInAnEvent) {
  Story story = ThreeTerms();
  story.Done(WriteOffPep{story.Pep(1), "the papers are lost"});
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    const std::string bytes = PlanCodec::EncodeEvent(state, event, {}).value;
    for (const char* text : {"papers", "carer", "away from school", "not returned"}) {
      EXPECT_EQ(bytes.find(text), std::string::npos) << text;
    }
  }
}

TEST(PepRecords, EventsOfAnEarlierPepNameIt) {
  Story story = ThreeTerms();
  PlanState state;
  int of_earlier = 0;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    const auto* earlier = std::get_if<OfEarlierPep>(&event);
    if (!earlier) continue;
    ++of_earlier;
    v1::SchedulingEvent emitted;
    ASSERT_TRUE(emitted.ParseFromString(PlanCodec::EncodeEvent(state, event, {}).value));
    EXPECT_EQ(emitted.pep().pep_id(), story.Pep(earlier->number).text());
    if (emitted.has_deadline_missed()) {
      EXPECT_TRUE(emitted.deadline_missed().deadline().deadline_id().starts_with(
          story.Pep(earlier->number).text() + "."));
    }
  }
  story.Done(FinaliseEpep{story.Pep(1)});
  EXPECT_EQ(of_earlier + static_cast<int>(story.AllOf<EpepFinalised>(1).size()), of_earlier + 1);
}

TEST(PepRecords, BytesThatCannotBeReadAreDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(DecodePep("\xff\xff").status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodePep("").status()));
}

// What the version before left: one PEP whose next one would have closed it.
TEST(PepRecords, APlanOfTheVersionBeforeGoesOn) {
  storage::v1::Plan plan;
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-01 09:00").Schedule("2025-12-12 14:00");
  story.Until("2025-12-12 16:00").Hold("2025-12-12");
  ASSERT_TRUE(plan.ParseFromString(PlanCodec::Encode(story.state).front()));
  EXPECT_EQ(plan.earlier_size(), 0);
  EXPECT_EQ(plan.closed_size(), 0);
  story.state = *PlanCodec::Decode({plan.SerializeAsString()});
  story.Until("2026-01-09 09:00");
  EXPECT_EQ(story.cycle().number, 2);
  EXPECT_EQ(story.earlier(1).deadlines.at(Rule::kFinalised).status, DeadlineStatus::kMissed);
}

}  // namespace
}  // namespace pepline::scheduling
