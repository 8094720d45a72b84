// Redis, the broker and the service itself die in the middle of the work.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tests/component/store/redis_teller.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;

constexpr char kWhatAStartWrites[] =
    "EXISTS {scheduling}:layout {scheduling}:marks {scheduling.00}:layout";

class SchedulingFaultsTest : public SchedulingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-fault%015d", number); }

  void BeginWithChildren(int count) {
    ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
    for (int i = 0; i < count; ++i) EmitInCare(ChildOf(i), "2019-03-01");
    Settle();
    auto signed_token = service_->signer().Sign(VirtualSchool(), absl::Minutes(10));
    ASSERT_TRUE(signed_token.ok());
    token_ = *signed_token;
  }

  // Moves a child's meeting to and fro, each move under its own id, repeated until it is
  // acknowledged. Returns how often it was.
  int MoveMeetings(const std::string& child, const std::atomic<bool>& stop,
                   std::atomic<int>& acknowledged_in_all) {
    int acknowledged = 0;
    while (!stop) {
      auto request = MovedMeeting(acknowledged % 2 == 0 ? "2025-10-21 10:00" : "2025-10-20 14:00");
      request.set_child_id(child);
      request.set_request_id(absl::StrCat(child, "-", acknowledged));
      if (!Insist(request)) return acknowledged;
      ++acknowledged;
      ++acknowledged_in_all;
    }
    return acknowledged;
  }
  bool Insist(const v1::ReschedulePepMeetingRequest& request) {
    return WaitUntil(
        [&] {
          grpc::ClientContext context;
          context.AddMetadata("authorization", absl::StrCat("Bearer ", token_));
          context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
          v1::ReschedulePepMeetingResponse response;
          const grpc::Status status = stub_->ReschedulePepMeeting(&context, request, &response);
          if (status.ok()) return true;
          EXPECT_TRUE(status.error_code() == grpc::UNAVAILABLE ||
                      status.error_code() == grpc::DEADLINE_EXCEEDED)
              << status.error_code() << " " << status.error_message();
          return false;
        },
        kPatience);
  }
  // Runs the movers while `kill` happens `kills` times, then compares what was acknowledged with
  // what is stored and said.
  void MoveMeetingsWhile(int kills, const std::function<void()>& kill) {
    constexpr int kMovers = 4;
    ASSERT_NO_FATAL_FAILURE(BeginWithChildren(kMovers));
    for (int i = 0; i < kMovers; ++i) {
      auto meeting = Meeting("2025-10-20 14:00");
      meeting.set_child_id(ChildOf(i));
      Done(&Stub::SchedulePepMeeting, meeting, VirtualSchool());
    }
    std::atomic<bool> stop = false;
    std::atomic<int> acknowledged_in_all = 0;
    std::vector<int> acknowledged(kMovers);
    std::vector<std::thread> movers;
    for (int i = 0; i < kMovers; ++i) {
      movers.emplace_back([&, i] {
        acknowledged[static_cast<std::size_t>(i)] =
            MoveMeetings(ChildOf(i), stop, acknowledged_in_all);
      });
    }
    for (int round = 0; round <= kills; ++round) {
      const int before = acknowledged_in_all;
      EXPECT_TRUE(WaitUntil([&] { return acknowledged_in_all > before + 40; }, kPatience))
          << "the work goes on";
      if (round < kills) kill();
    }
    stop = true;
    for (std::thread& mover : movers) mover.join();
    ASSERT_NO_FATAL_FAILURE(KillAndRestart());
    for (int i = 0; i < kMovers; ++i) {
      const int wanted = acknowledged[static_cast<std::size_t>(i)];
      EXPECT_GT(wanted, 0);
      EXPECT_EQ(Pep(ChildOf(i)).times_rescheduled(), wanted);
      EXPECT_EQ(EmittedWith(&Event::has_pep_meeting_rescheduled, ChildOf(i)).size(),
                static_cast<std::size_t>(wanted));
    }
  }

  std::string token_;
};

TEST_F(SchedulingFaultsTest, NothingAcknowledgedIsLostOrDoubledWhenRedisIsKilled) {
  MoveMeetingsWhile(4, [this] {
    service_->redis().Kill();
    ASSERT_TRUE(service_->redis().Restart().ok());
  });
}

TEST_F(SchedulingFaultsTest, NothingAcknowledgedIsLostOrDoubledWhenTheServiceIsKilled) {
  // Not waiting until it is ready: the development broker forgets the oldest records of a flood.
  MoveMeetingsWhile(6, [this] {
    service_->process().Kill();
    ASSERT_TRUE(service_->process().Restart().ok());
  });
}

TEST_F(SchedulingFaultsTest, CommandsAreRefusedAtOnceWhileRedisIsAwayAndRecordsWait) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  service_->redis().Kill();
  EXPECT_EQ(Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00")), "DEPENDENCY_AWAY");
  EXPECT_EQ(refused_.error_code(), grpc::UNAVAILABLE);
  EXPECT_TRUE(WaitUntil([this] { return !service_->process().Ready(); }, kPatience));
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-09-02");
  ASSERT_TRUE(service_->redis().Restart().ok());
  Settle();
  EXPECT_EQ(Pep().reference().school_urn(), kOtherSchool);
  EXPECT_TRUE(WaitUntil([this] { return service_->process().Ready(); }, kPatience));
}

TEST_F(SchedulingFaultsTest, ARedisThatComesBackWithAnotherSettingGetsNoCommandUntilItIsRight) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  service_->redis().Kill();
  service_->redis().SetSettings({"--appendfsync", "everysec"});
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(WaitUntil(
      [this] {
        return Refused(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00")) ==
                   "DEPENDENCY_AWAY" &&
               absl::StrContains(refused_.error_message(), "appendfsync=everysec");
      },
      kPatience))
      << refused_.error_message();
  EXPECT_TRUE(WaitUntil([this] { return !service_->process().Ready(); }, kPatience));
  EXPECT_TRUE(service_->process().Running());
  service_->redis().Kill();
  service_->redis().SetSettings({});
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(service_->process().WaitReady(kPatience).ok());
  EXPECT_EQ(Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00")).state(),
            v1::PEP_STATE_SCHEDULED);
}

TEST_F(SchedulingFaultsTest, AlarmsFireOnceEachHoweverOftenTheServiceIsKilled) {
  constexpr int kChildren = 30;
  ASSERT_NO_FATAL_FAILURE(BeginWithChildren(kChildren));
  for (int i = 0; i < kChildren; ++i) {
    auto meeting = Meeting("2025-10-20 14:00");
    meeting.set_child_id(ChildOf(i));
    Done(&Stub::SchedulePepMeeting, meeting, VirtualSchool());
  }
  service_->process().Kill();
  ASSERT_TRUE(service_->clock().Set(At("2025-10-16 09:00")).ok());  // past all three of each PEP
  for (int kill = 0; kill < 3; ++kill) {
    ASSERT_TRUE(service_->process().Restart().ok());
    // Killed as soon as it has begun, in the middle of them.
    EXPECT_TRUE(WaitUntil(
        [&] {
          const auto first = store_->DueAlarms(0, service_->clock().Now(), 100);
          return (first.ok() && first->empty()) || service_->process().Ready();
        },
        kPatience));
    service_->process().Kill();
  }
  KillAndRestart();
  Settle();
  for (int i = 0; i < kChildren; ++i) {
    EXPECT_EQ(EmittedWith(&Event::has_deadline_missed, ChildOf(i)).size(), 3u) << i;
  }
  EXPECT_EQ(service_->Metric("pepline_alarm_failures_total"), 0);
}

TEST_F(SchedulingFaultsTest, StopsSoonAlthoughACallerStaysConnectedAndGoesOnAfterTheStart) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  const absl::Time asked = absl::Now();
  EXPECT_EQ(service_->process().Stop(), 0);
  EXPECT_LT(absl::Now() - asked, absl::Seconds(4)) << "an idle connection is not waited for";
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_EQ(Done(&Stub::CancelPepMeeting, Cancelling()).state(), v1::PEP_STATE_DUE);
}

TEST_F(SchedulingFaultsTest, CommandsGoOnWithoutTheBrokerUntilTheOutboxIsFull) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep({{"PEPLINE_OUTBOX_LIMIT", "100"}}));
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  Settle();
  service_->broker().Kill();
  std::string reason;
  int moved = 0;
  for (; reason.empty() && moved < 100; ++moved) {
    v1::ReschedulePepMeetingResponse response;
    const grpc::Status status = Call(
        &Stub::ReschedulePepMeeting,
        Complete(MovedMeeting(moved % 2 == 0 ? "2025-10-21 10:00" : "2025-10-20 14:00")), response);
    if (!status.ok()) reason = ReasonOf(status);
  }
  EXPECT_EQ(reason, "OVERLOADED") << "the outbox is bounded";
  EXPECT_GT(moved, 20) << "three events each, a hundred fit";
  const auto depth = store_->MeasureOutbox();
  ASSERT_TRUE(depth.ok());
  EXPECT_LE(depth->entries, 100);
  // The gauge that the alert looks at says so, although fifteen other partitions are empty.
  EXPECT_TRUE(WaitUntil([this] { return service_->Metric("pepline_outbox_fullest_ratio") >= 0.97; },
                        kPatience))
      << service_->Metric("pepline_outbox_fullest_ratio");
  EXPECT_EQ(Pep().times_rescheduled(), moved - 1) << "the refused one changed nothing";
}

TEST_F(SchedulingFaultsTest, AnEmptiedRedisIsNotTakenForANewOne) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(TellRedis(service_->redis().port(), "", "", "FLUSHALL"), "OK");
  EXPECT_TRUE(WaitUntil([this] { return !service_->process().Ready(); }, kPatience));
  EXPECT_THAT(std::string(service_->process().WaitReady(absl::Seconds(1)).message()),
              testing::HasSubstr("has lost"));
  EmitInCare("chd-another00000000001", "2019-03-01");  // waits, like everything that would write
  // A start refuses, and says what may be done.
  ASSERT_TRUE(service_->process().Restart().ok());
  EXPECT_TRUE(WaitUntil([this] { return !service_->process().Running(); }, kPatience));
  EXPECT_EQ(service_->process().ExitCode(), 3);
  const std::string log = ReadFile(service_->process().log_file()).value_or("");
  for (const char* way : {"--rebuild", "--restored", "PEPLINE_FIRST_START=true"}) {
    EXPECT_THAT(log, testing::HasSubstr(way));
  }
  EXPECT_EQ(TellRedis(service_->redis().port(), "", "", kWhatAStartWrites), "0");
  service_->process().SetEnvironment("PEPLINE_FIRST_START", "true");
  ASSERT_TRUE(service_->process().Restart().ok());
  const absl::Status ready = service_->process().WaitReady(kPatience);
  EXPECT_TRUE(ready.ok()) << ready;
}

TEST_F(SchedulingFaultsTest, AFirstStartWaitsForKafkaToTellThatItIsOne) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  service_->broker().Kill();
  service_->process().Kill();
  EXPECT_EQ(TellRedis(service_->redis().port(), "", "", "FLUSHALL"), "OK");
  ASSERT_TRUE(service_->process().Restart().ok());
  absl::Status waits;
  EXPECT_TRUE(WaitUntil(
      [&] {
        waits = service_->process().WaitReady(absl::Seconds(1));
        return std::string(waits.message()).find("Kafka cannot be asked") != std::string::npos;
      },
      kPatience))
      << waits;
  EXPECT_TRUE(service_->process().Running());
  EXPECT_EQ(TellRedis(service_->redis().port(), "", "", kWhatAStartWrites), "0");
}

TEST_F(SchedulingFaultsTest, WhileTheClockDiffersFromRedissNothingIsSaidAndWhatIsHeardWaits) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  Settle();
  const std::size_t emitted = Emitted().size();
  // The service is forty days ahead of Redis: its rules' clock, and its machine's.
  service_->redis().Kill();
  setenv("LD_PRELOAD", absl::StrCat(ProgramFolder(), "/libshifted_clock.so").c_str(), 1);
  setenv("SHIFTED_CLOCK_SECONDS", absl::StrCat(-40 * 24 * 3600).c_str(), 1);
  const absl::Status back = service_->redis().Restart();
  unsetenv("LD_PRELOAD");
  unsetenv("SHIFTED_CLOCK_SECONDS");
  ASSERT_TRUE(back.ok()) << back;
  EXPECT_TRUE(
      WaitUntil([this] { return service_->Metric("pepline_clock_trusted") == 0; }, kPatience));
  EXPECT_NEAR(service_->Metric("pepline_clock_ahead_seconds"), 40 * 24 * 3600, 60);
  ASSERT_TRUE(service_->clock().Set(At("2025-11-29 09:00")).ok());
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-10-13");
  EXPECT_EQ(Refused(&Stub::CancelPepMeeting, Cancelling()), "DEPENDENCY_AWAY");
  EXPECT_EQ(Pep().state(), v1::PEP_STATE_SCHEDULED) << "what is stored can be read";
  EXPECT_FALSE(service_->process().Ready());
  EXPECT_TRUE(WaitUntil([this] { return store_->MeasureOutbox().ok(); }, kPatience));
  EXPECT_EQ(store_->MeasureOutbox()->entries, 0) << "no deadline was missed";
  const auto records = service_->Events(kTopicOfScheduling);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(std::ranges::count(*records, std::string(kChild), &ReadRecord::key), emitted);
  // Once the clocks agree everything goes on from where it stood.
  service_->redis().Kill();
  ASSERT_TRUE(service_->redis().Restart().ok());
  EXPECT_TRUE(service_->process().WaitReady(kPatience).ok());
  Settle();
  EXPECT_THAT(EmittedWith(&Event::has_pep_transferred_to_school), testing::SizeIs(1));
}

}  // namespace
}  // namespace pepline::scheduling
