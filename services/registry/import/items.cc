#include "services/registry/import/items.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>

#include "absl/synchronization/mutex.h"

namespace pepline::registry {
namespace {

constexpr std::size_t kAtOnce = 32;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kColumns = {
    {{"child_id", "own_id"},
     {"staff_id", "own_id"},
     {"appointment.child_id", "child_own_id"},
     {"reason", "ceased_reason"}}};

}  // namespace

std::string ColumnOf(const std::string& field) {
  for (const auto& [name, column] : kColumns) {
    if (field == name) return std::string(column);
  }
  const auto dot = field.rfind('.');
  return dot == std::string::npos ? field : field.substr(dot + 1);
}

absl::Status ForEach(WorkerPool& pool, std::size_t count,
                     const std::function<absl::Status(std::size_t)>& work,
                     const std::function<bool()>& given_up) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  absl::Mutex mutex;
  absl::Status first_failure;
  const auto walk = [&] {
    for (std::size_t i = next++; i < count && !failed; i = next++) {
      absl::Status status =
          given_up() ? absl::CancelledError("the caller has given up; repeat the import to finish")
                     : work(i);
      if (status.ok()) continue;
      failed = true;
      absl::MutexLock lock(&mutex);
      if (first_failure.ok()) first_failure = std::move(status);
    }
  };
  pool.RunAll(std::vector<std::function<void()>>(std::min(kAtOnce, count), walk));
  absl::MutexLock lock(&mutex);
  return first_failure;
}

}  // namespace pepline::registry
