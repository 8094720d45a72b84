// Redis and the service itself die in the middle of the work.
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/assessments/assessments_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

constexpr int kChildren = 24;

class AssessmentsFaultsTest : public AssessmentsTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-fault%015d", number); }
  static std::string SdqOf(int number) { return absl::StrCat(ChildOf(number), ".1.pep.teacher"); }

  void BeginWithChildren() {
    ASSERT_NO_FATAL_FAILURE(Begin());
    for (int i = 0; i < kChildren; ++i) {
      EmitInCare(ChildOf(i));
      EmitPepOpened(ChildOf(i));
    }
    Settle();
  }
  // Records the score under one id until it is acknowledged.
  void Insist(int child) {
    const auto request = Complete(Scoring(child, SdqOf(child)));
    EXPECT_TRUE(WaitUntil(
        [&] {
          v1::RecordSdqScoresResponse response;
          auto context = service_->Context(VirtualSchool(), absl::Seconds(2));
          const grpc::Status status = stub_->RecordSdqScores(context.get(), request, &response);
          EXPECT_TRUE(status.ok() || status.error_code() == grpc::UNAVAILABLE ||
                      status.error_code() == grpc::DEADLINE_EXCEEDED)
              << status.error_code() << " " << status.error_message();
          return status.ok();
        },
        kPatience));
  }
  // Scores every SDQ while `fault` happens between, then checks what is stored and said.
  void ScoreAllDespite(const std::function<void()>& fault) {
    ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
    for (int i = 0; i < kChildren; ++i) {
      if (i % 8 == 4) {
        ASSERT_NO_FATAL_FAILURE(fault());
      }
      Insist(i);
    }
    for (int i = 0; i < kChildren; ++i) {
      EXPECT_EQ(Content(SdqOf(i)).scores().total(), i);
      EXPECT_EQ(EmittedWith(&Event::has_sdq_scored, ChildOf(i)).size(), 1u) << i;
    }
  }
};

TEST_F(AssessmentsFaultsTest, NothingAcknowledgedIsLostOrDoubledWhenRedisIsKilled) {
  ScoreAllDespite([this] {
    service_->redis().Kill();
    ASSERT_TRUE(service_->redis().Launch().ok());
  });
}

TEST_F(AssessmentsFaultsTest, NothingAcknowledgedIsLostOrDoubledWhenTheServiceIsKilled) {
  ScoreAllDespite([this] { KillAndRestart(); });
}

TEST_F(AssessmentsFaultsTest, CommandsAreRefusedAtOnceWhileRedisIsAwayAndRecordsWait) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  service_->redis().Kill();
  EXPECT_EQ(Refused(&Stub::MarkSdqSent, Sending()), "DEPENDENCY_AWAY");
  EXPECT_EQ(refused_.error_code(), grpc::UNAVAILABLE);
  EXPECT_TRUE(WaitUntil([this] { return !service_->process().Ready(); }, kPatience));
  EmitMeeting("2025-09-16");
  ASSERT_TRUE(service_->redis().Restart().ok());
  Settle();
  EXPECT_EQ(FromTimestamp(Content().sdq().required_by()), EndOf("2025-09-16"));
  EXPECT_TRUE(WaitUntil([this] { return service_->process().Ready(); }, kPatience));
}

TEST_F(AssessmentsFaultsTest, MissesAreSaidOnceEachAlthoughRedisDiesWhileTheyAreDue) {
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren());
  for (int i = 0; i < kChildren; ++i) EmitMeeting("2025-09-16", ChildOf(i));
  Settle();
  service_->redis().Kill();
  ASSERT_TRUE(service_->clock().Set(At("2025-09-17 08:00")).ok());
  ASSERT_TRUE(service_->redis().Launch().ok());
  // Killed as soon as the first of them is said, in the middle of them.
  EXPECT_TRUE(
      WaitUntil([this] { return service_->Metric("pepline_assessments_sdqs_missing_total") >= 1; },
                kPatience));
  service_->redis().Kill();
  ASSERT_TRUE(service_->redis().Restart().ok());
  for (int i = 0; i < kChildren; ++i) {
    EXPECT_EQ(EmittedWith(&Event::has_sdq_became_missing, ChildOf(i)).size(), 1u) << i;
  }
}

}  // namespace
}  // namespace pepline::assessments
