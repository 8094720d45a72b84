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
  const auto errors = [](std::string_view text) { return ParseBankHolidays(text).errors; };
  EXPECT_THAT(errors("{\n\"england-and-wales\": {\n\"division\": ,"),
              ElementsAre(Says(0, "", "not JSON from line 3")));
  EXPECT_THAT(errors("[]"), ElementsAre(Says(0, "", "not an object of divisions")));
  EXPECT_THAT(errors("{}"), ElementsAre(Says(0, "", "not an object of divisions")));
  EXPECT_THAT(errors(R"({"england-and-wales": 1})"),
              ElementsAre(Says(0, "/england-and-wales/division", "not a division")));
  EXPECT_THAT(errors(R"({"division": "england", "events": []})"),
              ElementsAre(Says(0, "/division", "known are: england-and-wales")));
  EXPECT_THAT(errors(R"({"scotland": {"division": "england-and-wales", "events": []}})"),
              ElementsAre(Says(0, "/scotland/division", "not the one it stands under")));
  EXPECT_THAT(errors(R"({"division": "scotland"})"), ElementsAre(Says(0, "/events", "missing")));
  EXPECT_THAT(errors(R"({"division": "scotland", "events": {}})"),
              ElementsAre(Says(0, "/events", "missing or empty")));
  EXPECT_THAT(
      errors(R"({"division": "scotland", "events": [{"date": "2025-12-25"}, 7,
                 {"date": "25/12/2025"}, {"title": "x"}, {"date": "2025-12-25"}]})"),
      ElementsAre(Says(0, "/events/1/date", "not a date"), Says(0, "/events/2/date", "not a date"),
                  Says(0, "/events/3/date", "not a date"),
                  Says(0, "/events/4/date", "in the list already")));
  EXPECT_THAT(errors(std::string(5'000'000, ' ')), ElementsAre(Says(0, "", "larger than 4 MB")));
  EXPECT_THAT(errors(std::string(1'000'000, '[')), ElementsAre(Says(0, "", "not JSON")));
  EXPECT_THAT(errors("{\"a\": \"\xE9\"}"), ElementsAre(Says(0, "", "not UTF-8")));
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
      ElementsAre(Says(2, "academic_year", "as in 2025/26"),
                  Says(3, "academic_year", "as in 2025/26"),
                  Says(4, "term", "did you mean \"autumn\"?"), Says(5, "first_day", "YYYY-MM-DD"),
                  Says(6, "last_day", "before the first"),
                  Says(7, "last_day", "do not lie in the academic year"),
                  Says(8, "status", "did you mean \"county\"?")));
}

TEST(TermDatesCsv, AgreeWithEachOther) {
  EXPECT_THAT(ParseTermDatesCsv(Terms({"2025/26,autumn,1,2025-09-02,2025-10-24,county",
                                       "2025/26,autumn,1,2025-09-03,2025-10-24,county"}))
                  .errors,
              ElementsAre(Says(3, "first_day", "is in row 2 already")));
  EXPECT_THAT(ParseTermDatesCsv(Terms({"2025/26,spring,1,2026-01-05,2026-02-13,county",
                                       "2025/26,autumn,2,2025-11-03,2026-01-05,county"}))
                  .errors,
              ElementsAre(Says(2, "first_day", "begins before the part in row 3 is over")));
  EXPECT_THAT(ParseTermDatesCsv(Terms({"2025/26,summer,2,2026-06-01,2026-08-31,county",
                                       "2026/27,autumn,1,2026-08-31,2026-10-23,county"}))
                  .errors,
              ElementsAre(Says(3, "first_day", "begins before the part in row 2")));
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
  const auto errors = [](const std::string& event) {
    return ParseTermDatesIcs(Ics(Event("SUMMARY:Autumn term 1\r\n" + Days("20250902", "20251025")) +
                                 Event(event)))
        .errors;
  };
  for (const std::string summary :
       {"Half term", "Autumn term", "Autumn term 3", "Term 1", "Autumn term 1 of 2025/26",
        "Winter term 1", "Autumn term 1 2025"}) {
    EXPECT_THAT(errors("SUMMARY:" + summary + "\r\n" + Days("20260105", "20260214")),
                ElementsAre(Says(0, "VEVENT 2/SUMMARY", "write \"Autumn term 1\"")))
        << summary;
  }
  const std::string spring = "SUMMARY:Spring term 1\r\n";
  EXPECT_THAT(errors(Days("20260105", "20260214")), ElementsAre(Says(0, "VEVENT 2/SUMMARY", "")));
  EXPECT_THAT(errors(spring + "DTSTART;VALUE=DATE:20260105\r\n"),
              ElementsAre(Says(0, "VEVENT 2/DTEND", "missing")));
  EXPECT_THAT(errors(spring + "DTSTART:20260105T090000Z\r\nDTEND;VALUE=DATE:20260214\r\n"),
              ElementsAre(Says(0, "VEVENT 2/DTSTART", "not a whole day")));
  EXPECT_THAT(errors(spring + Days("20260214", "20260105")),
              ElementsAre(Says(0, "VEVENT 2/DTEND", "before the first")));
  EXPECT_THAT(errors(spring + "RRULE:FREQ=YEARLY\r\n" + Days("20260105", "20260214")),
              ElementsAre(Says(0, "VEVENT 2/RRULE", "happens once")));
  EXPECT_THAT(errors("SUMMARY:Spring term 1 2026/27\r\n" + Days("20260105", "20260214")),
              ElementsAre(Says(0, "VEVENT 2/SUMMARY", "academic year")));
  EXPECT_THAT(errors("SUMMARY:Autumn term 1\r\n" + Days("20250903", "20251025")),
              ElementsAre(Says(0, "VEVENT 2/DTSTART", "is in VEVENT 1 already")));
  EXPECT_THAT(errors(spring + Days("20261340", "20260214")), SizeIs(1));
}

TEST(TermDatesIcs, RefuseWhatIsNoCalendar) {
  const auto errors = [](std::string_view text) { return ParseTermDatesIcs(text).errors; };
  EXPECT_THAT(errors(""), ElementsAre(Says(0, "", "empty")));
  EXPECT_THAT(errors("academic_year,term\n"), ElementsAre(Says(0, "", "")));
  EXPECT_THAT(errors(Ics("")), ElementsAre(Says(0, "", "no part of a term")));
  const std::string autumn = "SUMMARY:Autumn term 1\r\n" + Days("20250902", "20251025");
  EXPECT_THAT(errors(Event(autumn)), ElementsAre(Says(0, "VCALENDAR", "not known")));
  EXPECT_THAT(errors(Ics(Event(autumn)) + Event(autumn)),
              ElementsAre(Says(0, "VCALENDAR", "not known")));
  EXPECT_THAT(errors(Ics(Event(autumn) + "BEGIN:VEVNT\r\nEND:VEVNT\r\n")),
              ElementsAre(Says(0, "VCALENDAR", "not known")));
  EXPECT_THAT(errors(Ics(Event(autumn) + "gibberish\r\n")),
              ElementsAre(Says(0, "VCALENDAR", "not known")));
  EXPECT_THAT(errors(Ics(Event(autumn)) + "END:VCALENDAR\r\n"),
              ElementsAre(Says(0, "", "not a whole calendar")));
  EXPECT_THAT(errors("BEGIN:VCALENDAR\r\n" + Event(autumn)),
              ElementsAre(Says(0, "", "not a whole calendar")));
  EXPECT_THAT(errors(std::string("BEGIN:VCALENDAR\0", 16)), ElementsAre(Says(0, "", "not text")));
  EXPECT_THAT(errors("BEGIN:VCALENDAR\xE9"), ElementsAre(Says(0, "", "not UTF-8")));
  EXPECT_THAT(errors(std::string(300'000, 'x')), ElementsAre(Says(0, "", "larger than 256 kB")));
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
      ElementsAre(Says(2, "school_urn", "six digits"), Says(3, "kind", "did you mean \"inset\"?"),
                  Says(4, "first_day", "missing"), Says(5, "last_day", "more than 60 days"),
                  Says(6, "last_day", "more than 60 days"),
                  Says(7, "academic_year", "leave it empty"), Says(7, "term", "leave it empty"),
                  Says(7, "part", "leave it empty"), Says(8, "last_day", "missing"),
                  Says(9, "academic_year", "missing"), Says(9, "term", "missing"),
                  Says(9, "part", "missing"), Says(10, "first_day", "leave it empty")));
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
              ElementsAre(Says(3, "first_day", "a day is in row 2 already"),
                          Says(5, "kind", "but row 4 is of the same school"),
                          Says(7, "first_day", "is in row 6 already")));
}

}  // namespace
}  // namespace pepline::registry::imports
