// What other projects' users reported about importing such files, tried here with files of our own;
// tests/cases/README.md lists the reports. Either the file is read as it was meant, or the answer
// names the place and what to do. All people are invented.
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Day = absl::CivilDay;

constexpr std::string_view kChildHeader =
    "own_id,given_name,family_name,date_of_birth,location_restricted,upn";
constexpr std::string_view kStaffHeader = "own_id,name,email,role,school_urn,from_on";

// ---- tables of every kind ----

TEST(TablesAsReported, ReadNamesAndHeadingsThroughSpacesThatDoNotBreak) {
  const auto parsed = ParseChildren(
      Lines({"own_id\xC2\xA0,given_name,family_name,\xEF\xBB\xBF"
             "date_of_birth,location_restricted",
             "\xC2\xA0P-1,Anna\xC2\xA0Maria,\xE2\x80\x8BSample\xC2\xA0,2014-05-03\xC2\xA0,no"}));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].own_id, "P-1");
  EXPECT_EQ(parsed.rows[0].given_name, "Anna Maria");
  EXPECT_EQ(parsed.rows[0].family_name, "Sample");
  EXPECT_EQ(parsed.rows[0].date_of_birth, Day(2014, 5, 3));
  const auto schools = ParseSchools(
      Lines({"URN,LA\xC2\xA0(code),EstablishmentName,EstablishmentStatus (code),PhaseOfEducation "
             "(code)",
             "123001,931,Mill Street\xA0School,1,2"}),
      "");
  EXPECT_THAT(schools.errors, IsEmpty());
}

TEST(TablesAsReported, PassOverColumnsWithoutHeadingAndValue) {
  const auto padded = ParseChildren(
      Lines({std::string(kChildHeader) + ",,,", "P-1,Anna,Sample,2014-05-03,no,,,,", ",,,,,,,,"}));
  EXPECT_THAT(padded.errors, IsEmpty());
  EXPECT_THAT(padded.rows, SizeIs(1));
  EXPECT_THAT(ParseChildren(Lines({std::string(kChildHeader) + ",,",
                                   "P-1,Anna,Sample,2014-05-03,no,,,2025-09-01"}))
                  .errors,
              ElementsAre(Reports(2, "column H", "under no heading")))
      << "what nobody named may matter";
}

TEST(TablesAsReported, SayWhatToDoWhereEmptyValuesAtTheEndAreLeftOut) {
  EXPECT_THAT(
      ParseChildren(Lines({std::string(kChildHeader), "P-1,Anna,Sample,2014-05-03,no"})).errors,
      ElementsAre(Reports(2, "", "write the empty ones at its end")))
      << "it may be a row whose middle is missing";
}

TEST(TablesAsReported, NeverTakeACharacterThatWasLostForALetter) {
  EXPECT_THAT(ParseChildren(Lines({std::string(kChildHeader),
                                   "P-1,Ren\xEF\xBF\xBD"
                                   "e,Sample,2014-05-03,no,"}))
                  .errors,
              ElementsAre(Reports(2, "given_name", "U+FFFD")));
  EXPECT_THAT(ParseChildren(Lines({std::string(kChildHeader),
                                   "P-1,Ren\xC2\x82"
                                   "e,Sample,2014-05-03,no,"}))
                  .errors,
              ElementsAre(Reports(2, "given_name", "control character")));
}

TEST(TablesAsReported, NameTheRowOfAByteInAFileThatIsMarkedAsUtf8) {
  EXPECT_THAT(ParseChildren(Lines({"\xEF\xBB\xBF" + std::string(kChildHeader),
                                   "P-1,Ren\xE9,Sample,2014-05-03,no,"}))
                  .errors,
              ElementsAre(Reports(2, "given_name", "byte 0xE9")));
}

TEST(TablesAsReported, NeverGuessADate) {
  for (const std::string_view date :
       {"03/05/2014", "05/03/14", "2014", "3 May 2014", "2014-5-3", "20140503", "41762",
        "2014-05-03 00:00:00", "2014-05-03T00:00:00Z", "0014-05-03", "2014-02-30", "03-05-2014"}) {
    EXPECT_THAT(ParseChildren(Lines({std::string(kChildHeader),
                                     "P-1,Anna,Sample," + std::string(date) + ",no,"}))
                    .errors,
                ElementsAre(Reports(2, "date_of_birth", "YYYY-MM-DD")))
        << date;
  }
}

TEST(TablesAsReported, NameTheFileThatExcelMarksWithItsSeparator) {
  EXPECT_THAT(ParseChildren("sep=,\n" + std::string(kChildHeader) + "\n").errors,
              ElementsAre(Reports(1, "", "the first row is not the header")));
}

// ---- children ----

TEST(ChildrenAsReported, HaveNamesAsPeopleHaveThem) {
  for (const std::string_view name :
       {"O'Hara", "O\xE2\x80\x99Hara", "van der Sample", "Sample-Test", "N'Golo", "X", "d'Arc",
        "\xC5\x81ucja", "Nguy\xE1\xBB\x85n", "\xE6\x9D\x8E", "Jr., Sample"}) {
    EXPECT_THAT(ParseChildren(Lines({std::string(kChildHeader),
                                     "P-1,Anna,\"" + std::string(name) + "\",2014-05-03,no,"}))
                    .errors,
                IsEmpty())
        << name;
  }
}

TEST(ChildrenAsReported, AreNotTwoUnderOneUpn) {
  EXPECT_THAT(
      ParseChildren(Lines({std::string(kChildHeader), "P-1,Anna,Sample,2014-05-03,no,J931000018002",
                           "P-2,Bo,Sample,2014-05-03,no,j931000018002 "}))
          .errors,
      ElementsAre(Reports(3, "upn", "the same value is in row 2")))
      << "small letters and a blank make it no other";
}

// ---- staff ----

TEST(StaffAsReported, HaveOnePlainAddress) {
  const auto errors = [](std::string_view address) {
    return ParseStaff(Lines({std::string(kStaffHeader), "S-1,A Sample,\"" + std::string(address) +
                                                            "\",headteacher,123001,2025-09-01"}))
        .errors;
  };
  for (const std::string_view good : {"o'hara@school.example", "a.sample+pep@school.example",
                                      "a@school.example\xC2\xA0", "A.Sample@School.Example"}) {
    EXPECT_THAT(errors(good), IsEmpty()) << good;
  }
  for (const std::string_view bad :
       {"a@school.example.", "a@school.example;b@school.example", "a@school.example,b",
        "A Sample <a@school.example>", "a@school", "mailto:a@school.example", "a..b@school.example",
        "@school.example", "a@-school.example", "a@school.example\nb@school.example"}) {
    EXPECT_THAT(errors(bad), SizeIs(1)) << bad;
  }
}

// ---- the school register ----

TEST(RegisterAsReported, TakesStatusAndPhaseByTheirCodesAlone) {
  const auto errors = [](std::string_view row) {
    return ParseSchools(Lines({"URN,LA (code),EstablishmentName,EstablishmentStatus "
                               "(code),PhaseOfEducation (code)",
                               row}),
                        "")
        .errors;
  };
  EXPECT_THAT(errors("123001,931,A School,3,2"), IsEmpty()) << "open, but proposed to close";
  EXPECT_THAT(errors("123001,931,A School,01,2"),
              ElementsAre(Reports(2, "EstablishmentStatus (code)", "not known")));
  EXPECT_THAT(errors("123001,931,A School,Open,2"),
              ElementsAre(Reports(2, "EstablishmentStatus (code)", "not known")));
  EXPECT_THAT(errors("123001.0,931,A School,1,2"), ElementsAre(Reports(2, "URN", "six digits")));
  EXPECT_THAT(errors("123001,0931,A School,1,2"),
              ElementsAre(Reports(2, "LA (code)", "three digits")));
}

// ---- bank holidays ----

TEST(BankHolidaysAsReported, OfAnotherDivisionDoNotStopOurs) {
  const auto parsed = ParseBankHolidays(
      R"({"england-and-wales": {"division": "england-and-wales", "events": [{"date": "2025-12-25"}]},
          "scotland": {"division": "scotland", "events": []},
          "northern-ireland": {"division": "northern-ireland", "events": [{"date": "17 March"}]}})");
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].division, "england-and-wales");
  EXPECT_THAT(parsed.notes, ElementsAre(Reports(0, "/northern-ireland/events/0/date", "not a date"),
                                        Reports(0, "/scotland/events", "missing or empty")));
}

TEST(BankHolidaysAsReported, AreRefusedWhereANameIsThereTwice) {
  EXPECT_THAT(ParseBankHolidays(
                  R"({"england-and-wales": {"division": "england-and-wales", "events":
                      [{"date": "2025-12-25", "date": "2025-12-26"}]}})")
                  .errors,
              ElementsAre(Reports(0, "", "twice")));
}

TEST(BankHolidaysAsReported, AreReadWithAMarkAndUnknownMembers) {
  EXPECT_THAT(ParseBankHolidays("\xEF\xBB\xBF{\"division\": \"england-and-wales\", \"events\": "
                                "[{\"title\": \"Boxing Day\", \"date\": \"2027-12-28\", \"notes\": "
                                "\"Substitute day\", \"bunting\": true, \"id\": null}]}")
                  .errors,
              IsEmpty());
}

// ---- terms as a calendar ----

std::string Calendar(std::string_view event) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1@test."
         "example\r\n" +
         std::string(event) + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}
constexpr std::string_view kAutumnDays =
    "DTSTART;VALUE=DATE:20250902\r\nDTEND;VALUE=DATE:20251025\r\n";

TEST(CalendarsAsReported, NameTheirPartsWithParametersAndFolded) {
  for (const std::string_view summary :
       {"SUMMARY;LANGUAGE=en-gb:Autumn term 1\r\n", "summary:Autumn term 1\r\n",
        "SUMMARY:Autumn\r\n  term 1\r\n",
        "SUMMARY:Autumn\xC2\xA0term\xC2\xA0"
        "1\r\n",
        "SUMMARY: Autumn Term 1 \r\n"}) {
    const auto parsed = ParseTermDatesIcs(Calendar(std::string(summary).append(kAutumnDays)));
    EXPECT_THAT(parsed.errors, IsEmpty()) << summary;
    EXPECT_THAT(parsed.rows, SizeIs(1)) << summary;
  }
}

TEST(CalendarsAsReported, AreReadWithWhatProgramsAdd) {
  const std::string event = std::string("SUMMARY:Autumn term 1\r\n").append(kAutumnDays);
  for (const std::string_view added :
       {"X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n",
        "ORGANIZER:mailto:\r\nATTENDEE:\r\nCATEGORIES:\r\nPRIORITY:\r\n",
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:\r\nDESCRIPTION:\r\nEND:VALARM\r\n",
        "GEO:nowhere\r\nATTACH:\r\nDTSTAMP:19970901T1300Z\r\nSEQUENCE:first\r\n"}) {
    const auto parsed = ParseTermDatesIcs(Calendar(event + std::string(added)));
    EXPECT_THAT(parsed.errors, IsEmpty()) << added;
    EXPECT_THAT(parsed.rows, SizeIs(1)) << added;
  }
  const std::string zone =
      "BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\nBEGIN:STANDARD\r\nDTSTART:19961027T020000\r\n"
      "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
  EXPECT_THAT(
      ParseTermDatesIcs(Replaced(Calendar(event), "BEGIN:VEVENT", zone + "BEGIN:VEVENT")).errors,
      IsEmpty());
}

// Where a day can be read in two ways, it is not read.
TEST(CalendarsAsReported, HaveWholeDaysOrAreRefusedByProperty) {
  for (const std::string_view start :
       {"DTSTART;TZID=Europe/London:20250902T000000", "DTSTART:20250902T000000Z",
        "DTSTART;VALUE=DATE:20250902T150000Z", "DTSTART;VALUE=DATE:2025-09-02",
        "DTSTART;VALUE=DATE:2025902", "DTSTART;VALUE=DATE:20250902Z",
        "DTSTART;VALUE=DATE:", "DTSTART;VALUE=DATE:20250931"}) {
    EXPECT_THAT(ParseTermDatesIcs(Calendar("SUMMARY:Autumn term 1\r\n" + std::string(start) +
                                           "\r\nDTEND;VALUE=DATE:20251025\r\n"))
                    .errors,
                ElementsAre(Reports(0, "VEVENT 1/DTSTART", "")))
        << start;
  }
  EXPECT_THAT(
      ParseTermDatesIcs(Calendar("SUMMARY:Autumn term 1\r\nDTSTART;VALUE=DATE:20250902\r\n"))
          .errors,
      ElementsAre(Reports(0, "VEVENT 1/DTEND", "missing")));
  EXPECT_THAT(ParseTermDatesIcs(Calendar("SUMMARY:Autumn term 1\r\nDTSTART;VALUE=DATE:20250902\r\n"
                                         "DTEND;VALUE=DATE:20250902\r\n"))
                  .errors,
              ElementsAre(Reports(0, "VEVENT 1/DTEND", "before the first")));
}

TEST(CalendarsAsReported, TakeADateThatDoesNotSayItIsOne) {
  const auto parsed = ParseTermDatesIcs(
      Calendar("SUMMARY:Autumn term 1\r\nDTSTART:20250902\r\nDTEND:20251025\r\n"));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].part.first_day, Day(2025, 9, 2));
  EXPECT_EQ(parsed.rows[0].part.last_day, Day(2025, 10, 24));
}

// ---- policy ----

std::string Policy(std::string_view length, std::string_view more = "") {
  return "effective_on: 2025-09-01\nsource: a test\ndeadline_rules:\n"
         "  - rule_id: finalise-within-5-school-days\n    length: " +
         std::string(length) + "\n    day_kind: school-days\n    source: a test\n" +
         std::string(more) +
         "    levels:\n      - {level: 1, offset: 0, day_kind: school-days, recipients: "
         "[headteacher]}\n" +
         AllOthersOff("finalise-within-5-school-days") +
         "term_cut_offs:\n  - {academic_year: 2025/26, term: autumn, cut_off_on: 2025-11-28}\n";
}

TEST(PoliciesAsReported, CountInTens) {
  const auto parsed = ParsePolicy(Policy("010"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].deadline_rules(0).length(), 10) << "not eight";
  for (const std::string_view bad : {"0x0A", "1e1", "10.0", "ten", "1_0", "''", "~", "[5]"}) {
    EXPECT_THAT(ParsePolicy(Policy(bad)).errors,
                ElementsAre(Reports(5, "/deadline_rules/0/length", "whole number")))
        << bad;
  }
}

TEST(PoliciesAsReported, SayTrueOrFalse) {
  for (const std::string_view word : {"yes", "no", "on", "off", "True", "1"}) {
    EXPECT_THAT(ParsePolicy(Policy("5", "    provisional: " + std::string(word) + "\n")).errors,
                ElementsAre(Reports(8, "/deadline_rules/0/provisional", "true or false")))
        << word;
  }
}

TEST(PoliciesAsReported, NameTheLineThatIsNoYaml) {
  for (const std::string_view indent : {"\t", "\xC2\xA0\xC2\xA0\xC2\xA0\xC2\xA0"}) {
    const auto parsed = ParsePolicy(Policy("5", std::string(indent) + "provisional: true\n"));
    ASSERT_FALSE(parsed.ok());
    EXPECT_GT(parsed.errors[0].row, 0);
  }
}

TEST(PoliciesAsReported, AreOneDocumentWithOrWithoutMarks) {
  EXPECT_TRUE(ParsePolicy("---\n" + Policy("5") + "...\n").ok());
  EXPECT_TRUE(ParsePolicy("\xEF\xBB\xBF" + Policy("5")).ok());
  EXPECT_FALSE(ParsePolicy(Policy("5") + "---\n" + Policy("5")).ok());
  EXPECT_FALSE(ParsePolicy(Policy("5", "    length: 6\n")).ok()) << "a key is there twice";
}

}  // namespace
}  // namespace pepline::registry::imports
