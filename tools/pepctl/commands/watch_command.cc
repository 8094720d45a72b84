// `pepctl watch`: what the services say, in words, as it happens.
#include <librdkafka/rdkafkacpp.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/domain/all_services.h"
#include "shared/kafka/kafka_settings.h"
#include "tools/client/event_words.h"
#include "tools/client/text_forms.h"
#include "tools/client/topic_watcher.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/stack/stop_signal.h"

namespace pepline::pepctl {
namespace {

constexpr int kPollMilliseconds = 100;

absl::StatusOr<std::vector<std::string>> TopicsOf(const WatchArguments& arguments) {
  std::vector<std::string> topics;
  for (const std::string& given : arguments.topics) {
    const std::string whole = absl::StrCat("pepline.", given, ".events.v1");
    std::string found;
    for (const std::string& topic : client::EventTopics()) {
      if (topic == given || topic == whole) found = topic;
    }
    if (found.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--topic '", given, "' is none of: ", absl::StrJoin(AllServices(), ", ")));
    }
    topics.push_back(found);
  }
  return topics.empty() ? client::EventTopics() : topics;
}

absl::StatusOr<std::string> BrokerOf(const Globals& globals) {
  if (!globals.kafka.empty()) return globals.kafka;
  auto stack = client::ReadStackFile(globals.stack);
  if (!stack.ok()) return stack.status();
  return stack->bootstrap_servers;
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Reached as the services reach it: TLS and SASL by the same variables.
absl::StatusOr<std::map<std::string, std::string>> KafkaSettings(const std::string& broker) {
  GivenKafkaSettings given = ReadKafkaSettings(Variable("PEPLINE_KAFKA_SETTINGS"),
                                               Variable("PEPLINE_KAFKA_SASL_PASSWORD"));
  if (!given.mistakes.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("PEPLINE_KAFKA_SETTINGS: ", absl::StrJoin(given.mistakes, "; ")));
  }
  std::map<std::string, std::string> settings = ForConsumers(std::move(given.settings));
  // It joins no group.
  settings.erase("group.instance.id");
  settings.merge(std::map<std::string, std::string>{
      {"bootstrap.servers", broker}, {"group.id", "pepctl-watch"}, {"client.id", "pepctl"}});
  return settings;
}

// Schools by their names, as registry tells them; by URN where it does not.
class SchoolNames {
 public:
  SchoolNames(const Globals& globals, bool ids_only) {
    if (ids_only) return;
    auto actor = ActorOf(globals, nullptr);
    if (!actor.ok()) return;
    auto caller = MakeCaller(globals, *std::move(actor));
    if (caller.ok()) caller_ = *std::move(caller);
  }

  std::string NameOf(const std::string& urn) {
    std::string& name = names_[urn];
    if (!name.empty()) return name;
    name = "school " + urn;
    if (caller_ == nullptr) return name;
    registry::v1::GetSchoolRequest request;
    request.set_school_urn(urn);
    registry::v1::GetSchoolResponse response;
    const grpc::Status status = caller_->Call(request, response);
    if (status.ok() && !response.school().name().empty()) {
      name = response.school().name();
    } else if (status.error_code() != grpc::StatusCode::NOT_FOUND) {
      caller_ = nullptr;  // do not make every line wait for a service that is away
    }
    return name;
  }

 private:
  std::unique_ptr<client::Caller> caller_;
  std::map<std::string, std::string> names_;
};

std::unique_ptr<google::protobuf::Message> NewEventOf(const std::string& topic) {
  if (topic == "pepline.registry.events.v1") return std::make_unique<registry::v1::RegistryEvent>();
  if (topic == "pepline.scheduling.events.v1") {
    return std::make_unique<scheduling::v1::SchedulingEvent>();
  }
  if (topic == "pepline.assessments.events.v1") {
    return std::make_unique<assessments::v1::AssessmentsEvent>();
  }
  if (topic == "pepline.funding.events.v1") return std::make_unique<funding::v1::FundingEvent>();
  return std::make_unique<notifications::v1::NotificationsEvent>();
}

// Every event has a header of this name and type.
std::string IdOf(const google::protobuf::Message& event) {
  const auto* field = event.GetDescriptor()->FindFieldByName("header");
  const auto& header = event.GetReflection()->GetMessage(event, field);
  return static_cast<const common::v1::EventHeader&>(header).event_id();
}

// One line; nothing where the event is of another child, or is not the one that is waited for.
bool Print(const RdKafka::Message& message, const WatchArguments& arguments,
           const client::Names& names, Invocation& invocation) {
  const std::string topic = message.topic_name();
  const auto event = NewEventOf(topic);
  if (!event->ParseFromArray(message.payload(), static_cast<int>(message.len()))) {
    invocation.err << "A record of " << topic << " (partition " << message.partition()
                   << ", offset " << message.offset() << ") is not an event; passed over.\n";
    return false;
  }
  const client::EventWords words = client::InWords(*event, names);
  if (!arguments.child.empty() && words.child_id != arguments.child) return false;
  if (!arguments.event.empty() && IdOf(*event) != arguments.event) return false;
  if (invocation.globals.json()) {
    invocation.out << "{\"topic\":\"" << topic << "\",\"event\":" << JsonLine(*event) << "}\n";
  } else {
    invocation.out << client::InstantText(words.at) << "  " << words.Sentence() << "\n";
  }
  invocation.out << std::flush;
  return true;
}

}  // namespace

int Watch(const WatchArguments& arguments, Invocation& invocation) {
  const StopSignal stop;  // before librdkafka makes its threads
  auto topics = TopicsOf(arguments);
  if (!topics.ok()) return Fail(invocation, topics.status());
  auto broker = BrokerOf(invocation.globals);
  if (!broker.ok()) return Fail(invocation, broker.status());
  auto settings = KafkaSettings(*broker);
  if (!settings.ok()) return Fail(invocation, settings.status());
  const std::int64_t offset =
      arguments.from_beginning ? RdKafka::Topic::OFFSET_BEGINNING : RdKafka::Topic::OFFSET_END;
  const auto consumer = client::WatchTopics(*topics, offset, *std::move(settings));
  if (!consumer.ok()) return Fail(invocation, consumer.status());
  invocation.err << "Watching " << absl::StrJoin(*topics, ", ") << " at " << *broker
                 << "; Ctrl-C ends it.\n";
  SchoolNames schools(invocation.globals, arguments.ids_only);
  const client::Names names{.school = [&](const std::string& urn) { return schools.NameOf(urn); }};
  const int wanted = arguments.event.empty() ? arguments.count : 1;  // an id is there once
  int shown = 0;
  while (!stop.Came() && (wanted == 0 || shown < wanted)) {
    const std::unique_ptr<RdKafka::Message> message((*consumer)->consume(kPollMilliseconds));
    // Whatever is wrong with the broker, librdkafka tries again by itself.
    if (message->err() != RdKafka::ERR_NO_ERROR) continue;
    if (Print(*message, arguments, names, invocation)) ++shown;
  }
  (*consumer)->close();
  return kDone;
}

}  // namespace pepline::pepctl
