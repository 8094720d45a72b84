// `pepctl dead-letters list|show|replay|drop`.
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/kafka/kafka_settings.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/pepctl/dead_letters.h"

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
    invocation.out << JsonOf(*letters);
  } else if (letters->empty()) {
    invocation.out << "No dead letters.\n";
  } else {
    invocation.out << TableOf(*letters);
  }
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
  invocation.out << (invocation.globals.json() ? JsonOf(*letter, arguments.bytes)
                                               : TextOf(*letter, arguments.bytes));
  return kDone;
}

int HandleDeadLetters(const DeadLetterArguments& arguments, bool replay, Invocation& invocation) {
  const auto kafka = KafkaOf(invocation.globals);
  if (!kafka.ok()) return Fail(invocation, kafka.status());
  for (const std::string& id : arguments.ids) {
    auto letter = Find(*kafka, id);
    if (!letter.ok()) return Fail(invocation, letter.status());
    if (!letter->outcome.empty()) {
      return Fail(invocation, absl::FailedPreconditionError(
                                  absl::StrCat(id, " was ", client::OneLine(letter->outcome),
                                               " already; nothing was done")));
    }
    const std::string to =
        replay ? absl::StrCat("replayed to ", client::OneLine(letter->source_topic)) : "dropped";
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
