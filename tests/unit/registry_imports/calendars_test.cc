// Bank holidays, term dates in both forms, and the calendars of single schools.
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Day = absl::CivilDay;

TEST(BankHolidays, AreReadPerDivision) {
  const auto parsed = ParseBankHolidays(R"({
    "england-and-wales": {"division": "england-and-wales", "events": [
      {"title": "Christmas Day", "date": "2025-12-25", "notes": "", "bunting": true},
      {"title": "Boxing Day", "date": "2025-12-26", "notes": "", "bunting": true}]},
    "scotland": {"division": "scotland", "events": [{"date": "2026-01-02"}]}})");
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 3);
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].division, "england-and-wales");
  EXPECT_THAT(parsed.rows[0].days, ElementsAre(Day(2025, 12, 25), Day(2025, 12, 26)));
  EXPECT_EQ(parsed.rows[1].division, "scotland");
}

TEST(BankHolidays, MayBeOfOneDivisionAlone) {
  const auto parsed =
      ParseBankHolidays(R"({"division": "england-and-wales", "events": [{"date": "2025-12-25"}]})");
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(1));
}

TEST(BankHolidays, NameWhatIsWrongByPath) {
  const std::vector<BadFile> files = {
      {"{\n\"england-and-wales\": {\n\"division\": ,", 0, "", "not JSON from line 3"},
      {"[]", 0, "", "not an object of divisions"},
      {"{}", 0, "", "not an object of divisions"},
      {R"({"england-and-wales": 1})", 0, "/england-and-wales/division", "not a division"},
      {R"({"division": "england", "events": []})", 0, "/division", "known are: england-and-wales"},
      {R"({"scotland": {"division": "england-and-wales", "events": []}})", 0, "/scotland/division",
       "not the one it stands under"},
      {R"({"division": "scotland"})", 0, "/events", "missing"},
      {R"({"division": "scotland", "events": {}})", 0, "/events", "missing or empty"},
      {std::string(300'000, ' '), 0, "", "larger than 256 kB"},
      {std::string(200'000, '['), 0, "", "not JSON"},
      {"{\"a\": \"\xE9\"}", 0, "", "not UTF-8"},
  };
  EachBringsItsError(ParseBankHolidays, files);
  EXPECT_THAT(ParseBankHolidays(R"({"division": "scotland", "events": [{"date": "2025-12-25"}, 7,
          {"date": "25/12/2025"}, {"title": "x"}, {"date": "2025-12-25"}]})")
                  .errors,
              ElementsAre(Reports(0, "/events/1/date", "not a date"),
                          Reports(0, "/events/2/date", "not a date"),
                          Reports(0, "/events/3/date", "not a date"),
                          Reports(0, "/events/4/date", "in the list already")));
}

std::string Terms(std::initializer_list<std::string_view> rows) {
  return "academic_year,term,part,first_day,last_day,status\n" + Lines(rows);
}

TEST(TermDatesCsv, HaveOneRowForEachPartOfATerm) {
  const auto parsed =
      ParseTermDatesCsv(Terms({"2025/26,autumn,1,2025-09-02,2025-10-24,county",
                               "2025/26,summer,2,2026-06-01,2026-07-20,provisional"}));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].row, 2);
  EXPECT_EQ(parsed.rows[0].part,
            (TermPart{"2025/26", Term::kAutumn, 1, Day(2025, 9, 2), Day(2025, 10, 24), false}));
  EXPECT_EQ(parsed.rows[1].part,
            (TermPart{"2025/26", Term::kSummer, 2, Day(2026, 6, 1), Day(2026, 7, 20), true}));
}

TEST(TermDatesCsv, NameWhatIsWrongByRowAndColumn) {
  EXPECT_THAT(
      ParseTermDatesCsv(Terms({
                            "2025/27,autumn,1,2025-09-02,2025-10-24,county",
                            "2025-26,autumn,1,2025-09-02,2025-10-24,county",
                            "2025/26,autum,1,2025-09-02,2025-10-24,county",
                            "2025/26,autumn,1,2025-9-2,2025-10-24,county",
                            "2025/26,autumn,1,2025-10-24,2025-09-02,county",
                            "2025/26,autumn,1,2026-09-02,2026-10-24,county",
                            "2025/26,autumn,1,2025-09-02,2025-10-24,country",
                        }))
          .errors,
      ElementsAre(Reports(2, "academic_year", "as in 2025/26"),
                  Reports(3, "academic_year", "as in 2025/26"),
                  Reports(4, "term", "did you mean \"autumn\"?"),
                  Reports(5, "first_day", "YYYY-MM-DD"), Reports(6, "last_day", "before the first"),
                  Reports(7, "last_day", "do not lie in the academic year"),
                  Reports(8, "status", "did you mean \"county\"?")));
}

TEST(TermDatesCsv, AgreeWithEachOther) {
  const std::vector<BadFile> files = {
      {Terms({"2025/26,autumn,1,2025-09-02,2025-10-24,county",
              "2025/26,autumn,1,2025-09-03,2025-10-24,county"}),
       3, "first_day", "is in row 2 already"},
      {Terms({"2025/26,spring,1,2026-01-05,2026-02-13,county",
              "2025/26,autumn,2,2025-11-03,2026-01-05,county"}),
       2, "first_day", "begins before the part in row 3 is over"},
      {Terms({"2025/26,summer,2,2026-06-01,2026-08-31,county",
              "2026/27,autumn,1,2026-08-31,2026-10-23,county"}),
       3, "first_day", "begins before the part in row 2"},
  };
  EachBringsItsError(ParseTermDatesCsv, files);
}

std::string Event(std::string_view lines) {
  return "BEGIN:VEVENT\r\nUID:1@example.org\r\nDTSTAMP:20250101T000000Z\r\n" + std::string(lines) +
         "END:VEVENT\r\n";
}
std::string Ics(const std::string& events) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + events + "END:VCALENDAR\r\n";
}
std::string Days(std::string_view first, std::string_view after) {
  return "DTSTART;VALUE=DATE:" + std::string(first) + "\r\nDTEND;VALUE=DATE:" + std::string(after) +
         "\r\n";
}

TEST(TermDatesIcs, EndTheDayBeforeDtend) {
  const auto parsed = ParseTermDatesIcs(Ics(
      Event("SUMMARY:Autumn term 1\r\n" + Days("20250902", "20251025")) +
      Event("SUMMARY:SUMMER  Term 2 2025/26\r\nSTATUS:TENTATIVE\r\n" +
            Days("20260601", "20260721")) +
      Event("SUMMARY:Parents' evening\r\nSTATUS:CANCELLED\r\n" + Days("20260601", "20260602"))));
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 3);
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].part,
            (TermPart{"2025/26", Term::kAutumn, 1, Day(2025, 9, 2), Day(2025, 10, 24), false}));
  EXPECT_EQ(parsed.rows[1].part,
            (TermPart{"2025/26", Term::kSummer, 2, Day(2026, 6, 1), Day(2026, 7, 20), true}));
}

TEST(TermDatesIcs, NameWhatIsWrongByEventAndProperty) {
  // The second event of a calendar whose first is right.
  const auto second = [](const std::string& event) {
    return Ics(Event("SUMMARY:Autumn term 1\r\n" + Days("20250902", "20251025")) + Event(event));
  };
  const std::string spring = "SUMMARY:Spring term 1\r\n";
  std::vector<BadFile> files = {
      {second(Days("20260105", "20260214")), 0, "VEVENT 2/SUMMARY", ""},
      {second(spring + "DTSTART;VALUE=DATE:20260105\r\n"), 0, "VEVENT 2/DTEND", "missing"},
      {second(spring + "DTSTART:20260105T090000Z\r\nDTEND;VALUE=DATE:20260214\r\n"), 0,
       "VEVENT 2/DTSTART", "not a whole day"},
      {second(spring + Days("20260214", "20260105")), 0, "VEVENT 2/DTEND", "before the first"},
      {second(spring + "RRULE:FREQ=YEARLY\r\n" + Days("20260105", "20260214")), 0, "VEVENT 2/RRULE",
       "happens once"},
      {second("SUMMARY:Spring term 1 2026/27\r\n" + Days("20260105", "20260214")), 0,
       "VEVENT 2/SUMMARY", "academic year"},
      {second("SUMMARY:Autumn term 1\r\n" + Days("20250903", "20251025")), 0, "VEVENT 2/DTSTART",
       "is in VEVENT 1 already"},
  };
  for (const std::string summary :
       {"Half term", "Autumn term", "Autumn term 3", "Term 1", "Autumn term 1 of 2025/26",
        "Winter term 1", "Autumn term 1 2025"}) {
    files.push_back({second("SUMMARY:" + summary + "\r\n" + Days("20260105", "20260214")), 0,
                     "VEVENT 2/SUMMARY", "write \"Autumn term 1\""});
  }
  EachBringsItsError(ParseTermDatesIcs, files);
  EXPECT_THAT(ParseTermDatesIcs(second(spring + Days("20261340", "20260214"))).errors, SizeIs(1));
}

TEST(TermDatesIcs, RefuseWhatIsNoCalendar) {
  const std::string autumn = "SUMMARY:Autumn term 1\r\n" + Days("20250902", "20251025");
  const std::vector<BadFile> files = {
      {"", 0, "", "empty"},
      {"academic_year,term\n", 0, "", ""},
      {Ics(""), 0, "", "no part of a term"},
      {Event(autumn), 0, "VCALENDAR", "not known"},
      {Ics(Event(autumn)) + Event(autumn), 0, "VCALENDAR", "not known"},
      {Ics(Event(autumn) + "BEGIN:VEVNT\r\nEND:VEVNT\r\n"), 0, "VCALENDAR", "not known"},
      {Ics(Event(autumn) + "gibberish\r\n"), 0, "VCALENDAR", "not known"},
      {Ics(Event(autumn)) + "END:VCALENDAR\r\n", 0, "", "not a whole calendar"},
      {"BEGIN:VCALENDAR\r\n" + Event(autumn), 0, "", "not a whole calendar"},
      {std::string("BEGIN:VCALENDAR\0", 16), 0, "", "not text"},
      {"BEGIN:VCALENDAR\xE9", 0, "", "not UTF-8"},
      {std::string(300'000, 'x'), 0, "", "larger than 256 kB"},
  };
  EachBringsItsError(ParseTermDatesIcs, files);
}

std::string Calendars(std::initializer_list<std::string_view> rows) {
  return "school_urn,kind,first_day,last_day,academic_year,term,part\n" + Lines(rows);
}

TEST(SchoolCalendars, AreGatheredBySchool) {
  const auto parsed = ParseSchoolCalendars(Calendars({
      "123230,inset,2025-09-01,,,,",
      "122995,closed,2025-12-18,2025-12-19,,,",
      "123230,term,2026-01-06,2026-02-13,2025/26,spring,1",
      "123230,term,2025-09-03,2025-10-17,2025/26,autumn,1",
      "137970,none,,,,,",
  }));
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 5);
  ASSERT_THAT(parsed.rows, SizeIs(3));
  EXPECT_EQ(parsed.rows[0].urn, "122995");
  EXPECT_EQ(parsed.rows[0].row, 3);
  EXPECT_THAT(parsed.rows[0].closed_days, ElementsAre(Day(2025, 12, 18), Day(2025, 12, 19)));
  EXPECT_THAT(parsed.rows[0].terms, IsEmpty());
  EXPECT_EQ(parsed.rows[1].urn, "123230");
  EXPECT_THAT(parsed.rows[1].closed_days, ElementsAre(Day(2025, 9, 1)));
  EXPECT_THAT(
      parsed.rows[1].terms,
      ElementsAre(TermPart{"2025/26", Term::kAutumn, 1, Day(2025, 9, 3), Day(2025, 10, 17), false},
                  TermPart{"2025/26", Term::kSpring, 1, Day(2026, 1, 6), Day(2026, 2, 13), false}));
  EXPECT_EQ(parsed.rows[2].urn, "137970");
  EXPECT_THAT(parsed.rows[2].closed_days, IsEmpty());
}

TEST(SchoolCalendars, NeedNoColumnsOfTermsWhereThereAreNone) {
  EXPECT_TRUE(ParseSchoolCalendars(Lines({"school_urn,kind,first_day,last_day",
                                          "123230,inset,2025-09-01,2025-09-02"}))
                  .ok());
}

TEST(SchoolCalendars, NameWhatIsWrongByRowAndColumn) {
  EXPECT_THAT(
      ParseSchoolCalendars(Calendars({
                               "abc,inset,2025-09-01,,,,",
                               "123230,insett,2025-09-01,,,,",
                               "123230,inset,,,,,",
                               "123230,closed,2025-09-02,2025-09-01,,,",
                               "123230,closed,2025-09-02,2026-09-01,,,",
                               "123230,inset,2025-09-01,,2025/26,autumn,1",
                               "123230,term,2025-09-03,,2025/26,autumn,1",
                               "123230,term,2025-09-03,2025-10-17,,,",
                               "137970,none,2025-09-01,,,,",
                           }))
          .errors,
      ElementsAre(
          Reports(2, "school_urn", "six digits"), Reports(3, "kind", "did you mean \"inset\"?"),
          Reports(4, "first_day", "missing"), Reports(5, "last_day", "more than 60 days"),
          Reports(6, "last_day", "more than 60 days"),
          Reports(7, "academic_year", "leave it empty"), Reports(7, "term", "leave it empty"),
          Reports(7, "part", "leave it empty"), Reports(8, "last_day", "missing"),
          Reports(9, "academic_year", "missing"), Reports(9, "term", "missing"),
          Reports(9, "part", "missing"), Reports(10, "first_day", "leave it empty")));
}

TEST(SchoolCalendars, SayEveryDayAndPartOnce) {
  EXPECT_THAT(ParseSchoolCalendars(Calendars({
                                       "123230,inset,2025-09-01,,,,",
                                       "123230,closed,2025-08-31,2025-09-02,,,",
                                       "122995,inset,2025-09-01,,,,",
                                       "122995,none,,,,,",
                                       "137970,term,2025-09-03,2025-10-17,2025/26,autumn,1",
                                       "137970,term,2025-09-03,2025-10-18,2025/26,autumn,1",
                                   }))
                  .errors,
              ElementsAre(Reports(3, "first_day", "a day is in row 2 already"),
                          Reports(5, "kind", "but row 4 is of the same school"),
                          Reports(7, "first_day", "is in row 6 already")));
}

}  // namespace
}  // namespace pepline::registry::imports
