#include "shared/kafka/outbox_relay.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/kafka_topics.h"
#include "shared/kafka/partition_state.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr absl::Duration kTroublePause = absl::Milliseconds(100);
constexpr absl::Duration kStopBound = absl::Seconds(2);
// Between two peeks at another replica's share lies several times what Kafka usually takes, so
// that what that one has sent is gone from the outbox at the second.
constexpr int kPeekAfterDeliveries = 5;
constexpr absl::Duration kShortestPeek = absl::Milliseconds(25);
constexpr absl::Duration kLongestPeek = absl::Seconds(1);

}  // namespace

struct OutboxRelay::Parts {
  struct Sent {
    int partition;
    std::string entry_id;
    absl::Time at;
    int kafka_partition;
  };

  Parts(Store& given_store, Metrics& given_metrics, KafkaOptions given_kafka,
        std::string given_topic, OutboxRelayOptions given_options)
      : store(given_store),
        metrics(given_metrics),
        kafka(std::move(given_kafka)),
        topic(std::move(given_topic)),
        options(given_options),
        states(static_cast<std::size_t>(store.partitions())) {}

  Store& store;
  Metrics& metrics;
  const KafkaOptions kafka;
  const std::string topic;
  const OutboxRelayOptions options;
  std::thread thread;

  absl::Mutex mutex;
  std::set<int> notified ABSL_GUARDED_BY(mutex);
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  absl::Status ready ABSL_GUARDED_BY(mutex) = absl::UnavailableError("Kafka: not asked yet");

  // Below: the relay's thread alone.
  std::vector<PartitionState> states;
  KafkaHandle producer;
  bool broken = false;  // a delivery failed: build a new producer and send again from the oldest
  // A broker takes any number for the first that it hears of a new producer: where it refused the
  // first event, since it did not lead the partition yet, and then took the second, the first would
  // come behind it. So the first event of each Kafka partition is sent alone.
  int kafka_partitions = 1;
  std::set<int> first_under_way, first_taken;
  absl::Time look_again = absl::InfinitePast();
  absl::Duration usual_delivery = absl::ZeroDuration();  // a moving average

  void Run();
  bool EnsureProducer();
  void DropProducer();
  void LookSoon(int partition);
  void PeekOtherReplica();
  absl::Duration BetweenPeeks() const {
    return std::clamp(kPeekAfterDeliveries * usual_delivery, kShortestPeek, kLongestPeek);
  }
  absl::Time NextPeek() const;
  int KafkaPartitionOf(const std::string& key) const {
    return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(), kafka_partitions,
                                            nullptr, nullptr);
  }
  void FirstIsTaken(int kafka_partition);
  bool SendOnce();  // true when something was handed over
  void DeleteOnce();
  absl::Time NextAsk() const;  // when a partition that did not answer is asked again
  // Since when the partition that has waited longest has got nothing done.
  std::optional<SteadyTime> OldestWaiting();
  std::size_t InFlight() const;
  static void OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* owner);
};

OutboxRelay::OutboxRelay(Store& store, Metrics& metrics, KafkaOptions kafka, std::string topic,
                         OutboxRelayOptions options)
    : parts_(std::make_unique<Parts>(store, metrics, std::move(kafka), std::move(topic), options)) {
}

OutboxRelay::~OutboxRelay() { Stop(); }

void OutboxRelay::Start() {
  parts_->thread = std::thread([parts = parts_.get()] { parts->Run(); });
}

void OutboxRelay::Stop() {
  {
    absl::MutexLock lock(&parts_->mutex);
    parts_->stopping = true;
  }
  if (parts_->thread.joinable()) parts_->thread.join();
}

void OutboxRelay::Notify(int partition) {
  absl::MutexLock lock(&parts_->mutex);
  parts_->notified.insert(partition);
}

absl::Status OutboxRelay::Ready() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->ready;
}

void OutboxRelay::Parts::OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* owner) {
  auto* self = static_cast<Parts*>(owner);
  const std::unique_ptr<Sent> sent(static_cast<Sent*>(message->_private));
  PartitionState& state = self->states[static_cast<std::size_t>(sent->partition)];
  --state.in_flight;
  self->usual_delivery += (absl::Now() - sent->at - self->usual_delivery) / 16;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (!self->broken) self->FirstIsTaken(sent->kafka_partition);
    // After a failure nothing later of the partition may be deleted before what failed; it is sent
    // again.
    if (!self->broken) state.persisted.push_back(std::move(sent->entry_id));
    return;
  }
  if (!self->broken) {
    LogWarning("an event was not taken by Kafka; it is sent again",
               {{LogField::kCause, rd_kafka_err2str(message->err)}});
  }
  self->metrics.Count("pepline_outbox_relay_failures_total",
                      {{"cause", rd_kafka_err2name(message->err)}});
  self->broken = true;
}

void OutboxRelay::Parts::FirstIsTaken(int kafka_partition) {
  if (!first_taken.insert(kafka_partition).second) return;
  for (PartitionState& state : states) {
    state.look = state.look || std::exchange(state.waits_for_first, false);
  }
}

std::size_t OutboxRelay::Parts::InFlight() const {
  std::size_t count = 0;
  for (const PartitionState& state : states) count += state.in_flight;
  return count;
}

bool OutboxRelay::Parts::EnsureProducer() {
  if (producer == nullptr) {
    auto made = MakeProducer(kafka, OnDelivered, this);
    if (!made.ok()) {
      absl::MutexLock lock(&mutex);
      ready = made.status();
      return false;
    }
    producer = *std::move(made);
    broken = false;
  }
  {
    absl::MutexLock lock(&mutex);
    if (ready.ok()) return true;
  }
  const auto partitions = CheckTopic(producer.get(), topic, 1000);
  kafka_partitions = partitions.value_or(kafka_partitions);
  absl::MutexLock lock(&mutex);
  ready = partitions.status();
  return ready.ok();
}

void OutboxRelay::Parts::DropProducer() {
  if (producer == nullptr) return;
  broken = true;  // so that late reports delete nothing
  rd_kafka_purge(producer.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (InFlight() > 0) rd_kafka_poll(producer.get(), 50);  // every report comes after a purge
  producer.reset();
  broken = false;
  first_under_way.clear();
  first_taken.clear();
  for (PartitionState& state : states) {
    state =
        PartitionState{.persisted = std::move(state.persisted), .waits_since = state.waits_since};
  }
}

// At once in our own share; in another replica's when that one leaves it.
void OutboxRelay::Parts::LookSoon(int partition) {
  PartitionState& state = states[static_cast<std::size_t>(partition)];
  if (options.ownership == nullptr || options.ownership->Owns(partition)) {
    state.look = true;
  } else {
    state.peek_at = std::min(state.peek_at, absl::Now() + BetweenPeeks());
  }
}

void OutboxRelay::Parts::PeekOtherReplica() {
  const absl::Time now = absl::Now();
  for (std::size_t i = 0; i < states.size(); ++i) {
    PartitionState& state = states[i];
    if (now < state.NextPeek()) continue;
    state.peek_at = now + BetweenPeeks();
    const auto head = store.ReadOutbox(static_cast<int>(i), 1, "");
    if (!head.ok()) {
      state.StoreIsAway(absl::Now());
      continue;
    }
    const std::string id = head->empty() ? "" : head->front().entry_id;
    if (!id.empty() && id == state.seen_at_head) state.look = true;
    if (id.empty() || state.look) state.peek_at = absl::InfiniteFuture();
    state.seen_at_head = state.look ? "" : id;
  }
}

absl::Time OutboxRelay::Parts::NextPeek() const {
  absl::Time next = absl::InfiniteFuture();
  for (const PartitionState& state : states) next = std::min(next, state.NextPeek());
  return next;
}

bool OutboxRelay::Parts::SendOnce() {
  bool handed_over = false;
  for (std::size_t i = 0; i < states.size(); ++i) {
    PartitionState& state = states[i];
    if (!state.look || absl::Now() < state.ask_at) continue;
    const int partition = static_cast<int>(i);
    // Ids come from the clock of Redis's node, and one that was promoted may have an older clock.
    if (state.in_flight == 0 && state.persisted.empty()) state.last_sent.clear();
    auto entries = store.ReadOutbox(partition, options.batch, state.last_sent);
    if (!entries.ok()) {
      state.StoreIsAway(absl::Now());  // look stays set
      continue;
    }
    state.pause = absl::ZeroDuration();
    state.waits_for_first = false;
    state.look = static_cast<int>(entries->size()) == options.batch;
    for (OutboxEntry& entry : *entries) {
      const OutboxRecord& record = entry.record;
      const int to = KafkaPartitionOf(record.key);
      if (!first_taken.contains(to) && first_under_way.contains(to)) {
        state.look = false;
        state.waits_for_first = true;
        break;
      }
      auto sent = std::make_unique<Sent>(Sent{partition, entry.entry_id, absl::Now(), to});
      if (!Produce(producer.get(), record.topic, record.key, record.value, record.headers,
                   sent.get())
               .ok()) {
        state.look = true;  // librdkafka's queue is full; the rest comes in the next round
        return handed_over;
      }
      sent.release();  // comes back in OnDelivered
      first_under_way.insert(to);
      state.last_sent = std::move(entry.entry_id);
      ++state.in_flight;
      handed_over = true;
    }
  }
  return handed_over;
}

void OutboxRelay::Parts::DeleteOnce() {
  for (std::size_t i = 0; i < states.size(); ++i) {
    std::vector<std::string>& persisted = states[i].persisted;
    if (persisted.empty() || absl::Now() < states[i].ask_at) continue;
    if (!store.DeleteOutbox(static_cast<int>(i), persisted).ok()) {
      states[i].StoreIsAway(absl::Now());
      continue;
    }
    metrics.Count("pepline_outbox_relayed_total", {}, static_cast<double>(persisted.size()));
    persisted.clear();
    states[i].progress = true;
  }
}

absl::Time OutboxRelay::Parts::NextAsk() const {
  absl::Time next = absl::InfiniteFuture();
  for (const PartitionState& state : states) {
    if (state.WaitsForStore()) next = std::min(next, state.ask_at);
  }
  return next;
}

std::optional<SteadyTime> OutboxRelay::Parts::OldestWaiting() {
  std::optional<SteadyTime> oldest;
  for (PartitionState& state : states) {
    if (!state.HasWork()) {
      state.waits_since.reset();
    } else if (!state.waits_since || state.progress) {
      state.waits_since = metrics.heartbeats().Now();
    }
    state.progress = false;
    if (state.waits_since && (!oldest || *state.waits_since < *oldest)) oldest = state.waits_since;
  }
  return oldest;
}

void OutboxRelay::Parts::Run() {
  const auto heartbeat = metrics.heartbeats().Begin("relay");
  absl::Time stop_by = absl::InfiniteFuture();
  while (true) {
    heartbeat->Turned();
    {
      absl::MutexLock lock(&mutex);
      if (stopping && stop_by == absl::InfiniteFuture()) {
        stop_by = absl::Now() + kStopBound;
        look_again = absl::InfinitePast();  // one last look at everything of ours
      }
      for (const int partition : notified) LookSoon(partition);
      notified.clear();
    }
    if (absl::Now() >= look_again) {
      for (int partition = 0; partition < store.partitions(); ++partition) LookSoon(partition);
      look_again = absl::Now() + options.safety_poll;
    }
    bool idle = true;
    bool trouble = !EnsureProducer();
    if (!trouble) {
      PeekOtherReplica();
      idle = !SendOnce();
      rd_kafka_poll(producer.get(), InFlight() > 0 && idle ? 1 : 0);
      char reason[256];
      if (broken || rd_kafka_fatal_error(producer.get(), reason, sizeof(reason)) != 0) {
        metrics.Count("pepline_producer_rebuilds_total");
        DropProducer();
        trouble = true;
      }
      idle = idle && InFlight() == 0;
    }
    DeleteOnce();
    heartbeat->SetOldest(OldestWaiting());
    const absl::Time ask_at = NextAsk();
    if (absl::Now() > stop_by || (stop_by != absl::InfiniteFuture() && (idle || trouble))) break;
    if (!idle && !trouble) continue;
    const absl::Duration nap =
        trouble ? kTroublePause
                : std::min({options.safety_poll, NextPeek() - absl::Now(), ask_at - absl::Now()});
    absl::MutexLock lock(&mutex);
    const auto woken = [this, trouble]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
      return stopping || (!trouble && !notified.empty());
    };
    mutex.AwaitWithTimeout(absl::Condition(&woken), nap);
  }
  DropProducer();
}

}  // namespace pepline
