// A child who needs a PEP and has none open is heard of, on the running service.
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

using testing::HasSubstr;
using Event = v1::SchedulingEvent;

constexpr char kElsewhere[] = "933";

class ForgottenTest : public SchedulingTest {
 protected:
  void BeginWithoutTermDates() {
    ASSERT_NO_FATAL_FAILURE(StartService(At("2025-09-15 09:00")));
    EmitBankHolidays();
    EmitPolicy(UsualPolicy());
    Settle();
  }
  void EmitOnNoRoll() { Emit(kChild, events_.InCare(kChild, "2019-03-01", Now())); }
  std::vector<v1::Deadline> ListOf(const std::string& rule) {
    v1::ListDeadlinesRequest request;
    request.set_rule_id(rule);
    v1::ListDeadlinesResponse response;
    const grpc::Status status = Call(&Stub::ListDeadlines, request, response, VirtualSchool());
    EXPECT_TRUE(status.ok()) << status.error_message();
    return {response.deadlines().begin(), response.deadlines().end()};
  }
};

TEST_F(ForgottenTest, AChildOnNoRollIsCountedByTheCaringAuthoritysTerms) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-15 09:00"));
  EmitOnNoRoll();
  MoveClockTo("2025-09-16 07:00");
  const v1::Pep pep = Pep();
  EXPECT_EQ(pep.term(), "autumn");
  EXPECT_EQ(pep.reference().school_urn(), "");
  const v1::Deadline cut_off = DeadlineOf(pep, Rule::kHeldByTermCutOff);
  EXPECT_EQ(ToTime(cut_off.deadline().due_at()), EndOf("2025-11-28"));
  EXPECT_FALSE(cut_off.deadline().calendar_known());
  EXPECT_TRUE(ListOf("pep-open").empty());
}

TEST_F(ForgottenTest, AChildAtASchoolOfAnAuthorityWithoutTermDatesIsCountedInTheSameWay) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-15 09:00"));
  EmitOnNoRoll();
  auto enrolled = events_.Enrolled(kChild, kSchool, "2024-09-03", Now());
  enrolled.mutable_child_enrolled()->set_school_authority_code(kElsewhere);
  Emit(kChild, enrolled);
  Settle();
  EXPECT_EQ(Pep().term(), "autumn");
  EXPECT_FALSE(DeadlineOf(Pep(), Rule::kHeldByTermCutOff).deadline().calendar_known());
  // Its dates arrive: the same deadline is no estimate any more.
  EmitTermDates(kElsewhere, {"2025/26,autumn,1,2025-09-03,2025-10-24",
                             "2025/26,autumn,2,2025-11-03,2025-12-19"});
  Settle();
  EXPECT_TRUE(DeadlineOf(Pep(), Rule::kHeldByTermCutOff).deadline().calendar_known());
}

TEST_F(ForgottenTest, WithoutAnyTermDatesTheVirtualSchoolIsToldAndToldWhy) {
  ASSERT_NO_FATAL_FAILURE(BeginWithoutTermDates());
  EmitOnNoRoll();
  MoveClockTo("2025-09-17 07:00");
  const auto missed = EmittedWith(&Event::has_deadline_missed);
  ASSERT_EQ(missed.size(), 1u);
  const auto& deadline = missed[0].deadline_missed().deadline();
  EXPECT_EQ(deadline.deadline_id(), absl::StrCat(kChild, ".pep-open"));
  EXPECT_EQ(ToTime(deadline.due_at()), EndOf("2025-09-16"));
  EXPECT_EQ(missed[0].pep().child_id(), kChild);
  EXPECT_EQ(missed[0].pep().authority_code(), kAuthority);
  ASSERT_EQ(ListOf("pep-open").size(), 1u);
  EXPECT_EQ(ListOf("pep-open")[0].state(), common::v1::DEADLINE_STATE_MISSED);

  v1::GetPepRequest request;
  request.set_child_id(kChild);
  v1::GetPepResponse response;
  const grpc::Status none = Call(&Stub::GetPep, request, response, VirtualSchool());
  EXPECT_EQ(ReasonOf(none), "NO_CURRENT_PEP");
  EXPECT_THAT(none.error_message(), HasSubstr("no term dates are on record"));
  EXPECT_TRUE(WaitUntil(
      [&] { return service_->Metric("pepline_scheduling_children_without_pep") == 1; }, kPatience));

  EmitTermDates();
  Settle();
  EXPECT_EQ(Pep().term(), "autumn");
  const auto met = EmittedWith(&Event::has_deadline_met);
  ASSERT_EQ(met.size(), 1u);
  EXPECT_TRUE(met[0].deadline_met().late());
  EXPECT_TRUE(WaitUntil(
      [&] { return service_->Metric("pepline_scheduling_children_without_pep") == 0; }, kPatience));
}

TEST_F(ForgottenTest, ALateRecordOfCareSaysBothMissesAtOnce) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-11-03 09:00"));
  EmitInCare(kChild, "2025-09-09");
  Settle();
  EXPECT_EQ(Pep().kind(), v1::PEP_CYCLE_KIND_INITIAL);
  EXPECT_EQ(EmittedWith(&Event::has_deadline_missed).size(), 2u);
}

}  // namespace
}  // namespace pepline::scheduling
