// What the list of a struct's fields is written with. One list serves the stored record, the event
// and the answer (shared/engine/field_mapping.h); it is a function beside the struct:
//
//   void Fields(auto& map, Of<MeetingChange> auto& change) {
//     map(FIELD(changed_at), change.changed_at);
//     map.Kept(FIELD(reason), change.reason);  // in no event
//   }
//
//   map(field, member)          the message's field of that name, if it has one
//   map.Kept(field, member)     the same, and never in an event
//   map.Inline(member)          a struct whose fields lie in the same message
//   map.If(field, member, list) an optional whose fields lie in the same message; it is there where
//                               the field is set
//   map.Rows(field, member, key)   a std::map as rows that hold the key and the value's own fields
//   map.Rows(field, member, key, value)   a std::map as rows of two fields
// Promises: pure; a text or a number that a type does not have reads as nullopt.
#ifndef PEPLINE_SHARED_DOMAIN_FIELD_LIST_H_
#define PEPLINE_SHARED_DOMAIN_FIELD_LIST_H_

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/time/civil_time.h"
#include "shared/domain/calendar.h"
#include "shared/domain/ids.h"

namespace pepline {

// One of the structs: constant when it is written, not so when it is read.
template <class T, class... Struct>
concept Of = (std::same_as<std::remove_const_t<T>, Struct> || ...);

// What can be done with a field of a message.
enum class FieldStep { kIsThere, kHasPresence, kIsSet, kGet, kSet, kMutable };
template <FieldStep kStep>
using FieldStepIs = std::integral_constant<FieldStep, kStep>;

template <class Access>
struct Field {
  const char* name;
  Access access;
};
template <class Access>
Field(const char*, Access) -> Field<Access>;

// A field by its name, for whichever message it is asked of: what the compiler finds in the class
// that protoc made, so it costs what writing it out would.
// clang-format off
#define FIELD(field_name)                                                            \
  ::pepline::Field {                                                                 \
    #field_name, [](auto step, auto& message, auto&&... value) -> decltype(auto) {   \
      using enum ::pepline::FieldStep;                                               \
      if constexpr (step == kIsThere) {                                              \
        return ::std::bool_constant<requires { message.field_name(); }>();           \
      } else if constexpr (step == kHasPresence) {                                   \
        return ::std::bool_constant<requires { message.has_##field_name(); }>();     \
      } else if constexpr (step == kIsSet) {                                         \
        return message.has_##field_name();                                           \
      } else if constexpr (step == kGet) {                                           \
        return message.field_name();                                                 \
      } else if constexpr (step == kSet) {                                           \
        return message.set_##field_name(::std::forward<decltype(value)>(value)...);  \
      } else {                                                                       \
        return message.mutable_##field_name();                                       \
      }                                                                              \
    }                                                                                \
  }
// clang-format on

// The list of an optional in map.If whose struct has a list of its own.
inline constexpr auto kItsFields = [](auto& map, auto& value) { map.Inline(value); };

// An enum by the contract's number, from 1 to LastOf(Enum()), which stands beside it, as does
// IsLeftOut(Enum) where the contract leaves numbers out; nullopt for one that this version does not
// know.
template <class Enum>
constexpr std::optional<Enum> KnownEnum(int number) {
  if (number < 1 || number > static_cast<int>(LastOf(Enum()))) return std::nullopt;
  const auto value = static_cast<Enum>(number);
  if constexpr (requires { IsLeftOut(value); }) {
    if (IsLeftOut(value)) return std::nullopt;
  }
  return value;
}

// How a type is one text, or one number.
template <class T>
struct TextForm;
template <class T>
struct NumberForm;
template <class T>
concept HasTextForm = requires(const T& value) {
  TextForm<T>::Write(value);
};
template <class T>
concept HasNumberForm = requires(const T& value) {
  NumberForm<T>::Write(value);
};

// The form of a type that has a name for each of its values.
template <auto kNameOf, auto kParse>
struct NamedText {
  static std::string Write(auto value) { return std::string(kNameOf(value)); }
  static auto Read(const std::string& text) { return kParse(text); }
};

template <>
struct TextForm<std::string> {
  static const std::string& Write(const std::string& text) { return text; }
  static std::optional<std::string> Read(const std::string& text) { return text; }
};
template <class Tag>
struct TextForm<Id<Tag>> {
  static const std::string& Write(const Id<Tag>& id) { return id.text(); }
  static std::optional<Id<Tag>> Read(const std::string& text) { return Id<Tag>(text); }
};
template <>
struct TextForm<absl::CivilDay> {
  static std::string Write(absl::CivilDay day) { return FormatDate(day); }
  static std::optional<absl::CivilDay> Read(const std::string& text) { return ParseDate(text); }
};
template <>
struct TextForm<Term> : NamedText<TermName, ParseTerm> {};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_FIELD_LIST_H_
