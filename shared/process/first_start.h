// Whether a Redis that holds nothing of a service may be the one of its first start. Where the
// service's own topic has records it is not: it was emptied, and whoever went on would say events
// under ids that were used before.
// Errors: FailedPrecondition with what to do instead; Unavailable with the reason while Kafka
// cannot be asked. Threads: any; blocks for up to some seconds.
#ifndef PEPLINE_SHARED_PROCESS_FIRST_START_H_
#define PEPLINE_SHARED_PROCESS_FIRST_START_H_

#include <string>

#include "absl/status/status.h"
#include "shared/kafka/kafka_options.h"

namespace pepline {

// `topic` is the service's own.
absl::Status MayStartFirst(const KafkaOptions& kafka, const std::string& topic);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROCESS_FIRST_START_H_
