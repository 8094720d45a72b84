// What Redis holds beside the states follows from the states: index and alarms, rebuilt from the
// stored SDQs, equal the stored ones. And what happens at the same moment agrees afterwards.
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/assessments/storage/codec.h"
#include "tests/component/assessments/assessments_fixture.h"
#include "tests/component/support/stored_records.h"

namespace pepline::assessments {
namespace {

class AssessmentsStoredTest : public AssessmentsTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }
  static std::string SdqOf(int number, const char* informant = "teacher") {
    return absl::StrCat(ChildOf(number), ".1.pep.", informant);
  }
  void ExpectStoredEqualsRebuilt() {
    Settle();
    StoredRecords rebuilt;
    for (const std::string& id : Listed({})) {
      const auto key = ParseSdqId(id);
      ASSERT_TRUE(key.has_value());
      const auto state = Read<SdqCodec>(*store_, TargetOf(*key));
      ASSERT_TRUE(state.ok() && state->has_value());
      const int partition = PartitionOf(key->child.text(), store_->partitions());
      rebuilt.AddOf({"assessments", partition, "sdq", id}, Sdq::Index(**state),
                    Sdq::NextWake(**state, {service_->clock().Now()}));
    }
    ExpectSame(rebuilt, ReadStored(service_->redis().port(), "assessments"));
  }
};

TEST_F(AssessmentsStoredTest, IndexAndAlarmsRebuiltFromTheStatesEqualTheStoredOnes) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  for (int i = 0; i < 8; ++i) {
    EmitInCare(ChildOf(i));
    EmitPepOpened(ChildOf(i));
    if (i < 6) EmitMeeting("2025-09-16", ChildOf(i));
  }
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());

  Done(&Stub::MarkSdqSent, Sending(SdqOf(0)));
  Done(&Stub::RecordSdqAnswers, Answering(kAllNought, SdqOf(1)));
  Done(&Stub::ReviewSdq, Reviewing("", SdqOf(1)));
  Done(&Stub::RecordSdqAnswers, Answering("00-0000-0000-000000000000", SdqOf(2)));
  Done(&Stub::RecordSdqNotObtained, NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ5, SdqOf(2)));
  Done(&Stub::ConfirmSdqNotObtained,
       Confirming("asked twice", SdqOf(3), v1::SDQ_NOT_OBTAINED_REASON_SDQ5), VirtualSchool());
  EmitMeetingCancelled(ChildOf(4));
  EmitMeetingMoved("2025-09-25", ChildOf(5));
  auto carers = Requesting(v1::SDQ_INFORMANT_CARER);
  carers.set_child_id(ChildOf(5));
  Done(&Stub::RequestSdq, carers);
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());

  MoveClockTo("2025-09-17 09:00");
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());
  EmitPepClosed(ChildOf(0));
  EmitPepOpened(ChildOf(0), 2);
  Done(&Stub::RecordSdqScores, Scoring(12, SdqOf(2)));
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());
  EXPECT_EQ(Listed({}).size(), 10u);
}

TEST_F(AssessmentsStoredTest, ACommandAndTheNewsOfAMovedMeetingNeverPassEachOtherUnseen) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  constexpr int kChildren = 40;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  for (int i = 0; i < kChildren; ++i) {
    EmitInCare(ChildOf(i));
    EmitPepOpened(ChildOf(i));
    contexts.push_back(service_->Context(VirtualSchool(), absl::Seconds(30)));
  }
  Settle();
  std::vector<grpc::Status> statuses(kChildren);
  std::thread caller([&] {
    for (int i = 0; i < kChildren; ++i) {
      auto request = Requesting(v1::SDQ_INFORMANT_CARER);
      request.set_child_id(ChildOf(i));
      request.set_request_id(absl::StrCat("at-the-same-moment-", i));
      v1::RequestSdqResponse response;
      const auto at = static_cast<std::size_t>(i);
      statuses[at] = stub_->RequestSdq(contexts[at].get(), request, &response);
    }
  });
  for (int i = 0; i < kChildren; ++i) EmitMeeting("2025-09-16", ChildOf(i));
  caller.join();
  Settle();
  for (int i = 0; i < kChildren; ++i) {
    EXPECT_TRUE(statuses[static_cast<std::size_t>(i)].ok());
    for (const char* informant : {"teacher", "carer"}) {
      EXPECT_EQ(FromTimestamp(Content(SdqOf(i, informant)).sdq().required_by()),
                EndOf("2025-09-16"))
          << informant << " " << i;
    }
  }
}

}  // namespace
}  // namespace pepline::assessments
