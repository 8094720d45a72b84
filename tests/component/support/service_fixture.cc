#include "tests/component/support/service_fixture.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

// True when the health service answers over this channel: a connection that died with a killed
// process is noticed by the first call on it, which should be none of the test's own.
bool Answers(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  grpc::CompletionQueue queue;
  const grpc::Slice no_bytes;
  const grpc::ByteBuffer request(&no_bytes, 1);  // the whole server, in HealthCheckRequest's terms
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool finished = false;
  queue.Next(&tag, &finished);
  return finished && status.ok();
}

constexpr std::size_t kToldOfALog = 8000;  // bytes

}  // namespace

void ServiceFixture::TearDown() {
  if (!HasFailure() || service_ == nullptr) return;
  const std::string log = ReadFile(service_->process().log_file()).value_or("");
  std::cout << "the end of the service's log:\n"
            << log.substr(log.size() - std::min(log.size(), kToldOfALog)) << "\n"
            << "its numbers:\n"
            << service_->MetricsText().value_or("none") << "\n";
}

void ServiceFixture::RunInPod() {
  auto pod = PodMemory::Create(kPodsMebibytes);
  if (pod.ok()) {
    pod_ = *std::move(pod);
  } else {
    std::cout << "not held to a pod's memory by the kernel: " << pod.status().message() << "\n";
  }
}

void ServiceFixture::ExpectNoKillInPod() const {
  if (pod_ == nullptr) return;
  EXPECT_EQ(pod_->KilledForMemory(), 0);
  std::cout << "memory of the pod: " << pod_->PeakMebibytes() << " of " << kPodsMebibytes
            << " MiB at most\n";
}

void ServiceFixture::StartService(const std::string& service, absl::Time now,
                                  std::map<std::string, std::string> environment) {
  name_ = service;
  // The development broker misses a killed member for a session, so sessions are short here; not
  // shorter than the three seconds that it lets a new group wait.
  environment.emplace("PEPLINE_KAFKA_SETTINGS",
                      "fetch.wait.max.ms=10,session.timeout.ms=4000,heartbeat.interval.ms=300");
  std::string programs;
  if (pod_ != nullptr) {
    auto folder = pod_->FolderWith(service);
    ASSERT_TRUE(folder.ok()) << folder.status();
    programs = *std::move(folder);
  }
  auto started = ServiceUnderTest::Start({.service = service,
                                          .now = now,
                                          .environment = std::move(environment),
                                          .program_folder = std::move(programs)});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  store_ = RedisStore::Create({.port = service_->redis().port(), .service = service}, nullptr);
}

common::v1::EventHeader ServiceFixture::NextHeader(const std::string& aggregate) {
  return ServiceUnderTest::Header(aggregate, ++versions_[aggregate], service_->clock().Now());
}

void ServiceFixture::EmitBytesTo(std::string_view topic, const std::string& key,
                                 const std::string& bytes) {
  CountEmitted(topic, service_->PublishBytes(std::string(topic), key, bytes, {}));
}

void ServiceFixture::CountEmitted(std::string_view topic, const absl::Status& published) {
  ASSERT_TRUE(published.ok()) << published;
  ++emitted_[std::string(topic)];
}

void ServiceFixture::Settle() {
  const auto handled = [this](const std::string& topic) {
    const std::string text = service_->MetricsText().value_or("");
    double count = 0;
    for (const char* outcome : {"handled", "dead-letter"}) {
      count +=
          ServiceUnderTest::MetricIn(text, absl::StrCat("pepline_consumer_records_total{outcome=\"",
                                                        outcome, "\",topic=\"", topic, "\"}"));
    }
    return count;
  };
  for (const auto& [topic, count] : emitted_) {
    EXPECT_TRUE(WaitUntil([&, &name = topic, wanted = count] { return handled(name) >= wanted; },
                          kPatience))
        << topic << ": " << handled(topic) << " of " << count << " records are handled";
  }
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto earliest = store_->EarliestAlarm();
        return earliest.ok() && (!earliest->has_value() || **earliest > service_->clock().Now());
      },
      kPatience))
      << "an alarm stays due";
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto depth = store_->MeasureOutbox();
        return depth.ok() && depth->entries == 0;
      },
      kPatience))
      << "the outbox does not empty";
}

void ServiceFixture::SettleAt(absl::Time at) {
  const absl::Status moved = service_->clock().Set(at);
  ASSERT_TRUE(moved.ok()) << moved;
  Settle();
}

void ServiceFixture::KillAndRestart() {
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  const absl::Status ready = service_->process().WaitReady(kPatience);
  ASSERT_TRUE(ready.ok()) << ready;
  ASSERT_TRUE(WaitUntil([this] { return Answers(service_->channel()); }, kPatience));
  emitted_.clear();
}

std::vector<ReadRecord> ServiceFixture::Buried(std::string_view topic) {
  const std::string name(topic);
  const auto buried = service_->Events(absl::StrCat(name, ".", name_, ".dead-letters"));
  EXPECT_TRUE(buried.ok()) << buried.status();
  if (!buried.ok()) return {};
  EXPECT_EQ(
      service_->Metric(absl::StrCat("pepline_consumer_dead_letters_total{topic=\"", name, "\"}")),
      buried->size());
  for (const ReadRecord& record : *buried) {
    std::map<std::string, std::string> headers(record.headers.begin(), record.headers.end());
    EXPECT_EQ(headers["pepline_topic"], name);
    EXPECT_NE(headers["pepline_offset"], "");
    EXPECT_NE(headers["pepline_reason"], "");
  }
  return *buried;
}

std::string ServiceFixture::NextRequestId() { return absl::StrCat("request-", ++requests_); }

}  // namespace pepline
