// Puts records into a MemoryStore as a commit of Execute would, and counts what a gauge then shows.
#ifndef PEPLINE_TESTS_UNIT_GAUGES_STORED_STATE_H_
#define PEPLINE_TESTS_UNIT_GAUGES_STORED_STATE_H_

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <string>
#include <utility>
#include <vector>

#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/observability/metrics.h"
#include "shared/store/memory_store.h"

namespace pepline {

// How many series of this name /metrics shows.
inline std::size_t SeriesOf(const Metrics& metrics, const std::string& name) {
  std::size_t series = 0;
  for (const auto& family : metrics.registry()->Collect()) {
    if (family.name == name) series += family.metric.size();
  }
  return series;
}

class StoredStates {
 public:
  MemoryStore& store() { return store_; }

  // Writes the record and lists it under exactly `index`.
  void Put(const std::string& routing_id, const RecordKey& key, const std::string& state,
           std::vector<IndexEntry> index) {
    runtime::v1::AggregateRecord record;
    record.set_state(state);
    PutBytes(routing_id, key, record.SerializeAsString(), std::move(index));
  }
  void PutBytes(const std::string& routing_id, const RecordKey& key, const std::string& bytes,
                std::vector<IndexEntry> index) {
    Commit commit;
    commit.partition = PartitionOf(routing_id, store_.partitions());
    commit.writes = {{key, revisions_[key], bytes}};
    for (const IndexEntry& entry : listed_[key]) commit.index.push_back({entry, key.id, false});
    for (const IndexEntry& entry : index) commit.index.push_back({entry, key.id, true});
    ASSERT_TRUE(store_.Apply(commit).ok());
    ++revisions_[key];
    listed_[key] = std::move(index);
  }

 private:
  MemoryStore store_;
  std::map<RecordKey, std::uint64_t> revisions_;
  std::map<RecordKey, std::vector<IndexEntry>> listed_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_UNIT_GAUGES_STORED_STATE_H_
