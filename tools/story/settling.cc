#include "tools/story/settling.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::story {
namespace {

constexpr absl::Duration kRedisBound = absl::Seconds(30);
constexpr std::size_t kMostNamed = 3;
// Longer than any step takes to settle at one instant. What is behind then was put off, by a mail
// server or a registry that was away, and comes again by the stack's clock.
constexpr absl::Duration kStandsStill = absl::Seconds(5);
constexpr absl::Duration kTick = absl::Seconds(1);
constexpr absl::string_view kRelayed = "pepline_outbox_relayed_total";
constexpr absl::string_view kHandled = "pepline_consumer_records_total{";

// "...{outcome="handled",topic="x"} 3" -> x
std::string TopicLabel(absl::string_view line) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, "topic=\"");
  if (parts.size() != 2) return "";
  return std::string(parts[1].substr(0, parts[1].find('"')));
}

std::int64_t NumberAtEnd(absl::string_view line) {
  double number = 0;
  return absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &number)
             ? static_cast<std::int64_t>(number)
             : 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Settling>> Settling::Create(Stack& stack,
                                                           const TopicFollower& follower) {
  auto settling = std::unique_ptr<Settling>(new Settling(stack, follower));
  for (const std::string& name : stack.Services()) {
    settling->stores_[name] = RedisStore::Create(
        {.port = stack.redis().port(), .service = name, .connections = 1}, nullptr);
  }
  const std::string file = absl::StrCat(SourceFolder(), "/deploy/topics.yaml");
  // yaml-cpp tells mistakes by exceptions, which end here.
  try {
    for (const YAML::Node& topic : YAML::LoadFile(file)["topics"]) {
      for (const YAML::Node& reader : topic["consumers"]) {
        const auto service = reader.as<std::string>();
        if (!settling->stores_.contains(service)) continue;
        settling->readers_.push_back({service, topic["name"].as<std::string>()});
      }
    }
  } catch (const YAML::Exception& exception) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": ", exception.what()));
  }
  return settling;
}

absl::StatusOr<Settling::Counters> Settling::ReadCounters() {
  Counters counters;
  for (const std::string& service : stack_.Services()) {
    auto text = stack_.service(service).Metrics();
    if (!text.ok()) return text.status();
    counters.said[service] = 0;
    for (absl::string_view line : absl::StrSplit(*text, '\n')) {
      if (absl::StartsWith(line, kRelayed)) counters.said[service] = NumberAtEnd(line);
      if (absl::StartsWith(line, kHandled)) {
        counters.handled[{service, TopicLabel(line)}] += NumberAtEnd(line);
      }
    }
  }
  return counters;
}

std::string Settling::WaitingInStores() {
  for (const auto& [service, store] : stores_) {
    const auto outbox = store->MeasureOutbox();
    if (!outbox.ok()) return absl::StrCat(service, ": ", std::string(outbox.status().message()));
    if (outbox->entries > 0) return absl::StrCat(service, " has events in its outbox");
    const auto alarm = store->EarliestAlarm();
    if (!alarm.ok()) return absl::StrCat(service, ": ", std::string(alarm.status().message()));
    if (alarm->has_value() && **alarm <= stack_.clock()->Now()) {
      return absl::StrCat(service, " has alarms that are due");
    }
  }
  const auto untold = SomebodyIsToBeTold();
  if (!untold.ok()) return std::string(untold.status().message());
  return *untold ? "notifications has mails to send" : "";
}

absl::StatusOr<bool> Settling::SomebodyIsToBeTold() {
  const auto found = stores_.find("notifications");
  if (found == stores_.end()) return false;
  RedisStore& store = *found->second;
  for (int partition = 0; partition < store.partitions(); ++partition) {
    const auto untold = store.ListIndex(partition, {"untold", "alerts"}, "", 1);
    if (!untold.ok()) return untold.status();
    if (!untold->empty()) return true;
  }
  return false;
}

std::string Settling::WaitingOnTopics(const Counters& counters) const {
  for (const auto& [service, said] : counters.said) {
    if (follower_.Count(TopicOf(service)) != said) {
      return absl::StrCat(service, " said ", said, " events, ", follower_.Count(TopicOf(service)),
                          " of them came");
    }
  }
  for (const Reader& reader : readers_) {
    const auto found = counters.handled.find({reader.service, reader.topic});
    const std::int64_t handled = found == counters.handled.end() ? 0 : found->second;
    if (handled != follower_.Count(reader.topic)) {
      return absl::StrCat(reader.service, " handled ", handled, " of ",
                          follower_.Count(reader.topic), " records of ", reader.topic);
    }
  }
  return "";
}

std::string Settling::Waiting() {
  if (std::string waiting = WaitingInStores(); !waiting.empty()) return waiting;
  const auto counters = ReadCounters();
  if (!counters.ok()) return std::string(counters.status().message());
  if (std::string waiting = WaitingOnTopics(*counters); !waiting.empty()) return waiting;
  // What was read last may have brought new work about while the others were asked.
  if (std::string waiting = WaitingInStores(); !waiting.empty()) return waiting;
  const auto again = ReadCounters();
  return again.ok() && *again == *counters ? "" : "still at work";
}

absl::Status Settling::Await(absl::Duration bound) {
  std::map<std::string, absl::Duration> behind;
  const absl::Time start = absl::Now();
  const bool settled = WaitUntil(
      [&] {
        const absl::Time asked = absl::Now();
        if (asked - start > kStandsStill) (void)stack_.clock()->Set(stack_.clock()->Now() + kTick);
        const std::string waiting = Waiting();
        if (!waiting.empty()) behind[waiting] += absl::Now() - asked;
        return waiting.empty();
      },
      bound);
  if (settled) return absl::OkStatus();
  // Who was behind for how long of it; the last look alone may show something else.
  std::vector<std::pair<absl::Duration, std::string>> longest;
  for (const auto& [who, how_long] : behind) longest.emplace_back(how_long, who);
  std::sort(longest.rbegin(), longest.rend());
  if (longest.size() > kMostNamed) longest.resize(kMostNamed);
  std::string text = "the stack does not come to rest: ";
  for (const auto& [how_long, who] : longest) {
    absl::StrAppend(&text, who, " (", absl::ToInt64Seconds(how_long), " s); ");
  }
  return absl::DeadlineExceededError(absl::StrCat(text, "see the logs in ", stack_.folder()));
}

absl::StatusOr<std::optional<absl::Time>> Settling::NextDue() {
  std::optional<absl::Time> next;
  for (const auto& [service, store] : stores_) {
    absl::StatusOr<std::optional<absl::Time>> alarm;
    // A store connects in the background, at first as after a restart of Redis.
    WaitUntil(
        [&, store = store.get()] {
          alarm = store->EarliestAlarm();
          return alarm.ok();
        },
        kRedisBound);
    if (!alarm.ok()) return alarm.status();
    if (alarm->has_value() && (!next || **alarm < *next)) next = **alarm;
  }
  return next;
}

}  // namespace pepline::story
