#include "shared/kafka/reception/missing_events.h"

#include <utility>

#include "absl/time/clock.h"
#include "shared/kafka/kafka_client.h"
#include "shared/kafka/kafka_settings.h"

namespace pepline {
namespace {

constexpr absl::Duration kBound = absl::Seconds(60);

}  // namespace

absl::StatusOr<std::vector<InboundRecord>> FindMissing(const KafkaOptions& kafka,
                                                       const InboundRecord& record,
                                                       const ReceivedEvent& event,
                                                       std::uint64_t last,
                                                       const std::function<bool()>& turn) {
  KafkaOptions own = kafka;
  own.extra = ForConsumers(std::move(own.extra));
  own.extra.erase("group.instance.id");  // joins no group
  auto client = MakeKafka(RD_KAFKA_CONSUMER, own,
                          {{"group.id", "pepline-missing-events"}, {"enable.auto.commit", "false"}},
                          [](rd_kafka_conf_t*) {});
  if (!client.ok()) return client.status();
  const KafkaPlaces list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), record.topic.c_str(), record.partition)->offset =
      RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_poll_set_consumer(client->get());
  rd_kafka_assign(client->get(), list.get());
  std::vector<InboundRecord> found;
  const absl::Time until = absl::Now() + kBound;
  while (absl::Now() < until && turn()) {
    const KafkaMessage message(rd_kafka_consumer_poll(client->get(), 100));
    if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (message->offset >= record.offset) return found;
    if (Bytes(message->key, message->key_len) != record.key) continue;
    InboundRecord one = ToInboundRecord(*message);
    const auto its = EventOf(one);
    if (!its || its->aggregate != event.aggregate) continue;
    if (its->at.version > last && its->at.version < event.at.version) {
      found.push_back(std::move(one));
    }
  }
  return absl::UnavailableError("the broker did not give the whole partition in time");
}

}  // namespace pepline
