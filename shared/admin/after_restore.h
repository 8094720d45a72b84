// After an older copy of a service's Redis was put back, for a service that is not rebuilt: its
// records would number their next events as events that were said since the copy, and receivers
// pass over numbers that they have seen. So every record goes on behind the last that its topic
// has, also one that is not in the copy. Promises: changes nothing else of a record; says no event.
// Does not: bring back what was lost. Errors: FailedPrecondition when somebody writes meanwhile.
// Threads: one at a time.
#ifndef PEPLINE_SHARED_ADMIN_AFTER_RESTORE_H_
#define PEPLINE_SHARED_ADMIN_AFTER_RESTORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/admin/check.h"
#include "shared/kafka/consumer.h"

namespace pepline {

// The topics that the service reads (deploy/topics.yaml).
std::vector<std::string> TopicsReadBy(const std::string& service);

class LastNumbers {
 public:
  explicit LastNumbers(std::string service) : service_(std::move(service)) {}
  // Of the service's own topic.
  absl::Status Receive(const InboundRecord& record);

  struct Raised {
    int in_copy = 0;  // records that said more since
    int missing = 0;  // records that began since
  };
  absl::StatusOr<Raised> Raise(const CheckedService& service) const;

 private:
  const std::string service_;
  std::map<RecordKey, std::uint64_t> last_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ADMIN_AFTER_RESTORE_H_
