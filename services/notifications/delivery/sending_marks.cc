#include "services/notifications/delivery/sending_marks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"

namespace pepline::notifications {
namespace {

using storage::v1::SendingMark;

constexpr int kMostAttempts = 50;  // others write to the record all the time

void Erase(storage::v1::SendingMarks& marks, const std::function<bool(const SendingMark&)>& which) {
  auto& all = *marks.mutable_marks();
  all.erase(std::remove_if(all.begin(), all.end(), which), all.end());
}

}  // namespace

std::string SendingMarksOf(int partition, int partitions) {
  for (int i = 0;; ++i) {
    std::string id = absl::StrCat("sending-", i);
    if (PartitionOf(id, partitions) == partition) return id;
  }
}

SendingMarks::SendingMarks(Store& store, const Shares& shares,
                           std::function<absl::Time()> machine_clock)
    : store_(store), shares_(shares), machine_clock_(std::move(machine_clock)) {}

bool SendingMarks::IsGone(const std::string& replica) {
  const bool lives = replica == shares_.replica() || shares_.Lives(replica);
  absl::MutexLock lock(&mutex_);
  if (lives) {
    gone_since_.erase(replica);
    return false;
  }
  const absl::Time now = machine_clock_();
  return now - gone_since_.try_emplace(replica, now).first->second >= kFreeAfter;
}

std::set<std::string> SendingMarks::TakeReleased(int partition) {
  absl::MutexLock lock(&mutex_);
  return std::exchange(released_[partition], {});
}

void SendingMarks::PutBackReleased(int partition, const std::set<std::string>& released) {
  absl::MutexLock lock(&mutex_);
  released_[partition].insert(released.begin(), released.end());
}

absl::Status SendingMarks::Change(int partition,
                                  const std::function<bool(storage::v1::SendingMarks&)>& change) {
  const RecordKey key{std::string(kSendingMarksKind),
                      SendingMarksOf(partition, store_.partitions())};
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    auto loaded = store_.Load(partition, {key}, "");
    if (!loaded.ok()) return loaded.status();
    const auto& stored = loaded->records.front();
    runtime::v1::AggregateRecord record;
    storage::v1::SendingMarks marks;
    // What cannot be read marks nothing: at worst a mail comes twice.
    if (!stored || !record.ParseFromString(stored->bytes) ||
        !marks.ParseFromString(record.state())) {
      record.Clear();
      marks.Clear();
    }
    Erase(marks, [this](const SendingMark& mark) { return IsGone(mark.replica()); });
    if (!change(marks)) return absl::OkStatus();
    record.set_state(marks.SerializeAsString());
    Commit commit{.partition = partition};
    commit.writes.push_back({key, stored ? stored->revision : 0, record.SerializeAsString()});
    const auto applied = store_.Apply(commit);
    if (applied.ok()) return absl::OkStatus();
    if (!absl::IsAborted(applied.status())) return applied.status();
  }
  return absl::AbortedError("the marks of a partition were changed by others at every attempt");
}

absl::StatusOr<bool> SendingMarks::Take(int partition, const std::string& delivery_id) {
  std::set<std::string> released = TakeReleased(partition);
  released.erase(delivery_id);
  bool ours = false;
  const absl::Status changed = Change(partition, [&](storage::v1::SendingMarks& marks) {
    Erase(marks, [&](const SendingMark& mark) {
      return mark.replica() == shares_.replica() && released.contains(mark.delivery_id());
    });
    const auto found = std::ranges::find(marks.marks(), delivery_id, &SendingMark::delivery_id);
    ours = found == marks.marks().end() || found->replica() == shares_.replica();
    if (found != marks.marks().end()) return !released.empty();
    SendingMark& mark = *marks.add_marks();
    mark.set_delivery_id(delivery_id);
    mark.set_replica(shares_.replica());
    return true;
  });
  if (!changed.ok()) {
    PutBackReleased(partition, released);
    return changed;
  }
  return ours;
}

void SendingMarks::Release(int partition, const std::string& delivery_id) {
  PutBackReleased(partition, {delivery_id});
  Flush();
}

void SendingMarks::Flush() {
  std::vector<int> partitions;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [partition, ids] : released_) {
      if (!ids.empty()) partitions.push_back(partition);
    }
  }
  for (const int partition : partitions) {
    const std::set<std::string> released = TakeReleased(partition);
    if (released.empty()) continue;
    const absl::Status changed = Change(partition, [&](storage::v1::SendingMarks& marks) {
      const int before = marks.marks_size();
      Erase(marks, [&](const SendingMark& mark) {
        return mark.replica() == shares_.replica() && released.contains(mark.delivery_id());
      });
      return marks.marks_size() != before;
    });
    if (!changed.ok()) {
      PutBackReleased(partition, released);
      return;  // it is tried again
    }
  }
}

}  // namespace pepline::notifications
