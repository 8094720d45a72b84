// Fills messages from structs and reads them back by the structs' field lists
// (shared/domain/field_list.h): ids, days and terms are text, enums have the contract's numbers, an
// instant is microseconds since 1970 or a Timestamp, as the message has it. A field that a message
// does not have is passed over; tests name what each leaves out (tests/support/field_gaps.h).
// Errors: what cannot be read fails the FieldReader. Threads: pure functions.
#ifndef PEPLINE_SHARED_ENGINE_FIELD_MAPPING_H_
#define PEPLINE_SHARED_ENGINE_FIELD_MAPPING_H_

#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "shared/base/timestamps.h"
#include "shared/domain/field_list.h"
#include "shared/engine/field_reader.h"

namespace pepline {

// Whom a message is for: an event leaves out what is only kept.
enum class Audience { kOwn, kEvent };

// Finds out whether a struct has a field list.
struct FieldProbe {
  void operator()(auto field, auto& member);
  void Kept(auto field, auto& member);
  void Inline(auto& member);
  void If(auto field, auto& member, auto list);
  void Rows(auto field, auto& rows, auto key, auto value);
  void Rows(auto field, auto& rows, auto key);
};
// One that is also one text has its fields where it is Inline, and is the text where it is a field.
template <class T>
concept HasFieldList = !HasTextForm<T> && requires(FieldProbe & probe, T& value) {
  Fields(probe, value);
};

template <FieldStep kStep, class Field, class Message, class... Value>
decltype(auto) Do(const Field& field, Message& message, Value&&... value) {
  return field.access(FieldStepIs<kStep>(), message, std::forward<Value>(value)...);
}
template <class Field, class Message>
inline constexpr bool kIsThere =
    decltype(Do<FieldStep::kIsThere>(std::declval<Field&>(), std::declval<Message&>()))::value;
template <class Field, class Message>
inline constexpr bool kHasPresence =
    decltype(Do<FieldStep::kHasPresence>(std::declval<Field&>(), std::declval<Message&>()))::value;
// What the message's getter gives: a number, an enum, a text or a message.
template <class Field, class Message>
using FieldValue = std::remove_cvref_t<decltype(Do<FieldStep::kGet>(
    std::declval<const Field&>(), std::declval<const Message&>()))>;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsList<std::set<T>> = true;

// Fills those fields of the message that the list of T names.
template <Audience kAudience = Audience::kOwn, class T, class Message>
void WriteFields(const T& value, Message& message);

// Adds the values to a repeated field.
template <Audience kAudience = Audience::kOwn, class List, class Values>
void AppendTo(List& list, const Values& values) {
  using T = typename Values::value_type;
  for (const T& value : values) {
    if constexpr (HasFieldList<T>) {
      WriteFields<kAudience>(value, *list.Add());
    } else if constexpr (std::same_as<typename List::value_type, std::string>) {
      *list.Add() = TextForm<T>::Write(value);
    } else {
      list.Add(static_cast<typename List::value_type>(value));
    }
  }
}

template <class Message, Audience kAudience>
class MessageWriter {
 public:
  explicit MessageWriter(Message& message) : message_(message) {}

  template <class Field, class T>
  void operator()(const Field& field, const T& value) {
    if constexpr (kIsThere<Field, Message>) Put(field, value);
  }
  void Kept(const auto& field, const auto& value) {
    if constexpr (kAudience == Audience::kOwn) (*this)(field, value);
  }
  void Inline(const auto& value) { Fields(*this, value); }
  template <class Field, class T>
  void If(const Field&, const std::optional<T>& value, const auto& list) {
    if constexpr (kIsThere<Field, Message>) {
      if (value) list(*this, *value);
    }
  }
  void Rows(const auto& field, const auto& rows, const auto& key, const auto& value) {
    EachRow(field, rows, key, [&](auto& row, const auto& one) { row(value, one); });
  }
  void Rows(const auto& field, const auto& rows, const auto& key) {
    EachRow(field, rows, key, [](auto& row, const auto& one) { row.Inline(one); });
  }

 private:
  template <class Field>
  void EachRow(const Field& field, const auto& rows, const auto& key, const auto& put) {
    if constexpr (kIsThere<Field, Message>) {
      for (const auto& row : rows) {
        auto& added = *Do<FieldStep::kMutable>(field, message_)->Add();
        MessageWriter<std::remove_cvref_t<decltype(added)>, kAudience> writer(added);
        writer(key, row.first);
        put(writer, row.second);
      }
    }
  }
  template <class Field, class T>
  void Put(const Field& field, const T& value) {
    if constexpr (kIsOptional<T>) {
      if (value) Put(field, *value);
    } else if constexpr (kIsList<T>) {
      AppendTo<kAudience>(*Do<FieldStep::kMutable>(field, message_), value);
    } else if constexpr (HasFieldList<T>) {
      WriteFields<kAudience>(value, *Do<FieldStep::kMutable>(field, message_));
    } else if constexpr (std::same_as<FieldValue<Field, Message>, google::protobuf::Timestamp>) {
      *Do<FieldStep::kMutable>(field, message_) = ToTimestamp(value);
    } else if constexpr (std::same_as<FieldValue<Field, Message>, std::string> && HasTextForm<T>) {
      Do<FieldStep::kSet>(field, message_, TextForm<T>::Write(value));
    } else if constexpr (HasNumberForm<T>) {
      Do<FieldStep::kSet>(field, message_, NumberForm<T>::Write(value));
    } else if constexpr (std::same_as<T, absl::Time>) {
      Do<FieldStep::kSet>(field, message_, absl::ToUnixMicros(value));
    } else {
      Do<FieldStep::kSet>(field, message_, static_cast<FieldValue<Field, Message>>(value));
    }
  }

  Message& message_;
};

template <class Message>
class MessageReader {
 public:
  MessageReader(const Message& message, FieldReader& reader) : message_(message), reader_(reader) {}

  template <class Field, class T>
  void operator()(const Field& field, T& value) {
    if constexpr (kIsThere<Field, Message>) Get(field, value);
  }
  void Kept(const auto& field, auto& value) { (*this)(field, value); }
  void Inline(auto& value) { Fields(*this, value); }
  template <class Field, class T>
  void If(const Field& field, std::optional<T>& value, const auto& list) {
    if constexpr (kIsThere<Field, Message>) {
      if (IsSet(field)) list(*this, value.emplace());
    }
  }
  void Rows(const auto& field, auto& rows, const auto& key, const auto& value) {
    EachRow(field, rows, key, [&](auto& row, auto& one) { row(value, one); });
  }
  void Rows(const auto& field, auto& rows, const auto& key) {
    EachRow(field, rows, key, [](auto& row, auto& one) { row.Inline(one); });
  }

 private:
  template <class Field, class Key, class Value>
  void EachRow(const Field& field, std::map<Key, Value>& rows, const auto& key_field,
               const auto& get) {
    if constexpr (kIsThere<Field, Message>) {
      for (const auto& row : Do<FieldStep::kGet>(field, message_)) {
        MessageReader<std::remove_cvref_t<decltype(row)>> fields(row, reader_);
        Key key{};
        fields(key_field, key);
        get(fields, rows[key]);
      }
    }
  }
  template <class Field, class T>
  void Get(const Field& field, T& value) {
    const auto& given = Do<FieldStep::kGet>(field, message_);
    if constexpr (kIsList<T>) {
      for (const auto& one : given) {
        typename T::value_type element{};
        if constexpr (std::is_enum_v<typename T::value_type>) {
          if (reader_.PassesOverUnknown() && !KnownEnum<typename T::value_type>(one)) continue;
        }
        Read(one, element);
        value.insert(value.end(), std::move(element));
      }
    } else if constexpr (kIsOptional<T>) {
      if (IsSet(field)) Read(given, value.emplace());
    } else {
      Read(given, value);
    }
  }
  template <class Field>
  bool IsSet(const Field& field) const {
    if constexpr (kHasPresence<Field, Message>) {
      return Do<FieldStep::kIsSet>(field, message_);
    } else {
      // Without presence, what is not set is the default: no text, or the enum's number 0.
      return Do<FieldStep::kGet>(field, message_) != FieldValue<Field, Message>();
    }
  }
  template <class Given, class T>
  void Read(const Given& given, T& value) {
    if constexpr (HasFieldList<T>) {
      MessageReader<Given> inner(given, reader_);
      Fields(inner, value);
    } else if constexpr (std::same_as<Given, google::protobuf::Timestamp>) {
      value = reader_.Known(FromTimestamp(given));
    } else if constexpr (std::same_as<Given, std::string>) {
      value = reader_.Known(TextForm<T>::Read(given));
    } else if constexpr (HasNumberForm<T>) {
      value = reader_.Known(NumberForm<T>::Read(given));
    } else if constexpr (std::same_as<T, absl::Time>) {
      value = absl::FromUnixMicros(given);
    } else if constexpr (std::is_enum_v<T>) {
      value = reader_.Known(KnownEnum<T>(given));
    } else {
      value = given;
    }
  }

  const Message& message_;
  FieldReader& reader_;
};

template <Audience kAudience, class T, class Message>
void WriteFields(const T& value, Message& message) {
  MessageWriter<Message, kAudience> writer(message);
  Fields(writer, value);
}

// Reads them back; what the message does not have keeps what T{} has.
template <class T, class Message>
T ReadFields(const Message& message, FieldReader& reader) {
  T value{};
  MessageReader<Message> fields(message, reader);
  Fields(fields, value);
  return value;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_FIELD_MAPPING_H_
