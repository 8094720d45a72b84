// By when an SDQ is required, on a clock that is moved and with a meeting that is, too.
#include "absl/strings/str_cat.h"
#include "shared/domain/rule_catalogue.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

class AssessmentsRequiredByTest : public AssessmentsTest {
 protected:
  std::vector<Event> Missing(const std::string& child = kChild) {
    return EmittedWith(&Event::has_sdq_became_missing, child);
  }
};

TEST_F(AssessmentsRequiredByTest, AnSdqIsMissingOnceFromTheSecondAfterItsDay) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-09-16");
  Settle();
  MoveClockTo("2025-09-16 23:59");
  EXPECT_TRUE(Missing().empty());
  MoveClockTo("2025-09-17 00:00");
  const auto missing = Missing();
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].sdq_became_missing().sdq_id(), kTeachersSdq);
  EXPECT_EQ(FromTimestamp(missing[0].sdq_became_missing().required_by()), EndOf("2025-09-16"));
  EXPECT_EQ(FromTimestamp(missing[0].header().occurred_at()), At("2025-09-17 00:00"));
  v1::ListSdqsRequest request;
  request.set_missing_only(true);
  EXPECT_THAT(Listed(request), testing::ElementsAre(kTeachersSdq));

  KillAndRestart();
  MoveClockTo("2025-09-18 09:00");
  EXPECT_EQ(Missing().size(), 1u);
  Done(&Stub::RecordSdqAnswers, Answering());
  EXPECT_TRUE(Listed(request).empty()) << "late, but there";
}

TEST_F(AssessmentsRequiredByTest, AnAlarmThatPassedWhileTheServiceWasDownIsSaidOnItsReturn) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-09-16");
  Settle();
  service_->process().Kill();
  ASSERT_TRUE(service_->clock().Set(At("2025-09-20 09:00")).ok());
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_EQ(Missing().size(), 1u);
}

TEST_F(AssessmentsRequiredByTest, AScoreOrAReasonInTimeLeavesNothingMissing) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-09-16");
  Settle();
  const v1::Sdq childs = Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_SELF)).sdq();
  EXPECT_EQ(FromTimestamp(childs.required_by()), EndOf("2025-09-16")) << "known at once";
  const v1::Sdq annual =
      Done(&Stub::RequestSdq, Requesting(v1::SDQ_INFORMANT_CARER, v1::SDQ_PURPOSE_ANNUAL_CARER))
          .sdq();
  EXPECT_FALSE(annual.has_required_by());
  MoveClockTo("2025-09-16 23:59");
  Done(&Stub::RecordSdqAnswers, Answering());
  Done(&Stub::ConfirmSdqNotObtained,
       Confirming("asked twice", childs.sdq_id(), v1::SDQ_NOT_OBTAINED_REASON_SDQ5),
       SocialWorker());
  MoveClockTo("2025-09-17 09:00");
  EXPECT_TRUE(Missing().empty());
}

TEST_F(AssessmentsRequiredByTest, AMovedMeetingMovesTheInstantAndEndsNoMiss) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-09-16");
  Settle();
  EmitMeetingMoved("2025-09-18");
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-18"));
  auto moved = EmittedWith(&Event::has_sdq_required_by_moved);
  ASSERT_EQ(moved.size(), 2u);
  EXPECT_EQ(FromTimestamp(moved[1].sdq_required_by_moved().required_by()), EndOf("2025-09-18"));
  MoveClockTo("2025-09-19 09:00");
  ASSERT_EQ(Missing().size(), 1u);
  EmitMeetingMoved("2025-09-25");
  Settle();
  EXPECT_TRUE(Content().sdq().missing()) << "whoever is late ends no lateness by another day";
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-18"));
  MoveClockTo("2025-09-26 09:00");
  EXPECT_EQ(Missing().size(), 1u);
}

TEST_F(AssessmentsRequiredByTest, AMeetingCalledOffOrAPepClosedWithdrawsTheInstant) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitInCare(kSibling);
  EmitPepOpened(kSibling);
  for (const char* child : {kChild, kSibling}) EmitMeeting("2025-09-16", child);
  EmitMeetingCancelled(kChild);
  EmitPepClosed(kSibling);
  Settle();
  MoveClockTo("2025-10-01 09:00");
  for (const char* child : {kChild, kSibling}) {
    EXPECT_TRUE(Missing(child).empty());
    const auto moved = EmittedWith(&Event::has_sdq_required_by_moved, child);
    ASSERT_EQ(moved.size(), 2u);
    EXPECT_FALSE(moved[1].sdq_required_by_moved().has_required_by());
    EXPECT_FALSE(Content(absl::StrCat(child, ".1.pep.teacher")).sdq().has_required_by());
  }
  auto request = Requesting(v1::SDQ_INFORMANT_SELF);
  request.set_child_id(kSibling);
  EXPECT_EQ(Refused(&Stub::RequestSdq, request), "NO_OPEN_PEP");
}

TEST_F(AssessmentsRequiredByTest, ACorrectedCalendarMovesTheInstantHereAsInScheduling) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitMeeting("2025-09-16");
  EmitDeadlineRecalculated("finalise-within-5-school-days", "2025-10-30");
  EmitDeadlineRecalculated(std::string(RuleId(Rule::kSdqScored)), "2025-09-15");
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-15"));
  MoveClockTo("2025-09-16 09:00");
  EXPECT_EQ(Missing().size(), 1u);
}

TEST_F(AssessmentsRequiredByTest, AMeetingThatWasNeverScheduledHasItsInstantFromTheDeadline) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitDeadlineSet("finalise-within-5-school-days", "2025-10-30");
  EmitDeadlineSet(std::string(RuleId(Rule::kSdqScored)), "2025-09-15");
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-15"));
  MoveClockTo("2025-09-16 09:00");
  EXPECT_EQ(Missing().size(), 1u);
}

TEST_F(AssessmentsRequiredByTest, AStormOfAlarmsIsSaidOnceEach) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  std::vector<std::string> children;
  for (int i = 0; i < 60; ++i) {
    children.push_back(absl::StrCat("chd-storm", 100000000000000 + i));
    EmitInCare(children.back());
    EmitPepOpened(children.back());
    EmitMeeting("2025-09-16", children.back());
  }
  Settle();
  MoveClockTo("2025-09-17 00:00");
  for (const std::string& child : children) EXPECT_EQ(Missing(child).size(), 1u) << child;
  EXPECT_EQ(service_->Metric("pepline_assessments_sdqs_missing_total"), 60);
  EXPECT_EQ(service_->Metric("pepline_alarm_failures_total"), 0);
}

}  // namespace
}  // namespace pepline::assessments
