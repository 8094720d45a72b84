#include "shared/process/first_start.h"

#include <librdkafka/rdkafka.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "shared/kafka/kafka_client.h"

namespace pepline {
namespace {

constexpr int kCallMillis = 2000;

absl::Status CannotAsk(rd_kafka_t* client, rd_kafka_resp_err_t error) {
  const std::string trouble = TroubleOf(client);
  return absl::UnavailableError(
      absl::StrCat("Redis holds nothing of the service, and Kafka cannot be asked whether this is "
                   "its first start: ",
                   trouble.empty() ? rd_kafka_err2str(error) : trouble));
}

// 0 where there is no such topic.
absl::StatusOr<int> PartitionsOf(rd_kafka_t* client, const std::string& topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client, 0, handle, &metadata, kCallMillis);
  rd_kafka_topic_destroy(handle);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return CannotAsk(client, error);
  rd_kafka_resp_err_t trouble = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  int partitions = 0;
  if (metadata->topic_cnt == 1) {
    trouble = metadata->topics[0].err;
    partitions = metadata->topics[0].partition_cnt;
  }
  rd_kafka_metadata_destroy(metadata);
  if (trouble == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return 0;
  if (trouble != RD_KAFKA_RESP_ERR_NO_ERROR) return CannotAsk(client, trouble);
  return partitions;
}

}  // namespace

absl::Status MayStartFirst(const KafkaOptions& kafka, const std::string& topic) {
  // A producer's handle, since it needs no rights of a consumer group; it sends nothing.
  const auto client = MakeProducer(kafka, nullptr, nullptr);
  if (!client.ok()) return client.status();
  const auto partitions = PartitionsOf(client->get(), topic);
  if (!partitions.ok()) return partitions.status();
  for (int partition = 0; partition < *partitions; ++partition) {
    std::int64_t low = 0, high = 0;
    const auto error = rd_kafka_query_watermark_offsets(client->get(), topic.c_str(), partition,
                                                        &low, &high, kCallMillis);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return CannotAsk(client->get(), error);
    if (high == 0) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "Redis holds nothing of the service, but its topic ", topic,
        " has records, so this is not its first start: Redis was emptied, or is another one. Going "
        "on would use ids a second time. Put the data back: by --rebuild, or where the service is "
        "not rebuilt by a copy and --restored (docs/operations/backup.md). Where the topic's "
        "records are of no value, set PEPLINE_FIRST_START=true for "
        "one start"));
  }
  return absl::OkStatus();
}

}  // namespace pepline
