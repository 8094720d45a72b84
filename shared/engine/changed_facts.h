// What follows from a fact that many records were decided by (a calendar, a policy profile): they
// are all to catch up, and there may be tens of thousands of them. So nobody walks over them in a
// consumer. The fact's own alarm is due in the commit that keeps the fact; when it fires, Spread
// sets the alarms of all that follow, one script a page, and the waker does the work in its own
// measure. Promises: a fact that changes meanwhile is spread again; cut off at any point it begins
// anew, without harm. A partition that cannot be reached holds up only its own records, and those
// that are done are not done again by this process. Errors: whatever the store answers. Threads:
// safe from any thread; blocks on the store.
#ifndef PEPLINE_SHARED_ENGINE_CHANGED_FACTS_H_
#define PEPLINE_SHARED_ENGINE_CHANGED_FACTS_H_

#include <map>
#include <set>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "shared/engine/command.h"
#include "shared/store/store.h"

namespace pepline {

class ChangedFacts {
 public:
  // The engine must outlive this.
  explicit ChangedFacts(const Engine& engine) : engine_(engine) {}

  // For a fact whose record is kept elsewhere: the alarm under this key, routed by its id, is due.
  absl::Status Note(const RecordKey& fact);
  // The fact's alarm fired. Wakes what `wake` lists, in every partition, and then removes the
  // alarm.
  absl::Status Spread(const DueAlarm& fact, WakeUp wake);

 private:
  absl::Status WakePartition(int partition, const WakeUp& wake);

  const Engine& engine_;
  absl::Mutex mutex_;
  // By the fact and when it changed.
  std::map<std::pair<RecordKey, absl::Time>, std::set<int>> done_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_CHANGED_FACTS_H_
