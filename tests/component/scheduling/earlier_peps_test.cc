// A term ends and an ePEP is not finalised: on the running service, on Redis and Kafka.
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using testing::HasSubstr;
using Event = v1::SchedulingEvent;

class EarlierPepsTest : public SchedulingTest {
 protected:
  // Held on 12 December, not finalised by the 19th; it is 9 January.
  void BeginInJanuary() {
    ASSERT_NO_FATAL_FAILURE(BeginWithPep());
    Done(&Stub::SchedulePepMeeting, Meeting("2025-12-12 14:00"));
    MoveClockTo("2025-12-12 16:00");
    Done(&Stub::HoldPepMeeting, Holding("2025-12-12"));
    MoveClockTo("2026-01-09 09:00");
  }
  static std::string First() { return absl::StrCat(kChild, ".1"); }
  static v1::FinaliseEpepRequest FinalisingFirst() {
    v1::FinaliseEpepRequest request;
    request.set_pep_id(First());
    return request;
  }
  static v1::WriteOffPepRequest WritingOffFirst() {
    v1::WriteOffPepRequest request;
    request.set_pep_id(First());
    request.set_reason("the school closed and its papers are lost");
    return request;
  }
  v1::GetPepResponse Answered(const std::string& pep_id) {
    v1::GetPepRequest request;
    request.set_child_id(kChild);
    request.set_pep_id(pep_id);
    v1::GetPepResponse response;
    const grpc::Status status = Call(&Stub::GetPep, request, response, VirtualSchool());
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  std::vector<std::string> Listed(const std::string& term) {
    v1::ListPepsRequest request;
    request.set_authority_code(kAuthority);
    request.set_term(term);
    v1::ListPepsResponse response;
    const grpc::Status status = Call(&Stub::ListPeps, request, response, VirtualSchool());
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> ids;
    for (const v1::Pep& pep : response.peps()) ids.push_back(pep.reference().pep_id());
    return ids;
  }
};

TEST_F(EarlierPepsTest, ANewTermEndsNoLatenessAndTheEpepIsFinalisedLate) {
  ASSERT_NO_FATAL_FAILURE(BeginInJanuary());
  const v1::GetPepResponse both = Answered("");
  EXPECT_EQ(both.pep().term(), "spring");
  ASSERT_EQ(both.earlier_size(), 1);
  EXPECT_EQ(both.earlier(0).state(), v1::PEP_STATE_HELD);
  EXPECT_EQ(DeadlineOf(both.earlier(0), Rule::kFinalised).state(),
            common::v1::DEADLINE_STATE_MISSED);
  EXPECT_TRUE(both.earlier(0).chaired_by_designated_teacher());
  EXPECT_TRUE(EmittedWith(&Event::has_pep_cycle_closed).empty());
  for (const Event& event : EmittedWith(&Event::has_deadline_withdrawn)) {
    ADD_FAILURE() << event.ShortDebugString();
  }

  EXPECT_EQ(Refused(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()), "NOT_HELD");
  EXPECT_THAT(refused_.error_message(), HasSubstr(First()));
  const v1::Pep pep = Done(&Stub::FinaliseEpep, FinalisingFirst());
  EXPECT_EQ(pep.reference().pep_id(), First());
  EXPECT_EQ(pep.state(), v1::PEP_STATE_FINALISED);
  const auto finalised = EmittedWith(&Event::has_epep_finalised);
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_EQ(finalised[0].pep().pep_id(), First());
  EXPECT_FALSE(finalised[0].epep_finalised().within_limit());
}

TEST_F(EarlierPepsTest, TheVirtualSchoolWritesItOffAndTheRecordIsKept) {
  ASSERT_NO_FATAL_FAILURE(BeginInJanuary());
  EXPECT_EQ(Refused(&Stub::WriteOffPep, WritingOffFirst()), "ROLE_NOT_ALLOWED");
  v1::WriteOffPepRequest newest = WritingOffFirst();
  newest.set_pep_id(absl::StrCat(kChild, ".2"));
  EXPECT_EQ(Refused(&Stub::WriteOffPep, newest, VirtualSchool()), "NEWEST_PEP");
  newest.clear_pep_id();
  EXPECT_EQ(Refused(&Stub::WriteOffPep, newest, VirtualSchool()), "NEWEST_PEP");
  const v1::Pep pep = Done(&Stub::WriteOffPep, WritingOffFirst(), VirtualSchool());
  EXPECT_EQ(pep.outcome(), v1::PEP_CYCLE_OUTCOME_WRITTEN_OFF);
  const auto withdrawn = EmittedWith(&Event::has_deadline_withdrawn);
  EXPECT_GE(withdrawn.size(), 1u);
  for (const Event& event : withdrawn) {
    EXPECT_TRUE(event.deadline_withdrawn().has_waived_at()) << "it is not met";
  }

  // Its record outlives a restart, and past terms find it.
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  const v1::GetPepResponse kept = Answered(First());
  EXPECT_EQ(kept.pep().state(), v1::PEP_STATE_CLOSED);
  EXPECT_EQ(kept.record().write_off_reason(), "the school closed and its papers are lost");
  EXPECT_EQ(kept.record().chair(), v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  EXPECT_EQ(Listed("autumn"), std::vector{First()});
  EXPECT_EQ(Listed("spring"), std::vector{absl::StrCat(kChild, ".2")});
  EXPECT_EQ(Listed(""), std::vector{absl::StrCat(kChild, ".2")}) << "without a term those open";
  v1::GetPepRequest none;
  none.set_child_id(kChild);
  none.set_pep_id(absl::StrCat(kChild, ".9"));
  v1::GetPepResponse response;
  EXPECT_EQ(ReasonOf(Call(&Stub::GetPep, none, response, VirtualSchool())), "NO_SUCH_PEP");
}

}  // namespace
}  // namespace pepline::scheduling
