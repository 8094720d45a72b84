// The school register: the full file and a part of it.
#include <chrono>

#include "absl/strings/str_cat.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kHeader =
    "URN,LA (code),EstablishmentName,EstablishmentStatus (code),PhaseOfEducation (code),CloseDate";

std::string Register(std::initializer_list<std::string_view> rows) {
  return std::string(kHeader) + "\n" + Lines(rows);
}

// Rows below the real header of 133 columns; `fill` stands in every column that is not read.
class FullRegister {
 public:
  explicit FullRegister(std::string fill) : fill_(std::move(fill)) {
    text_ = ReadFile(std::string(PEPLINE_TEST_DATA) + "/gias-header.csv");
    std::string name;
    for (const char c : text_.substr(0, text_.find('\r'))) {
      if (c == ',') {
        columns_.push_back(std::exchange(name, ""));
      } else if (c != '"') {
        name.push_back(c);
      }
    }
    columns_.push_back(name);
    EXPECT_EQ(columns_.size(), 133U);
    text_ = text_.substr(0, text_.find('\r') + 2);
  }

  void Add(int urn, std::string_view authority, std::string_view name, std::string_view status,
           std::string_view phase, std::string_view closed_on) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      text_ += i == 0 ? "\"" : ",\"";
      const std::string& column = columns_[i];
      if (column == "URN") {
        text_ += absl::StrCat(urn);
      } else if (column == "LA (code)") {
        text_ += authority;
      } else if (column == "EstablishmentName") {
        text_ += name;
      } else if (column == "EstablishmentStatus (code)") {
        text_ += status;
      } else if (column == "PhaseOfEducation (code)") {
        text_ += phase;
      } else if (column == "CloseDate") {
        text_ += closed_on;
      } else {
        text_ += fill_;
      }
      text_ += '"';
    }
    text_ += "\r\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string fill_;
  std::vector<std::string> columns_;
  std::string text_;
};

TEST(SchoolRegister, ReadsTheFullFileByColumnName) {
  FullRegister file("x \"\"y\"\", z");
  file.Add(137919, "931", "St Mary\x92s School, \"\"Chlo\xE9\"\"", "1", "4", "");
  file.Add(100001, "201", "Closed School", "2", "0", "31-08-2012");
  file.Add(100002, "201", "Closing School", "3", "7", "31-08-2027");
  file.Add(20048, "202", "A Children\x92s Centre", "4", "1", "");
  const auto parsed = ParseSchools(file.text(), "");
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(4));
  EXPECT_EQ(parsed.rows_read, 4);
  const SchoolRow& first = parsed.rows[0];
  EXPECT_EQ(first.row, 2);
  EXPECT_EQ(first.urn, "137919");
  EXPECT_EQ(first.name, "St Mary\xE2\x80\x99s School, \"Chlo\xC3\xA9\"");
  EXPECT_EQ(first.authority_code, "931");
  EXPECT_EQ(first.phase, "secondary");
  EXPECT_EQ(first.status, SchoolStatus::kOpen);
  EXPECT_EQ(first.closed_on, std::nullopt);
  EXPECT_EQ(parsed.rows[1].status, SchoolStatus::kClosed);
  EXPECT_EQ(parsed.rows[1].closed_on, absl::CivilDay(2012, 8, 31));
  EXPECT_EQ(parsed.rows[1].phase, "not-applicable");
  EXPECT_EQ(parsed.rows[2].status, SchoolStatus::kOpenProposedToClose);
  EXPECT_EQ(parsed.rows[2].closed_on, std::nullopt);  // not yet
  EXPECT_EQ(parsed.rows[2].phase, "all-through");
  EXPECT_EQ(parsed.rows[3].status, SchoolStatus::kProposedToOpen);
}

TEST(SchoolRegister, KnowsEveryPhase) {
  const auto parsed =
      ParseSchools(Register({"100000,931,A,1,0,", "100001,931,A,1,1,", "100002,931,A,1,2,",
                             "100003,931,A,1,3,", "100004,931,A,1,4,", "100005,931,A,1,5,",
                             "100006,931,A,1,6,", "100007,931,A,1,7,"}),
                   "");
  EXPECT_THAT(parsed.errors, IsEmpty());
  std::vector<std::string> phases;
  for (const SchoolRow& school : parsed.rows) phases.push_back(school.phase);
  EXPECT_THAT(phases,
              ElementsAre("not-applicable", "nursery", "primary", "middle-deemed-primary",
                          "secondary", "middle-deemed-secondary", "16-plus", "all-through"));
}

TEST(SchoolRegister, TakesOneAuthorityAndLeavesTheOthersUnread) {
  const std::string text = Register(
      {"100000,931,Ours,1,2,", "not a urn,201,Theirs,9,99,soon", "100000,202,Theirs too,1,2,"});
  const auto parsed = ParseSchools(text, "931");
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 3);
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].name, "Ours");
  EXPECT_FALSE(ParseSchools(text, "").ok());
  EXPECT_THAT(ParseSchools(text, "999").errors,
              ElementsAre(Reports(0, "LA (code)", "no school of")));
}

TEST(SchoolRegister, NamesWhatIsWrongByRowAndColumn) {
  const auto parsed = ParseSchools(
      Register({"12345678,931,A,1,2,", "100001,93,A,1,2,", "100002,931,,1,2,", "100003,931,A,5,2,",
                "100004,931,A,1,8,", "100005,931,A,2,2,2012-08-31", "100006,931,A,2,2,31-02-2012",
                "100007,931,A,1,2,", "100007,931,B,1,2,", ",931,A,1,2,"}),
      "");
  EXPECT_THAT(
      parsed.errors,
      ElementsAre(Reports(2, "URN", "six digits"), Reports(3, "LA (code)", "three digits"),
                  Reports(4, "EstablishmentName", "missing"),
                  Reports(5, "EstablishmentStatus (code)", "known are: 1, 2, 3, 4"),
                  Reports(6, "PhaseOfEducation (code)", "not known"),
                  Reports(7, "CloseDate", "DD-MM-YYYY"), Reports(8, "CloseDate", "DD-MM-YYYY"),
                  Reports(10, "URN", "the school is in row 9 already"),
                  Reports(11, "URN", "missing")));
  EXPECT_THAT(parsed.rows, SizeIs(1));
}

TEST(SchoolRegister, NamesEveryMissingColumn) {
  EXPECT_THAT(
      ParseSchools("URN,LA (name)\n1,2\n", "").errors,
      ElementsAre(Reports(1, "LA (code)", "missing"), Reports(1, "EstablishmentName", "missing"),
                  Reports(1, "EstablishmentStatus (code)", "missing"),
                  Reports(1, "PhaseOfEducation (code)", "missing")));
}

TEST(SchoolRegister, TakesFiftyThousandSchoolsInAFewSeconds) {
  FullRegister file("seven!!");
  for (int i = 0; i < 50'000; ++i) {
    file.Add(100000 + i, i % 100 == 0 ? "931" : "201", "School of St Andr\xE9", "1", "2", "");
  }
  EXPECT_GT(file.text().size(), 60U * 1000 * 1000);
  const auto started = std::chrono::steady_clock::now();
  const auto all = ParseSchools(file.text(), "");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  EXPECT_THAT(all.errors, IsEmpty());
  EXPECT_THAT(all.rows, SizeIs(50'000));
  EXPECT_EQ(all.rows.back().row, 50'001);
  RecordProperty("megabytes", static_cast<int>(file.text().size() / 1'000'000));
  RecordProperty("milliseconds", static_cast<int>(took.count() * 1000));
  EXPECT_LT(took.count(), 60);  // seconds; bounds only what would be absurd on a busy machine
  const auto ours = ParseSchools(file.text(), "931");
  EXPECT_THAT(ours.rows, SizeIs(500));
  EXPECT_THAT(ours.rows,
              Each(::testing::Field("authority_code", &SchoolRow::authority_code, "931")));
}

}  // namespace
}  // namespace pepline::registry::imports
