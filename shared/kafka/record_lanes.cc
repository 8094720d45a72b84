#include "shared/kafka/record_lanes.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace pepline {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

}  // namespace

void RecordLanes::Add(InboundRecord record) {
  absl::MutexLock lock(&mutex_);
  partitions_[record.place()].records[record.offset] = {clock_()};
  std::shared_ptr<Lane>& lane = lanes_[{record.topic, record.key}];
  if (lane == nullptr) lane = std::make_shared<Lane>();
  lane->records.push_back(std::move(record));
  ++unfinished_;
}

void RecordLanes::StartDue() {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  for (auto lane = lanes_.begin(); lane != lanes_.end();) {
    Lane& one = *lane->second;
    if (one.at_work || one.try_at > now) {
      ++lane;
      continue;
    }
    if (one.records.empty()) {
      lane = lanes_.erase(lane);
      continue;
    }
    one.at_work = true;
    if (!pool_.TrySubmit([this, kept = lane->second] { Work(*kept); })) {
      one.at_work = false;  // the pool is full; the rest in the next round
      return;
    }
    ++at_work_;
    ++lane;
  }
}

void RecordLanes::Work(Lane& lane) {
  while (true) {
    const InboundRecord* first = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      if (lane.left || lane.records.empty()) {
        lane.at_work = false;
        --at_work_;
        return;
      }
      first = &lane.records.front();  // stays where it is while others come behind it
    }
    const absl::Status status = handle_(*first);
    absl::MutexLock lock(&mutex_);
    if (lane.left) continue;
    Partition& partition = partitions_[first->place()];
    if (lane.waiting) --partition.waiting_lanes;
    lane.waiting = !status.ok();
    if (status.ok()) {
      SetDone(*first);
      lane.pause = absl::ZeroDuration();
      lane.records.pop_front();
      --unfinished_;
      continue;
    }
    ++partition.waiting_lanes;
    lane.pause = std::clamp(2 * lane.pause, kShortestPause, kLongestPause);
    lane.try_at = absl::Now() + lane.pause;
    lane.at_work = false;
    --at_work_;
    return;
  }
}

void RecordLanes::SetDone(const InboundRecord& record) {
  Partition& partition = partitions_[record.place()];
  auto& records = partition.records;
  records[record.offset].done = true;
  while (!records.empty() && records.begin()->second.done) {
    partition.done_before = records.begin()->first + 1;
    records.erase(records.begin());
  }
}

absl::Time RecordLanes::NextTry() const {
  absl::MutexLock lock(&mutex_);
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [key, lane] : lanes_) {
    if (!lane->at_work && !lane->records.empty()) next = std::min(next, lane->try_at);
  }
  return next;
}

std::map<KafkaPlace, std::int64_t> RecordLanes::TakeDone() {
  absl::MutexLock lock(&mutex_);
  return TakeDoneLocked();
}

std::map<KafkaPlace, std::int64_t> RecordLanes::TakeDoneLocked() {
  std::map<KafkaPlace, std::int64_t> done;
  for (auto& [place, partition] : partitions_) {
    if (partition.done_before >= 0) done[place] = partition.done_before;
    partition.done_before = -1;
  }
  return done;
}

std::map<KafkaPlace, RecordLanes::Standing> RecordLanes::Standings() const {
  absl::MutexLock lock(&mutex_);
  std::map<KafkaPlace, Standing> all;
  for (const auto& [place, partition] : partitions_) {
    if (partition.records.empty()) continue;
    all[place] = {partition.waiting_lanes, partition.records.size(),
                  partition.records.begin()->second.at};
  }
  return all;
}

std::size_t RecordLanes::unfinished() const {
  absl::MutexLock lock(&mutex_);
  return unfinished_;
}

int RecordLanes::at_work() const {
  absl::MutexLock lock(&mutex_);
  return at_work_;
}

bool RecordLanes::AwaitFewerThan(std::size_t records, absl::Duration bound) const {
  const auto fewer = [this, records]()
                         ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return unfinished_ < records; };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&fewer), bound);
}

std::map<KafkaPlace, std::int64_t> RecordLanes::Leave(absl::Duration bound) {
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return at_work_ == 0; };
  absl::MutexLock lock(&mutex_);
  for (auto& [key, lane] : lanes_) {
    // The first may be at work; it ends and counts, nothing behind it begins.
    if (lane->records.size() > 1) lane->records.resize(1);
  }
  mutex_.AwaitWithTimeout(absl::Condition(&idle), bound);
  auto done = TakeDoneLocked();
  for (auto& [key, lane] : lanes_) lane->left = true;
  lanes_.clear();
  partitions_.clear();
  unfinished_ = 0;
  return done;
}

}  // namespace pepline
