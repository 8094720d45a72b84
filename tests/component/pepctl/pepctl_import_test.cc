// pepctl and registry: files in, errors by row and column, people and schools out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/component/pepctl/pepctl_program.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/invocation.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kStaff[] =
    "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n"
    "VS-01,Xavi Sample,xavi@virtual-school.example,virtual-school-caseworker,,931,,2024-09-01,\n"
    "DT-01,Petra Sample,petra@school.example,designated-teacher,123230,,,2024-09-01,\n";
constexpr char kStaffWithErrors[] =
    "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n"
    "VS-01,Xavi Sample,xavi@virtual-school.example,virtual-school-caseworker,,931,,2024-09-01,\n"
    "DT-01,Petra Sample,petra@school.example,headmaster,123230,,,01.09.2024,\n";

class PepctlImportTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = ServiceUnderTest::Start(
        {.service = "registry", .now = *client::ParseInstant("2025-09-01 09:00")});
    ASSERT_TRUE(started.ok()) << started.status();
    service_ = *std::move(started);
    program_ = std::make_unique<PepctlProgram>(*service_, "registry");
  }

  Answer Pepctl(std::vector<std::string> arguments) { return (*program_)(std::move(arguments)); }

  Answer Import(const std::string& kind, const std::string& file,
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"import", kind, file};
    // What belongs to no authority is an operator's.
    if (kind == "schools" || kind == "bank-holidays") {
      arguments.insert(arguments.begin(), {"--as", "operator"});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Pepctl(arguments);
  }
  std::string Data(const std::string& file) {
    return absl::StrCat(SourceFolder(), "/deploy/data/", file);
  }
  std::string Written(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat(service_->folder(), "/", name);
    EXPECT_TRUE(WriteFile(path, text).ok());
    return path;
  }

  std::unique_ptr<ServiceUnderTest> service_;
  std::unique_ptr<PepctlProgram> program_;
};

TEST_F(PepctlImportTest, PreviewsImportsAndImportsAgainWithoutEffect) {
  const std::string schools = Data("oxfordshire-schools.csv");
  const Answer preview = Import("schools", schools, {"--dry-run"});
  EXPECT_EQ(preview.code, kDone) << preview.text;
  EXPECT_THAT(preview.text, HasSubstr("132 rows: 132 new, 0 changed, 0 unchanged. Preview"));
  EXPECT_THAT(Pepctl({"school", "list"}).text, HasSubstr("Nothing to show."));
  const Answer imported = Import("schools", schools);
  EXPECT_EQ(imported.code, kDone) << imported.text;
  // Piped, it is plain: no bar and no control characters.
  EXPECT_EQ(imported.text, "132 rows: 132 new, 0 changed, 0 unchanged.\n");
  EXPECT_THAT(Import("schools", schools).text, HasSubstr("0 new, 0 changed, 132 unchanged."));
  const Answer school = Pepctl({"school", "show", "123230"});
  EXPECT_THAT(school.text, HasSubstr("The Warriner School"));
  const Answer list = Pepctl({"school", "list", "--limit", "3", "--output", "json"});
  const nlohmann::json json = nlohmann::json::parse(list.text, nullptr, false);
  ASSERT_TRUE(json.is_object()) << list.text;
  EXPECT_EQ(json["schools"].size(), 3u);
  EXPECT_NE(json["next_page_token"], "");
}

TEST_F(PepctlImportTest, ListsErrorsByRowAndColumnAndWritesNothing) {
  ASSERT_EQ(Import("schools", Data("oxfordshire-schools.csv")).code, kDone);
  const Answer wrong = Import("staff", Written("wrong.csv", kStaffWithErrors));
  EXPECT_EQ(wrong.code, kImportHasErrors) << wrong.text;
  EXPECT_THAT(wrong.text, HasSubstr("ROW  COLUMN"));
  EXPECT_THAT(wrong.text, HasSubstr("3    role"));
  EXPECT_THAT(wrong.text, HasSubstr("3    from_on"));
  EXPECT_THAT(wrong.text, HasSubstr("in 2 rows: nothing was written."));
  // Nobody's data are repeated.
  EXPECT_THAT(wrong.text, Not(HasSubstr("Petra")));
  EXPECT_THAT(Pepctl({"staff", "list"}).text, HasSubstr("Nothing to show."));
  const Answer right = Import("staff", Written("right.csv", kStaff));
  EXPECT_EQ(right.code, kDone) << right.text;
  const Answer staff = Pepctl({"staff", "list"});
  EXPECT_THAT(staff.text, HasSubstr("Xavi Sample"));
  EXPECT_THAT(staff.text, HasSubstr("petra@school.example"));
}

TEST_F(PepctlImportTest, TakesAwayWhatIsKnownOnlyWhenThatIsConfirmed) {
  const std::string cases = absl::StrCat(SourceFolder(), "/tests/cases/");
  ASSERT_EQ(Import("term-dates", cases + "whole-year-of-terms.csv").code, kDone);
  const std::string part = cases + "one-part-of-a-year-corrected.csv";
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, std::vector<std::string>{"--dry-run"}}) {
    const Answer refused = Import("term-dates", part, more);
    EXPECT_EQ(refused.code, kImportHasErrors) << refused.text;
    EXPECT_THAT(refused.text, HasSubstr("TAKES AWAY"));
    EXPECT_THAT(refused.text, HasSubstr("summer term 2 2025/26 (2026-06-01 to 2026-07-20)"));
    EXPECT_THAT(refused.text, HasSubstr("--confirm-removals"));
  }
  const Answer done = Import("term-dates", part, {"--confirm-removals"});
  EXPECT_EQ(done.code, kDone) << done.text;
  EXPECT_THAT(done.text, HasSubstr("spring term 1 2025/26"));
}

TEST_F(PepctlImportTest, SaysWhatWasPassedOver) {
  const Answer imported = Import(
      "schools", absl::StrCat(SourceFolder(), "/tests/cases/register-others-row-too-wide.csv"),
      {"--only-authority", "931"});
  EXPECT_EQ(imported.code, kDone) << imported.text;
  EXPECT_THAT(imported.text, HasSubstr("PASSED OVER"));
  EXPECT_THAT(imported.text, HasSubstr("the row has 9 values, but the header has 8"));
}

TEST_F(PepctlImportTest, APolicyIsShownWithWhoIsToldWhen) {
  const Answer imported = Import("policy", Data("oxfordshire-policy.yaml"));
  EXPECT_EQ(imported.code, kDone) << imported.text;
  const Answer policy = Pepctl({"policy", "show"});
  EXPECT_EQ(policy.code, kDone) << policy.text;
  EXPECT_THAT(policy.text, HasSubstr("Policy profile of authority 931, version 1"));
  EXPECT_THAT(policy.text, HasSubstr("finalise-within-5-school-days"));
  EXPECT_THAT(policy.text, HasSubstr("when it passes"));
  EXPECT_EQ(Pepctl({"policy", "show", "--authority", "330"}).code, kRefused);
}

TEST_F(PepctlImportTest, TellsWhoImportedWhatAndWhy) {
  ASSERT_EQ(Import("schools", Data("oxfordshire-schools.csv"), {"--reason", "start of term"}).code,
            kDone);
  ASSERT_TRUE(service_->clock().Set(*client::ParseInstant("2025-09-01 10:00")).ok());
  ASSERT_EQ(Import("staff", Written("right.csv", kStaff)).code, kDone);
  ASSERT_TRUE(service_->clock().Set(*client::ParseInstant("2025-09-01 11:00")).ok());
  ASSERT_EQ(Import("policy", Data("oxfordshire-policy.yaml"), {"--reason", "the new profile"}).code,
            kDone);
  const Answer list = Pepctl({"--as", "auditor", "import", "list"});
  EXPECT_EQ(list.code, kDone) << list.text;
  EXPECT_THAT(list.text, HasSubstr("the new profile"));
  EXPECT_THAT(list.text, Not(HasSubstr("start of term"))) << "the register is no authority's";
  EXPECT_LT(list.text.find("policy"), list.text.find("staff")) << "the newest first";
  EXPECT_THAT(Pepctl({"--as", "operator", "import", "list"}).text, HasSubstr("start of term"));
  const Answer schools = Pepctl({"import", "list", "--kind", "schools", "--output", "json"});
  const nlohmann::json json = nlohmann::json::parse(schools.text, nullptr, false);
  ASSERT_TRUE(json.is_object()) << schools.text;
  ASSERT_EQ(json["imports"].size(), 1u);
  EXPECT_EQ(json["imports"][0]["created"], 132);
  EXPECT_EQ(Pepctl({"--as", "finance", "import", "list"}).code, kNotAllowed);
}

// The commands of docs/operations/install.md, "Data", as they stand there, on the files of
// deploy/data.
TEST_F(PepctlImportTest, TheHandbooksFirstImportIsCarriedOutAsItIsWritten) {
  const std::map<std::string, std::string> files = {
      {"edubase.csv", Data("oxfordshire-schools.csv")},
      {"links_edubase.csv", Data("examples/school-links.csv")},
      {"bank-holidays.json", Data("bank-holidays.json")},
      {"term-dates.csv", Data("oxfordshire-term-dates.csv")},
      {"policy.yaml", Data("oxfordshire-policy.yaml")},
      {"staff.csv", Data("examples/staff.csv")},
      {"children.csv", Data("examples/children.csv")}};
  // The children of the example are in care by then.
  ASSERT_TRUE(service_->clock().Set(*client::ParseInstant("2026-01-12 09:00")).ok());
  const auto handbook = ReadFile(absl::StrCat(SourceFolder(), "/docs/operations/install.md"));
  ASSERT_TRUE(handbook.ok());
  const std::size_t begin = handbook->find("\n## 6. Data");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = handbook->substr(begin, handbook->find("\n## ", begin + 1) - begin);
  std::set<std::string> imported;
  for (const absl::string_view line : absl::StrSplit(section, '\n')) {
    if (!absl::StartsWith(line, "pepctl ")) continue;
    std::vector<std::string> words = absl::StrSplit(line, ' ');
    words.erase(words.begin());
    for (std::string& word : words) {
      const auto file = files.find(word);
      if (file == files.end()) continue;
      imported.insert(word);
      word = file->second;
    }
    const Answer answer = Pepctl(words);
    EXPECT_EQ(answer.code, kDone) << std::string(line) << ": " << answer.text;
  }
  EXPECT_EQ(imported.size(), files.size());
  EXPECT_THAT(section, HasSubstr("import schools edubase.csv\n"))
      << "children are placed at schools of other authorities, so the register is imported whole";
  EXPECT_THAT(Pepctl({"child", "list"}).text, Not(HasSubstr("Nothing to show.")));
}

TEST_F(PepctlImportTest, OnlyTheVirtualSchoolImportsAndOnlyAnOperatorWhatBelongsToNoAuthority) {
  const std::string file = Data("bank-holidays.json");
  for (const std::string role : {"finance", "virtual-school"}) {
    const Answer denied = Pepctl({"--as", role, "import", "bank-holidays", file});
    EXPECT_EQ(denied.code, kNotAllowed) << denied.text;
  }
  EXPECT_THAT(Pepctl({"import", "bank-holidays", file}).text,
              HasSubstr("the role operator imports"));
  EXPECT_EQ(Import("bank-holidays", file).code, kDone);
  const std::string policy = Data("oxfordshire-policy.yaml");
  EXPECT_EQ(Pepctl({"--as", "operator", "import", "policy", policy}).code, kNotAllowed);
}

}  // namespace
}  // namespace pepline::pepctl
