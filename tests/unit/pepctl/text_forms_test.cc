#include "tools/client/text_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "pepline/scheduling/v1/scheduling_service.pb.h"

namespace pepline::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Pounds, AreReadExactlyToThePenny) {
  const std::vector<std::pair<std::string, std::int64_t>> rows = {
      {"0", 0},
      {"1", 100},
      {"450", 45000},
      {"450.5", 45050},
      {"450.50", 45050},
      {"£450.05", 45005},
      {"1,450.50", 145050},
      {"£1,000,000", 100000000},
      {"-£0.05", -5},
      {"-12", -1200},
      {" 7.10 ", 710},
      {"0.29", 29},
      {"1.15", 115},
      {"90071992547409.93", 9007199254740993}};
  for (const auto& [text, pence] : rows) {
    const auto read = ParsePounds(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(*read, pence) << text;
  }
}

TEST(Pounds, RefuseWhatIsNotMoney) {
  for (const char* text :
       {"", "£", "-", ".5", "1.", "1.234", "1e3", "12,34", ",123", "1,2345", "1 000", "twelve",
        "--1", "1.-5", "£-1", "99999999999999999999", "92233720368547758.07", "+5", "0x10"}) {
    EXPECT_EQ(ParsePounds(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Pounds, WhatIsPrintedReadsBack) {
  EXPECT_EQ(PoundsText(0), "£0.00");
  EXPECT_EQ(PoundsText(5), "£0.05");
  EXPECT_EQ(PoundsText(100000), "£1,000.00");
  EXPECT_EQ(PoundsText(123456789), "£1,234,567.89");
  EXPECT_EQ(PoundsText(-123456), "-£1,234.56");
  EXPECT_EQ(PoundsText(std::numeric_limits<std::int64_t>::min()), "-£92,233,720,368,547,758.08");
  for (std::int64_t pence = -300'000; pence <= 300'000; pence += 37) {
    EXPECT_EQ(*ParsePounds(PoundsText(pence)), pence);
  }
}

TEST(Instants, AreReadByTheClockOfLondonInSummerAndWinter) {
  EXPECT_EQ(*ParseInstant("2025-09-25 14:00"), absl::FromUnixSeconds(1758805200));
  EXPECT_EQ(*ParseInstant("2025-09-25T14:00:00"), absl::FromUnixSeconds(1758805200));
  EXPECT_EQ(*ParseInstant("2025-09-25T14:00:00+01:00"), absl::FromUnixSeconds(1758805200));
  EXPECT_EQ(*ParseInstant("2025-09-25T13:00:00Z"), absl::FromUnixSeconds(1758805200));
  EXPECT_EQ(*ParseInstant("2025-12-01 09:30"), absl::FromUnixSeconds(1764581400));
  EXPECT_EQ(InstantText(absl::FromUnixSeconds(1758805200)), "2025-09-25 14:00");
  EXPECT_EQ(InstantText(absl::FromUnixSeconds(1764581401)), "2025-12-01 09:30:01");
}

TEST(Instants, AreRefusedWhereTheClocksChangeOrThereIsNoSuchTime) {
  // Once twice, once never.
  EXPECT_THAT(ParseInstant("2025-10-26 01:30").status().message(), HasSubstr("offset"));
  EXPECT_THAT(ParseInstant("2025-03-30 01:30").status().message(), HasSubstr("offset"));
  EXPECT_EQ(*ParseInstant("2025-10-26T01:30:00+01:00"), absl::FromUnixSeconds(1761438600));
  for (const char* text : {"", "2025-09-25", "14:00", "2025-13-01 10:00", "2025-09-25 25:00",
                           "25/09/2025 14:00", "tomorrow", "infinite-future", "2025-09-31 10:00"}) {
    EXPECT_EQ(ParseInstant(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Instants, TheLastSecondOfADayIsSpokenAsTheDay) {
  EXPECT_EQ(SpokenInstant(*ParseInstant("2025-09-25 23:59:59")), "Thu 25 Sep 2025");
  EXPECT_EQ(SpokenInstant(*ParseInstant("2025-09-05 08:05")), "Fri 5 Sep 2025 08:05");
  EXPECT_EQ(SpokenDate("2025-09-25"), "Thu 25 Sep 2025");
  EXPECT_EQ(SpokenDate("not a date"), "not a date");
}

TEST(Enums, AreReadAndShownWithoutTheirPrefix) {
  const auto& type = *scheduling::v1::ReadinessItem_descriptor();
  EXPECT_THAT(EnumChoices(type),
              ElementsAre("pupil-views", "sdq", "epep-draft", "interventions-costed"));
  for (const char* text : {"pupil-views", "PUPIL_VIEWS", "READINESS_ITEM_PUPIL_VIEWS"}) {
    ASSERT_TRUE(ParseEnum(type, text).ok()) << text;
    EXPECT_EQ(*ParseEnum(type, text), scheduling::v1::READINESS_ITEM_PUPIL_VIEWS);
  }
  EXPECT_EQ(EnumText(type, 0), "");
  EXPECT_EQ(EnumText(type, 99), "99");
  EXPECT_EQ(EnumText(type, 3), "epep-draft");
}

TEST(Enums, AWrongWordIsAnsweredWithTheChoicesAndTheNearest) {
  const auto wrong = ParseEnum(*scheduling::v1::ReadinessItem_descriptor(), "pupil-view");
  EXPECT_THAT(wrong.status().message(), HasSubstr("pupil-views, sdq, epep-draft"));
  EXPECT_THAT(wrong.status().message(), HasSubstr("did you mean pupil-views?"));
  EXPECT_FALSE(ParseEnum(*scheduling::v1::ReadinessItem_descriptor(), "unspecified").ok());
  EXPECT_FALSE(ParseEnum(*scheduling::v1::ReadinessItem_descriptor(), "").ok());
}

TEST(OneLine, LeavesNothingThatMovesTheCursor) {
  EXPECT_EQ(OneLine("Zoë £5 \u2019"), "Zoë £5 \u2019");
  EXPECT_EQ(OneLine("a\nb\tc\r\x1b[31m\x7f"), "a b c  [31m ");
  // U+009B begins a sequence as ESC [ does.
  EXPECT_EQ(OneLine("a\xc2\x9b"
                    "31m\u00a0"),
            "a 31m\u00a0");
  EXPECT_EQ(OneLine("\xc2"), "\xc2");
}

TEST(Nearest, NamesWhatWasMeantAndNothingFarAway) {
  const std::vector<std::string> commands = {"schedule", "reschedule", "cancel", "hold", "show"};
  EXPECT_EQ(Nearest("shedule", commands), "schedule");
  EXPECT_EQ(Nearest("hld", commands), "hold");
  EXPECT_EQ(Nearest("finalise", commands), "");
}

}  // namespace
}  // namespace pepline::client
