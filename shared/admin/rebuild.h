// A service's Redis made again from the topics: everything is folded in memory, through the
// service's event decoding and its rules' Evolve, and then written in few large commits.
// Promises: nothing is written before everything was read and folded; only an empty Redis is
// written to; an event that is twice on a topic counts once, and one that is missing stops it.
// What the service had received is known from EventHeader.caused_by (marks), so that its consumer
// group may read the other services' topics again from their beginning; it is set to do so.
// Does not: bring back what no event carries (RebuildRules::without says what that is) or the
// memory of request ids. Errors: FailedPrecondition with the fix. Threads: one at a time.
#ifndef PEPLINE_SHARED_ADMIN_REBUILD_H_
#define PEPLINE_SHARED_ADMIN_REBUILD_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/admin/check.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/kafka_options.h"
#include "shared/store/memory_store.h"

namespace pepline {

// One rebuild in the making; folds into the memory it was made with.
class Rebuild {
 public:
  virtual ~Rebuild() = default;
  virtual absl::Status Receive(const InboundRecord& record) = 0;
  // After the last record.
  virtual absl::Status Finish() = 0;
  // The service's kinds, which ask this memory for their facts.
  virtual std::vector<RecordKind> Kinds() const = 0;
};

// How a service is rebuilt. An empty `make` means that it is not, and `why_not` says what to do.
struct RebuildRules {
  std::string group;                // of its consumer
  std::vector<std::string> topics;  // in the order of reading; its own last
  std::vector<std::string> without;
  std::function<std::unique_ptr<Rebuild>(MemoryStore& memory, const Clock& clock)> make = nullptr;
  std::string why_not = "";
};
// Of a service that is restored and not rebuilt: `because` says what its events leave out.
RebuildRules NotRebuilt(std::string_view service, std::string_view because);

// Every record of the topics, one topic after the other, each partition in its order.
using TopicReader =
    std::function<absl::Status(const std::vector<std::string>& topics,
                               const std::function<absl::Status(const InboundRecord&)>& receive)>;

// Folds what `read` gives.
absl::Status FoldTopics(const RebuildRules& rules, const TopicReader& read, Rebuild& rebuild);
// OK when a service has nothing in its Redis; FailedPrecondition with what there is.
absl::Status ExpectEmpty(Inventory& inventory, Store& store);
// Alarms and index of every record in `memory`, by its kinds' Derived, and all of it into `store`,
// which must hold nothing.
absl::Status WriteRebuilt(const CheckedService& memory, Store& store, Inventory& inventory,
                          const std::function<void(int done, int all)>& progress);

// One line a kind: how many records there are and what they hold, in a form that is the same after
// a rebuild: without what no event carries, and without what counts writings and not facts.
struct KindDigest {
  int records = 0;
  std::string sha256;  // in hexadecimal digits
  friend bool operator==(const KindDigest&, const KindDigest&) = default;
};
absl::StatusOr<std::map<std::string, KindDigest>> DigestOf(const CheckedService& service);

}  // namespace pepline

#endif  // PEPLINE_SHARED_ADMIN_REBUILD_H_
