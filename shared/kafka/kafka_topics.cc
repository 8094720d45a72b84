#include "shared/kafka/kafka_topics.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kafka/topics.h"
#include "shared/kafka/kafka_client.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

using TopicSettings = std::map<std::string, std::string>;

struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DestroyEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
struct DestroyResource {
  void operator()(rd_kafka_ConfigResource_t* one) const { rd_kafka_ConfigResource_destroy(one); }
};
struct DestroyOptions {
  void operator()(rd_kafka_AdminOptions_t* options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
};

absl::Status Away(rd_kafka_t* kafka, const char* otherwise) {
  const std::string trouble = TroubleOf(kafka);
  return absl::UnavailableError(absl::StrCat("Kafka: ", trouble.empty() ? otherwise : trouble));
}

absl::StatusOr<int> Partitions(rd_kafka_t* kafka, const std::string& topic, int timeout_ms) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(kafka, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(kafka, 0, handle, &metadata, timeout_ms);
  rd_kafka_topic_destroy(handle);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Away(kafka, rd_kafka_err2str(error));
  int partitions = 0;
  rd_kafka_resp_err_t trouble = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (metadata->topic_cnt == 1) {
    trouble = metadata->topics[0].err;
    partitions = metadata->topics[0].partition_cnt;
  }
  rd_kafka_metadata_destroy(metadata);
  if (trouble == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    return absl::FailedPreconditionError(
        absl::StrCat("Kafka does not let us use the topic ", topic,
                     "; give our user the rights that docs/operations/kafka.md lists"));
  }
  if (trouble == RD_KAFKA_RESP_ERR_NO_ERROR && partitions > 0) return partitions;
  return absl::NotFoundError(
      absl::StrCat("Kafka has no topic ", topic, "; create the topics of deploy/topics.yaml"));
}

void LogUnchecked(const std::string& topic, const std::string& cause) {
  static std::atomic<bool> said = false;
  if (said.exchange(true)) return;
  LogInfo("the broker does not tell the settings of its topics; they are not checked",
          {{LogField::kTopic, topic}, {LogField::kCause, cause}});
}

// The development broker (librdkafka's mock cluster) leaves such questions unanswered.
bool IsDevelopmentBroker(rd_kafka_t* kafka, int timeout_ms) {
  char* id = rd_kafka_clusterid(kafka, timeout_ms);
  const bool mock = id != nullptr && absl::StartsWith(id, "mockCluster");
  if (id != nullptr) rd_kafka_mem_free(kafka, id);
  return mock;
}

// Nothing where the broker does not tell.
absl::StatusOr<TopicSettings> SettingsOf(rd_kafka_t* kafka, const std::string& topic,
                                         int timeout_ms) {
  if (IsDevelopmentBroker(kafka, timeout_ms)) {
    LogUnchecked(topic, "it is the development broker");
    return TopicSettings();
  }
  const std::unique_ptr<rd_kafka_ConfigResource_t, DestroyResource> asked(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const std::unique_ptr<rd_kafka_AdminOptions_t, DestroyOptions> options(
      rd_kafka_AdminOptions_new(kafka, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  char text[256] = "";
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, text, sizeof(text));
  const std::unique_ptr<rd_kafka_queue_t, DestroyQueue> queue(rd_kafka_queue_new(kafka));
  rd_kafka_ConfigResource_t* resources[] = {asked.get()};
  rd_kafka_DescribeConfigs(kafka, resources, 1, options.get(), queue.get());
  const std::unique_ptr<rd_kafka_event_t, DestroyEvent> event(
      rd_kafka_queue_poll(queue.get(), 2 * timeout_ms));
  if (event == nullptr) return Away(kafka, "does not tell the settings of its topics");
  rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** answers = nullptr;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    answers = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    if (count == 1) error = rd_kafka_ConfigResource_error(answers[0]);
  }
  if (error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE ||
      error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    LogUnchecked(topic, rd_kafka_err2str(error));
    return TopicSettings();
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || count != 1) {
    return Away(kafka, rd_kafka_err2str(error));
  }
  TopicSettings settings;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(answers[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

absl::Status CheckSettings(const NeededTopic& needed, const TopicSettings& found) {
  const auto policy = found.find("cleanup.policy");
  if (policy != found.end() && policy->second != needed.cleanup_policy) {
    return absl::FailedPreconditionError(
        absl::StrCat("Kafka's topic ", needed.name, " has cleanup.policy=", policy->second,
                     " and needs ", needed.cleanup_policy,
                     ", or events are lost that a rebuild needs; kafka-configs.sh "
                     "--alter --entity-type topics --entity-name ",
                     needed.name, " --add-config cleanup.policy=", needed.cleanup_policy));
  }
  // A council may decide to keep less; then a store cannot be rebuilt from further back.
  const auto retention = found.find("retention.ms");
  if (retention != found.end() && retention->second != needed.retention_ms) {
    LogWarning("a topic forgets its oldest records; deploy/topics.yaml keeps them",
               {{LogField::kTopic, needed.name},
                {LogField::kCause, absl::StrCat("retention.ms=", retention->second)}});
  }
  return absl::OkStatus();
}

}  // namespace

const std::vector<NeededTopic>& NeededTopics() {
  static const std::vector<NeededTopic> topics = {std::begin(kTopics), std::end(kTopics)};
  return topics;
}

absl::StatusOr<int> CheckTopic(rd_kafka_t* kafka, const std::string& topic, int timeout_ms) {
  const auto partitions = Partitions(kafka, topic, timeout_ms);
  if (!partitions.ok()) return partitions.status();
  const auto needed = std::ranges::find(NeededTopics(), topic, &NeededTopic::name);
  if (needed == NeededTopics().end()) return partitions;
  if (*partitions < needed->partitions) {
    return absl::FailedPreconditionError(absl::StrCat(
        "Kafka's topic ", topic, " has ", *partitions, " partitions and needs ", needed->partitions,
        " (deploy/topics.yaml); while it is empty, kafka-topics.sh --alter "
        "--topic ",
        topic, " --partitions ", needed->partitions,
        "; one that holds events must be copied to a new topic, since events of one child would "
        "come out of order"));
  }
  const auto settings = SettingsOf(kafka, topic, timeout_ms);
  if (!settings.ok()) return settings.status();
  if (absl::Status checked = CheckSettings(*needed, *settings); !checked.ok()) return checked;
  return partitions;
}

std::string DeadLetterTopic(const std::string& topic, const std::string& service) {
  return absl::StrCat(topic, ".", service, ".dead-letters");
}

}  // namespace pepline
