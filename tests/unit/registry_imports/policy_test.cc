// Policy profiles.
#include "services/scheduling/domain/policy.h"

#include "services/registry/imports/policy_rules.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kProfile = R"(effective_on: 2025-09-01
source: a test
deadline_rules:
  - rule_id: finalise-within-5-school-days
    length: 5
    day_kind: school-days
    source: "what the school offers"
    provisional: true
    levels:
      - {level: 0, offset: -2, day_kind: school-days, recipients: [designated-teacher]}
      - {level: 1, offset: 0, day_kind: school-days, recipients: [designated-teacher, headteacher]}
      - {level: 2, offset: 1, day_kind: working-days, recipients: [virtual-school-head]}
      - {level: 3, offset: 5, day_kind: working-days, recipients: [school-office]}
term_cut_offs:
  - {academic_year: 2025/26, term: autumn, cut_off_on: 2025-11-28}
  - {academic_year: 2025/26, term: spring, cut_off_on: 2026-03-20}
)";

// The errors when `from` stands as `to`.
std::vector<RowError> With(std::string_view from, std::string_view to) {
  const auto parsed = ParsePolicy(Replaced(std::string(kProfile), from, to));
  EXPECT_EQ(parsed.rows.empty(), !parsed.ok());
  return parsed.errors;
}

TEST(PolicyProfile, IsReadWhole) {
  const auto parsed = ParsePolicy(kProfile);
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows_read, 1);
  const common::v1::PolicyProfile& profile = parsed.rows[0];
  EXPECT_EQ(profile.authority_code(), "");
  EXPECT_EQ(profile.version(), 0U);
  EXPECT_EQ(profile.effective_on(), "2025-09-01");
  EXPECT_EQ(profile.source(), "a test");
  ASSERT_EQ(profile.deadline_rules_size(), 1);
  const common::v1::DeadlineRule& rule = profile.deadline_rules(0);
  EXPECT_EQ(rule.rule_id(), "finalise-within-5-school-days");
  EXPECT_EQ(rule.length(), 5);
  EXPECT_EQ(rule.day_kind(), common::v1::DAY_KIND_SCHOOL_DAYS);
  EXPECT_EQ(rule.source(), "what the school offers");
  EXPECT_TRUE(rule.provisional());
  ASSERT_EQ(rule.levels_size(), 4);
  EXPECT_EQ(rule.levels(0).level(), 0);
  EXPECT_EQ(rule.levels(0).offset(), -2);
  EXPECT_THAT(rule.levels(1).recipients(),
              ElementsAre(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER,
                          common::v1::RECIPIENT_ROLE_HEADTEACHER));
  EXPECT_EQ(rule.levels(3).day_kind(), common::v1::DAY_KIND_WORKING_DAYS);
  ASSERT_EQ(profile.term_cut_offs_size(), 2);
  EXPECT_EQ(profile.term_cut_offs(1).academic_year(), "2025/26");
  EXPECT_EQ(profile.term_cut_offs(1).term(), "spring");
  EXPECT_EQ(profile.term_cut_offs(1).cut_off_on(), "2026-03-20");
}

TEST(PolicyProfile, KnowsTheRulesThatSchedulingRuns) {
  std::vector<std::string_view> run;
  for (const scheduling::Rule rule : scheduling::kAllRules) run.push_back(RuleId(rule));
  run.push_back(kVacancyRule);
  EXPECT_THAT(run, ::testing::UnorderedElementsAreArray(kPolicyRules));
}

TEST(PolicyProfile, RefusesUnknownKeysWithTheirPath) {
  EXPECT_THAT(
      With("source: a test", "sauce: a test"),
      ElementsAre(Says(2, "/sauce", "did you mean \"source\"?"), Says(1, "/source", "missing")));
  EXPECT_THAT(With("    length: 5", "    length: 5\n    lenght: 5"),
              ElementsAre(Says(6, "/deadline_rules/0/lenght", "did you mean \"length\"?")));
  EXPECT_THAT(With("{level: 2,", "{level: 2, channel: sms,"),
              ElementsAre(Says(12, "/deadline_rules/0/levels/2/channel", "known are: level")));
  EXPECT_THAT(With("cut_off_on: 2026-03-20", "cut_off_on: 2026-03-20, why: x"),
              ElementsAre(Says(16, "/term_cut_offs/1/why", "not known")));
  EXPECT_THAT(With("    length: 5", "    length: 5\n    length: 6"),
              ElementsAre(Says(6, "/deadline_rules/0/length", "twice")));
  EXPECT_THAT(With("    length: 5", "    ? [a, b]\n    : 5\n    length: 5"),
              ElementsAre(Says(5, "/deadline_rules/0/", "not known")));
}

TEST(PolicyProfile, NamesMissingAndWrongValues) {
  EXPECT_THAT(With("effective_on: 2025-09-01", "effective_on: 1 September"),
              ElementsAre(Says(1, "/effective_on", "YYYY-MM-DD")));
  EXPECT_THAT(With("source: a test", "source: [a, test]"),
              ElementsAre(Says(2, "/source", "not a text")));
  EXPECT_THAT(With("    length: 5\n", ""),
              ElementsAre(Says(4, "/deadline_rules/0/length", "missing")));
  for (const std::string_view bad : {"length: five", "length: 5.5", "length: 401", "length: []"}) {
    EXPECT_THAT(With("length: 5", bad),
                ElementsAre(Says(5, "/deadline_rules/0/length", "whole number")));
  }
  EXPECT_THAT(With("provisional: true", "provisional: yes"),
              ElementsAre(Says(8, "/deadline_rules/0/provisional", "true or false")));
  EXPECT_THAT(With("day_kind: school-days", "day_kind: school-day"),
              ElementsAre(Says(6, "/deadline_rules/0/day_kind", "did you mean \"school-days\"?")));
  EXPECT_THAT(With("[designated-teacher]", "[designated-teachers]"),
              ElementsAre(Says(10, "/deadline_rules/0/levels/0/recipients", "did you mean")));
  EXPECT_THAT(With("[designated-teacher]", "[designated-teacher, designated-teacher]"),
              ElementsAre(Says(10, "/deadline_rules/0/levels/0/recipients", "already")));
  EXPECT_THAT(With("[designated-teacher]", "[]"),
              ElementsAre(Says(10, "/deadline_rules/0/levels/0/recipients", "not a list")));
  EXPECT_THAT(
      With("rule_id: finalise-within-5-school-days", "rule_id: finalise-within-3-school-days"),
      ElementsAre(Says(4, "/deadline_rules/0/rule_id", "did you mean \"finalise-within-5")));
  EXPECT_THAT(
      With("  - {academic_year: 2025/26, term: autumn", "  - {academic_year: 2025, term: autumn"),
      ElementsAre(Says(15, "/term_cut_offs/0/academic_year", "2025/26")));
  EXPECT_THAT(With("cut_off_on: 2025-11-28", "cut_off_on: 2026-11-28"),
              ElementsAre(Says(15, "/term_cut_offs/0/cut_off_on", "academic year")));
  EXPECT_THAT(With("term: spring", "term: autumn"),
              ElementsAre(Says(16, "/term_cut_offs/1/term", "already")));
  EXPECT_THAT(With("cut_off_on: 2026-03-20", "cut_off_on: 2025-11-28"),
              ElementsAre(Says(15, "/term_cut_offs", "spring 2025/26 does not lie after")));
}

TEST(PolicyProfile, HasLevelsInTheOrderOfTheirInstants) {
  EXPECT_THAT(With("offset: -2", "offset: 2"),
              ElementsAre(Says(10, "/deadline_rules/0/levels/0/offset", "a reminder")));
  EXPECT_THAT(With("level: 1, offset: 0", "level: 1, offset: 1"),
              ElementsAre(Says(11, "/deadline_rules/0/levels/1/offset", "the deadline itself")));
  EXPECT_THAT(With("level: 2, offset: 1", "level: 2, offset: 0"),
              ElementsAre(Says(12, "/deadline_rules/0/levels/2/offset", "an escalation")));
  EXPECT_THAT(With("level: 2, offset: 1", "level: 2, offset: 9"),
              ElementsAre(Says(13, "/deadline_rules/0/levels/3/offset", "before level 2")));
  EXPECT_THAT(With("level: 2, offset: 1", "level: 4, offset: 1"),
              ::testing::Contains(Says(12, "/deadline_rules/0/levels/2/level", "levels are 0")));
  EXPECT_THAT(With("level: 3", "level: 2"),
              ElementsAre(Says(13, "/deadline_rules/0/levels/3/level", "ascending")));
}

TEST(PolicyProfile, MustBeOneYamlMapping) {
  const auto errors = [](std::string_view text) { return ParsePolicy(text).errors; };
  EXPECT_THAT(errors(""), ElementsAre(Says(0, "", "empty")));
  EXPECT_THAT(errors("# nothing\n"), SizeIs(1));
  EXPECT_THAT(errors("- a\n- b\n"), ElementsAre(Says(1, "", "not a mapping")));
  EXPECT_THAT(errors("a: 1\n---\nb: 2\n"), ElementsAre(Says(0, "", "one YAML document")));
  EXPECT_THAT(errors("effective_on: 2025-09-01\nsource: {a: [\n"),
              ElementsAre(::testing::Field("message", &RowError::message,
                                           HasSubstr("not readable as YAML"))));
  EXPECT_THAT(errors("a: *unknown\n"), ElementsAre(Says(1, "", "not readable as YAML")));
  EXPECT_THAT(errors(std::string(100'000, '[')), ElementsAre(::testing::_));
  EXPECT_THAT(errors(std::string(300'000, 'a')), ElementsAre(Says(0, "", "larger than 256 kB")));
  EXPECT_THAT(
      errors(
          "deadline_rules: [7, [], {}]\nterm_cut_offs: [x]\neffective_on: 2025-09-01\nsource: s\n"),
      ::testing::IsSupersetOf({Says(1, "/deadline_rules/0", "not a mapping"),
                               Says(1, "/deadline_rules/1", "not a mapping"),
                               Says(1, "/deadline_rules/2/rule_id", "missing"),
                               Says(2, "/term_cut_offs/0", "not a mapping")}));
}

}  // namespace
}  // namespace pepline::registry::imports
