#include "shared/runtime/consumer.h"

#include <unistd.h>

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
#include "shared/runtime/consumer_lag.h"
#include "shared/runtime/dead_letters.h"
#include "shared/runtime/heartbeat.h"
#include "shared/runtime/kafka_client.h"
#include "shared/runtime/kafka_settings.h"
#include "shared/runtime/kafka_topics.h"
#include "shared/runtime/log.h"
#include "shared/runtime/parked_records.h"
#include "shared/runtime/record_lanes.h"

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
constexpr absl::Duration kBetweenLooksAtParked = absl::Seconds(1);
constexpr absl::Duration kBetweenWarnings = absl::Seconds(1);

InboundRecord ToRecord(const rd_kafka_message_t& message) {
  InboundRecord record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.key = Bytes(message.key, message.key_len);
  record.value = Bytes(message.payload, message.len);
  record.headers = HeadersOf(message);
  return record;
}

// A service's place in the group outlives a restart, so that a killed process that comes back goes
// on at once.
std::string InstanceId(const std::string& client_id) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return absl::StrCat(client_id, ".", host);
}

}  // namespace

struct Consumer::Parts {
  KafkaOptions kafka;
  const ConsumerOptions options;
  Metrics& metrics;
  WorkerPool& pool;
  const Handler handler;
  std::thread thread = {}, parked_thread = {};
  std::atomic<bool> stopping = false;

  mutable absl::Mutex mutex = {};
  absl::Status ready ABSL_GUARDED_BY(mutex) = absl::UnavailableError("Kafka: not joined yet");
  std::set<KafkaPlace> ours ABSL_GUARDED_BY(mutex) = {};  // as `assigned`, for other threads
  absl::Time warned_at ABSL_GUARDED_BY(mutex) = absl::InfinitePast();
  bool look_at_parked ABSL_GUARDED_BY(mutex) = true;
  bool parked_thread_ends ABSL_GUARDED_BY(mutex) = false;

  // The consumer's thread alone.
  KafkaHandle client = {};
  absl::Time made_at = absl::InfinitePast();
  bool subscribed = false;
  bool broken = false;
  std::set<KafkaPlace> assigned = {};
  std::set<KafkaPlace> paused = {};

  const std::string service{absl::StripPrefix(options.group, "pepline.")};
  DeadLetters dead_letters{kafka, service};
  std::unique_ptr<ParkedRecords> parked = {};
  RecordLanes lanes{pool, [this] { return metrics.heartbeats().Now(); },
                    [this](const InboundRecord& record) { return HandleInTurn(record); }};
  ConsumerLag lag{kafka, options.group, options.topics, metrics, [this] {
                    std::map<KafkaPlace, SteadyTime> oldest;
                    for (const auto& [place, standing] : lanes.Standings()) {
                      oldest[place] = standing.oldest_read_at;
                    }
                    return oldest;
                  }};

  void Run();
  bool MakeClient();
  bool Open();
  void SetReady(absl::Status status) {
    absl::MutexLock lock(&mutex);
    ready = std::move(status);
  }
  void Read();
  void NoteError(const rd_kafka_message_t& message);
  absl::Status HandleInTurn(const InboundRecord& record);
  absl::Status HandleRecord(const InboundRecord& record);
  void Waits(const InboundRecord& record, const absl::Status& status);
  void MakeRoom();
  void SetPaused(const std::set<KafkaPlace>& places, bool pause);
  void StoreOffsets(const std::map<KafkaPlace, std::int64_t>& done);
  void LeavePartitions();
  void TendParked();
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                          rd_kafka_topic_partition_list_t* partitions, void* owner);
};

Consumer::Consumer(KafkaOptions kafka, ConsumerOptions options, Metrics& metrics, WorkerPool& pool,
                   Handler handler)
    : parts_(new Parts{.kafka = std::move(kafka),
                       .options = std::move(options),
                       .metrics = metrics,
                       .pool = pool,
                       .handler = std::move(handler)}) {
  if (parts_->options.store == nullptr) return;
  parts_->parked = std::make_unique<ParkedRecords>(*parts_->options.store, metrics);
}

Consumer::~Consumer() { Stop(); }

void Consumer::Start() {
  parts_->lag.Start();
  parts_->thread = std::thread([parts = parts_.get()] { parts->Run(); });
  if (parts_->parked == nullptr) return;
  parts_->parked_thread = std::thread([parts = parts_.get()] { parts->TendParked(); });
}

void Consumer::Stop() {
  parts_->stopping = true;
  {
    absl::MutexLock lock(&parts_->mutex);
    parts_->parked_thread_ends = true;
  }
  if (parts_->thread.joinable()) parts_->thread.join();
  if (parts_->parked_thread.joinable()) parts_->parked_thread.join();
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
  return parts_->lag.CaughtUpSince(topic, key);
}

void Consumer::Parts::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                                  rd_kafka_topic_partition_list_t* partitions, void* owner) {
  auto* self = static_cast<Parts*>(owner);
  self->LeavePartitions();  // eager: what was assigned is taken away first
  if (error != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(client, nullptr);
    return;
  }
  rd_kafka_assign(client, partitions);
  // librdkafka keeps a pause over revocation and assignment.
  rd_kafka_resume_partitions(client, partitions);
  for (int i = 0; i < partitions->cnt; ++i) {
    self->assigned.emplace(partitions->elems[i].topic, partitions->elems[i].partition);
  }
  self->lag.SetAssigned(self->assigned);
  if (self->parked != nullptr) self->parked->Unlearn();
  {
    absl::MutexLock lock(&self->mutex);
    self->ours = self->assigned;
    self->look_at_parked = true;
  }
  self->SetReady(absl::OkStatus());
}

// What is done counts; what is not comes again, to whoever has the partitions then.
void Consumer::Parts::LeavePartitions() {
  StoreOffsets(lanes.Leave(kLeaveWithin));
  SetPaused(paused, false);
  paused.clear();
  assigned.clear();
  lag.SetAssigned({});
  absl::MutexLock lock(&mutex);
  ours.clear();
}

bool Consumer::Parts::MakeClient() {
  if (!kafka.extra.contains("group.instance.id")) {
    kafka.extra["group.instance.id"] = InstanceId(kafka.client_id);
  }
  KafkaOptions own = kafka;
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
    absl::Status known = CheckTopic(client.get(), topic, 1000);
    if (known.ok()) known = CheckTopic(client.get(), DeadLetterTopic(topic, service), 1000);
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
  broken |= message.err > 0 && message.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  LogWarning("a consumer's trouble", {{LogField::kCause, rd_kafka_err2str(message.err)}});
}

void Consumer::Parts::Read() {
  const absl::Duration until_next = lanes.NextTry() - absl::Now();
  const absl::Duration wait =
      lanes.at_work() > 0 ? kBusyPoll : std::clamp(until_next, absl::ZeroDuration(), kIdlePoll);
  for (int read = 0; read < options.batch; ++read) {
    const auto bound = static_cast<int>(absl::ToInt64Milliseconds(wait));
    const KafkaMessage message(rd_kafka_consumer_poll(client.get(), read == 0 ? bound : 0));
    if (message == nullptr) break;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      lanes.Add(ToRecord(*message));
    } else {
      NoteError(*message);
    }
  }
}

void Consumer::Parts::Waits(const InboundRecord& record, const absl::Status& status) {
  metrics.Count("pepline_consumer_retries_total");
  absl::MutexLock lock(&mutex);
  if (absl::Now() < warned_at + kBetweenWarnings) return;
  warned_at = absl::Now();
  LogWarning("a record waits, since something it needs is away",
             {{LogField::kTopic, record.topic}, {LogField::kCause, std::string(status.message())}});
}

// A record of a lane: unless something of its key is parked, it is handled.
absl::Status Consumer::Parts::HandleInTurn(const InboundRecord& record) {
  absl::Status status;
  if (parked != nullptr) {
    auto held = parked->Holds(record);
    if (held.ok() && *held) held = parked->Append(record);
    if (held.ok() && *held) return absl::OkStatus();
    status = held.status();
  }
  if (status.ok()) {
    status = HandleRecord(record);
    if (!status.ok() && !WaitsForADependency(status) && parked != nullptr) {
      absl::Status put = parked->Park(record, status);
      if (put.ok()) {
        metrics.Count("pepline_consumer_records_total",
                      {{"topic", record.topic}, {"outcome", "parked"}});
        LogError("a record cannot be handled; it was parked, and what follows of its key with it",
                 {{LogField::kTopic, record.topic},
                  {LogField::kPartition, std::to_string(record.partition)},
                  {LogField::kOffset, std::to_string(record.offset)},
                  {LogField::kCause, std::string(status.message())}});
      }
      status = std::move(put);
    }
  }
  if (!status.ok()) Waits(record, status);
  return status;
}

absl::Status Consumer::Parts::HandleRecord(const InboundRecord& record) {
  const absl::Status status = handler(record);
  if (status.ok()) {
    metrics.Count("pepline_consumer_records_total",
                  {{"topic", record.topic}, {"outcome", "handled"}});
    return status;
  }
  if (!absl::IsInvalidArgument(status)) return status;
  if (absl::Status buried = dead_letters.Bury(record, status); !buried.ok()) return buried;
  metrics.Count("pepline_consumer_records_total",
                {{"topic", record.topic}, {"outcome", "dead-letter"}});
  metrics.Count("pepline_consumer_dead_letters_total", {{"topic", record.topic}});
  LogError("a record cannot be read; it was put on the dead-letter topic",
           {{LogField::kTopic, record.topic},
            {LogField::kPartition, std::to_string(record.partition)},
            {LogField::kOffset, std::to_string(record.offset)},
            {LogField::kCause, std::string(status.message())}});
  return absl::OkStatus();
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
  if (paused.empty() && lanes.unfinished() == 0) return;
  const bool too_slow = lanes.unfinished() >= most && !lanes.AwaitFewerThan(most, kRoomWithin);
  const auto standings = lanes.Standings();
  std::set<KafkaPlace> pause, resume;
  for (const auto& [place, standing] : standings) {
    const bool full = standing.waiting_lanes >= kMostWaiting || standing.held >= kMostHeld;
    if ((too_slow || full) && !paused.contains(place)) pause.insert(place);
  }
  const bool room = lanes.unfinished() < most / 2;
  for (const KafkaPlace& place : paused) {
    const auto standing = standings.find(place);
    if (standing == standings.end() || (room && standing->second.waiting_lanes < kMostWaiting / 2 &&
                                        standing->second.held < kMostHeld / 2)) {
      resume.insert(place);
    }
  }
  SetPaused(pause, true);
  SetPaused(resume, false);
  paused.insert(pause.begin(), pause.end());
  for (const KafkaPlace& place : resume) paused.erase(place);
}

void Consumer::Parts::StoreOffsets(const std::map<KafkaPlace, std::int64_t>& done) {
  if (done.empty() || client == nullptr) return;
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(done.size())));
  for (const auto& [place, offset] : done) {
    rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset =
        offset;
    lag.SetDone(place, offset);
  }
  const rd_kafka_resp_err_t error = rd_kafka_offsets_store(client.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    LogWarning("offsets were not stored; the records come again without effect",
               {{LogField::kCause, rd_kafka_err2str(error)}});
  }
}

// What is parked is looked at every second: by whom ever it was parked, or given up.
void Consumer::Parts::TendParked() {
  const auto heartbeat = metrics.heartbeats().Begin("parked-records", {.essential = false});
  const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return look_at_parked || parked_thread_ends;
  };
  while (true) {
    {
      absl::MutexLock lock(&mutex);
      mutex.AwaitWithTimeout(absl::Condition(&woken), kBetweenLooksAtParked);
      if (parked_thread_ends) return;
      look_at_parked = false;
    }
    parked->Learn();
    parked->TryDue(
        absl::Now(),
        [this](const KafkaPlace& place) {
          absl::MutexLock lock(&mutex);
          return ours.contains(place);
        },
        [this](const InboundRecord& record) { return HandleRecord(record); });
    heartbeat->Turned();
  }
}

void Consumer::Parts::Run() {
  const auto heartbeat = metrics.heartbeats().Begin("consumer");
  while (!stopping) {
    heartbeat->Turned();
    if (!Open()) {
      const absl::Time end = absl::Now() + absl::Milliseconds(200);
      while (!stopping && absl::Now() < end) absl::SleepFor(absl::Milliseconds(20));
      continue;
    }
    Read();
    lanes.StartDue();
    StoreOffsets(lanes.TakeDone());
    MakeRoom();
    std::optional<SteadyTime> oldest;
    for (const auto& [place, standing] : lanes.Standings()) {
      if (!oldest || standing.oldest_read_at < *oldest) oldest = standing.oldest_read_at;
    }
    heartbeat->SetOldest(oldest);
    char reason[256] = "its broker answered with an error";
    if (rd_kafka_fatal_error(client.get(), reason, sizeof(reason)) != 0 || broken) {
      LogWarning("the Kafka consumer broke; a new one is made", {{LogField::kCause, reason}});
      SetReady(absl::UnavailableError(absl::StrCat("Kafka: ", reason)));
      broken = false;
      LeavePartitions();
      client.reset();
    }
  }
  LeavePartitions();
  if (client != nullptr) rd_kafka_consumer_close(client.get());  // commits what was stored
  client.reset();
}

}  // namespace pepline
