#include "shared/kafka/consumer_lag.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr absl::Duration kBetween = absl::Seconds(1);
constexpr int kAnswerWithinMilliseconds = 2000;
// An operator may give a topic more of them.
constexpr double kPartitionsLastSeconds = 30;
// Instants that a replica which is behind remembers; of more, every other one is forgotten.
constexpr std::size_t kMostSamples = 128;
// What librdkafka takes in the place of an instant.
constexpr std::int64_t kBeginning = RD_KAFKA_OFFSET_BEGINNING;
constexpr std::int64_t kEnd = RD_KAFKA_OFFSET_END;

KafkaPlaces ListOf(const std::set<KafkaPlace>& places, std::int64_t offset) {
  KafkaPlaces list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
  for (const auto& [topic, partition] : places) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  }
  return list;
}

double SecondsSince(SteadyTime then, SteadyTime now) {
  return std::max(0.0, std::chrono::duration<double>(now - then).count());
}

}  // namespace

ConsumerLag::ConsumerLag(KafkaOptions kafka, std::string group, std::vector<std::string> topics,
                         Metrics& metrics)
    : kafka_(std::move(kafka)),
      group_(std::move(group)),
      topics_(std::move(topics)),
      metrics_(metrics) {}

ConsumerLag::~ConsumerLag() { Stop(); }

void ConsumerLag::Start() {
  measured_at_ = metrics_.heartbeats().Now();
  thread_ = std::thread([this] { Run(); });
}

void ConsumerLag::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ConsumerLag::SetAssigned(const std::set<KafkaPlace>& places) {
  absl::MutexLock lock(&mutex_);
  std::erase_if(partitions_, [&](const auto& entry) { return !places.contains(entry.first); });
  for (const KafkaPlace& place : places) partitions_.try_emplace(place);
  asked_anew_ = true;
}

void ConsumerLag::SetDone(const KafkaPlace& place, std::int64_t done_before) {
  absl::MutexLock lock(&mutex_);
  const auto found = partitions_.find(place);
  if (found == partitions_.end()) return;
  found->second.done_before = std::max(found->second.done_before.value_or(0), done_before);
  found->second.Catch();
}

void ConsumerLag::Partition::Catch() {
  while (done_before && !samples.empty() && samples.front().end <= *done_before) {
    caught_up = samples.front().at;
    samples.pop_front();
  }
}

absl::Time ConsumerLag::CaughtUpSince(const KafkaPlace& place) const {
  absl::MutexLock lock(&mutex_);
  const auto found = partitions_.find(place);
  return found == partitions_.end() ? absl::InfinitePast() : found->second.caught_up;
}

absl::Time ConsumerLag::CaughtUpSince(const std::string& topic, const std::string& key) const {
  int partitions = 0;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = partitions_of_.find(topic);
    if (found == partitions_of_.end() || found->second <= 0) return absl::InfinitePast();
    partitions = found->second;
  }
  // As every sender's partitioner does; it looks at nothing but the key.
  return CaughtUpSince({topic, rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(),
                                                                partitions, nullptr, nullptr)});
}

absl::Time ConsumerLag::BehindSince(const KafkaPlace& place) const {
  absl::MutexLock lock(&mutex_);
  const auto found = partitions_.find(place);
  const bool behind = found != partitions_.end() && !found->second.samples.empty();
  return behind ? found->second.samples.front().at : absl::InfiniteFuture();
}

absl::Status ConsumerLag::AskPartitions() {
  std::map<std::string, int> partitions;
  for (const std::string& topic : topics_) {
    rd_kafka_topic_t* handle = rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr);
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error =
        rd_kafka_metadata(client_.get(), 0, handle, &metadata, kAnswerWithinMilliseconds);
    rd_kafka_topic_destroy(handle);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return absl::UnavailableError(rd_kafka_err2str(error));
    }
    if (metadata->topic_cnt > 0) partitions[topic] = metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
  }
  partitions_asked_at_ = metrics_.heartbeats().Now();
  absl::MutexLock lock(&mutex_);
  partitions_of_ = std::move(partitions);
  return absl::OkStatus();
}

absl::Status ConsumerLag::Ask(const std::set<KafkaPlace>& places, std::int64_t which,
                              std::map<KafkaPlace, std::int64_t>& offsets) {
  const KafkaPlaces list = ListOf(places, which);
  if (const auto error =
          rd_kafka_offsets_for_times(client_.get(), list.get(), kAnswerWithinMilliseconds);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::UnavailableError(rd_kafka_err2str(error));
  }
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return absl::UnavailableError(absl::StrCat(one.topic, ": ", rd_kafka_err2str(one.err)));
    }
    offsets[{one.topic, one.partition}] = one.offset;
  }
  return absl::OkStatus();
}

// Of partitions that were given to this replica and of which it has done nothing yet.
absl::Status ConsumerLag::AskCommitted(const std::set<KafkaPlace>& places) {
  const KafkaPlaces list = ListOf(places, RD_KAFKA_OFFSET_INVALID);
  if (const auto error = rd_kafka_committed(client_.get(), list.get(), kAnswerWithinMilliseconds);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::UnavailableError(rd_kafka_err2str(error));
  }
  std::map<KafkaPlace, std::int64_t> committed;
  std::set<KafkaPlace> never;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return absl::UnavailableError(absl::StrCat(one.topic, ": ", rd_kafka_err2str(one.err)));
    }
    if (one.offset < 0) {
      never.insert({one.topic, one.partition});
    } else {
      committed[{one.topic, one.partition}] = one.offset;
    }
  }
  if (!never.empty()) {
    if (absl::Status asked = Ask(never, kBeginning, committed); !asked.ok()) return asked;
  }
  for (const auto& [place, offset] : committed) SetDone(place, std::max<std::int64_t>(0, offset));
  return absl::OkStatus();
}

absl::Status ConsumerLag::Measure() {
  std::set<KafkaPlace> places, unknown;
  {
    absl::MutexLock lock(&mutex_);
    asked_anew_ = false;
    for (const auto& [place, partition] : partitions_) {
      places.insert(place);
      if (!partition.done_before) unknown.insert(place);
    }
  }
  if (client_ == nullptr) {
    KafkaOptions own = kafka_;
    own.extra = ForConsumers(std::move(own.extra));
    own.extra.erase("group.instance.id");  // joins no group, and only looks at its offsets
    auto made =
        MakeKafka(RD_KAFKA_CONSUMER, own, {{"group.id", group_}, {"enable.auto.commit", "false"}},
                  [](rd_kafka_conf_t*) {});
    if (!made.ok()) return made.status();
    client_ = *std::move(made);
  }
  rd_kafka_poll(client_.get(), 0);  // what it has to say of its brokers
  if (partitions_asked_at_ == SteadyTime::min() ||
      SecondsSince(partitions_asked_at_, metrics_.heartbeats().Now()) >= kPartitionsLastSeconds) {
    if (absl::Status asked = AskPartitions(); !asked.ok()) return asked;
  }
  if (!unknown.empty()) {
    if (absl::Status asked = AskCommitted(unknown); !asked.ok()) return asked;
  }
  const absl::Time before = absl::Now();
  std::map<KafkaPlace, std::int64_t> ends;
  // Without partitions of its own a replica asks all the same whether the broker answers.
  if (places.empty()) return Ask({{topics_.front(), 0}}, kEnd, ends);
  if (absl::Status asked = Ask(places, kEnd, ends); !asked.ok()) return asked;
  absl::MutexLock lock(&mutex_);
  for (const auto& [place, end] : ends) {
    const auto found = partitions_.find(place);
    if (found == partitions_.end()) continue;  // taken away meanwhile
    Partition& partition = found->second;
    partition.end = std::max<std::int64_t>(0, end);
    partition.measured = true;
    if (partition.samples.size() >= kMostSamples) {
      std::deque<Partition::Sample> fewer;
      for (std::size_t i = 0; i < partition.samples.size(); i += 2) {
        fewer.push_back(partition.samples[i]);
      }
      partition.samples = std::move(fewer);
    }
    partition.samples.push_back({before, partition.end});
    partition.Catch();
  }
  return absl::OkStatus();
}

void ConsumerLag::Show() {
  const SteadyTime now = metrics_.heartbeats().Now();
  struct Sums {
    std::int64_t lag = 0, position = 0;
    int own = 0, of = 0;  // partitions
  };
  std::map<std::string, Sums> topics;
  for (const std::string& topic : topics_) topics[topic];
  bool all_measured = true;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [topic, count] : partitions_of_) topics[topic].of = count;
    for (const auto& [place, partition] : partitions_) {
      ++topics[place.first].own;
      all_measured = all_measured && partition.measured && partition.done_before;
      const std::int64_t done = partition.done_before.value_or(0);
      topics[place.first].position += done;
      topics[place.first].lag += std::max<std::int64_t>(0, partition.end - done);
    }
  }
  metrics_.Set("pepline_consumer_lag_measured_age_seconds", {}, SecondsSince(measured_at_, now));
  for (const auto& [topic, sums] : topics) {
    if (sums.of <= 0) continue;  // not known yet
    metrics_.Set("pepline_consumer_partitions_ratio", {{"topic", topic}},
                 static_cast<double>(sums.own) / sums.of);
  }
  if (!all_measured) return;  // what stands is as old as it is said to be
  for (const auto& [topic, sums] : topics) {
    metrics_.Set("pepline_consumer_lag_records", {{"topic", topic}}, static_cast<double>(sums.lag));
    metrics_.Set("pepline_consumer_position_records", {{"topic", topic}},
                 static_cast<double>(sums.position));
  }
}

void ConsumerLag::Run() {
  for (const std::string& topic : topics_) {
    // They are there at 0, so that the first one is seen.
    metrics_.Count("pepline_consumer_dead_letters_total", {{"topic", topic}}, 0);
  }
  absl::Status known;
  while (true) {
    const absl::Status measured = Measure();
    if (measured.ok()) {
      measured_at_ = metrics_.heartbeats().Now();
    } else if (known.ok()) {
      LogWarning("how far the topics are ahead cannot be measured",
                 {{LogField::kCause, std::string(measured.message())}});
    }
    known = measured;
    Show();
    const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stopping_ || asked_anew_;
    };
    absl::MutexLock lock(&mutex_);
    // A trouble is not asked about the faster because partitions come and go.
    mutex_.AwaitWithTimeout(absl::Condition(&woken), kBetween);
    if (stopping_) break;
  }
  client_.reset();
}

}  // namespace pepline
