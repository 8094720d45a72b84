#include "shared/runtime/consumer.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/runtime/dead_letters.h"
#include "shared/runtime/kafka_client.h"
#include "shared/runtime/kafka_settings.h"
#include "shared/runtime/kafka_topics.h"
#include "shared/runtime/log.h"

namespace pepline {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);
// A slow broker may take as long over TLS and a password; then a new client is made.
constexpr absl::Duration kClientMayTake = absl::Seconds(5);
constexpr absl::Duration kMeasureEvery = absl::Seconds(1);

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

// The records of one key that wait, in order.
struct Lane {
  std::deque<InboundRecord> records;
  absl::Status stuck;  // why the first of them could not be handled
};

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
  std::set<std::pair<std::string, int>> assigned = {};
  bool revoked = false, broken = false;  // since the present batch was read
  absl::Time measure_at = absl::InfinitePast();

  const std::string service{absl::StripPrefix(options.group, "pepline.")};
  DeadLetters dead_letters{kafka, service};

  void Run();
  bool MakeClient();
  bool Open();
  void SetReady(absl::Status status) {
    absl::MutexLock lock(&mutex);
    ready = std::move(status);
  }
  std::vector<KafkaMessage> ReadBatch();
  void NoteError(const rd_kafka_message_t& message);
  void HandleBatch(const std::vector<KafkaMessage>& batch);
  void HandleLane(Lane& lane);
  absl::Status HandleRecord(const InboundRecord& record);
  void KeepMembership(absl::Duration pause);
  void PauseAll(bool pause);
  void StoreOffsets(const std::vector<KafkaMessage>& batch);
  void Measure();
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
  parts_->thread = std::thread([parts = parts_.get()] { parts->Run(); });
}

void Consumer::Stop() {
  parts_->stopping = true;
  if (parts_->thread.joinable()) parts_->thread.join();
}

absl::Status Consumer::Ready() const {
  absl::MutexLock lock(&parts_->mutex);
  return parts_->ready;
}

void Consumer::Parts::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                                  rd_kafka_topic_partition_list_t* partitions, void* owner) {
  auto* self = static_cast<Parts*>(owner);
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(client, partitions);
    // librdkafka keeps a pause over revocation and assignment.
    rd_kafka_resume_partitions(client, partitions);
    for (int i = 0; i < partitions->cnt; ++i) {
      self->assigned.emplace(partitions->elems[i].topic, partitions->elems[i].partition);
    }
    self->SetReady(absl::OkStatus());
    return;
  }
  rd_kafka_assign(client, nullptr);
  self->assigned.clear();
  self->revoked = true;
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

std::vector<KafkaMessage> Consumer::Parts::ReadBatch() {
  std::vector<KafkaMessage> batch;
  revoked = broken = false;
  while (batch.size() < static_cast<std::size_t>(options.batch)) {
    KafkaMessage message(rd_kafka_consumer_poll(client.get(), batch.empty() ? 100 : 0));
    if (message == nullptr) break;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      batch.push_back(std::move(message));
    } else {
      NoteError(*message);
    }
  }
  return batch;
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

void Consumer::Parts::HandleLane(Lane& lane) {
  lane.stuck = absl::OkStatus();
  while (!lane.records.empty()) {
    lane.stuck = HandleRecord(lane.records.front());
    if (!lane.stuck.ok()) return;
    lane.records.pop_front();
  }
}

void Consumer::Parts::PauseAll(bool pause) {
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(assigned.size())));
  for (const auto& [topic, partition] : assigned) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  }
  if (pause) {
    rd_kafka_pause_partitions(client.get(), list.get());
  } else {
    rd_kafka_resume_partitions(client.get(), list.get());
  }
}

// Everything is paused: polling only keeps the place in the group.
void Consumer::Parts::KeepMembership(absl::Duration pause) {
  const absl::Time end = absl::Now() + pause;
  while (!stopping && !revoked && absl::Now() < end) {
    const KafkaMessage message(rd_kafka_consumer_poll(client.get(), 20));
    if (message == nullptr) continue;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      NoteError(*message);
      continue;
    }
    // It was on its way before the pause: read it again later.
    const KafkaPlaces back(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(back.get(), rd_kafka_topic_name(message->rkt),
                                      message->partition)
        ->offset = message->offset;
    rd_kafka_error_t* error = rd_kafka_seek_partitions(client.get(), back.get(), 1000);
    if (error != nullptr) {
      rd_kafka_error_destroy(error);
      revoked = true;  // start over from the stored offsets
    }
  }
}

void Consumer::Parts::HandleBatch(const std::vector<KafkaMessage>& batch) {
  std::map<std::string, Lane> lanes;
  for (const KafkaMessage& message : batch) {
    InboundRecord record = ToRecord(*message);
    std::string lane = absl::StrCat(record.topic, "/", record.key);
    lanes[std::move(lane)].records.push_back(std::move(record));
  }
  bool paused = false;
  absl::Duration pause = kShortestPause;
  while (true) {
    std::vector<std::function<void()>> tasks;
    for (auto& [key, lane] : lanes) {
      if (!lane.records.empty()) tasks.push_back([this, &lane = lane] { HandleLane(lane); });
    }
    if (tasks.empty()) break;
    pool.RunAll(std::move(tasks));
    std::size_t left = 0;
    for (const auto& [key, lane] : lanes) {
      if (lane.records.empty()) continue;
      if (left == 0) {
        LogWarning("a record waits, since something it needs is away",
                   {{LogField::kTopic, lane.records.front().topic},
                    {LogField::kCause, std::string(lane.stuck.message())}});
      }
      ++left;
    }
    if (left == 0) break;
    metrics.Count("pepline_consumer_retries_total", {}, static_cast<double>(left));
    if (!paused) PauseAll(true);
    paused = true;
    KeepMembership(pause);
    // What is left comes again: to whoever has the partitions now, or after the next start.
    if (stopping || revoked) {
      PauseAll(false);
      return;
    }
    pause = std::min(2 * pause, kLongestPause);
  }
  if (paused) PauseAll(false);
  StoreOffsets(batch);
}

void Consumer::Parts::StoreOffsets(const std::vector<KafkaMessage>& batch) {
  std::map<std::pair<std::string, int>, std::int64_t> next;
  for (const KafkaMessage& message : batch) {
    std::int64_t& offset = next[{rd_kafka_topic_name(message->rkt), message->partition}];
    offset = std::max(offset, message->offset + 1);
  }
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
  for (const auto& [place, offset] : next) {
    if (!assigned.contains(place)) continue;  // somebody else reads it now
    rd_kafka_topic_partition_list_add(list.get(), place.first.c_str(), place.second)->offset =
        offset;
  }
  const rd_kafka_resp_err_t error = rd_kafka_offsets_store(client.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    LogWarning("offsets were not stored; the records come again without effect",
               {{LogField::kCause, rd_kafka_err2str(error)}});
  }
}

void Consumer::Parts::Measure() {
  if (absl::Now() < measure_at) return;
  measure_at = absl::Now() + kMeasureEvery;
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(assigned.size())));
  for (const auto& [topic, partition] : assigned) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  }
  if (rd_kafka_position(client.get(), list.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::map<std::string, std::int64_t> lag, position;
  for (const std::string& topic : options.topics) lag[topic] = position[topic] = 0;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& place = list->elems[i];
    std::int64_t low = 0, high = 0;
    if (place.offset < 0 ||
        rd_kafka_get_watermark_offsets(client.get(), place.topic, place.partition, &low, &high) !=
            RD_KAFKA_RESP_ERR_NO_ERROR) {
      continue;
    }
    lag[place.topic] += std::max<std::int64_t>(0, high - place.offset);
    position[place.topic] += place.offset;
  }
  for (const auto& [topic, records] : lag) {
    metrics.Set("pepline_consumer_lag_records", {{"topic", topic}}, static_cast<double>(records));
    metrics.Set("pepline_consumer_position_records", {{"topic", topic}},
                static_cast<double>(position[topic]));
    metrics.Count("pepline_consumer_dead_letters_total", {{"topic", topic}}, 0);  // is there at 0
  }
}

void Consumer::Parts::Run() {
  while (!stopping) {
    if (!Open()) {
      const absl::Time end = absl::Now() + absl::Milliseconds(200);
      while (!stopping && absl::Now() < end) absl::SleepFor(absl::Milliseconds(20));
      continue;
    }
    if (const auto batch = ReadBatch(); !batch.empty()) HandleBatch(batch);
    Measure();
    char reason[256] = "its broker answered with an error";
    if (rd_kafka_fatal_error(client.get(), reason, sizeof(reason)) != 0 || broken) {
      LogWarning("the Kafka consumer broke; a new one is made", {{LogField::kCause, reason}});
      SetReady(absl::UnavailableError(absl::StrCat("Kafka: ", reason)));
      assigned.clear();
      client.reset();
    }
  }
  if (client != nullptr) rd_kafka_consumer_close(client.get());  // commits what was stored
  client.reset();
}

}  // namespace pepline
