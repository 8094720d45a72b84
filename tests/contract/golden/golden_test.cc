// The bytes of every event, as they were when it was first said, must decode for ever.
// Each event of each service's `oneof` has a file events/<its CloudEvents type>.golden: the bytes
// in hexadecimal, an empty line, and what they mean as protobuf text. A field that is added later
// leaves old files as they are; a file that no longer decodes to its text is a broken contract. A
// new event: run this test with PEPLINE_WRITE_GOLDEN=1 to write its file, then commit it.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/base/hex.h"

namespace pepline {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<const Message*> Envelopes() {
  return {&registry::v1::RegistryEvent::default_instance(),
          &scheduling::v1::SchedulingEvent::default_instance(),
          &assessments::v1::AssessmentsEvent::default_instance(),
          &funding::v1::FundingEvent::default_instance(),
          &notifications::v1::NotificationsEvent::default_instance()};
}

// Gives every field a value that follows from its number, so that a swapped number is seen.
void Fill(Message& message) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->real_containing_oneof() != nullptr) continue;
    const int seed = field->number();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        field->is_repeated() ? reflection->AddString(&message, field, absl::StrCat("text", seed))
                             : reflection->SetString(&message, field, absl::StrCat("text", seed));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection->SetInt32(&message, field, 100 + seed);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(&message, field, 1000 + seed);
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        reflection->SetUInt64(&message, field, 2000 + seed);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(&message, field, true);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        field->is_repeated() ? reflection->AddEnumValue(&message, field, 1)
                             : reflection->SetEnumValue(&message, field, 1);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(field->is_repeated() ? *reflection->AddMessage(&message, field)
                                  : *reflection->MutableMessage(&message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        FAIL() << field->full_name()
               << ": events hold no fields of this type; teach Fill if they do";
    }
  }
}

std::string Text(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  return text;
}

TEST(GoldenEvents, TheBytesOfEveryEventStillDecode) {
  const std::filesystem::path folder(GOLDEN_FOLDER);
  const bool write = std::getenv("PEPLINE_WRITE_GOLDEN") != nullptr;
  std::set<std::string> expected;
  for (const Message* prototype : Envelopes()) {
    const auto* oneof = prototype->GetDescriptor()->FindOneofByName("event");
    ASSERT_NE(oneof, nullptr) << prototype->GetTypeName();
    for (int i = 0; i < oneof->field_count(); ++i) {
      const FieldDescriptor* field = oneof->field(i);
      const std::string name = absl::StrCat(prototype->GetDescriptor()->file()->package(), ".",
                                            field->message_type()->name(), ".golden");
      expected.insert(name);
      if (write && !std::filesystem::exists(folder / name)) {
        std::unique_ptr<Message> event(prototype->New());
        Fill(*event);
        Fill(*event->GetReflection()->MutableMessage(event.get(), field));
        std::ofstream(folder / name) << absl::BytesToHexString(event->SerializeAsString()) << "\n\n"
                                     << Text(*event);
      }
      std::ifstream file(folder / name);
      ASSERT_TRUE(file) << name
                        << " is missing: run this test with PEPLINE_WRITE_GOLDEN=1 and commit it";
      std::string hex;
      std::string empty;
      std::getline(file, hex);
      std::getline(file, empty);
      std::stringstream text;
      text << file.rdbuf();
      std::unique_ptr<Message> decoded(prototype->New());
      ASSERT_TRUE(decoded->ParseFromString(BytesOfHex(hex))) << name;
      EXPECT_EQ(Text(*decoded), text.str()) << name;
      EXPECT_TRUE(decoded->GetReflection()->GetUnknownFields(*decoded).empty()) << name;
      EXPECT_TRUE(decoded->GetReflection()->HasField(*decoded, field)) << name;
    }
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT_TRUE(expected.contains(entry.path().filename()))
        << entry.path() << " belongs to no event: a contract was removed";
  }
}

}  // namespace
}  // namespace pepline
