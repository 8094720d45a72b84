#include "tools/demo/autumn_term.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::demo {
namespace {

using absl::CivilDay;
using story::Step;

// Cells of a CSV file without quoted fields, header included.
std::vector<std::vector<std::string>> Rows(const std::string& file) {
  std::vector<std::vector<std::string>> rows;
  auto text = ReadFile(absl::StrCat(SourceFolder(), "/", file));
  EXPECT_TRUE(text.ok()) << text.status();
  for (absl::string_view line : absl::StrSplit(text.value_or(""), '\n', absl::SkipEmpty())) {
    rows.push_back(absl::StrSplit(line, ','));
  }
  return rows;
}

std::set<std::string> Column(const std::string& file, const std::string& name) {
  const auto rows = Rows(file);
  std::set<std::string> values;
  if (rows.empty()) return values;
  const auto column = std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin();
  for (std::size_t row = 1; row < rows.size(); ++row) {
    values.insert(rows[row].at(static_cast<std::size_t>(column)));
  }
  return values;
}

bool IsSchoolDay(CivilDay day) {
  const bool weekend = absl::GetWeekday(day) == absl::Weekday::saturday ||
                       absl::GetWeekday(day) == absl::Weekday::sunday;
  const bool half_term = day > CivilDay(2025, 10, 24) && day < CivilDay(2025, 11, 3);
  const bool christmas = day > CivilDay(2025, 12, 19) && day < CivilDay(2026, 1, 5);
  return !weekend && !half_term && !christmas && day >= CivilDay(2025, 9, 2);
}

class AutumnTermTest : public testing::Test {
 protected:
  // What happens to each child, in order.
  static std::map<std::string, std::vector<Step>> ByChild() {
    story::Story story = AutumnTerm(SourceFolder());
    std::stable_sort(story.begin(), story.end(),
                     [](const Step& a, const Step& b) { return a.at < b.at; });
    std::map<std::string, std::vector<Step>> steps;
    for (Step& step : story) {
      if (!step.child.empty()) steps[step.child].push_back(std::move(step));
    }
    return steps;
  }
  static const char* const kChildren;
  static const char* const kDecember;
  static const char* const kOnNoRoll;
};
const char* const AutumnTermTest::kChildren = "tools/demo/data/children.csv";
const char* const AutumnTermTest::kDecember = "tools/demo/data/children-december.csv";
const char* const AutumnTermTest::kOnNoRoll = "tools/demo/data/children-on-no-roll.csv";

TEST_F(AutumnTermTest, PeopleActOnSchoolDaysInSchoolHours) {
  for (const auto& [child, steps] : ByChild()) {
    for (const Step& step : steps) {
      EXPECT_TRUE(IsSchoolDay(CivilDay(step.at))) << child << " " << step.at;
      EXPECT_TRUE(step.at.hour() >= 8 && step.at.hour() <= 18) << child << " " << step.at;
    }
  }
}

TEST_F(AutumnTermTest, MeetingsAreSetForSchoolDaysAndHeldOnTheDayThatWasSetLast) {
  for (const auto& [child, steps] : ByChild()) {
    absl::CivilSecond meeting;
    for (const Step& step : steps) {
      if (const auto* set = std::get_if<story::SchedulePep>(&step.action))
        meeting = set->meeting_at;
      if (const auto* moved = std::get_if<story::ReschedulePep>(&step.action)) {
        meeting = moved->meeting_at;
      }
      if (!std::holds_alternative<story::HoldPep>(step.action)) continue;
      if (child == "C-038") {
        EXPECT_EQ(CivilDay(step.at), CivilDay(2025, 11, 12)) << "nobody recorded it for four days";
      } else {
        EXPECT_EQ(CivilDay(step.at), CivilDay(meeting)) << child;
      }
      EXPECT_TRUE(IsSchoolDay(CivilDay(meeting))) << child;
      EXPECT_GE(step.at, meeting) << child;
    }
  }
}

TEST_F(AutumnTermTest, EveryChildIsOnRecordAndOneIsNeverInvited) {
  std::set<std::string> children = Column(kChildren, "own_id");
  const std::set<std::string> december = Column(kDecember, "own_id");
  const std::set<std::string> on_no_roll = Column(kOnNoRoll, "own_id");
  children.insert(december.begin(), december.end());
  children.insert(on_no_roll.begin(), on_no_roll.end());
  EXPECT_EQ(children.size(), 39u);
  const auto steps = ByChild();
  for (const auto& [child, mine] : steps) EXPECT_TRUE(children.contains(child)) << child;
  EXPECT_EQ(steps.size(), children.size() - 1);
}

TEST_F(AutumnTermTest, TheCastIsWhatTheDemoPromises) {
  int late = 0, never = 0, without_sdq = 0, moves = 0, refused = 0;
  for (const auto& [child, steps] : ByChild()) {
    absl::CivilSecond held, finalised;
    for (const Step& step : steps) {
      if (const auto* hold = std::get_if<story::HoldPep>(&step.action)) {
        held = step.at;
        without_sdq += hold->missing_sdq_reason.empty() ? 0 : 1;
      }
      if (std::holds_alternative<story::FinaliseEpep>(step.action)) finalised = step.at;
      moves += std::holds_alternative<story::MoveToSchool>(step.action) ? 1 : 0;
      refused += step.refused.empty() ? 0 : 1;
    }
    if (held == absl::CivilSecond()) continue;
    never += finalised == absl::CivilSecond() ? 1 : 0;
    int school_days = 0;
    for (CivilDay day(held); day < CivilDay(finalised); ++day) school_days += IsSchoolDay(day + 1);
    late += school_days > 5 ? 1 : 0;
  }
  EXPECT_EQ(late, 5);
  EXPECT_EQ(never, 1);
  EXPECT_EQ(without_sdq, 2);
  EXPECT_EQ(moves, 1);
  EXPECT_EQ(refused, 1);
}

TEST_F(AutumnTermTest, AChildOnNoRollIsEnrolledBeforeItsMeetingIsSet) {
  EXPECT_EQ(Column(kOnNoRoll, "school_urn"), std::set<std::string>{""});
  bool enrolled = false;
  const auto steps = ByChild();
  for (const Step& step : steps.at("C-039")) {
    if (std::holds_alternative<story::EnrolAtSchool>(step.action)) enrolled = true;
    EXPECT_TRUE(enrolled) << step.at;
  }
}

TEST_F(AutumnTermTest, SchoolsAreRealAndOneHasNoDesignatedTeacherAtFirst) {
  const std::set<std::string> schools = Column(kChildren, "school_urn");
  EXPECT_GE(schools.size(), 12u);
  const auto text = ReadFile(absl::StrCat(SourceFolder(), "/deploy/data/oxfordshire-schools.csv"));
  ASSERT_TRUE(text.ok()) << text.status();
  std::set<std::string> with_teacher;
  for (const auto& row : Rows("tools/demo/data/staff.csv")) {
    if (row[3] == "designated-teacher") with_teacher.insert(row[4]);
  }
  std::set<std::string> without;
  for (const std::string& urn : schools) {
    EXPECT_TRUE(absl::StrContains(*text, absl::StrCat("\n", urn, ","))) << urn;
    if (!with_teacher.contains(urn)) without.insert(urn);
  }
  EXPECT_EQ(without, std::set<std::string>{"123233"});
}

TEST_F(AutumnTermTest, MailGoesToAddressesThatCannotExist) {
  for (const char* file : {"tools/demo/data/staff.csv", "tools/demo/data/staff-september.csv"}) {
    for (const std::string& mail : Column(file, "email")) {
      EXPECT_TRUE(absl::EndsWith(mail, ".example.org")) << mail;
    }
  }
}

TEST_F(AutumnTermTest, NoTwoChildrenHaveTheSameInitials) {
  std::set<std::string> initials;
  for (const char* file : {kChildren, kDecember, kOnNoRoll}) {
    const auto rows = Rows(file);
    for (std::size_t row = 1; row < rows.size(); ++row) {
      EXPECT_TRUE(initials.insert({rows[row][1][0], rows[row][2][0]}).second) << rows[row][0];
    }
  }
}

}  // namespace
}  // namespace pepline::demo
