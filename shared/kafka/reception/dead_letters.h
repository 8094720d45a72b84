// Where records go that cannot be read: "<topic>.<service>.dead-letters", as they came, with the
// reason and the place they came from in headers, for people to look, mend and replay. A record
// that is too large for that topic is written by reference: without its value and its own headers,
// with its size in the header kByReference; the value is fetched from its place. Headers of the
// record that are named as ours are left out: its sender has no say in what was done about it.
// Promises: OK only when the broker has it. Errors: Unavailable (try again). Threads: safe from any
// thread; one record at a time, since they are few.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_DEAD_LETTERS_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_DEAD_LETTERS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/kafka_client.h"

namespace pepline {

class DeadLetters {
 public:
  // `kafka` must outlive it. `service` is who could not read them: "notifications".
  DeadLetters(const KafkaOptions& kafka, std::string service)
      : kafka_(kafka), service_(std::move(service)) {}

  // How the headers begin that tell of the record; it has none of its own that do.
  static constexpr char kOurs[] = "pepline_";
  static constexpr char kByReference[] = "pepline_by_reference";

  absl::Status Publish(const InboundRecord& record, const absl::Status& reason);

 private:
  // OutOfRange when the topic takes no record of this size.
  absl::Status Write(const std::string& topic, const std::string& key, const std::string& value,
                     const std::vector<std::pair<std::string, std::string>>& headers)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const KafkaOptions& kafka_;
  const std::string service_;
  absl::Mutex mutex_;
  KafkaHandle producer_ ABSL_GUARDED_BY(mutex_);  // made when the first is buried
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_DEAD_LETTERS_H_
