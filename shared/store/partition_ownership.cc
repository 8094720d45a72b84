#include "shared/store/partition_ownership.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

std::string NewName() {
  std::random_device random;
  return absl::StrCat(absl::Hex(random()), "-", absl::Hex(random()), "-", absl::Hex(random()));
}

}  // namespace

PartitionOwnership::PartitionOwnership(std::function<absl::Time()> machine_clock)
    : machine_clock_(std::move(machine_clock)), replica_(NewName()) {}

void PartitionOwnership::Learn(std::vector<std::string> living) {
  absl::MutexLock lock(&mutex_);
  living_ = std::move(living);
  learnt_at_ = machine_clock_();
}

bool PartitionOwnership::HasNews() const {
  return !living_.empty() && machine_clock_() - learnt_at_ < kNewsLast;
}

bool PartitionOwnership::Owns(int partition) const {
  absl::MutexLock lock(&mutex_);
  return !HasNews() || living_[static_cast<std::size_t>(partition) % living_.size()] == replica_;
}

bool PartitionOwnership::IsOnlyReplica() const {
  absl::MutexLock lock(&mutex_);
  return HasNews() && living_.size() == 1;
}

bool PartitionOwnership::Lives(const std::string& replica) const {
  absl::MutexLock lock(&mutex_);
  return !HasNews() || std::ranges::find(living_, replica) != living_.end();
}

}  // namespace pepline
