// The files of registry's imports: any bytes are answered with rows or with at least one error.
#include <array>

#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/text.h"
#include "services/registry/import/parse/upn.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {
namespace {

using namespace registry::imports;

template <class Row>
void ExpectAnswer(const Parsed<Row>& parsed) {
  Expect(parsed.errors.size() <= static_cast<std::size_t>(kMostErrors), "too many errors are kept");
  Expect(parsed.notes.size() <= static_cast<std::size_t>(kMostErrors), "too many notes are kept");
  Expect(parsed.total_errors >= static_cast<int>(parsed.errors.size()), "errors are not counted");
  Expect(parsed.total_errors == 0 || !parsed.errors.empty(), "a file is refused without a word");
  Expect(parsed.rows_read >= 0, "rows are not counted");
  for (const RowError& error : parsed.errors) {
    Expect(!error.message.empty(), "an error says nothing");
    Expect(IsUtf8(error.message) && IsUtf8(error.column), "an error is no text");
  }
  for (const RowError& note : parsed.notes) {
    Expect(IsUtf8(note.message) && IsUtf8(note.column), "a note is no text");
  }
}

template <class Row>
Target Importer(std::string name, Parsed<Row> (*parse)(std::string_view),
                std::vector<std::string> (*seeds)()) {
  return {.name = std::move(name),
          .run = [parse](std::string_view bytes) { ExpectAnswer(parse(bytes)); },
          .seeds = seeds};
}

void ReadSchools(std::string_view bytes) {
  ExpectAnswer(ParseSchools(bytes, ""));
  ExpectAnswer(ParseSchools(bytes, "931", {"123001", "123240"}));
}

void ReadText(std::string_view bytes) {
  for (const Encoding encoding : {Encoding::kUtf8, Encoding::kOfEachValue}) {
    const FileText file(bytes, encoding);
    Expect(file.problem().empty() || IsUtf8(file.problem()), "a problem is no text");
    if (encoding == Encoding::kUtf8 && file.problem().empty()) {
      Expect(IsUtf8(file.text()), "the text of a file is none");
    }
  }
  for (const bool utf8_only : {false, true}) {
    std::string text;
    ReadValue(bytes, utf8_only, text);
    Expect(IsUtf8(text), "a value is no text");
    MakeSpacesPlain(text);
    Expect(IsUtf8(text), "plain spaces spoil a text");
  }
  static constexpr std::array<std::string_view, 3> kKnown = {"own_id", "email", "from_on"};
  const std::string_view name = bytes.substr(0, 200);
  AdviseNames(name, kKnown);
  CheckUpn(name);
}

}  // namespace

std::vector<Target> Targets() {
  return {
      {.name = "schools",
       .run = &ReadSchools,
       .seeds =
           [] {
             return FilesLike({"deploy/data/oxfordshire-schools.csv", "tests/cases/register-*.csv",
                               "tests/unit/registry_imports/gias-header.csv"});
           },
       .longest = 64 * 1024},
      Importer("school-links", &ParseSchoolLinks,
               [] { return FilesLike({"deploy/data/examples/school-links.csv"}); }),
      Importer("bank-holidays", &ParseBankHolidays,
               [] {
                 return FilesLike(
                     {"deploy/data/bank-holidays.json", "tests/cases/bank-holidays-*.json"});
               }),
      Importer("term-dates-csv", &ParseTermDatesCsv,
               [] {
                 return FilesLike({"deploy/data/oxfordshire-term-dates.csv",
                                   "tests/cases/*term*.csv", "tests/cases/*year*.csv"});
               }),
      Importer("term-dates-ics", &ParseTermDatesIcs,
               [] {
                 return FilesLike({"deploy/data/oxfordshire-term-dates.ics", "tests/cases/*.ics"});
               }),
      Importer("school-calendars", &ParseSchoolCalendars,
               [] { return FilesLike({"deploy/data/examples/school-calendars.csv"}); }),
      Importer("policy", &ParsePolicy,
               [] {
                 return FilesLike({"deploy/data/oxfordshire-policy.yaml", "tests/cases/*.yaml"});
               }),
      Importer("staff", &ParseStaff, [] { return FilesLike({"deploy/data/examples/staff.csv"}); }),
      Importer("children", &ParseChildren,
               [] {
                 return FilesLike({"deploy/data/examples/children.csv", "tests/cases/child-*.csv"});
               }),
      {.name = "text",
       .run = &ReadText,
       .seeds =
           [] {
             return FilesLike({"tests/cases/*.csv", "tests/cases/*.ics"});
           },
       .longest = 1024}};
}

}  // namespace pepline::fuzz
