#include "shared/kafka/consumer.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/kafka/consumer_lag.h"
#include "shared/kafka/growing_pause.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/kafka/kafka_topics.h"
#include "shared/kafka/read_from_beginning.h"
#include "shared/kafka/reading_watch.h"
#include "shared/kafka/reception/reception.h"
#include "shared/kafka/reception/record_queues.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

// A slow broker may take as long over TLS and a password; then a new client is made.
constexpr absl::Duration kClientMayTake = absl::Seconds(5);
// How long a poll waits: with nothing to do, and while workers are at it.
constexpr absl::Duration kIdlePoll = absl::Milliseconds(100);
constexpr absl::Duration kBusyPoll = absl::Milliseconds(5);
// Of one Kafka partition, beyond which it is not read for now: keys that wait, and records that are
// held back behind one that is not done.
constexpr int kMostWaiting = 16;
constexpr std::size_t kMostHeld = 1024;
// Workers get as long to make room before partitions are paused.
constexpr absl::Duration kRoomWithin = absl::Milliseconds(500);
// What is at work gets as long when its partitions are taken away, or at the end.
constexpr absl::Duration kLeaveWithin = absl::Seconds(10);
// Offsets are committed every half second; what was received need not be kept more often than this.
constexpr absl::Duration kBetweenKeeping = absl::Milliseconds(50);
constexpr absl::Duration kKeepAgainAfter = absl::Seconds(1);
// How often it is looked whether the client reads.
constexpr absl::Duration kBetweenLooks = absl::Seconds(1);

}  // namespace

struct Consumer::Parts {
  KafkaOptions kafka;
  const ConsumerOptions options;
  Metrics& metrics;
  WorkerPool& pool;
  const Handler handler;
  std::thread thread = {};
  std::atomic<bool> stopping = false;

  mutable absl::Mutex mutex = {};
  absl::Status ready ABSL_GUARDED_BY(mutex) = absl::UnavailableError("Kafka: not joined yet");

  // The consumer's thread alone.
  KafkaHandle client = {};
  absl::Time made_at = absl::InfinitePast();
  bool subscribed = false;
  std::string broken = {};  // why, if it is
  GrowingPause pauses = {};
  absl::Time rests_until = absl::InfinitePast();
  ReadingWatch watch = {};
  absl::Time watch_at = absl::InfinitePast();
  std::set<KafkaPlace> assigned = {};
  std::set<KafkaPlace> paused = {};
  std::map<KafkaPlace, std::int64_t> to_store = {};  // done, and not stored as such yet
  absl::Time keep_at = absl::InfinitePast();

  const std::string service{absl::StripPrefix(options.group, "pepline.")};
  Reception reception{kafka, service, options.store, metrics, handler};
  RecordQueues queues{pool, [this] { return metrics.heartbeats().Now(); },
                      [this](const InboundRecord& record) { return reception.Receive(record); }};
  ConsumerLag lag{kafka, options.group, options.topics, metrics};

  void Run();
  bool MakeClient();
  bool Open();
  void SetReady(absl::Status status) {
    absl::MutexLock lock(&mutex);
    ready = std::move(status);
  }
  void Read();
  void NoteError(const rd_kafka_message_t& message);
  void MakeRoom();
  void WatchReading(const std::map<KafkaPlace, RecordQueues::Standing>& standings);
  void Break(const std::string& cause);
  void SetPaused(const std::set<KafkaPlace>& places, bool pause);
  enum class When { kSoon, kNow };
  void StoreOffsets(const std::map<KafkaPlace, std::int64_t>& done, When when);
  void LeavePartitions();
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                          rd_kafka_topic_partition_list_t* partitions, void* owner);
};

Consumer::Consumer(KafkaOptions kafka, ConsumerOptions options, Metrics& metrics, WorkerPool& pool,
                   Handler handler)
    : parts_(new Parts{.kafka = std::move(kafka),
                       .options = std::move(options),
                       .metrics = metrics,
                       .pool = pool,
                       .handler = std::move(handler)}) {}

Consumer::~Consumer() { Stop(); }

void Consumer::Start() {
  parts_->lag.Start();
  parts_->thread = std::thread([parts = parts_.get()] { parts->Run(); });
  parts_->reception.Start();
}

void Consumer::Stop() {
  parts_->stopping = true;
  if (parts_->thread.joinable()) parts_->thread.join();
  parts_->reception.Stop();
  parts_->lag.Stop();
}

absl::Status Consumer::Ready() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->ready;
}

absl::Time Consumer::CaughtUpSince(const std::string& topic, int partition) const {
  return parts_->lag.CaughtUpSince({topic, partition});
}

absl::Time Consumer::CaughtUpSince(const std::string& topic, const std::string& key) const {
  const absl::Time read = parts_->lag.CaughtUpSince(topic, key);
  // What is parked was read, and has had no effect.
  return std::min(read, parts_->reception.ParkedSince(topic, key).value_or(read));
}

void Consumer::Parts::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                                  rd_kafka_topic_partition_list_t* partitions, void* owner) {
  auto* self = static_cast<Parts*>(owner);
  self->LeavePartitions();  // eager: what was assigned is taken away first
  if (error != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(client, nullptr);
    return;
  }
  const auto from_beginning = ReadFromBeginning(client, *partitions);
  rd_kafka_assign(client, partitions);
  // librdkafka keeps a pause over revocation and assignment.
  rd_kafka_resume_partitions(client, partitions);
  for (int i = 0; i < partitions->cnt; ++i) {
    self->assigned.emplace(partitions->elems[i].topic, partitions->elems[i].partition);
  }
  self->lag.SetAssigned(self->assigned);
  self->watch.SetAssigned(self->assigned, absl::Now());
  self->reception.Assigned(self->assigned, from_beginning);
  self->SetReady(absl::OkStatus());
}

// What is done counts; what is not comes again, to whoever has the partitions then.
void Consumer::Parts::LeavePartitions() {
  StoreOffsets(queues.Leave(kLeaveWithin), When::kNow);
  to_store.clear();
  SetPaused(paused, false);
  paused.clear();
  assigned.clear();
  lag.SetAssigned({});
  watch.SetAssigned({}, absl::Now());
  reception.Assigned({}, {});
}

bool Consumer::Parts::MakeClient() {
  KafkaOptions own = kafka;
  std::string& instance = own.extra["group.instance.id"];
  instance = InstanceId(instance, kafka.client_id, options.topics);
  own.extra = ForConsumers(std::move(own.extra));
  auto made = MakeKafka(RD_KAFKA_CONSUMER, own, OwnConsumerSettings(options.group),
                        [this](rd_kafka_conf_t* conf) {
                          rd_kafka_conf_set_opaque(conf, this);
                          rd_kafka_conf_set_rebalance_cb(conf, OnRebalance);
                        });
  if (!made.ok()) {
    SetReady(made.status());
    return false;
  }
  client = *std::move(made);
  made_at = absl::Now();
  subscribed = false;
  return true;
}

bool Consumer::Parts::Open() {
  if (client == nullptr && !MakeClient()) return false;
  if (subscribed) return true;
  const KafkaPlaces topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(options.topics.size())));
  for (const std::string& topic : options.topics) {
    // A topic that does not exist would be waited for in silence; without its dead letters a record
    // that cannot be read would be tried for ever.
    absl::Status known = CheckTopic(client.get(), topic, 1000).status();
    if (known.ok()) {
      known = CheckTopic(client.get(), DeadLetterTopic(topic, service), 1000).status();
    }
    if (!known.ok()) {
      SetReady(absl::IsNotFound(known) ? absl::FailedPreconditionError(known.message()) : known);
      if (absl::Now() - made_at > kClientMayTake) client.reset();
      return false;
    }
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  rd_kafka_poll_set_consumer(client.get());
  rd_kafka_subscribe(client.get(), topics.get());
  subscribed = true;
  return true;
}

void Consumer::Parts::NoteError(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    SetReady(absl::FailedPreconditionError(
        "Kafka lacks a topic that is consumed; create the topics of deploy/topics.yaml"));
  }
  // After a starting broker's answer about offsets ("Not coordinator") librdkafka 2.0.2 would wait
  // for ever with its partitions assigned; a new client asks again.
  if (message.err > 0 && message.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    broken = "its broker answered with an error";
  }
  LogWarning("a consumer's trouble", {{LogField::kCause, rd_kafka_err2str(message.err)}});
}

void Consumer::Parts::Read() {
  const absl::Duration until_next = queues.NextTry() - absl::Now();
  const absl::Duration wait =
      queues.at_work() > 0 ? kBusyPoll : std::clamp(until_next, absl::ZeroDuration(), kIdlePoll);
  std::vector<InboundRecord> records;
  for (int read = 0; read < options.batch; ++read) {
    const auto bound = static_cast<int>(absl::ToInt64Milliseconds(wait));
    const KafkaMessage message(rd_kafka_consumer_poll(client.get(), read == 0 ? bound : 0));
    if (message == nullptr) break;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(ToInboundRecord(*message));
      watch.Read(records.back().place(), absl::Now());
    } else {
      NoteError(*message);
    }
  }
  reception.Fetch(records);
  for (InboundRecord& record : records) queues.Add(std::move(record));
}

void Consumer::Parts::SetPaused(const std::set<KafkaPlace>& places, bool pause) {
  if (places.empty() || client == nullptr) return;
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
  for (const auto& [topic, partition] : places) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  }
  if (pause) {
    rd_kafka_pause_partitions(client.get(), list.get());
  } else {
    rd_kafka_resume_partitions(client.get(), list.get());
  }
}

// Memory is bounded: a partition of which much waits or is held back is not read for now, and none
// with anything unfinished when the workers do not keep up.
void Consumer::Parts::MakeRoom() {
  const std::size_t most = 2 * static_cast<std::size_t>(options.batch);
  if (paused.empty() && queues.unfinished() == 0) return;
  const bool too_slow = queues.unfinished() >= most && !queues.AwaitFewerThan(most, kRoomWithin);
  const auto standings = queues.Standings();
  std::set<KafkaPlace> pause, resume;
  for (const auto& [place, standing] : standings) {
    const bool full = standing.waiting_queues >= kMostWaiting || standing.held >= kMostHeld;
    if ((too_slow || full) && !paused.contains(place)) pause.insert(place);
  }
  const bool room = queues.unfinished() < most / 2;
  for (const KafkaPlace& place : paused) {
    const auto standing = standings.find(place);
    if (standing == standings.end() ||
        (room && standing->second.waiting_queues < kMostWaiting / 2 &&
         standing->second.held < kMostHeld / 2)) {
      resume.insert(place);
    }
  }
  SetPaused(pause, true);
  SetPaused(resume, false);
  paused.insert(pause.begin(), pause.end());
  for (const KafkaPlace& place : resume) paused.erase(place);
}

// What was received is kept before its offset is stored, so that nothing that comes later is taken
// for the next event by mistake.
void Consumer::Parts::StoreOffsets(const std::map<KafkaPlace, std::int64_t>& done, When when) {
  for (const auto& [place, offset] : done) {
    to_store[place] = offset;
    lag.SetDone(place, offset);
  }
  if (to_store.empty() || client == nullptr) return;
  if (when == When::kSoon && absl::Now() < keep_at) return;
  if (!reception.Keep().ok()) {
    keep_at = absl::Now() + kKeepAgainAfter;
    return;
  }
  keep_at = absl::Now() + kBetweenKeeping;
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(to_store.size())));
  for (const auto& [place, offset] : to_store) {
    rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset =
        offset;
  }
  to_store.clear();
  const rd_kafka_resp_err_t error = rd_kafka_offsets_store(client.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    LogWarning("offsets were not stored; the records come again without effect",
               {{LogField::kCause, rd_kafka_err2str(error)}});
  }
}

void Consumer::Parts::WatchReading(const std::map<KafkaPlace, RecordQueues::Standing>& standings) {
  const absl::Time now = absl::Now();
  if (now < watch_at) return;
  watch_at = now + kBetweenLooks;
  for (const KafkaPlace& place : assigned) {
    if (paused.contains(place) || standings.contains(place)) {
      watch.Rest(place, now);
    } else if (watch.Stands(place, lag.BehindSince(place), now)) {
      broken = absl::StrCat("it reads nothing of partition ", place.second, " of ", place.first,
                            ", though there is more");
    }
  }
}

void Consumer::Parts::Break(const std::string& cause) {
  LogWarning("the Kafka consumer broke; a new one is made", {{LogField::kCause, cause}});
  SetReady(absl::UnavailableError(absl::StrCat("Kafka: ", cause)));
  LeavePartitions();
  client.reset();
}

void Consumer::Parts::Run() {
  const auto heartbeat = metrics.heartbeats().Begin("consumer");
  while (!stopping) {
    heartbeat->Turned();
    if (absl::Now() < rests_until) {
      absl::SleepFor(absl::Milliseconds(20));
      continue;
    }
    if (!Open()) {
      const absl::Time end = absl::Now() + absl::Milliseconds(200);
      while (!stopping && absl::Now() < end) absl::SleepFor(absl::Milliseconds(20));
      continue;
    }
    Read();
    queues.StartDue();
    StoreOffsets(queues.TakeDone(), When::kSoon);
    MakeRoom();
    const auto standings = queues.Standings();
    WatchReading(standings);
    std::optional<SteadyTime> oldest;
    for (const auto& [place, standing] : standings) {
      if (!oldest || standing.oldest_read_at < *oldest) oldest = standing.oldest_read_at;
    }
    heartbeat->SetOldest(oldest);
    char reason[256] = "";
    switch (rd_kafka_fatal_error(client.get(), reason, sizeof(reason))) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        break;
      case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
        broken = "another process has the same group.instance.id; give each its own";
        metrics.Count("pepline_consumer_displaced_total");
        rests_until = absl::Now() + pauses.AfterBreak(absl::Now());
        break;
      default:
        broken = reason;
    }
    if (!broken.empty()) Break(std::exchange(broken, {}));
  }
  LeavePartitions();
  if (client != nullptr) rd_kafka_consumer_close(client.get());  // commits what was stored
  client.reset();
}

}  // namespace pepline
