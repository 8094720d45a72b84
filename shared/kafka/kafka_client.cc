#include "shared/kafka/kafka_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/kafka/kafka_token.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

void Log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  // Ours (kafka_settings.cc), on purpose; librdkafka says so for every producer.
  if (absl::string_view(text).find("enable.gapless.guarantee") != absl::string_view::npos) return;
  const std::string cause = absl::StrCat(facility, ": ", text);
  if (level <= 4) {
    LogWarning("librdkafka says", {{LogField::kCause, cause}});
  } else {
    LogInfo("librdkafka says", {{LogField::kCause, cause}});
  }
}

// What the client that this thread polls said last; see TroubleOf.
struct Trouble {
  const rd_kafka_t* client = nullptr;
  std::string text;
};
thread_local Trouble last_trouble;

void OnError(rd_kafka_t* kafka, int code, const char* text, void*) {
  // That all brokers are down follows from what was said of each.
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
  last_trouble = {kafka, text};
  LogWarning("librdkafka says", {{LogField::kCause, text}});
}

}  // namespace

std::string TroubleOf(rd_kafka_t* kafka) {
  rd_kafka_poll(kafka, 0);
  return last_trouble.client == kafka ? last_trouble.text : "";
}

std::string Bytes(const void* data, std::size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

std::map<std::string, std::string> HeadersOf(const rd_kafka_message_t& message) {
  std::map<std::string, std::string> all;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return all;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    all[name] = Bytes(value, size);
  }
  return all;
}

InboundRecord ToInboundRecord(const rd_kafka_message_t& message) {
  InboundRecord record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.key = Bytes(message.key, message.key_len);
  record.value = Bytes(message.payload, message.len);
  record.headers = HeadersOf(message);
  return record;
}

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
  rd_kafka_conf_set_error_cb(conf, OnError);
  const bool token_file = ReadsTokenFile(options.extra);
  if (token_file) {
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, RefreshKafkaToken);
    rd_kafka_conf_enable_sasl_queue(conf, 1);
  }
  prepare(conf);
  rd_kafka_t* kafka = rd_kafka_new(type, conf, error, sizeof(error));
  if (kafka == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(absl::StrCat("no Kafka client: ", error));
  }
  KafkaHandle made(kafka);
  last_trouble = {};  // perhaps of one that was at this address
  if (token_file) {
    // Tokens are fetched by a thread of librdkafka's, also while nobody polls.
    if (rd_kafka_error_t* trouble = rd_kafka_sasl_background_callbacks_enable(kafka)) {
      absl::Status status = absl::InvalidArgumentError(
          absl::StrCat("no Kafka client: ", rd_kafka_error_string(trouble)));
      rd_kafka_error_destroy(trouble);
      return status;
    }
  }
  return made;
}

absl::StatusOr<KafkaHandle> MakeProducer(const KafkaOptions& options, Delivered delivered,
                                         void* owner) {
  return MakeProducer(options, delivered, owner, OwnProducerSettings());
}

absl::StatusOr<KafkaHandle> MakeProducer(const KafkaOptions& options, Delivered delivered,
                                         void* owner, const KafkaSettings& own) {
  KafkaOptions with_given = options;
  with_given.extra = ForProducers(std::move(with_given.extra));
  with_given.extra.erase("message.timeout.ms");
  return MakeKafka(RD_KAFKA_PRODUCER, with_given, own, [&](rd_kafka_conf_t* conf) {
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
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    return absl::OutOfRangeError(rd_kafka_err2str(error));
  }
  return absl::UnavailableError(rd_kafka_err2str(error));
}

}  // namespace pepline
