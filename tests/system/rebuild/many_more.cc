#include "tests/system/rebuild/many_more.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "shared/kafka/kafka_client.h"
#include "tests/support/topic_reader.h"

namespace pepline {
namespace {

constexpr absl::Duration kLongestReading = absl::Seconds(60);
constexpr int kFlushMillis = 60'000;
constexpr int kPollMillis = 10;

// As long as the child's own, so that the bytes around it stay as they are. Ids of registry have
// small letters only, so it is nobody's.
std::string IdOfCopy(const std::string& child, int copy) {
  std::string id = child;
  id[id.size() - 2] = static_cast<char>('A' + copy / 26);
  id[id.size() - 1] = static_cast<char>('A' + copy % 26);
  return id;
}

}  // namespace

absl::Status EmitManyMore(const std::string& bootstrap, const std::vector<std::string>& topics,
                          int copies) {
  const auto records = ReadTopics(bootstrap, topics, kLongestReading);
  if (!records.ok()) return records.status();
  int refused = 0;
  auto producer = MakeProducer(
      {.bootstrap_servers = bootstrap, .client_id = "rebuild-test"},
      [](rd_kafka_t*, const rd_kafka_message_t* message, void* owner) {
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++*static_cast<int*>(owner);
      },
      &refused);
  if (!producer.ok()) return producer.status();
  for (const ReadRecord& record : *records) {
    if (!absl::StartsWith(record.key, "chd-")) continue;
    for (int copy = 0; copy < copies; ++copy) {
      const std::string id = IdOfCopy(record.key, copy);
      const std::string value = absl::StrReplaceAll(record.value, {{record.key, id}});
      while (!Produce(producer->get(), record.topic, id, value, record.headers, nullptr).ok()) {
        rd_kafka_poll(producer->get(), kPollMillis);  // its queue is full
      }
    }
    rd_kafka_poll(producer->get(), 0);
  }
  const auto flushed = rd_kafka_flush(producer->get(), kFlushMillis);
  if (flushed == RD_KAFKA_RESP_ERR_NO_ERROR && refused == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrFormat("Kafka did not take %d records (%s)", refused, rd_kafka_err2str(flushed)));
}

}  // namespace pepline
