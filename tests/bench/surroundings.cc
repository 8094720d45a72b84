#include "tests/bench/surroundings.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "services/scheduling/metrics.h"
#include "shared/kafka/kafka_client.h"
#include "tests/unit/scheduling/plan_story.h"
#include "tools/stack/environment.h"

namespace pepline::bench {

namespace {

// A broker's first producer waits for what a broker sets up once; that is nobody's figure.
absl::Status Warm(const std::string& bootstrap) {
  bool taken = false;
  auto producer = MakeProducer(
      {.bootstrap_servers = bootstrap, .client_id = "warm", .extra = {{"log_level", "3"}}},
      [](rd_kafka_t*, const rd_kafka_message_t* message, void* owner) {
        *static_cast<bool*>(owner) = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
      },
      &taken);
  if (!producer.ok()) return producer.status();
  absl::Status sent = Produce(producer->get(), "pepline.registry.events.v1.registry.dead-letters",
                              "warm", "warm", {}, nullptr);
  if (!sent.ok()) return sent;
  rd_kafka_flush(producer->get(), 30'000);
  return taken ? absl::OkStatus() : absl::UnavailableError("the broker takes nothing");
}

}  // namespace

absl::StatusOr<Broker> Broker::Start(const std::string& folder, const std::string& kafka_jars) {
  const std::string topics = SourceFolder() + "/deploy/topics.yaml";
  Broker broker;
  if (KafkaServer::Available(kafka_jars).ok()) {
    auto kafka = KafkaServer::Start(kafka_jars, folder, topics);
    if (!kafka.ok()) return kafka.status();
    broker.kafka_ = *std::move(kafka);
  } else {
    auto dev = DevBroker::Start(folder, topics);
    if (!dev.ok()) return dev.status();
    broker.dev_ = *std::move(dev);
  }
  if (absl::Status warm = Warm(broker.bootstrap()); !warm.ok()) return warm;
  return broker;
}

Scheduling::Scheduling(int redis_port, const Clock& clock)
    : clock_(clock),
      metrics_(scheduling::SchedulingMetrics()),
      store_(RedisStore::Create({.port = redis_port, .service = "scheduling"}, &metrics_)),
      reference_(*store_),
      facts_(*store_, clock, reference_),
      engine_{.store = *store_,
              .clock = clock,
              .metrics = metrics_,
              .topic = "pepline.scheduling.events.v1",
              .source = "/pepline/scheduling"},
      inbound_(engine_, facts_, reference_) {}

absl::Status Scheduling::AwaitRedis() {
  if (WaitUntil([this] { return store_->CheckLayout().ok(); }, absl::Seconds(10))) {
    return absl::OkStatus();
  }
  return store_->CheckLayout();
}

absl::Status Scheduling::Receive(const registry::v1::RegistryEvent& event) {
  return inbound_.OnRecord(
      {.topic = std::string(scheduling::kRegistryTopic), .value = event.SerializeAsString()});
}

absl::Status Scheduling::PutChildren(const std::vector<std::string>& children) {
  const absl::Time now = clock_.Now();
  // Once: facts that change wake everybody, and that would be measured along.
  if (!std::exchange(facts_put_, true)) {
    for (const auto& event : {events_.BankHolidays(now), events_.TermDates(now),
                              events_.PolicyAdopted(scheduling::UsualPolicy(), now)}) {
      if (absl::Status status = Receive(event); !status.ok()) return status;
    }
  }
  absl::Mutex mutex;
  absl::Status trouble;
  std::vector<std::function<void()>> tasks;
  for (const std::string& child : children) {
    tasks.push_back([&, in_care = events_.InCare(child, "2019-03-01", now),
                     enrolled = events_.Enrolled(child, kSchool, "2019-03-01", now)] {
      absl::Status status = Receive(in_care);
      status.Update(Receive(enrolled));
      absl::MutexLock lock(&mutex);
      trouble.Update(status);
    });
  }
  pool_.RunAll(std::move(tasks));
  return trouble;
}

std::vector<std::string> ChildrenOf(int round, int count) {
  std::vector<std::string> children;
  for (int i = 0; i < count; ++i) children.push_back(absl::StrFormat("chd-%04d%016d", round, i));
  return children;
}

absl::Time TermBegins() { return At("2025-09-02 07:00"); }

}  // namespace pepline::bench
