// Walks the field list of a struct against a message and names what the two do not share, so that a
// field that was forgotten on one side fails a test by its name. Enums are compared by the names of
// their values, without underscores: kHeld is PEP_STATE_HELD.
#ifndef PEPLINE_TESTS_SUPPORT_FIELD_GAPS_H_
#define PEPLINE_TESTS_SUPPORT_FIELD_GAPS_H_

#include <algorithm>
#include <cctype>
#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "shared/engine/event_mapping.h"
#include "shared/engine/field_mapping.h"

namespace pepline {

struct FieldGaps {
  std::set<std::string> not_in_message;   // of the list
  std::set<std::string> not_in_list;      // of the message
  std::vector<std::string> unlike_enums;  // "state: 3 is HELD and FINALISED"
  int members_listed = 0;
};

struct AnyMember {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};
template <class T, std::size_t... kIndex>
constexpr bool TakesMembers(std::index_sequence<kIndex...>) {
  return requires { T{(static_cast<void>(kIndex), AnyMember())...}; };
}
// How many members a struct without constructors has.
template <class T, int kAtLeast = 1>
constexpr int MembersOf() {
  if constexpr (TakesMembers<T>(std::make_index_sequence<kAtLeast>())) {
    return MembersOf<T, kAtLeast + 1>();
  } else {
    return kAtLeast - 1;
  }
}

// "FULLTIME" for FULL_TIME and for FullTime.
inline std::string Letters(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c != '_') letters += static_cast<char>(std::toupper(c));
  }
  return letters;
}
// "HELD" for Stage::kHeld; of a number without a name, what the compiler spells instead.
template <auto kValue>
std::string EnumeratorName() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("kValue = ") + 9);
  text = text.substr(0, text.find_first_of(";]"));
  if (const auto colons = text.rfind("::k"); colons != std::string_view::npos) {
    text.remove_prefix(colons + 3);
  }
  return Letters(text);
}

template <class Enum, int kNumber = 1>
void CompareEnums(const google::protobuf::EnumDescriptor& contract, const std::string& field,
                  std::vector<std::string>& unlike) {
  constexpr int kLast = static_cast<int>(LastOf(Enum()));
  const auto* value = contract.FindValueByNumber(kNumber);
  if constexpr (kNumber > kLast) {
    if (value) unlike.push_back(field + ": the contract has more values than the domain");
  } else {
    std::string ours = "no value";
    if constexpr (KnownEnum<Enum>(kNumber).has_value()) {
      ours = EnumeratorName<static_cast<Enum>(kNumber)>();
    }
    std::string theirs = "no value";
    if (value) {
      // PEP_STATE_UNSPECIFIED says what the names of the others begin with.
      std::string_view begins = contract.FindValueByNumber(0)->name();
      begins.remove_suffix(std::string_view("UNSPECIFIED").size());
      theirs = Letters(std::string_view(value->name()).substr(begins.size()));
    }
    if (theirs != ours) {
      unlike.push_back(field + ": " + std::to_string(kNumber) + " is " + ours + " and " + theirs);
    }
    CompareEnums<Enum, kNumber + 1>(contract, field, unlike);
  }
}

template <class T>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<std::optional<T>> {
  using Type = T;
};
template <class T>
struct ElementOf<std::vector<T>> {
  using Type = T;
};

template <class Message>
class FieldCounter {
 public:
  explicit FieldCounter(FieldGaps& gaps) : gaps_(gaps) {}

  template <class Field, class T>
  void operator()(const Field& field, T&) {
    using Element = typename ElementOf<T>::Type;
    Find(field.name);
    const auto* found = Message::descriptor()->FindFieldByName(field.name);
    if constexpr (std::is_enum_v<Element> && !HasTextForm<Element>) {
      if (found && found->enum_type()) {
        CompareEnums<Element>(*found->enum_type(), field.name, gaps_.unlike_enums);
      }
    }
  }
  void Kept(const auto& field, auto& member) { (*this)(field, member); }
  void Inline(auto& member) {
    const int before = gaps_.members_listed;
    Fields(*this, member);
    gaps_.members_listed = before + 1;
  }
  template <class T>
  void If(const auto&, std::optional<T>&, const auto& list) {
    const int before = gaps_.members_listed;
    T value{};
    list(*this, value);
    gaps_.members_listed = before + 1;
  }
  void Rows(const auto& field, auto&, const auto&...) { Find(field.name); }

  std::set<std::string> names;

 private:
  void Find(const char* name) {
    ++gaps_.members_listed;
    names.insert(name);
    if (!Message::descriptor()->FindFieldByName(name)) gaps_.not_in_message.insert(name);
  }

  FieldGaps& gaps_;
};

template <class T, class Message>
FieldGaps GapsOf() {
  FieldGaps gaps;
  FieldCounter<Message> counter(gaps);
  T value{};
  Fields(counter, value);
  for (int i = 0; i < Message::descriptor()->field_count(); ++i) {
    const std::string& name = Message::descriptor()->field(i)->name();
    if (!counter.names.contains(name)) gaps.not_in_list.insert(name);
  }
  return gaps;
}

using FieldNames = std::set<std::string>;

// Everything of T is stored, and the list fills every field of the stored message but these, which
// the codec fills by hand; the list does not name so many members of T.
template <class T, class Message>
void ExpectStored(const FieldNames& by_hand = {}, int members_by_hand = 0) {
  SCOPED_TRACE(Message::descriptor()->full_name());
  const FieldGaps gaps = GapsOf<T, Message>();
  EXPECT_EQ(gaps.not_in_message, FieldNames());
  EXPECT_EQ(gaps.not_in_list, by_hand);
  EXPECT_EQ(gaps.unlike_enums, std::vector<std::string>());
  EXPECT_EQ(MembersOf<T>() - gaps.members_listed, members_by_hand);
}

// The list fills every field of an answer's message but these.
template <class T, class Message>
void ExpectFilled(const FieldNames& by_hand = {}) {
  SCOPED_TRACE(Message::descriptor()->full_name());
  const FieldGaps gaps = GapsOf<T, Message>();
  EXPECT_EQ(gaps.not_in_list, by_hand);
  EXPECT_EQ(gaps.unlike_enums, std::vector<std::string>());
}

// The same of every event that has a message; those that are named have fields that are filled from
// the state.
template <class Events, class Messages, std::size_t kIndex = 0>
void ExpectEventsFilled(std::map<std::string, FieldNames> by_hand = {}) {
  if constexpr (kIndex < std::variant_size_v<Events>) {
    using Message = std::variant_alternative_t<kIndex, Messages>;
    if constexpr (!std::same_as<Message, Unpublished>) {
      ExpectFilled<std::variant_alternative_t<kIndex, Events>, Message>(
          by_hand[Message::descriptor()->name()]);
    }
    ExpectEventsFilled<Events, Messages, kIndex + 1>(std::move(by_hand));
  }
}

}  // namespace pepline

#endif  // PEPLINE_TESTS_SUPPORT_FIELD_GAPS_H_
