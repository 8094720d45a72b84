// Which of the partitions that a consumer was given it reads from their first record on: only of
// their senders is it known that nothing is missing before what comes.
// Threads: as librdkafka says of `client`; blocks for a few seconds at most.
#ifndef PEPLINE_SHARED_KAFKA_READ_FROM_BEGINNING_H_
#define PEPLINE_SHARED_KAFKA_READ_FROM_BEGINNING_H_

#include <librdkafka/rdkafka.h>

#include <set>

#include "shared/kafka/inbound_record.h"

namespace pepline {

// Those of which the group never did anything, and of which the broker has everything from the
// first record on. None of them when the broker does not say so now.
std::set<KafkaPlace> ReadFromBeginning(rd_kafka_t* client,
                                       const rd_kafka_topic_partition_list_t& partitions);

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_READ_FROM_BEGINNING_H_
