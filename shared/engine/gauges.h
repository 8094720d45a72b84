// Counts what is in the store for /metrics, every few seconds.
// Promises: the numbers are the store's, also right after a start, and the same in every replica
// (so whoever adds them up takes the highest, not the sum). A count reads only what was changed
// since the last one, and rests fifty times as long as it took. A store that is away leaves the
// last numbers standing; pepline_census_last_success_timestamp_seconds says how old they are.
// Does not: decide anything, or name anybody: the only label of ours is the authority.
// Errors: whatever the store answers. Threads: a GaugeThread has its own; the others belong to one
// thread.
#ifndef PEPLINE_SHARED_ENGINE_GAUGES_H_
#define PEPLINE_SHARED_ENGINE_GAUGES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline {

// The members of some index entries, each once, with what is stored of them. The records of a
// member are in the partition that lists it.
class FollowedRecords {
 public:
  using Keys = std::function<std::vector<RecordKey>(const std::string& member)>;
  using StateParts = std::vector<std::optional<std::string>>;
  // What is stored now, in the order of the keys. Not OK: the member cannot be read; it is logged
  // once, and forgotten until it changes.
  using Changed = std::function<absl::Status(const std::string& member, const StateParts& parts)>;
  using Gone = std::function<void(const std::string& member)>;

  // The store must outlive this.
  FollowedRecords(Store& store, std::vector<IndexEntry> lists, Keys keys)
      : store_(store), lists_(std::move(lists)), keys_(std::move(keys)) {}

  // Tells what was changed and what is gone since the last time. After an error the next call goes
  // on where this one stopped.
  absl::Status Refresh(const Changed& changed, const Gone& gone);

 private:
  using Revisions = std::vector<std::uint64_t>;
  absl::StatusOr<std::map<std::string, int>> ListMembers();  // with their partitions
  absl::Status ReadSome(const std::vector<std::pair<std::string, int>>& some,
                        const Changed& changed, const Gone& gone);
  absl::Status ReadOne(const std::string& member, int partition, const Changed& changed);

  Store& store_;
  const std::vector<IndexEntry> lists_;
  const Keys keys_;
  std::map<std::string, Revisions> read_;
};

// A gauge with the authority and perhaps one more label. At most kMostAuthorities are named, those
// with the most in it; the others are "other" together. What was named and has nothing in it any
// more shows 0 while there is room, and makes room for others. So the number of series has a bound.
class AuthorityGauge {
 public:
  static constexpr std::size_t kMostAuthorities = 2;

  explicit AuthorityGauge(std::string name) : name_(std::move(name)) {}
  // Each authority shows all `values` of `label`, also those with nothing in them.
  AuthorityGauge(std::string name, std::string label, std::vector<std::string> values)
      : name_(std::move(name)), label_(std::move(label)), values_(std::move(values)) {}

  void Add(const std::string& authority, const std::string& value, double by = 1);
  void Add(const std::string& authority, double by = 1) { Add(authority, "", by); }
  // The authority shows 0 where nothing is added: "none" and "not counted" look different.
  void Name(const std::string& authority) { sizes_.try_emplace(authority, 0); }
  // For what cannot be added up, such as a median: the authority's number, and how many it speaks
  // of. There is no "other" then.
  void Take(const std::string& authority, double number, int size);
  // Sets the gauge and begins anew.
  void Publish(Metrics& metrics);

 private:
  template <class Visit>
  void WithLabels(const std::string& authority, const std::string& value, Visit visit) const;

  const std::string name_;
  const std::string label_;
  const std::vector<std::string> values_ = {""};
  bool adds_up_ = true;
  std::map<std::string, std::map<std::string, double>> sums_;
  std::map<std::string, int> sizes_;
  std::map<std::string, std::map<std::string, double>> shown_;
};

class GaugeThread {
 public:
  // Both must outlive this.
  GaugeThread(Metrics& metrics, std::function<absl::Status()> count);
  ~GaugeThread();

 private:
  void Run();

  Metrics& metrics_;
  const std::function<absl::Status()> count_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_GAUGES_H_
