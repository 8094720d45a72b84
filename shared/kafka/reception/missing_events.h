// Looks for events that a service did not receive where they must be: in the Kafka partition of the
// record before which they are missing, from its beginning on.
// Promises: reads within a bound and joins no group. Does not: handle anything.
// Errors: Unavailable when the broker did not give all within the bound. Threads: one at a time.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_MISSING_EVENTS_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_MISSING_EVENTS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/kafka_options.h"
#include "shared/kafka/reception/received_versions.h"

namespace pepline {

// In the order of the topic: the events of the aggregate of `event`, which is in `record`, behind
// version `last` and before `event`. `turn` is called now and then; false gives up.
absl::StatusOr<std::vector<InboundRecord>> FindMissing(const KafkaOptions& kafka,
                                                       const InboundRecord& record,
                                                       const ReceivedEvent& event,
                                                       std::uint64_t last,
                                                       const std::function<bool()>& turn);

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_MISSING_EVENTS_H_
