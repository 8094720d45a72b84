// CSV as a table: headers, rows as a spreadsheet counts them, and what breaks a table.
#include "services/registry/import/parse/bounds.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kHeader = "academic_year,term,part,first_day,last_day,status";
constexpr std::string_view kAutumn = "2025/26,autumn,1,2025-09-02,2025-10-24,county";
constexpr std::string_view kSpring = "2025/26,spring,1,2026-01-05,2026-02-13,county";

std::vector<RowError> ErrorsOf(std::string_view bytes) {
  const auto parsed = ParseTermDatesCsv(bytes);
  EXPECT_EQ(parsed.total_errors, static_cast<int>(parsed.errors.size()));
  EXPECT_EQ(parsed.ok(), parsed.errors.empty());
  return parsed.errors;
}

TEST(Table, FindsColumnsByNameInAnyOrderAndCase) {
  const auto parsed =
      ParseTermDatesCsv(Lines({"STATUS, Term ,\"part\",last_day,first_day,Academic_Year",
                               "county, autumn ,\"1\",2025-10-24,2025-09-02,2025/26"}));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].part.first_day, absl::CivilDay(2025, 9, 2));
}

TEST(Table, CountsRowsAsASpreadsheetDoes) {
  const std::string bad = "2025/26,autumn,3,2025-09-02,2025-10-24,county";
  for (const std::string_view end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (const std::string_view line :
         {kHeader, std::string_view(), std::string_view(bad), std::string_view(",,,,,"),
          std::string_view("  "), std::string_view(bad)}) {
      text.append(line).append(end);
    }
    EXPECT_THAT(ErrorsOf(text),
                ElementsAre(Reports(3, "part", "1 before"), Reports(6, "part", "1 before")))
        << ::testing::PrintToString(end);
    text.erase(text.size() - end.size());  // the last line need not end
    EXPECT_THAT(ErrorsOf(text), SizeIs(2));
    EXPECT_EQ(ParseTermDatesCsv(text).rows_read, 2);
  }
}

TEST(Table, CountsAValueWithLineBreaksAsOneRow) {
  EXPECT_THAT(ErrorsOf(Lines({kHeader, "2025/26,\"autumn\n\nagain\",1,2025-09-02,2025-10-24,county",
                              "2025/26,spring,3,2026-01-05,2026-02-13,county"})),
              ElementsAre(Reports(2, "term", "line break"), Reports(3, "part", "1 before")));
}

TEST(Table, RefusesUnknownColumnsAndNamesTheNearest) {
  EXPECT_THAT(ErrorsOf(Lines({"academic_year,term,part,first_day,lastday,status,remark", ""})),
              ElementsAre(Reports(1, "column E", "did you mean \"last_day\"?"),
                          Reports(1, "column G", "known are: academic_year"),
                          Reports(1, "last_day", "the column is missing")));
}

TEST(Table, NamesMissingColumns) {
  EXPECT_THAT(ErrorsOf(Lines({"academic_year,term,part,first_day", "2025/26,autumn,1,2025-09-02"})),
              ElementsAre(Reports(1, "last_day", "missing"), Reports(1, "status", "missing")));
}

TEST(Table, RefusesAColumnThatIsThereTwice) {
  EXPECT_THAT(ErrorsOf(Lines({"academic_year,term,part,first_day,last_day,status,Term"})),
              ElementsAre(Reports(1, "term", "twice")));
}

TEST(Table, NeverRepeatsAPersonWhereTheHeaderIsMissing) {
  const auto parsed = ParseChildren(
      Lines({"C-1,Amber,Test-Alder,2014-05-03,,no", "C-2,Bryn,Test-Beech,2011-11-20,,no"}));
  ASSERT_THAT(parsed.errors, ElementsAre(Reports(1, "", "the first row is not the header")));
  EXPECT_THAT(parsed.errors[0].message, ::testing::Not(::testing::HasSubstr("Amber")));
  EXPECT_THAT(parsed.rows, IsEmpty());
}

TEST(Table, RefusesOtherSeparators) {
  EXPECT_THAT(ErrorsOf(Lines({"academic_year;term;part;first_day;last_day;status"})),
              ElementsAre(Reports(1, "", "separated by commas")));
}

TEST(Table, RefusesRowsOfAnotherWidth) {
  EXPECT_THAT(
      ErrorsOf(Lines({kHeader, kAutumn, "2025/26,autumn,2", std::string(kSpring) + ",more"})),
      ElementsAre(Reports(3, "", "the row has 3 values, but the header has 6"),
                  Reports(4, "", "the row has 7 values")));
}

TEST(Table, RefusesQuotationMarksOutOfPlace) {
  EXPECT_THAT(
      ErrorsOf(Lines({kHeader, kAutumn, "2025/26,au\"tumn,1,2025-09-02,2025-10-24,county"})),
      ElementsAre(Reports(3, "", "a quotation mark is out of place")));
  EXPECT_THAT(ErrorsOf(Lines({kHeader, "2025/26,\"autumn\"x,1,2025-09-02,2025-10-24,county"})),
              ElementsAre(Reports(2, "", "a quotation mark is out of place")));
  EXPECT_THAT(ErrorsOf(Lines({kHeader, kAutumn, "2025/26,\"spring,1,2026-01-05,2026-02-13,county",
                              "2025/26,summer,1,2026-04-13,2026-05-22,county"})),
              ElementsAre(Reports(3, "", "the file ends inside quotation marks")));
}

TEST(Table, GivesUpAtAValueThatSwallowsTheFile) {
  std::string text = Lines({kHeader, "2025/26,\"spring,1,2026-01-05,2026-02-13,county"});
  while (text.size() < 3'000'000) text.append(kAutumn).append("\n");
  EXPECT_THAT(ErrorsOf(text), ElementsAre(Reports(2, "", "look for a missing quotation mark")));
}

TEST(Table, RefusesEmptyFilesAndFilesWithoutRows) {
  EXPECT_THAT(ErrorsOf(""), ElementsAre(Reports(0, "", "the file is empty")));
  EXPECT_THAT(ErrorsOf("\r\n\r\n"), ElementsAre(Reports(0, "", "the file is empty")));
  EXPECT_THAT(ErrorsOf(Lines({kHeader})), ElementsAre(Reports(0, "", "no rows below the header")));
  EXPECT_THAT(ErrorsOf(Lines({kHeader, ",,,,,"})), ElementsAre(Reports(0, "", "no rows")));
  EXPECT_THAT(ErrorsOf(",,,\n,,\n"), ElementsAre(Reports(0, "", "no rows")));
}

TEST(Table, RefusesControlCharactersFormulasAndOverlongValues) {
  const std::string nul = Replaced(std::string(kAutumn), "autumn", std::string_view("aut\0umn", 7));
  EXPECT_THAT(ErrorsOf(Lines({kHeader, nul})),
              ElementsAre(Reports(2, "term", "control character")));
  for (const std::string_view formula : {"=1+1", "+44", "-2", "@SUM(A1)"}) {
    EXPECT_THAT(ErrorsOf(Lines({kHeader, Replaced(std::string(kAutumn), "autumn", formula)})),
                ElementsAre(Reports(2, "term", "begins like a formula")));
  }
  EXPECT_THAT(
      ErrorsOf(Lines({kHeader, Replaced(std::string(kAutumn), "autumn", std::string(101, 'a'))})),
      ElementsAre(Reports(2, "term", "too long; at most 100")));
}

TEST(Table, KeepsTheFirstErrorsAndCountsAll) {
  std::string text = "own_id,given_name,family_name,date_of_birth,location_restricted";
  for (int i = 0; i < 5000; ++i) text += "\nx,y";
  const auto parsed = ParseChildren(text);
  EXPECT_EQ(parsed.total_errors, 5000);
  EXPECT_THAT(parsed.errors, SizeIs(kMostErrors));
  EXPECT_EQ(parsed.rows_read, 5000);
}

TEST(Table, StaysSmallWhereARowIsEndless) {
  EXPECT_THAT(ErrorsOf(Lines({kHeader, std::string(2'000'000, ',') + "x"})),
              ElementsAre(Reports(0, "", "no rows")));
  EXPECT_THAT(ErrorsOf(Lines({kHeader, "x" + std::string(2'000'000, ',')})),
              ElementsAre(Reports(2, "", "the row has 2000001 values")));
  EXPECT_THAT(ErrorsOf(Lines({std::string(kHeader) + std::string(2'000'000, ',')})),
              ::testing::Contains(Reports(1, "", "more than 1000 columns")));
}

TEST(Table, ARowBeyondTheBoundOfItsKindIsAnErrorAndTheLastThatIsRead) {
  std::string text(kHeader);
  for (int i = 0; i < kTermDatesBounds.rows; ++i) text.append("\n").append(kAutumn);
  const auto says_so = ::testing::Contains(Reports(1003, "", "the file has more than 1000 rows"));
  EXPECT_EQ(ParseTermDatesCsv(text).rows_read, kTermDatesBounds.rows);
  EXPECT_THAT(ParseTermDatesCsv(text).errors, ::testing::Not(says_so));
  text += "\n";  // no row
  for (int i = 0; i < 5000; ++i) text.append("\n").append(kAutumn);
  EXPECT_EQ(ParseTermDatesCsv(text).rows_read, kTermDatesBounds.rows + 1);
  EXPECT_THAT(ParseTermDatesCsv(text).errors, says_so);
}

TEST(Table, ARowOfMoreThanAMegabyteIsAnErrorWhateverItsValuesAre) {
  std::string row = "2025/26,autumn,1,2025-09-02,2025-10-24,county";
  std::string header(kHeader);
  std::string wide = header + ",,,,\n";
  std::string long_row = row;
  for (int i = 0; i < 4; ++i) long_row += "," + std::string(300'000, 'x');
  const auto parsed = ParseTermDatesCsv(wide + long_row + "\n" + row + ",,,,\n");
  EXPECT_THAT(parsed.errors, ElementsAre(Reports(2, "", "the row is longer than 1 MB")));
  EXPECT_THAT(parsed.rows, SizeIs(1)) << "the next row is read";
}

}  // namespace
}  // namespace pepline::registry::imports
