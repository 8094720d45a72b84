// Files as they come from practice (tests/cases, where each is told and by whom it was reported).
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Day = absl::CivilDay;

std::string Practice(const std::string& name) {
  return ReadFile(std::string(PEPLINE_CASES) + "/" + name);
}

// ---- the school register ----

void TakesOursAlone(const std::string& file, std::string_view name) {
  const auto parsed = ParseSchools(Practice(file), "931");
  EXPECT_THAT(parsed.errors, IsEmpty()) << file;
  ASSERT_THAT(parsed.rows, SizeIs(1)) << file;
  EXPECT_EQ(parsed.rows[0].name, name) << file;
}

TEST(RegisterFromPractice, OursAreTakenWhereAnotherAuthoritysRowIsTooWide) {
  TakesOursAlone("register-others-row-too-wide.csv", "Mill Street Primary School");
  TakesOursAlone("register-others-comma-unquoted.csv", "Mill Street Primary School");
  EXPECT_FALSE(ParseSchools(Practice("register-others-row-too-wide.csv"), "").ok());
  EXPECT_FALSE(ParseSchools(Practice("register-others-row-too-wide.csv"), "202").ok());
}

TEST(RegisterFromPractice, WhatWasPassedOverIsNotedByItsPlace) {
  const auto notes = [](const std::string& file) {
    return ParseSchools(Practice(file), "931").notes;
  };
  EXPECT_THAT(notes("register-others-row-too-wide.csv"),
              ElementsAre(Reports(3, "", "has 9 values, but the header has 8")));
  EXPECT_THAT(notes("register-others-comma-unquoted.csv"), ElementsAre(Reports(2, "", "9 values")));
  EXPECT_THAT(notes("register-others-quotation-mark.csv"),
              ElementsAre(Reports(2, "", "a quotation mark is out of place"),
                          Reports(4, "", "ends inside quotation marks")));
  EXPECT_THAT(notes("register-others-byte-of-no-character.csv"),
              ElementsAre(Reports(3, "EstablishmentName", "byte 0x81")));
  EXPECT_THAT(notes("register-byte-in-a-column-nobody-reads.csv"),
              ElementsAre(Reports(2, "column H", "byte 0x9D")));
  EXPECT_THAT(notes("register-two-encodings.csv"), IsEmpty());
}

TEST(RegisterFromPractice, NoRowOfOursIsSwallowedByAnothersQuotationMark) {
  std::string header = Practice("register-others-row-too-wide.csv");
  header.resize(header.find('\n') + 1);
  const std::string ours = "123001,931,Oxfordshire,Mill Street School,1,2,,Sample\r\n";
  // As many values as the header has, since two marks are missing.
  const auto parsed = ParseSchools(header + "123004,202,Camden,\"Poplar School,1,2,,Sample\r\n" +
                                       ours + "123005,202,Camden,Elder School\",1,2,,Sample\r\n",
                                   "931");
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].row, 3);
  EXPECT_THAT(parsed.notes, ElementsAre(Reports(2, "", "a quotation mark is missing"),
                                        Reports(4, "", "a quotation mark is out of place")));
  EXPECT_EQ(parsed.rows_read, 3);
  // A value over two lines is nobody's fault.
  EXPECT_THAT(
      ParseSchools(header + "123004,202,Camden,\"Poplar\r\nSchool\",1,2,,Sample\r\n" + ours, "931")
          .notes,
      IsEmpty());
}

// Rows that begin with a quotation mark and never end would be looked at again and again.
TEST(RegisterFromPractice, AFileOfOpenQuotationMarksIsGivenUpSoon) {
  std::string text = Practice("register-others-row-too-wide.csv");
  for (int i = 0; i < 300; ++i)
    text += "1,202,Camden,\"Poplar " + std::to_string(i) + "\"x,1,2,,\r\n";
  const auto parsed = ParseSchools(text, "931");
  EXPECT_THAT(parsed.errors, ElementsAre(Reports(104, "", "a quotation mark is out of place")));
  EXPECT_THAT(parsed.notes, SizeIs(101));
}

// The row may be ours: the code stands in it, if not in its place.
TEST(RegisterFromPractice, ABrokenRowThatMayBeOursRefusesTheFile) {
  std::string text = Practice("register-others-row-too-wide.csv");
  EXPECT_THAT(
      ParseSchools(text + "Poplar, School,123006,931,Oxfordshire,1,2,,x,y\r\n", "931").errors,
      ElementsAre(Reports(4, "", "10 values")));
  EXPECT_THAT(
      ParseSchools(text + "123006,931,Oxfordshire,\"Poplar\" School,1,2,,x\r\n", "931").errors,
      ElementsAre(Reports(4, "", "a quotation mark is out of place")));
}

// On record as ours, it is another authority's in a later register.
TEST(RegisterFromPractice, ASchoolOfOursIsReadWhoeverItsAuthorityIs) {
  const std::string text = Practice("register-school-at-another-authority.csv");
  EXPECT_FALSE(ParseSchools(text, "931").ok()) << "no school of ours is in it";
  const auto parsed = ParseSchools(text, "931", {"123001"});
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].authority_code, "940");
}

TEST(RegisterFromPractice, OursAreTakenWhereAnotherAuthoritysRowHoldsAMisplacedQuotationMark) {
  TakesOursAlone("register-others-quotation-mark.csv", "Mill Street Primary School");
}

TEST(RegisterFromPractice, OursAreTakenWhereAnotherAuthoritysRowHoldsAByteOfNoCharacter) {
  TakesOursAlone("register-others-byte-of-no-character.csv", "Mill Street Primary School");
  EXPECT_THAT(ParseSchools(Practice("register-others-byte-of-no-character.csv"), "").errors,
              ElementsAre(Reports(3, "EstablishmentName", "byte 0x81")));
}

TEST(RegisterFromPractice, AByteInAColumnThatNobodyReadsRefusesNothing) {
  TakesOursAlone("register-byte-in-a-column-nobody-reads.csv", "Mill Street Primary School");
  EXPECT_TRUE(ParseSchools(Practice("register-byte-in-a-column-nobody-reads.csv"), "").ok());
}

TEST(RegisterFromPractice, OurNamesAreReadRightWhereAnotherRowHasAnotherEncoding) {
  TakesOursAlone("register-two-encodings.csv", "Caf\xC3\xA9 Street Primary School");
  EXPECT_THAT(ParseSchools(Practice("register-two-encodings.csv"), "").rows,
              ElementsAre(::testing::Field(&SchoolRow::name, "Caf\xC3\xA9 Street Primary School"),
                          ::testing::Field(&SchoolRow::name, "Caf\xC3\xA9 School")));
}

// ---- children ----

TEST(ChildrenFromPractice, AChildWithOneNameIsTaken) {
  const auto given = ParseChildren(Practice("child-with-one-name.csv"));
  EXPECT_THAT(given.errors, IsEmpty());
  ASSERT_THAT(given.rows, SizeIs(1));
  EXPECT_EQ(given.rows[0].given_name, "Suharti");
  EXPECT_EQ(given.rows[0].family_name, "");
  EXPECT_THAT(ParseChildren(Practice("child-with-family-name-alone.csv")).errors, IsEmpty());
  EXPECT_THAT(ParseChildren(Practice("child-without-a-name.csv")).errors,
              ElementsAre(Reports(2, "given_name", "one of the two names")));
}

TEST(ChildrenFromPractice, ANameIsMeasuredInCharactersAndNotInBytes) {
  EXPECT_THAT(ParseChildren(Practice("child-name-of-three-byte-letters.csv")).errors, IsEmpty());
  const auto parsed = [](std::size_t letters) {
    std::string name;
    for (std::size_t i = 0; i < letters; ++i) name += "\xE0\xB4\x95";
    return ParseChildren("own_id,given_name,family_name,date_of_birth,location_restricted\nP-1," +
                         name + ",Sample,2014-05-03,no\n");
  };
  EXPECT_TRUE(parsed(100).ok());
  EXPECT_THAT(parsed(101).errors, ElementsAre(Reports(2, "given_name", "at most 100 characters")));
}

// ---- terms as a calendar ----

void IsTheAutumn(const std::string& file, Day last_day) {
  const auto parsed = ParseTermDatesIcs(Practice(file));
  EXPECT_THAT(parsed.errors, IsEmpty()) << file;
  ASSERT_THAT(parsed.rows, SizeIs(1)) << file;
  EXPECT_EQ(parsed.rows[0].part,
            (TermPart{"2027/28", Term::kAutumn, 1, Day(2027, 9, 2), last_day, false}))
      << file;
}

TEST(CalendarFromPractice, WhatIsNotReadMayBeEmptyOrWrong) {
  for (const char* file : {"terms-empty-description.ics", "terms-empty-location.ics",
                           "terms-empty-url.ics", "terms-as-a-web-calendar-exports-them.ics"}) {
    IsTheAutumn(file, Day(2027, 10, 22));
  }
}

TEST(CalendarFromPractice, WhatIsReadAndEmptyIsNamed) {
  EXPECT_THAT(ParseTermDatesIcs(Practice("terms-empty-summary.ics")).errors,
              ElementsAre(Reports(0, "VEVENT 1/SUMMARY", "empty")));
}

TEST(CalendarFromPractice, ADurationInDaysOrWeeksStandsForTheEnd) {
  IsTheAutumn("terms-with-duration.ics", Day(2027, 10, 22));
  IsTheAutumn("terms-with-duration-in-weeks.ics", Day(2027, 10, 20));
  EXPECT_THAT(ParseTermDatesIcs(Practice("terms-with-duration-in-hours.ics")).errors,
              ElementsAre(Reports(0, "VEVENT 1/DURATION", "whole days")));
  EXPECT_THAT(ParseTermDatesIcs(Practice("terms-with-duration-and-end.ics")).errors,
              ElementsAre(Reports(0, "VEVENT 1/DURATION", "keep one")));
}

TEST(CalendarFromPractice, APropertyThatIsThereTwiceIsRefused) {
  EXPECT_THAT(ParseTermDatesIcs(Practice("terms-start-twice.ics")).errors,
              ElementsAre(Reports(0, "VEVENT 1/DTSTART", "twice")));
}

// ---- bank holidays ----

TEST(BankHolidaysFromPractice, ANewDivisionDoesNotStopThoseThatAreKnown) {
  const auto parsed = ParseBankHolidays(Practice("bank-holidays-of-a-new-division.json"));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].division, "england-and-wales");
  EXPECT_THAT(parsed.notes, ElementsAre(Reports(0, "/?", "passed over")));
  EXPECT_THAT(ParseBankHolidays(R"({"cornwall": {"division": "cornwall", "events": []}})").errors,
              ElementsAre(Reports(0, "/?/division", "not a division")))
      << "where none is known the file is another one";
}

// ---- policy ----

TEST(PolicyFromPractice, ADeadlineDoesNotLieBeforeItsOwnStart) {
  EXPECT_THAT(ParsePolicy(Practice("policy-deadline-before-its-start.yaml")).errors,
              ElementsAre(Reports(5, "/deadline_rules/0/length", "after its start")));
  EXPECT_THAT(ParsePolicy(Practice("policy-draft-after-the-meeting.yaml")).errors,
              ElementsAre(Reports(5, "/deadline_rules/0/length", "before the meeting")));
}

TEST(PolicyFromPractice, ACutOffLiesInItsTerm) {
  EXPECT_THAT(
      ParsePolicy(Practice("policy-cut-off-outside-its-term.yaml")).errors,
      ElementsAre(Reports(18, "/term_cut_offs/0/cut_off_on", "does not lie in the autumn term")));
}

}  // namespace
}  // namespace pepline::registry::imports
