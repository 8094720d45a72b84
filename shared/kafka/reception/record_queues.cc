#include "shared/kafka/reception/record_queues.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace pepline {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

}  // namespace

void RecordQueues::Add(InboundRecord record) {
  absl::MutexLock lock(&mutex_);
  partitions_[record.place()].records[record.offset] = {clock_()};
  std::shared_ptr<KeyQueue>& queue = queues_[{record.topic, record.key}];
  if (queue == nullptr) queue = std::make_shared<KeyQueue>();
  queue->records.push_back(std::move(record));
  ++unfinished_;
}

void RecordQueues::StartDue() {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    KeyQueue& one = *queue->second;
    if (one.at_work || one.try_at > now) {
      ++queue;
      continue;
    }
    if (one.records.empty()) {
      queue = queues_.erase(queue);
      continue;
    }
    one.at_work = true;
    if (!pool_.TrySubmit([this, kept = queue->second] { Work(*kept); })) {
      one.at_work = false;  // the pool is full; the rest in the next round
      return;
    }
    ++at_work_;
    ++queue;
  }
}

void RecordQueues::Work(KeyQueue& queue) {
  while (true) {
    const InboundRecord* first = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      if (queue.left || queue.records.empty()) {
        queue.at_work = false;
        --at_work_;
        return;
      }
      first = &queue.records.front();  // stays where it is while others come behind it
    }
    const absl::Status status = handle_(*first);
    absl::MutexLock lock(&mutex_);
    if (queue.left) continue;
    Partition& partition = partitions_[first->place()];
    if (queue.waiting) --partition.waiting_queues;
    queue.waiting = !status.ok();
    if (status.ok()) {
      SetDone(*first);
      queue.pause = absl::ZeroDuration();
      queue.records.pop_front();
      --unfinished_;
      continue;
    }
    ++partition.waiting_queues;
    queue.pause = std::clamp(2 * queue.pause, kShortestPause, kLongestPause);
    queue.try_at = absl::Now() + queue.pause;
    queue.at_work = false;
    --at_work_;
    return;
  }
}

void RecordQueues::SetDone(const InboundRecord& record) {
  Partition& partition = partitions_[record.place()];
  auto& records = partition.records;
  records[record.offset].done = true;
  while (!records.empty() && records.begin()->second.done) {
    partition.done_before = records.begin()->first + 1;
    records.erase(records.begin());
  }
}

absl::Time RecordQueues::NextTry() const {
  absl::MutexLock lock(&mutex_);
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [key, queue] : queues_) {
    if (!queue->at_work && !queue->records.empty()) next = std::min(next, queue->try_at);
  }
  return next;
}

std::map<KafkaPlace, std::int64_t> RecordQueues::TakeDone() {
  absl::MutexLock lock(&mutex_);
  return TakeDoneLocked();
}

std::map<KafkaPlace, std::int64_t> RecordQueues::TakeDoneLocked() {
  std::map<KafkaPlace, std::int64_t> done;
  for (auto& [place, partition] : partitions_) {
    if (partition.done_before >= 0) done[place] = partition.done_before;
    partition.done_before = -1;
  }
  return done;
}

std::map<KafkaPlace, RecordQueues::Standing> RecordQueues::Standings() const {
  absl::MutexLock lock(&mutex_);
  std::map<KafkaPlace, Standing> all;
  for (const auto& [place, partition] : partitions_) {
    if (partition.records.empty()) continue;
    all[place] = {partition.waiting_queues, partition.records.size(),
                  partition.records.begin()->second.at};
  }
  return all;
}

std::size_t RecordQueues::unfinished() const {
  absl::MutexLock lock(&mutex_);
  return unfinished_;
}

int RecordQueues::at_work() const {
  absl::MutexLock lock(&mutex_);
  return at_work_;
}

bool RecordQueues::AwaitFewerThan(std::size_t records, absl::Duration bound) const {
  const auto fewer = [this, records]()
                         ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return unfinished_ < records; };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&fewer), bound);
}

std::map<KafkaPlace, std::int64_t> RecordQueues::Leave(absl::Duration bound) {
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return at_work_ == 0; };
  absl::MutexLock lock(&mutex_);
  for (auto& [key, queue] : queues_) {
    // The first may be at work; it ends and counts, nothing behind it begins.
    if (queue->records.size() > 1) queue->records.resize(1);
  }
  mutex_.AwaitWithTimeout(absl::Condition(&idle), bound);
  auto done = TakeDoneLocked();
  for (auto& [key, queue] : queues_) queue->left = true;
  queues_.clear();
  partitions_.clear();
  unfinished_ = 0;
  return done;
}

}  // namespace pepline
