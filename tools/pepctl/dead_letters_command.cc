// `pepctl dead-letters list|show|replay|drop`.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/kafka/kafka_settings.h"
#include "tools/client/event_words.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/dead_letters.h"
#include "tools/pepctl/special_commands.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The broker of --kafka or of the stack, reached as the services reach it.
absl::StatusOr<KafkaOptions> KafkaOf(const Globals& globals) {
  KafkaOptions kafka{.bootstrap_servers = globals.kafka, .client_id = "pepctl", .extra = {}};
  if (kafka.bootstrap_servers.empty()) {
    auto stack = client::ReadStackFile(globals.stack);
    if (!stack.ok()) return stack.status();
    kafka.bootstrap_servers = stack->bootstrap_servers;
  }
  GivenKafkaSettings given = ReadKafkaSettings(Variable("PEPLINE_KAFKA_SETTINGS"),
                                               Variable("PEPLINE_KAFKA_SASL_PASSWORD"));
  if (!given.mistakes.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("PEPLINE_KAFKA_SETTINGS: ", absl::StrJoin(given.mistakes, "; ")));
  }
  kafka.extra = std::move(given.settings);
  return kafka;
}

absl::StatusOr<DeadLetter> Find(const KafkaOptions& kafka, const std::string& id) {
  auto letters = ReadDeadLetters(kafka, {});
  if (!letters.ok()) return letters.status();
  for (DeadLetter& letter : *letters) {
    if (letter.Id() == id) return std::move(letter);
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "there is no dead letter ", id, "; `pepctl dead-letters list --all` shows them"));
}

nlohmann::ordered_json JsonOf(const DeadLetter& letter) {
  return {{"id", letter.Id()},
          {"at", absl::FormatTime(absl::RFC3339_sec, letter.at, absl::UTCTimeZone())},
          {"service", letter.service},
          {"topic", letter.source_topic},
          {"place", letter.source_place},
          {"type", letter.type},
          {"key", letter.key},
          {"bytes", letter.by_reference.value_or(letter.value.size())},
          {"by_reference", letter.by_reference.has_value()},
          {"reason", letter.reason},
          {"outcome", letter.outcome}};
}

// Events hold nothing personal; what is not an event is shown only when it is asked for.
std::string InWordsOf(const DeadLetter& letter) {
  const auto words = client::InWords(letter.source_topic, letter.value, {});
  if (!words.ok()) return "not an event of its topic (--bytes shows what it is)";
  return absl::StrCat(client::InstantText(words->at), ": ", words->Sentence());
}

}  // namespace

int ListDeadLetters(const DeadLetterArguments& arguments, Invocation& invocation) {
  const auto kafka = KafkaOf(invocation.globals);
  if (!kafka.ok()) return Fail(invocation, kafka.status());
  auto letters = ReadDeadLetters(*kafka, arguments.services);
  if (!letters.ok()) return Fail(invocation, letters.status());
  if (!arguments.all) {
    std::erase_if(*letters, [](const DeadLetter& letter) { return !letter.outcome.empty(); });
  }
  if (invocation.globals.json()) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const DeadLetter& letter : *letters) all.push_back(JsonOf(letter));
    invocation.out << all.dump(2) << "\n";
    return kDone;
  }
  if (letters->empty()) {
    invocation.out << "No dead letters.\n";
    return kDone;
  }
  Table table({"id", "since", "from", "place", "type", "reason", "outcome"});
  for (const DeadLetter& letter : *letters) {
    table.Add({letter.Id(), client::InstantText(letter.at), letter.source_topic,
               letter.source_place, letter.type, letter.reason, letter.outcome});
  }
  table.DropEmptyColumns();
  invocation.out << table.Text();
  return kDone;
}

int ShowDeadLetter(const DeadLetterArguments& arguments, Invocation& invocation) {
  const auto kafka = KafkaOf(invocation.globals);
  if (!kafka.ok()) return Fail(invocation, kafka.status());
  auto letter = Find(*kafka, arguments.ids.front());
  if (!letter.ok()) return Fail(invocation, letter.status());
  if (absl::Status there = FetchValue(*kafka, *letter); !there.ok()) {
    return Fail(invocation, there);
  }
  if (invocation.globals.json()) {
    nlohmann::ordered_json json = JsonOf(*letter);
    for (const auto& [name, text] : letter->headers) json["headers"][name] = text;
    if (arguments.bytes) json["hex"] = absl::BytesToHexString(letter->value);
    invocation.out << json.dump(2) << "\n";
    return kDone;
  }
  invocation.out << letter->Id() << ", not read by " << letter->service << " since "
                 << client::InstantText(letter->at) << "\nfrom     " << letter->source_topic
                 << ", partition/offset " << letter->source_place << "\nreason   " << letter->reason
                 << "\nkey      " << letter->key << "\nvalue    " << letter->value.size()
                 << " bytes"
                 << (letter->by_reference ? ", too large for the dead-letter topic" : "") << "; "
                 << InWordsOf(*letter) << "\n";
  for (const auto& [name, text] : letter->headers) {
    invocation.out << "header   " << name << ": " << absl::CHexEscape(text) << "\n";
  }
  if (arguments.bytes) invocation.out << absl::BytesToHexString(letter->value) << "\n";
  if (!letter->outcome.empty()) invocation.out << "It was " << letter->outcome << ".\n";
  return kDone;
}

int HandleDeadLetters(const DeadLetterArguments& arguments, bool replay, Invocation& invocation) {
  const auto kafka = KafkaOf(invocation.globals);
  if (!kafka.ok()) return Fail(invocation, kafka.status());
  for (const std::string& id : arguments.ids) {
    auto letter = Find(*kafka, id);
    if (!letter.ok()) return Fail(invocation, letter.status());
    if (!letter->outcome.empty()) {
      return Fail(invocation, absl::FailedPreconditionError(absl::StrCat(
                                  id, " was ", letter->outcome, " already; nothing was done")));
    }
    const std::string to = replay ? absl::StrCat("replayed to ", letter->source_topic) : "dropped";
    if (invocation.globals.dry_run) {
      invocation.out << id << " would be " << to << ".\n";
      continue;
    }
    if (replay) {
      if (absl::Status there = FetchValue(*kafka, *letter); !there.ok()) {
        return Fail(invocation, there);
      }
    }
    const absl::Status done = replay ? Replay(*kafka, *letter) : Drop(*kafka, *letter);
    if (!done.ok()) return Fail(invocation, done);
    invocation.out << id << " was " << to << ".\n";
  }
  return kDone;
}

}  // namespace pepline::pepctl
