// What pepctl reads: command lines and texts that people type, events and records that it shows,
// the answers and failures of services, dead letters, and the description of a stack.
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
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
#include "tests/fuzz/no_services.h"
#include "tests/fuzz/steps.h"
#include "tests/fuzz/target.h"
#include "tools/client/event_words.h"
#include "tools/client/failure.h"
#include "tools/client/stack_file.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/command_line.h"
#include "tools/pepctl/command_tree.h"
#include "tools/pepctl/dead_letter.h"
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

// What is printed for a person moves no cursor and changes no colour, whatever somebody sent.
void ExpectPlain(std::string_view text) {
  for (const char c : text) {
    Expect(c == '\n' || !absl::ascii_iscntrl(static_cast<unsigned char>(c)),
           "a control character is printed");
  }
}

void DescribeInWords(const Message& event) {
  const client::EventWords words = client::InWords(event, {});
  Expect(!words.text.empty(), "an event is told without a word");
  ExpectPlain(words.Sentence());
}

void Show(const Message& record) { ExpectPlain(pepctl::RecordText(record)); }

void ReadFailure(const Message& details) {
  const grpc::Status status(grpc::FAILED_PRECONDITION, "", details.SerializeAsString());
  const std::string text = client::FailureText(client::ReadFailure(status));
  Expect(!text.empty(), "a failure says nothing");
  ExpectPlain(text);
}

// ---- dead letters ----

// The headers that pepctl reads, and others.
constexpr std::array<const char*, 8> kHeaders = {
    "pepline_reason",       "pepline_topic",   "pepline_partition", "pepline_offset",
    "pepline_by_reference", "pepline_handled", "pepline_outcome",   "ce_type"};
constexpr std::size_t kNextRecord = kHeaders.size(), kKeyOfRecord = kNextRecord + 1,
                      kValueOfRecord = kNextRecord + 2, kOtherHeader = kNextRecord + 3,
                      kStepKinds = kNextRecord + 4;
constexpr char kDeadLetterTopic[] = "pepline.scheduling.events.v1.notifications.dead-letters";

// Records of a dead-letter topic, each a step for each of its parts.
std::vector<InboundRecord> RecordsIn(std::string_view bytes) {
  std::vector<InboundRecord> records = {{.topic = kDeadLetterTopic}};
  for (Step& step : ReadSteps(bytes)) {
    InboundRecord& record = records.back();
    const std::size_t kind = step.kind % kStepKinds;
    if (kind < kHeaders.size()) {
      record.headers[kHeaders[kind]] = std::move(step.bytes);
    } else if (kind == kKeyOfRecord) {
      record.key = std::move(step.bytes);
    } else if (kind == kValueOfRecord) {
      record.value = std::move(step.bytes);
    } else if (kind == kOtherHeader) {
      record.headers[step.bytes] = step.bytes;
    } else {
      records.push_back(
          {.topic = kDeadLetterTopic, .offset = static_cast<std::int64_t>(records.size())});
    }
  }
  return records;
}

// Each record is a letter or says what was done about one; whatever it holds can be shown.
void ReadDeadLetters(std::string_view bytes) {
  using namespace pepctl;
  const std::vector<InboundRecord> records = RecordsIn(bytes);
  DeadLetterTopics topics;
  for (const InboundRecord& record : records) topics.Add(record, absl::UnixEpoch());
  const std::vector<DeadLetter> letters = std::move(topics).Letters();
  const auto outcomes = std::ranges::count_if(
      records, [](const auto& record) { return record.headers.contains("pepline_handled"); });
  Expect(letters.size() + static_cast<std::size_t>(outcomes) == records.size(),
         "a record is neither a letter nor an outcome");
  const std::string table = TableOf(letters);
  ExpectPlain(table);
  Expect(letters.empty() ||
             std::ranges::count(table, '\n') == static_cast<std::ptrdiff_t>(letters.size()) + 1,
         "a letter is not one line of the table");
  Expect(nlohmann::json::accept(JsonOf(letters)), "letters are printed as what is no JSON");
  for (const DeadLetter& letter : letters) {
    ExpectPlain(TextOf(letter, true));
    Expect(nlohmann::json::accept(JsonOf(letter, true)), "a letter is printed as no JSON");
    for (const auto& [name, value] : letter.headers) {
      Expect(!absl::StartsWith(name, "pepline_"), "a record is replayed with headers of ours");
    }
  }
}

std::string DeadLetterSeed() {
  const auto step = [](std::size_t kind, std::string bytes) {
    return Step{static_cast<unsigned char>(kind), 0, std::move(bytes)};
  };
  return WriteSteps(
      {step(0, "not an event"), step(1, "pepline.scheduling.events.v1"), step(2, "0"),
       step(3, "17"), step(7, "pepline.scheduling.v1.EpepFinalised"), step(kKeyOfRecord, "chd-1"),
       step(kValueOfRecord, FilledMessages(Of<scheduling::v1::SchedulingEvent>()).front()),
       step(kOtherHeader, "traceparent"), step(kNextRecord, ""), step(4, "1000000"),
       step(kNextRecord, ""), step(5, "0/0"), step(6, "replayed")});
}

// ---- the command line ----

// The words of pepctl: names of commands and options, and what an option takes.
void CollectWords(const pepctl::CommandTree& tree, const CLI::App& app,
                  std::vector<std::string>& words) {
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) words.push_back(option->get_name());
    for (std::string& word : tree.WordsOf(option)) words.push_back(std::move(word));
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(sub->get_name());
    CollectWords(tree, *sub, words);
  }
}

const std::vector<std::string>& WordsOfPepctl() {
  static const auto* const words = [] {
    const pepctl::CommandTree tree;
    auto* all = new std::vector<std::string>{
        "chd-1",          "123456", "931",        "2025-09-25", "--", "1",
        "2025/26",        "9.99",   "--school=1", "-h",         "",   "2025-09-25 14:00",
        "--dry-run=false"};
    CollectWords(tree, tree.app(), *all);
    return all;
  }();
  return *words;
}

// Each line of the input is an argument; what follows a byte of nought is what the service answers.
void RunPepctl(std::string_view bytes) {
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  AnswerCallsWith(std::string(bytes.substr(std::min(end + 1, bytes.size()))));
  std::ostringstream out;
  std::ostringstream err;
  const int code =
      pepctl::RunCommandLine(absl::StrSplit(absl::string_view(bytes.data(), end), '\n'), out, err);
  Expect(code >= pepctl::kDone && code <= pepctl::kImportHasErrors, "an exit code is none of ours");
  Expect(code == pepctl::kDone || !err.str().empty(), "pepctl fails without a word");
  ExpectPlain(out.str());
}

// A word of pepctl is put somewhere among the arguments, or one of these is left out.
std::string OtherArguments(std::string_view bytes, std::size_t longest, unsigned seed) {
  std::minstd_rand random(seed);
  if (random() % 4 == 0) return Mutated(bytes, longest);
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  std::vector<std::string> arguments =
      absl::StrSplit(absl::string_view(bytes.data(), end), '\n', absl::SkipEmpty());
  const auto at =
      arguments.begin() + static_cast<std::ptrdiff_t>(random() % (arguments.size() + 1));
  const std::string& word = WordsOfPepctl()[random() % WordsOfPepctl().size()];
  if (at == arguments.end() || random() % 3 == 0) {
    arguments.insert(at, word);
  } else if (random() % 2 == 0) {
    *at = word;
  } else {
    arguments.erase(at);
  }
  std::string made = absl::StrJoin(arguments, "\n");
  made.append(bytes.substr(end));
  return made.size() <= longest ? made : Mutated(bytes, longest);
}

// Every command alone and with an argument, and lists with what they may be answered.
std::vector<std::string> CommandSeeds() {
  std::vector<std::string> seeds = {"--help", "status", "completion\nbash", "clock\nadvance\n1w3d"};
  for (const auto& rows :
       {pepctl::SchedulingCommands(), pepctl::AssessmentsCommands(), pepctl::FundingCommands(),
        pepctl::NotificationsCommands(), pepctl::RegistryCommands()}) {
    for (const pepctl::RpcCommand& row : rows) {
      std::string line = absl::StrCat(row.group, "\n", row.name);
      for (const pepctl::Argument& argument : row.arguments) {
        if (argument.need != pepctl::Need::kRequired) continue;
        absl::StrAppend(&line, "\n", argument.positional() ? "chd-1" : argument.name + "\n1");
      }
      seeds.push_back(line + '\0' + FilledMessages(*row.response).front());
      seeds.push_back(absl::StrCat("--output\njson\n", line));
      seeds.push_back(absl::StrCat("--dry-run\n", line));
    }
  }
  return seeds;
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
                        OfMessage(Of<common::v1::RpcStatus>(), &ReadFailure),
                        {.name = "dead letters",
                         .run = &ReadDeadLetters,
                         .seeds = [] { return std::vector<std::string>{DeadLetterSeed()}; },
                         .mutate =
                             [](std::string_view bytes, std::size_t longest, unsigned random) {
                               return MutatedSteps(
                                   bytes, longest, random,
                                   [](unsigned char kind) -> const Message* {
                                     return kind % kStepKinds == kValueOfRecord
                                                ? &Of<scheduling::v1::SchedulingEvent>()
                                                : nullptr;
                                   });
                             }}}),
      {.name = "commands", .run = &RunPepctl, .seeds = &CommandSeeds, .mutate = &OtherArguments},
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
