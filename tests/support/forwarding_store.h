// A Store in front of another one, for tests that stop a reader of the outbox where they want it,
// or put another store in the place of the first (a replica of Redis that was promoted).
// Threads: safe from any thread, as the stores behind it are.
#ifndef PEPLINE_TESTS_SUPPORT_FORWARDING_STORE_H_
#define PEPLINE_TESTS_SUPPORT_FORWARDING_STORE_H_

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "shared/store/store.h"

namespace pepline {

class ForwardingStore : public Store {
 public:
  // Called when the outbox of a partition was read, before the reader gets the entries.
  using AfterRead = std::function<void(int partition, const std::vector<OutboxEntry>& entries)>;
  explicit ForwardingStore(Store& to, AfterRead after_read = {})
      : to_(&to), after_read_(std::move(after_read)) {}
  void ForwardTo(Store& to) { to_ = &to; }

  int partitions() const override { return to_.load()->partitions(); }
  absl::StatusOr<Loaded> Load(int partition, const std::vector<RecordKey>& keys,
                              std::string_view command_id) override {
    return to_.load()->Load(partition, keys, command_id);
  }
  absl::StatusOr<std::vector<std::uint64_t>> Revisions(const std::vector<Place>& places) override {
    return to_.load()->Revisions(places);
  }
  absl::StatusOr<std::optional<SeenCommand>> Apply(const Commit& commit) override {
    return to_.load()->Apply(commit);
  }
  absl::StatusOr<std::vector<DueAlarm>> DueAlarms(int partition, absl::Time now,
                                                  int limit) override {
    return to_.load()->DueAlarms(partition, now, limit);
  }
  std::vector<Earliest> EarliestAlarms() override { return to_.load()->EarliestAlarms(); }
  absl::StatusOr<std::string> WakeListed(int partition, const WakeUp& wake, std::string_view after,
                                         int limit) override {
    return to_.load()->WakeListed(partition, wake, after, limit);
  }
  absl::StatusOr<std::vector<OutboxEntry>> ReadOutbox(int partition, int limit,
                                                      std::string_view after) override {
    auto entries = to_.load()->ReadOutbox(partition, limit, after);
    if (after_read_ && entries.ok()) after_read_(partition, *entries);
    return entries;
  }
  absl::Status DeleteOutbox(int partition, const std::vector<std::string>& entry_ids) override {
    return to_.load()->DeleteOutbox(partition, entry_ids);
  }
  std::vector<absl::StatusOr<OutboxDepth>> MeasureOutboxes() override {
    return to_.load()->MeasureOutboxes();
  }
  absl::StatusOr<std::vector<std::string>> ListIndex(int partition, const IndexEntry& entry,
                                                     std::string_view after, int limit) override {
    return to_.load()->ListIndex(partition, entry, after, limit);
  }
  std::vector<absl::StatusOr<std::optional<ReceivedVersion>>> LoadReceived(
      const std::vector<SourceAggregate>& aggregates) override {
    return to_.load()->LoadReceived(aggregates);
  }
  absl::Status KeepReceived(const std::vector<Received>& received) override {
    return to_.load()->KeepReceived(received);
  }
  absl::Status Ping() override { return to_.load()->Ping(); }

 private:
  std::atomic<Store*> to_;
  const AfterRead after_read_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_FORWARDING_STORE_H_
