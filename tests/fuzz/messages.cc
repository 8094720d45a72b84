#include "tests/fuzz/messages.h"

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <span>

#include "google/protobuf/timestamp.pb.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Random = std::minstd_rand;

constexpr int kDeepest = 6;

// What stands in a text field whose name ends so. The first is what Fill takes.
struct Words {
  std::string_view ending;
  std::vector<std::string_view> texts;
};
const std::vector<Words>& Vocabulary() {
  static const auto* const vocabulary = new std::vector<Words>{
      {"authority_code", {"931", "925", "000", ""}},
      {"school_urn", {"123456", "654321", "123240", ""}},
      {"child_id", {"chd-1", "chd-2", "chd-00000000000000000001", ""}},
      {"staff_id", {"stf-1", "stf-2", ""}},
      {"fund_line_id", {"931.2025-26", "931.2026-27", "925.1999-00"}},
      {"funding_request_id", {"req-93125aaaaaaaaaaaaaaa", "req-93126aaaaaaaaaaaaaaa", "f1"}},
      {"pep_id", {"chd-1.1", "chd-1.2", "chd-1.100", "chd-2.1", ""}},
      {"sdq_id", {"chd-1.1.pep.teacher", "chd-1.1.annual-carer.carer"}},
      {"deadline_id",
       {"chd-1.1.finalise-within-5-school-days", "chd-1.1.pep-held-within-4-months"}},
      {"alert_id", {"chd-1.1.finalise-within-5-school-days", "123456.designated-teacher-vacancy"}},
      {"outcome_id", {"o1"}},
      {"request_id", {"r1", "r2", "r3", "r4", "r5", "r6"}},
      {"aggregate_id", {"registry/child/chd-1", "scheduling/plan/chd-1", "registry/school/123456"}},
      {"division", {"england-and-wales", "scotland"}},
      {"academic_year", {"2025/26", "2026/27", "1999/00"}},
      {"term", {"autumn", "spring", "summer", ""}},
      {"rule_id",
       {"finalise-within-5-school-days", "termly-pep-held-by-term-cut-off",
        "initial-pep-started-within-10-working-days", "pep-held-within-4-months",
        "sdq-scored-3-school-days-before-meeting", "designated-teacher-vacancy", ""}},
      {"phase", {"primary", "secondary"}},
      {"resolved_cause", {"met", "met-late", "withdrawn", "appointed", ""}},
      {"cause", {"nobody-in-role", "address-refused", "too-many-attempts", ""}},
      {"channel", {"smtp", "file", ""}},
      {"reason", {"other", "adoption", "the school is flooded", ""}},
      {"traceparent", {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", ""}},
      {"email", {"a.teacher@school.example"}},
      {"upn", {"", "A123456789012"}},
      {"vacant_since", {"2025-09-10", ""}},
      {"earlier_care_starts", {"2025-09-05"}},
      {"wrong_moves", {"2025-09-05"}},
      {"sdq_from", {"2018-02-28", ""}},
      {"sdq_until", {"2031-02-27", ""}},
      {"legal_status", {"V4", "C2", ""}},
      {"meeting_chairs", {"virtual-school", ""}},
      {"meeting_attendees", {"carer", ""}},
      {"fact", {"care-start", "care-end", "enrolment", ""}},
      {"first_day", {"2025-09-01"}},
      {"last_day", {"2025-12-19"}},
      {"ended_on", {"2025-11-01"}},
      {"ceased_on", {"2026-03-01", ""}},
      {"end_on", {"2026-03-31"}},
      {"date_of_birth", {"2014-02-28", "2012-02-29"}},
      {"_on",
       {"2025-09-10", "2025-09-01", "2024-02-29", "0001-01-01", "9999-12-31", "2025-10-26",
        "2026-03-29", "2025-9-1", ""}},
      {"days", {"2025-12-25", "2025-12-26", "2026-01-01"}},
      {"section", {"carer-contribution", "needs-and-support", "text", ""}},
      {"code", {"carer-contribution", "needs-and-support", "text", ""}},
      {"owner", {"carer", "designated-teacher", ""}},
      {"", {"text", "", "\xc3\xab", "a\nb"}}};
  return *vocabulary;
}

const std::vector<std::string_view>& TextsFor(std::string_view name) {
  for (const Words& words : Vocabulary()) {
    if (name.ends_with(words.ending)) return words.texts;
  }
  return Vocabulary().back().texts;
}

constexpr std::int64_t kSomeSecond = 1'757'500'000;  // in September 2025
constexpr std::array<std::int64_t, 9> kSeconds = {kSomeSecond,
                                                  kSomeSecond + 86'400,
                                                  kSomeSecond + 1'209'600,
                                                  0,
                                                  -62'135'596'800,
                                                  253'402'300'799,
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  -1};
constexpr std::array<std::int64_t, 14> kNumbers = {1,
                                                   0,
                                                   2,
                                                   3,
                                                   5,
                                                   12,
                                                   100,
                                                   20'000,
                                                   -1,
                                                   2025,
                                                   std::numeric_limits<std::int32_t>::max(),
                                                   std::numeric_limits<std::int32_t>::min(),
                                                   std::numeric_limits<std::int64_t>::max(),
                                                   std::numeric_limits<std::int64_t>::min()};

template <class List>
auto OneOf(const List& list, Random& random) {
  return list[random() % list.size()];
}

// Sets a field that is no message, or adds to it.
template <class Value, class Set, class Add>
void Put(Message& message, const FieldDescriptor* field, Set set, Add add, Value value) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) {
    (reflection->*add)(&message, field, value);
  } else {
    (reflection->*set)(&message, field, value);
  }
}

void PutNumber(Message& message, const FieldDescriptor* field, std::int64_t number) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Put(message, field, &Reflection::SetInt32, &Reflection::AddInt32,
                 static_cast<std::int32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Put(message, field, &Reflection::SetUInt32, &Reflection::AddUInt32,
                 static_cast<std::uint32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return Put(message, field, &Reflection::SetInt64, &Reflection::AddInt64, number);
    case FieldDescriptor::CPPTYPE_UINT64:
      return Put(message, field, &Reflection::SetUInt64, &Reflection::AddUInt64,
                 static_cast<std::uint64_t>(number));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Put(message, field, &Reflection::SetDouble, &Reflection::AddDouble,
                 static_cast<double>(number));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Put(message, field, &Reflection::SetFloat, &Reflection::AddFloat,
                 static_cast<float>(number));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Put(message, field, &Reflection::SetBool, &Reflection::AddBool, number % 2 != 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Put(message, field, &Reflection::SetEnumValue, &Reflection::AddEnumValue,
                 static_cast<int>(number));
    default:
      return;
  }
}

void PutText(Message& message, const FieldDescriptor* field, std::string text) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) {
    reflection->AddString(&message, field, std::move(text));
  } else {
    reflection->SetString(&message, field, std::move(text));
  }
}

bool HoldsAnInstant(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 &&
         (field->name().ends_with("_at") || field->name() == "at" || field->name() == "since");
}

std::int64_t NumberFor(const FieldDescriptor& field) {
  if (field.name().ends_with("pence")) return 20'000;
  if (field.name() == "first_year") return 2025;
  // One that is over is none of those that are open, nor of those that open next.
  if (field.full_name() == "pepline.scheduling.storage.v1.ClosedPep.number") return 100;
  // A version's bytes have a hash; those that are read are made as an ePEP is finalised.
  if (field.name() == "epep_versions") return 0;
  return 1;
}

void FillDown(Message& message, int chosen, int depth) {
  const Descriptor* type = message.GetDescriptor();
  if (type == google::protobuf::Timestamp::descriptor()) {
    static_cast<google::protobuf::Timestamp&>(message).set_seconds(kSomeSecond);
    return;
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (const auto* oneof = field->real_containing_oneof();
        oneof != nullptr && oneof->field(chosen % oneof->field_count()) != field) {
      continue;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (depth == kDeepest) continue;
      const Reflection* reflection = message.GetReflection();
      Message& inner = field->is_repeated() ? *reflection->AddMessage(&message, field)
                                            : *reflection->MutableMessage(&message, field);
      FillDown(inner, chosen, depth + 1);
      // The newest PEP is none of those that are open beside it.
      if (field->full_name() == "pepline.scheduling.storage.v1.Plan.cycle") {
        PutNumber(inner, inner.GetDescriptor()->FindFieldByName("number"), 2);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      PutText(message, field, std::string(TextsFor(field->name()).front()));
    } else if (HoldsAnInstant(field)) {
      PutNumber(message, field, kSomeSecond * 1'000'000);
    } else {
      PutNumber(message, field, NumberFor(*field));
    }
  }
}

// The message or one within it, each as likely as the number of ways that lead there.
Message& Somewhere(Message& message, Random& random) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  std::vector<Message*> within;
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (!field->is_repeated()) {
      within.push_back(reflection->MutableMessage(&message, field));
      continue;
    }
    for (int n = 0; n < reflection->FieldSize(message, field); ++n) {
      within.push_back(reflection->MutableRepeatedMessage(&message, field, n));
    }
  }
  const std::size_t which = random() % (within.size() + 1);
  return which == within.size() ? message : Somewhere(*within[which], random);
}

// Texts of any bytes would be refused as no UTF-8, so most are words, and few are odd.
std::string SomeText(const FieldDescriptor* field, const std::string& before, Random& random) {
  switch (random() % 8) {
    case 0:
      return Mutated(before, before.size() + 16);
    case 1:
      return std::string(random() % 300, 'x');
    case 2:  // of a field of another kind
      return std::string(OneOf(OneOf(Vocabulary(), random).texts, random));
    default:
      return std::string(OneOf(TextsFor(field->name()), random));
  }
}

void ChangeField(Message& message, const FieldDescriptor* field, Random& random) {
  const Reflection* reflection = message.GetReflection();
  const bool empties = field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                            : reflection->HasField(message, field);
  if (empties && random() % 6 == 0) {
    if (field->is_repeated() && random() % 2 == 0) {
      reflection->RemoveLast(&message, field);
    } else {
      reflection->ClearField(&message, field);
    }
    return;
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& inner = field->is_repeated() ? *reflection->AddMessage(&message, field)
                                            : *reflection->MutableMessage(&message, field);
      if (random() % 4 != 0) FillDown(inner, static_cast<int>(random() % 32), 2);
      return;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return PutText(
          message, field,
          SomeText(field, field->is_repeated() ? "" : reflection->GetString(message, field),
                   random));
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutNumber(
          message, field,
          static_cast<std::int64_t>(
              random() % (static_cast<unsigned>(field->enum_type()->value_count()) + 1)));
    default:
      if (HoldsAnInstant(field) || field->name() == "seconds") {
        const std::int64_t seconds = OneOf(kSeconds, random);
        const bool fits = seconds > -100'000'000'000 && seconds < 300'000'000'000;
        return PutNumber(message, field,
                         field->name() == "seconds" || !fits ? seconds : seconds * 1'000'000);
      }
      return PutNumber(message, field,
                       random() % 4 == 0 ? static_cast<std::int64_t>(random() % 100'000)
                                         : OneOf(kNumbers, random));
  }
}

}  // namespace

void Fill(Message& message, int chosen) { FillDown(message, chosen, 0); }

std::vector<std::string> FilledMessages(const Message& prototype) {
  const Descriptor* type = prototype.GetDescriptor();
  const int cases = type->real_oneof_decl_count() > 0 ? type->oneof_decl(0)->field_count() : 1;
  std::vector<std::string> filled;
  for (int i = 0; i < cases; ++i) {
    const std::unique_ptr<Message> message(prototype.New());
    Fill(*message, i);
    filled.push_back(message->SerializeAsString());
  }
  return filled;
}

std::string MutatedMessage(const Message& prototype, std::string_view bytes, std::size_t longest,
                           unsigned seed) {
  Random random(seed);
  const std::unique_ptr<Message> message(prototype.New());
  if (random() % 4 == 0 || !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Mutated(bytes, longest);
  }
  for (unsigned changes = random() % 3 + 1; changes > 0; --changes) {
    Message& place = Somewhere(*message, random);
    const Descriptor* type = place.GetDescriptor();
    if (type->field_count() == 0) continue;
    ChangeField(
        place, type->field(static_cast<int>(random() % static_cast<unsigned>(type->field_count()))),
        random);
  }
  std::string made = message->SerializeAsString();
  return made.size() <= longest ? made : Mutated(bytes, longest);
}

}  // namespace pepline::fuzz
