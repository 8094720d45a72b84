#include "shared/kafka/reception/dead_letters.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_topics.h"

namespace pepline {
namespace {

// A longer key would make even a letter without a value too large for a topic.
constexpr std::size_t kLongestKey = 1000;

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers WhyAndWhence(const InboundRecord& record, const absl::Status& reason) {
  return {{"pepline_reason", std::string(reason.message())},
          {"pepline_topic", record.topic},
          {"pepline_partition", std::to_string(record.partition)},
          {"pepline_offset", std::to_string(record.offset)}};
}

}  // namespace

absl::Status DeadLetters::Publish(const InboundRecord& record, const absl::Status& reason) {
  absl::MutexLock lock(&mutex_);
  Headers headers(record.headers.begin(), record.headers.end());
  std::erase_if(headers, [](const auto& header) { return absl::StartsWith(header.first, kOurs); });
  Headers ours = WhyAndWhence(record, reason);
  headers.insert(headers.end(), ours.begin(), ours.end());
  const std::string topic = DeadLetterTopic(record.topic, service_);
  absl::Status whole = Write(topic, record.key, record.value, headers);
  if (!absl::IsOutOfRange(whole)) return whole;
  ours.emplace_back(kByReference, std::to_string(record.value.size()));
  absl::Status by_reference =
      Write(topic, record.key.size() > kLongestKey ? "" : record.key, "", ours);
  return absl::IsOutOfRange(by_reference) ? absl::UnavailableError(by_reference.message())
                                          : by_reference;
}

absl::Status DeadLetters::Write(const std::string& topic, const std::string& key,
                                const std::string& value, const Headers& headers) {
  if (producer_ == nullptr) {
    auto made = MakeProducer(
        kafka_,
        [](rd_kafka_t*, const rd_kafka_message_t* message, void*) {
          *static_cast<rd_kafka_resp_err_t*>(message->_private) = message->err;
        },
        nullptr, OwnDeadLetterSettings());
    if (!made.ok()) return absl::UnavailableError(made.status().message());
    producer_ = *std::move(made);
  }
  rd_kafka_resp_err_t result = RD_KAFKA_RESP_ERR__IN_PROGRESS;
  absl::Status status = Produce(producer_.get(), topic, key, value, headers, &result);
  if (!status.ok()) return status;
  const absl::Time give_up = absl::Now() + absl::Seconds(5);
  while (result == RD_KAFKA_RESP_ERR__IN_PROGRESS && absl::Now() < give_up) {
    rd_kafka_poll(producer_.get(), 50);
  }
  if (result == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  // No report may come for `result` once it is gone.
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (result == RD_KAFKA_RESP_ERR__IN_PROGRESS) rd_kafka_poll(producer_.get(), 50);
  producer_.reset();
  const std::string text =
      absl::StrCat("the dead-letter topic ", topic, " took nothing: ", rd_kafka_err2str(result));
  return result == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? absl::OutOfRangeError(text)
                                                        : absl::UnavailableError(text);
}

}  // namespace pepline
