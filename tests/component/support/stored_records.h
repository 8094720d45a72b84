// What Redis holds of a service beside its states, index and alarms, against what follows from the
// states.
//   StoredRecords rebuilt;
//   rebuilt.AddOf(place, Plan::Index(state), Plan::NextWake(state, facts));  // for every state
//   ExpectSame(rebuilt, ReadStored(redis_port, "scheduling"));
// Promises: reads past the store. An unreachable Redis is a failure of the running test. Threads:
// one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_STORED_RECORDS_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_STORED_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "shared/domain/decider.h"

namespace pepline {

// Where a record's index entries and alarm stand.
struct StoredPlace {
  std::string service;  // "scheduling"
  int partition = 0;
  std::string kind;  // of the alarm, "plan"
  std::string id;    // the member of the index
};

struct StoredRecords {
  std::map<std::string, std::set<std::string>> index;  // members by key
  std::map<std::string, std::int64_t> alarms;          // microseconds by "<key> <member>"

  // Adds what follows from one state.
  void AddOf(const StoredPlace& place, const std::vector<IndexEntry>& entries,
             std::optional<absl::Time> wake);
};

StoredRecords ReadStored(int redis_port, std::string_view service);
// Both equal, and not for want of anything stored.
void ExpectSame(const StoredRecords& rebuilt, const StoredRecords& stored);

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_STORED_RECORDS_H_
