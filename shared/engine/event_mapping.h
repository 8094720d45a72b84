// Events of the domain as members of their contract's envelope and back, by the field lists of
// their structs. `Messages` is a variant of the contract's messages in the order of the variant of
// events; their names are equal, which is checked when this is compiled.
// Errors: what cannot be read fails the FieldReader. Threads: pure functions.
#ifndef PEPLINE_SHARED_ENGINE_EVENT_MAPPING_H_
#define PEPLINE_SHARED_ENGINE_EVENT_MAPPING_H_

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "pepline/common/v1/event_header.pb.h"
#include "shared/base/type_name.h"
#include "shared/engine/execute.h"
#include "shared/engine/field_mapping.h"

namespace pepline {

// Stands in `Messages` for an event that stays inside its service.
struct Unpublished {};

template <class Messages, class... Event>
bool HasMessage(const std::variant<Event...>& event) {
  return []<std::size_t... kIndex>(std::size_t index, std::index_sequence<kIndex...>) {
    return ((kIndex == index &&
             !std::same_as<std::variant_alternative_t<kIndex, Messages>, Unpublished>) ||
            ...);
  }
  (event.index(), std::index_sequence_for<Event...>());
}

template <class Events, class Messages, std::size_t kIndex = 0>
constexpr bool HaveEqualNames() {
  if constexpr (kIndex == std::variant_size_v<Events>) {
    return kIndex == std::variant_size_v<Messages>;
  } else {
    using Message = std::variant_alternative_t<kIndex, Messages>;
    return (std::same_as<Message, Unpublished> ||
            TypeName<std::variant_alternative_t<kIndex, Events>>() == TypeName<Message>()) &&
           HaveEqualNames<Events, Messages, kIndex + 1>();
  }
}

// The member of an envelope that holds such a message; an envelope has one of each.
template <class Message, class Envelope>
const google::protobuf::FieldDescriptor* MemberOf() {
  const google::protobuf::Descriptor* envelope = Envelope::descriptor();
  for (int i = 0; i < envelope->field_count(); ++i) {
    const auto* field = envelope->field(i);
    if (field->real_containing_oneof() && field->message_type() == Message::descriptor()) {
      return field;
    }
  }
  return nullptr;
}

// The type of an event as CloudEvents have it: the package of its envelope and the message's own
// name. An event that several services say ("pepline.common.v1.DeadlineMissed") so has the type of
// the service that says it ("pepline.funding.v1.DeadlineMissed").
std::string EventType(const google::protobuf::Descriptor& envelope,
                      const google::protobuf::Descriptor& message);

// Puts the event into its member of the envelope. `complete` gets the event and its message, to
// fill in what the event does not hold itself.
template <class Messages, class... Event, class Envelope, class Complete>
EncodedEvent EncodeInto(Envelope& envelope, std::string key, const std::variant<Event...>& event,
                        Complete complete) {
  static_assert(HaveEqualNames<std::variant<Event...>, Messages>());
  std::string type;
  const auto put = [&]<class Message>(const auto& one, std::type_identity<Message>) {
    if constexpr (!std::same_as<Message, Unpublished>) {
      static const auto* const member = MemberOf<Message, Envelope>();
      auto& message =
          static_cast<Message&>(*envelope.GetReflection()->MutableMessage(&envelope, member));
      WriteFields<Audience::kEvent>(one, message);
      complete(one, message);
      type = EventType(*Envelope::descriptor(), *Message::descriptor());
    }
  };
  const auto find = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    ((kIndex == event.index()
          ? put(std::get<kIndex>(event),
                std::type_identity<std::variant_alternative_t<kIndex, Messages>>())
          : void()),
     ...);
  };
  find(std::index_sequence_for<Event...>());
  return {std::move(type), std::move(key), envelope.SerializeAsString()};
}

// The event that the envelope holds, or nullopt where it is none of these. `complete` gets the
// event and its message, to fill in what the message says otherwise or not at all.
template <class Events, class Messages, std::size_t kIndex = 0, class Envelope, class Complete>
std::optional<Events> DecodeFrom(const Envelope& envelope, FieldReader& reader, Complete complete) {
  if constexpr (kIndex == std::variant_size_v<Events>) {
    return std::nullopt;
  } else {
    using Event = std::variant_alternative_t<kIndex, Events>;
    using Message = std::variant_alternative_t<kIndex, Messages>;
    static const auto* const member = MemberOf<Message, Envelope>();
    const auto* reflection = envelope.GetReflection();
    if (!reflection->HasField(envelope, member)) {
      return DecodeFrom<Events, Messages, kIndex + 1>(envelope, reader, complete);
    }
    const auto& message = static_cast<const Message&>(reflection->GetMessage(envelope, member));
    auto event = ReadFields<Event>(message, reader);
    complete(event, message);
    return event;
  }
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_EVENT_MAPPING_H_
