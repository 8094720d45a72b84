// Dead letters are read and shown whatever their records hold: a sender of records may be anybody
// with access to a topic.
#include "tools/pepctl/dead_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pepline::pepctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr char kTopic[] = "pepline.scheduling.events.v1.notifications.dead-letters";

InboundRecord Record(std::int64_t offset, std::map<std::string, std::string> headers) {
  return {.topic = kTopic,
          .offset = offset,
          .key = "chd-1",
          .value = "garbage",
          .headers = std::move(headers)};
}

std::vector<DeadLetter> LettersIn(const std::vector<InboundRecord>& records) {
  DeadLetterTopics topics;
  for (const InboundRecord& record : records) topics.Add(record, absl::UnixEpoch());
  return std::move(topics).Letters();
}

TEST(DeadLetter, KeepsTheHeadersOfTheRecordAndTellsOursApart) {
  const auto letters = LettersIn({Record(7, {{"ce_type", "pepline.scheduling.v1.EpepFinalised"},
                                             {"pepline_reason", "not an event"},
                                             {"pepline_topic", "pepline.scheduling.events.v1"},
                                             {"pepline_partition", "3"},
                                             {"pepline_offset", "17"},
                                             {"pepline_by_reference", "2000000"}})});
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].Id(), "scheduling.notifications.0.7");
  EXPECT_EQ(letters[0].source_place, "3/17");
  EXPECT_EQ(letters[0].by_reference, 2'000'000u);
  EXPECT_THAT(letters[0].headers,
              ElementsAre(Pair("ce_type", "pepline.scheduling.v1.EpepFinalised")));
}

TEST(DeadLetter, WhatWasDoneIsReadBehindIt) {
  const auto first = LettersIn({Record(0, {})});
  std::map<std::string, std::string> outcome;
  for (const auto& [name, text] : OutcomeHeaders(first[0], "dropped")) outcome[name] = text;
  const auto letters = LettersIn({Record(0, {}), Record(1, {}), Record(2, outcome)});
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0].outcome, "dropped");
  EXPECT_EQ(letters[1].outcome, "");
}

TEST(DeadLetter, BytesThatAreNoTextAreShownAllTheSame) {
  InboundRecord record = Record(0, {{"ce_type", "\xff"}, {"\xfe", "\x80"}});
  record.key = "\xc3(\x1b[2J";
  const auto letters = LettersIn({record});
  const auto all = nlohmann::json::parse(JsonOf(letters), nullptr, false);
  ASSERT_TRUE(all.is_array());
  EXPECT_EQ(all[0]["type"], "\uFFFD");
  EXPECT_TRUE(nlohmann::json::accept(JsonOf(letters[0], true)));
  EXPECT_THAT(TextOf(letters[0], true), HasSubstr("key      \xc3( [2J\n"));
}

TEST(DeadLetter, IsOneLineOfTheTable) {
  const auto letters = LettersIn({Record(0, {{"pepline_reason", "a\nb\x1b[2J"}})});
  const std::string table = TableOf(letters);
  EXPECT_THAT(table, HasSubstr("a b [2J\n"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 2);
  EXPECT_THAT(TextOf(letters[0], false), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace pepline::pepctl
