#include "tools/pepctl/field_path.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/timestamp.pb.h"
#include "shared/domain/calendar.h"
#include "shared/rpc/request_fields.h"
#include "tools/client/text_forms.h"

namespace pepline::pepctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::vector<std::string> PartsOf(std::string_view path) {
  return absl::StrSplit(absl::string_view(path.data(), path.size()), '.');
}

bool IsDate(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && absl::EndsWith(field.name(), "_on");
}

// A line of costs and the like: one text and one amount.
bool IsPricedText(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field.is_repeated() &&
         field.message_type()->field_count() == 2 &&
         field.message_type()->field(0)->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         IsMoney(*field.message_type()->field(1));
}

absl::StatusOr<std::int64_t> ReadNumber(const FieldDescriptor& field, const std::string& text) {
  if (IsMoney(field)) return client::ParsePounds(text);
  std::int64_t number = 0;
  const bool fits =
      absl::SimpleAtoi(text, &number) && (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                                          (number >= std::numeric_limits<std::int32_t>::min() &&
                                           number <= std::numeric_limits<std::int32_t>::max()));
  if (!fits) return absl::InvalidArgumentError("is not a whole number");
  return number;
}

absl::Status SetPricedText(Message& message, const FieldDescriptor& field,
                           const std::string& text) {
  const auto equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return absl::InvalidArgumentError("is not TEXT=POUNDS; give it like \"Tutoring=450.00\"");
  }
  auto pence = client::ParsePounds(text.substr(equals + 1));
  if (!pence.ok()) return pence.status();
  Message& line = *message.GetReflection()->AddMessage(&message, &field);
  line.GetReflection()->SetString(&line, field.message_type()->field(0), text.substr(0, equals));
  line.GetReflection()->SetInt64(&line, field.message_type()->field(1), *pence);
  return absl::OkStatus();
}

absl::Status SetNumber(Message& message, const FieldDescriptor& field, const std::string& text) {
  const Reflection& reflection = *message.GetReflection();
  auto number = ReadNumber(field, text);
  if (!number.ok()) return number.status();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    reflection.SetInt64(&message, &field, *number);
  } else if (field.is_repeated()) {
    reflection.AddInt32(&message, &field, static_cast<std::int32_t>(*number));
  } else {
    reflection.SetInt32(&message, &field, static_cast<std::int32_t>(*number));
  }
  return absl::OkStatus();
}

absl::Status SetText(Message& message, const FieldDescriptor& field, const std::string& text) {
  if (IsDate(field) && !ParseDate(text)) {
    return absl::InvalidArgumentError("is not a date; give it like 2025-09-25");
  }
  message.GetReflection()->SetString(&message, &field, text);
  return absl::OkStatus();
}

absl::Status SetOne(Message& message, const FieldDescriptor& field, const std::string& text) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetText(message, field, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, true);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber(message, field, text);
    case FieldDescriptor::CPPTYPE_ENUM: {
      auto value = client::ParseEnum(*field.enum_type(), text);
      if (!value.ok()) return value.status();
      field.is_repeated() ? reflection.AddEnumValue(&message, &field, *value)
                          : reflection.SetEnumValue(&message, &field, *value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (IsPricedText(field)) return SetPricedText(message, field, text);
      auto at = client::ParseInstant(text);
      if (!at.ok()) return at.status();
      reflection.MutableMessage(&message, &field)->CopyFrom(ToTimestamp(*at));
      return absl::OkStatus();
    }
    default:
      return absl::InvalidArgumentError("cannot be given on a command line");
  }
}

std::string Element(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return client::EnumText(*field.enum_type(),
                              reflection.GetRepeatedEnumValue(message, &field, index));
    default:
      return "";
  }
}

std::string Instant(const Message& message, const FieldDescriptor& field) {
  if (!IsInstant(field) || !message.GetReflection()->HasField(message, &field)) return "";
  google::protobuf::Timestamp at;
  at.CopyFrom(message.GetReflection()->GetMessage(message, &field));
  return client::InstantText(client::TimeOf(at));
}

}  // namespace

const FieldDescriptor& FieldAt(const Descriptor& type, std::string_view path) {
  const Descriptor* here = &type;
  const FieldDescriptor* field = nullptr;
  for (const std::string& part : PartsOf(path)) {
    field = here == nullptr ? nullptr : here->FindFieldByName(part);
    if (field == nullptr) {
      std::fprintf(stderr, "bug: %s has no field %s\n", type.full_name().c_str(),
                   std::string(path).c_str());
      std::abort();
    }
    here = field->message_type();
  }
  return *field;
}

bool IsFlag(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
}

bool IsMoney(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 &&
         absl::EndsWith(field.name(), "_pence");
}

bool IsInstant(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

std::string FormOf(const FieldDescriptor& field) {
  if (IsMoney(field)) return "POUNDS";
  if (IsInstant(field)) return "TIME";
  if (IsDate(field)) return "DATE";
  if (IsPricedText(field)) return "TEXT=POUNDS";
  std::string form = "NUMBER";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) form = "WORD";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) form = "TEXT";
  return field.is_repeated() ? form + ",..." : form;
}

std::vector<std::string> ChoicesOf(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return {};
  return client::EnumChoices(*field.enum_type());
}

absl::Status SetField(Message& message, std::string_view path,
                      const std::vector<std::string>& texts) {
  const FieldDescriptor& field = FieldAt(*message.GetDescriptor(), path);
  Message* holder = &message;
  const std::vector<std::string> parts = PartsOf(path);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(
        holder, holder->GetDescriptor()->FindFieldByName(parts[i]));
  }
  std::vector<std::string> values = texts;
  if (field.is_repeated() && !IsPricedText(field)) {
    values = absl::StrSplit(absl::StrJoin(texts, ","), ',');
  }
  for (const std::string& value : values) {
    if (absl::Status set = SetOne(*holder, field, value); !set.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("'", value, "' ", set.message()));
    }
  }
  return absl::OkStatus();
}

std::string TextOfField(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    std::vector<std::string> texts;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      texts.push_back(Element(message, field, i));
    }
    return absl::StrJoin(texts, ", ");
  }
  // A field whose absence says something (`optional`) has no text when absent.
  if (field.has_presence() && !reflection.HasField(message, &field)) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return IsMoney(field) ? client::PoundsText(reflection.GetInt64(message, &field))
                            : absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return client::EnumText(*field.enum_type(), reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Instant(message, field);
    default:
      return "";
  }
}

std::string TextAt(const Message& message, std::string_view path) {
  const FieldDescriptor& field = FieldAt(*message.GetDescriptor(), path);
  const Message* holder = &message;
  const std::vector<std::string> parts = PartsOf(path);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    holder = &holder->GetReflection()->GetMessage(
        *holder, holder->GetDescriptor()->FindFieldByName(parts[i]));
  }
  return TextOfField(*holder, field);
}

std::string LabelOf(const FieldDescriptor& field) {
  absl::string_view name = field.name();
  if (IsMoney(field)) name.remove_suffix(6);
  return absl::StrReplaceAll(name, {{"_", " "}});
}

}  // namespace pepline::pepctl
