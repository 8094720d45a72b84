// What pepctl reads: texts that people type, events and records that it shows, the failures that
// services answer with, and the description of a stack.
#include <array>
#include <filesystem>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/common/v1/refusal.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/target.h"
#include "tools/client/event_words.h"
#include "tools/client/failure.h"
#include "tools/client/stack_file.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/field_path.h"
#include "tools/pepctl/table.h"

namespace pepline::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <class One>
const Message& Of() {
  return One::default_instance();
}

// Messages of this type, whatever is made of them.
Target OfMessage(const Message& prototype, void (*run)(const Message&)) {
  return {.name = prototype.GetTypeName(),
          .run =
              [&prototype, run](std::string_view bytes) {
                const std::unique_ptr<Message> message(prototype.New());
                if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
                  run(*message);
                }
              },
          .seeds = [&prototype] { return FilledMessages(prototype); },
          .mutate =
              [&prototype](std::string_view bytes, std::size_t longest, unsigned random) {
                return MutatedMessage(prototype, bytes, longest, random);
              }};
}

void DescribeInWords(const Message& event) {
  const client::EventWords words = client::InWords(event, {});
  Expect(!words.text.empty(), "an event is told without a word");
  words.Sentence();
}

void Show(const Message& record) { pepctl::RecordText(record); }

void ReadFailure(const Message& details) {
  const grpc::Status status(grpc::FAILED_PRECONDITION, "", details.SerializeAsString());
  Expect(!client::FailureText(client::ReadFailure(status)).empty(), "a failure says nothing");
}

// What a person types for a value: read, printed, and read again.
void ReadTyped(std::string_view text) {
  if (const auto pence = client::ParsePounds(text); pence.ok()) {
    const auto again = client::ParsePounds(client::PoundsText(*pence));
    Expect(again.ok() && *again == *pence, "money is not read back as it was printed");
  }
  if (const auto at = client::ParseInstant(text); at.ok()) {
    client::SpokenInstant(*at);
    // An hour that London's clock shows twice cannot be told without an offset.
    if (const auto again = client::ParseInstant(client::InstantText(*at)); again.ok()) {
      Expect(*again == *at, "an instant is not read back as it was printed");
    }
  }
  client::SpokenDate(text);
  const auto& states = *scheduling::v1::PepState_descriptor();
  if (const auto state = client::ParseEnum(states, text); state.ok()) {
    Expect(states.FindValueByNumber(*state) != nullptr, "a word stands for no value");
  }
  client::Nearest(text.substr(0, 64), client::EnumChoices(states));
  pepctl::WidthOf(std::string(text));
}

// "<path>=<text>" for each field of a request that people give; the first byte says which request.
void ReadField(std::string_view bytes) {
  static const std::array<const Message*, 4> requests = {
      &Of<scheduling::v1::HoldPepMeetingRequest>(),
      &Of<scheduling::v1::SchedulePepMeetingRequest>(),
      &Of<funding::v1::DraftFundingRequestRequest>(), &Of<registry::v1::AppointStaffRequest>()};
  if (bytes.size() < 2) return;
  const std::unique_ptr<Message> request(
      requests[static_cast<unsigned char>(bytes[0]) % requests.size()]->New());
  const auto& type = *request->GetDescriptor();
  const FieldDescriptor& field =
      *type.field(static_cast<unsigned char>(bytes[1]) % type.field_count());
  const bool is_text =
      field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || pepctl::IsInstant(field);
  if (!is_text) return;
  const absl::Status set = pepctl::SetField(*request, field.name(), {std::string(bytes.substr(2))});
  if (set.ok()) pepctl::TextAt(*request, field.name());
}

void ReadStack(std::string_view bytes) {
  FileOf("stack.json", bytes);
  const auto stack = client::ReadStackFile(Folder());
  Expect(stack.ok() || absl::IsInvalidArgument(stack.status()), "a stack is refused for no reason");
}

template <class... Texts>
std::vector<std::string> These(Texts... texts) {
  return {std::string(texts)...};
}

}  // namespace

std::vector<Target> Targets() {
  return {
      Sharing("shown", {OfMessage(Of<registry::v1::RegistryEvent>(), &DescribeInWords),
                        OfMessage(Of<scheduling::v1::SchedulingEvent>(), &DescribeInWords),
                        OfMessage(Of<assessments::v1::AssessmentsEvent>(), &DescribeInWords),
                        OfMessage(Of<funding::v1::FundingEvent>(), &DescribeInWords),
                        OfMessage(Of<notifications::v1::NotificationsEvent>(), &DescribeInWords),
                        OfMessage(Of<scheduling::v1::ListPepsResponse>(), &Show),
                        OfMessage(Of<funding::v1::ListFundingRequestsResponse>(), &Show),
                        OfMessage(Of<registry::v1::GetChildResponse>(), &Show),
                        OfMessage(Of<common::v1::RpcStatus>(), &ReadFailure)}),
      Sharing("typed", {{.name = "text",
                         .run = &ReadTyped,
                         .seeds =
                             [] {
                               return These("£1,234.50", "-0.05", "2025-09-25 15:00:30",
                                            "2025-10-26T01:30:00+01:00", "2025-09-25", "preparing",
                                            "PEP_STATE_HELD");
                             },
                         .longest = 1024},
                        {.name = "field",
                         .run = &ReadField,
                         .seeds =
                             [] {
                               return These("aa2025-09-25", "aedesignated-teacher,child", "bdx",
                                            "ca1", "da2025-09-25 15:00");
                             },
                         .longest = 1024},
                        {.name = "stack", .run = &ReadStack, .seeds = [] {
                           return These(
                               R"({"folder":".run","clock":"simulated:/c","services":{"registry":)"
                               R"({"grpc":"127.0.0.1:1","metrics":"127.0.0.1:2"}},"tokens":{}})");
                         }}})};
}

}  // namespace pepline::fuzz
