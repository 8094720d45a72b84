// The topics of a rebuild: read whole, and the service's consumer group put back to their
// beginning. Promises: what was on the topics when Read began is read to its end; records of a
// partition come in their order. Read joins no group. Errors: Unavailable when the broker does
// not answer; FailedPrecondition when a topic is missing, has lost its beginning, or the group is
// still in use, with the fix. Threads: one at a time.
#ifndef PEPLINE_SHARED_ADMIN_REBUILD_TOPICS_H_
#define PEPLINE_SHARED_ADMIN_REBUILD_TOPICS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/kafka_options.h"

namespace pepline {

class RebuildTopics {
 public:
  RebuildTopics(KafkaOptions kafka, std::string group)
      : kafka_(std::move(kafka)), group_(std::move(group)) {}

  absl::Status Read(const std::vector<std::string>& topics,
                    const std::function<absl::Status(const InboundRecord&)>& receive,
                    const std::function<void(int done, int all)>& progress);
  // Blocks for up to two minutes while a lost replica counts as a member.
  absl::Status RewindGroup(const std::vector<std::string>& topics);
  int records() const { return records_; }
  const std::string& group() const { return group_; }

 private:
  const KafkaOptions kafka_;
  const std::string group_;
  int records_ = 0;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ADMIN_REBUILD_TOPICS_H_
