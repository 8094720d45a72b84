#include "tools/client/event_words.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "shared/domain/rule_catalogue.h"
#include "tools/client/phrases.h"

namespace pepline::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// One row a topic: what its records hold, and how it is said.
struct Speaker {
  std::string topic;
  const Message* prototype;
  void (*say)(const Message& event, const Names& names, EventWords& words);
};

template <class Event>
Speaker SpeakerOf(const std::string& service) {
  return {absl::StrCat("pepline.", service, ".events.v1"), &Event::default_instance(),
          [](const Message& event, const Names& names, EventWords& words) {
            const auto& typed = static_cast<const Event&>(event);
            words.at = TimeOf(typed.header().occurred_at());
            words.subject = typed.header().aggregate_id();
            Describe(typed, names, words);
          }};
}

const std::vector<Speaker>& Speakers() {
  static const auto& speakers =
      *new std::vector<Speaker>{SpeakerOf<registry::v1::RegistryEvent>("registry"),
                                SpeakerOf<scheduling::v1::SchedulingEvent>("scheduling"),
                                SpeakerOf<assessments::v1::AssessmentsEvent>("assessments"),
                                SpeakerOf<funding::v1::FundingEvent>("funding"),
                                SpeakerOf<notifications::v1::NotificationsEvent>("notifications")};
  return speakers;
}

EventWords SpokenBy(const Speaker& speaker, const Message& event, const Names& names) {
  EventWords words;
  speaker.say(event, names, words);
  const auto* oneof = event.GetDescriptor()->FindOneofByName("event");
  const FieldDescriptor* said = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
  if (said != nullptr) words.type = said->message_type()->name();
  if (words.text.empty()) {
    words.text = absl::StrCat("an event of ", speaker.topic,
                              " that is newer than this program; update it to read it");
  }
  return words;
}

}  // namespace

const std::vector<std::string>& EventTopics() {
  static const auto& topics = *new std::vector<std::string>([] {
    std::vector<std::string> names;
    for (const Speaker& speaker : Speakers()) names.push_back(speaker.topic);
    return names;
  }());
  return topics;
}

absl::StatusOr<EventWords> InWords(std::string_view topic, std::string_view value,
                                   const Names& names) {
  for (const Speaker& speaker : Speakers()) {
    if (speaker.topic != topic) continue;
    const std::unique_ptr<Message> event(speaker.prototype->New());
    if (!event->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return absl::InvalidArgumentError(absl::StrCat("not an event of ", speaker.topic));
    }
    return SpokenBy(speaker, *event, names);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no topic of events: ", absl::string_view(topic.data(), topic.size())));
}

EventWords InWords(const Message& event, const Names& names) {
  for (const Speaker& speaker : Speakers()) {
    if (speaker.prototype->GetDescriptor() == event.GetDescriptor()) {
      return SpokenBy(speaker, event, names);
    }
  }
  EventWords words;
  words.subject = event.GetTypeName();
  words.text = "not an event of Pepline";
  return words;
}

std::string RuleInWords(std::string_view rule_id) {
  const CataloguedRule* rule = FindRule(rule_id);
  return std::string(rule == nullptr ? rule_id : rule->work);
}

}  // namespace pepline::client
