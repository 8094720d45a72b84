#include "shared/kafka/read_from_beginning.h"

#include "shared/kafka/kafka_client.h"

namespace pepline {
namespace {

// How long a rebalance may wait for what the broker knows of our offsets.
constexpr int kOffsetsWithinMilliseconds = 2000;

}  // namespace

std::set<KafkaPlace> ReadFromBeginning(rd_kafka_t* client,
                                       const rd_kafka_topic_partition_list_t& partitions) {
  std::set<KafkaPlace> from_beginning;
  const KafkaPlaces list(rd_kafka_topic_partition_list_copy(&partitions));
  if (list->cnt == 0 || rd_kafka_committed(client, list.get(), kOffsetsWithinMilliseconds) !=
                            RD_KAFKA_RESP_ERR_NO_ERROR) {
    return from_beginning;
  }
  const KafkaPlaces fresh(rd_kafka_topic_partition_list_new(list->cnt));
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR || one.offset > 0) continue;
    rd_kafka_topic_partition_list_add(fresh.get(), one.topic, one.partition)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  if (fresh->cnt == 0 ||
      rd_kafka_offsets_for_times(client, fresh.get(), kOffsetsWithinMilliseconds) !=
          RD_KAFKA_RESP_ERR_NO_ERROR) {
    return from_beginning;
  }
  for (int i = 0; i < fresh->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = fresh->elems[i];
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR && one.offset == 0) {
      from_beginning.emplace(one.topic, one.partition);
    }
  }
  return from_beginning;
}

}  // namespace pepline
