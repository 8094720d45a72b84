#include "shared/runtime/kafka_client.h"

#include "absl/strings/str_cat.h"
#include "shared/runtime/log.h"

namespace pepline {
namespace {

void Log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  const std::string cause = absl::StrCat(facility, ": ", text);
  if (level <= 4) {
    LogWarning("librdkafka says", {{LogField::kCause, cause}});
  } else {
    LogInfo("librdkafka says", {{LogField::kCause, cause}});
  }
}

}  // namespace

absl::StatusOr<KafkaHandle> MakeKafka(rd_kafka_type_t type, const KafkaOptions& options,
                                      const std::map<std::string, std::string>& settings,
                                      const std::function<void(rd_kafka_conf_t*)>& prepare) {
  std::map<std::string, std::string> all = {
      {"bootstrap.servers", options.bootstrap_servers},
      {"client.id", options.client_id},
      {"socket.nagle.disable", "true"},
      // A broker that comes back is used again soon.
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"log.connection.close", "false"},
  };
  for (const auto& [name, value] : settings) all[name] = value;
  for (const auto& [name, value] : options.extra) all[name] = value;

  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[512] = "";
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error)) ==
        RD_KAFKA_CONF_OK) {
      continue;
    }
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(
        absl::StrCat("Kafka setting ", name, ": ", error, "; see PEPLINE_KAFKA_SETTINGS"));
  }
  rd_kafka_conf_set_log_cb(conf, Log);
  prepare(conf);
  rd_kafka_t* kafka = rd_kafka_new(type, conf, error, sizeof(error));
  if (kafka == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(absl::StrCat("no Kafka client: ", error));
  }
  return KafkaHandle(kafka);
}

absl::StatusOr<KafkaHandle> MakeProducer(const KafkaOptions& options, Delivered delivered,
                                         void* owner) {
  // The operator's settings of consumers alone are no business of a producer.
  KafkaOptions own = options;
  for (const char* name : {"fetch.wait.max.ms", "session.timeout.ms", "group.instance.id",
                           "heartbeat.interval.ms", "max.poll.interval.ms"}) {
    own.extra.erase(name);
  }
  return MakeKafka(RD_KAFKA_PRODUCER, own,
                   {
                       {"enable.idempotence", "true"},
                       {"acks", "all"},
                       {"linger.ms", "1"},
                       {"partitioner", "murmur2_random"},
                       {"queue.buffering.max.messages", "200000"},
                       // A delivery that fails leaves the entry in the outbox; it is sent again.
                       {"message.timeout.ms", "30000"},
                   },
                   [&](rd_kafka_conf_t* conf) {
                     rd_kafka_conf_set_opaque(conf, owner);
                     rd_kafka_conf_set_dr_msg_cb(conf, delivered);
                   });
}

absl::Status Produce(rd_kafka_t* producer, const std::string& topic, const std::string& key,
                     const std::string& value,
                     const std::vector<std::pair<std::string, std::string>>& headers,
                     void* opaque) {
  rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
  for (const auto& [name, text] : headers) {
    rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), text.data(),
                        static_cast<ssize_t>(text.size()));
  }
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_OPAQUE(opaque),
      RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  rd_kafka_headers_destroy(list);
  return absl::UnavailableError(rd_kafka_err2str(error));
}

absl::Status CheckTopic(rd_kafka_t* kafka, const std::string& topic, int timeout_ms) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(kafka, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(kafka, 0, handle, &metadata, timeout_ms);
  absl::Status status;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    status = absl::UnavailableError(absl::StrCat("Kafka: ", rd_kafka_err2str(error)));
  } else if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR ||
             metadata->topics[0].partition_cnt == 0) {
    status = absl::NotFoundError(
        absl::StrCat("Kafka has no topic ", topic, "; create the topics of deploy/topics.yaml"));
  }
  if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(handle);
  return status;
}

}  // namespace pepline
