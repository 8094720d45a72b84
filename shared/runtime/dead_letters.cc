#include "shared/runtime/dead_letters.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/runtime/kafka_topics.h"

namespace pepline {

absl::Status DeadLetters::Bury(const InboundRecord& record, const absl::Status& reason) {
  absl::MutexLock lock(&mutex_);
  if (producer_ == nullptr) {
    auto made = MakeProducer(
        kafka_,
        [](rd_kafka_t*, const rd_kafka_message_t* message, void*) {
          *static_cast<rd_kafka_resp_err_t*>(message->_private) = message->err;
        },
        nullptr);
    if (!made.ok()) return absl::UnavailableError(made.status().message());
    producer_ = *std::move(made);
  }
  std::vector<std::pair<std::string, std::string>> headers(record.headers.begin(),
                                                           record.headers.end());
  headers.emplace_back("pepline_reason", std::string(reason.message()));
  headers.emplace_back("pepline_topic", record.topic);
  headers.emplace_back("pepline_partition", std::to_string(record.partition));
  headers.emplace_back("pepline_offset", std::to_string(record.offset));
  const std::string topic = DeadLetterTopic(record.topic, service_);
  rd_kafka_resp_err_t result = RD_KAFKA_RESP_ERR__IN_PROGRESS;
  absl::Status status = Produce(producer_.get(), topic, record.key, record.value, headers, &result);
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
  return absl::UnavailableError(
      absl::StrCat("the dead-letter topic ", topic, " took nothing: ", rd_kafka_err2str(result)));
}

}  // namespace pepline
