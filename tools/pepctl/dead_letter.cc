#include "tools/pepctl/dead_letter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "shared/kafka/reception/dead_letters.h"
#include "tools/client/event_words.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {
namespace {

using client::OneLine;
using Json = nlohmann::ordered_json;

constexpr char kHandled[] = "pepline_handled";
constexpr char kOutcome[] = "pepline_outcome";

std::string PlaceOf(const DeadLetter& letter) {
  return absl::StrCat(letter.partition, "/", letter.offset);
}

DeadLetter ToLetter(InboundRecord record, absl::Time at) {
  std::map<std::string, std::string>& headers = record.headers;
  DeadLetter letter{.topic = std::move(record.topic),
                    .partition = record.partition,
                    .offset = record.offset,
                    .at = at,
                    .key = std::move(record.key),
                    .value = std::move(record.value)};
  letter.service = ReaderOf(letter.topic);
  letter.reason = headers["pepline_reason"];
  letter.source_topic = headers["pepline_topic"];
  letter.source_place = absl::StrCat(headers["pepline_partition"], "/", headers["pepline_offset"]);
  letter.type = headers["ce_type"];
  if (std::size_t size = 0; absl::SimpleAtoi(headers[DeadLetters::kByReference], &size)) {
    letter.by_reference = size;
  }
  for (const auto& [name, text] : headers) {
    if (!absl::StartsWith(name, DeadLetters::kOurs)) letter.headers.emplace_back(name, text);
  }
  return letter;
}

Json ToJson(const DeadLetter& letter) {
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

std::string Printed(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Events hold nothing personal; what is not an event is shown only when it is asked for.
std::string InWordsOf(const DeadLetter& letter) {
  const auto words = client::InWords(letter.source_topic, letter.value, {});
  if (!words.ok()) return "not an event of its topic (--bytes shows what it is)";
  return absl::StrCat(client::InstantText(words->at), ": ", words->Sentence());
}

}  // namespace

std::string DeadLetter::Id() const {
  const std::vector<std::string> parts = absl::StrSplit(topic, '.');
  return absl::StrCat(parts.size() > 1 ? parts[1] : topic, ".", service, ".", partition, ".",
                      offset);
}

// "pepline.<sender>.events.v1.<service>.dead-letters"
std::string ReaderOf(const std::string& dead_letter_topic) {
  const std::vector<std::string> parts = absl::StrSplit(dead_letter_topic, '.');
  return parts.size() < 2 ? "" : parts[parts.size() - 2];
}

Headers OutcomeHeaders(const DeadLetter& letter, const std::string& outcome) {
  return {{kHandled, PlaceOf(letter)}, {kOutcome, outcome}};
}

void DeadLetterTopics::Add(InboundRecord record, absl::Time at) {
  const auto handled = record.headers.find(kHandled);
  if (handled == record.headers.end()) {
    letters_.push_back(ToLetter(std::move(record), at));
  } else {
    outcomes_[{record.topic, handled->second}] = record.headers[kOutcome];
  }
}

std::vector<DeadLetter> DeadLetterTopics::Letters() && {
  for (DeadLetter& letter : letters_) {
    const auto outcome = outcomes_.find({letter.topic, PlaceOf(letter)});
    if (outcome != outcomes_.end()) letter.outcome = outcome->second;
  }
  std::ranges::stable_sort(letters_, {}, &DeadLetter::topic);
  return std::move(letters_);
}

std::string TableOf(const std::vector<DeadLetter>& letters) {
  Table table({"id", "since", "from", "place", "type", "reason", "outcome"});
  for (const DeadLetter& letter : letters) {
    table.Add({letter.Id(), client::InstantText(letter.at), letter.source_topic,
               letter.source_place, letter.type, letter.reason, letter.outcome});
  }
  table.DropEmptyColumns();
  return table.Text();
}

std::string JsonOf(const std::vector<DeadLetter>& letters) {
  Json all = Json::array();
  for (const DeadLetter& letter : letters) all.push_back(ToJson(letter));
  return Printed(all);
}

std::string TextOf(const DeadLetter& letter, bool bytes) {
  std::string text = absl::StrCat(
      letter.Id(), ", not read by ", letter.service, " since ", client::InstantText(letter.at),
      "\nfrom     ", OneLine(letter.source_topic), ", partition/offset ",
      OneLine(letter.source_place), "\nreason   ", OneLine(letter.reason), "\nkey      ",
      OneLine(letter.key), "\nvalue    ", letter.value.size(), " bytes",
      letter.by_reference ? ", too large for the dead-letter topic" : "", "; ", InWordsOf(letter),
      "\n");
  for (const auto& [name, value] : letter.headers) {
    absl::StrAppend(&text, "header   ", OneLine(name), ": ", absl::CHexEscape(value), "\n");
  }
  if (bytes) absl::StrAppend(&text, absl::BytesToHexString(letter.value), "\n");
  if (!letter.outcome.empty()) absl::StrAppend(&text, "It was ", OneLine(letter.outcome), ".\n");
  return text;
}

std::string JsonOf(const DeadLetter& letter, bool bytes) {
  Json json = ToJson(letter);
  for (const auto& [name, value] : letter.headers) json["headers"][name] = value;
  if (bytes) json["hex"] = absl::BytesToHexString(letter.value);
  return Printed(json);
}

}  // namespace pepline::pepctl
