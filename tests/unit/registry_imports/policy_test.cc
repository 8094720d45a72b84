// Policy profiles.
#include "services/funding/domain/funding_deadlines.h"
#include "services/scheduling/domain/rules.h"
#include "shared/domain/rule_catalogue.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kProfile = std::string(R"(effective_on: 2025-09-01
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
)") + AllOthersOff("finalise-within-5-school-days") +
                             R"(term_cut_offs:
  - {academic_year: 2025/26, term: autumn, cut_off_on: 2025-11-28}
  - {academic_year: 2025/26, term: spring, cut_off_on: 2026-03-20}
)";

// The profile in which `from` stands as `to`.
std::string With(std::string_view from, std::string_view to) {
  return Replaced(kProfile, from, to);
}

// There is a profile or an error, never both.
auto ProfileOrErrors(std::string_view text) {
  auto parsed = ParsePolicy(text);
  EXPECT_EQ(parsed.rows.empty(), !parsed.ok());
  return parsed;
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

TEST(PolicyProfile, SaysForHowLongAChildIsReachedAfterCareOrNothing) {
  EXPECT_FALSE(ParsePolicy(kProfile).rows.at(0).has_access_after_care_months());
  for (const int months : {0, 3, 24}) {
    const auto parsed =
        ParsePolicy(absl::StrCat(kProfile, "access_after_care_months: ", months, "\n"));
    ASSERT_THAT(parsed.rows, SizeIs(1));
    EXPECT_TRUE(parsed.rows[0].has_access_after_care_months());
    EXPECT_EQ(parsed.rows[0].access_after_care_months(), months);
  }
  for (const char* months : {"-1", "25", "3.5", "three", "[3]"}) {
    const auto parsed =
        ProfileOrErrors(absl::StrCat(kProfile, "access_after_care_months: ", months, "\n"));
    ASSERT_FALSE(parsed.ok()) << months;
    EXPECT_THAT(parsed.errors.at(0).column, HasSubstr("access_after_care_months"));
  }
}

TEST(PolicyProfile, SaysWhatAnInterimPepDoesWithinItsBoundsOrNothing) {
  EXPECT_FALSE(ParsePolicy(kProfile).rows.at(0).has_interim_most_school_days());
  const auto parsed = ParsePolicy(absl::StrCat(
      kProfile, "interim_most_school_days: 0\ninterim_school_days_after_reopening: 15\n"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_TRUE(parsed.rows[0].has_interim_most_school_days());
  EXPECT_EQ(parsed.rows[0].interim_school_days_after_reopening(), 15);
  for (const char* wrong :
       {"interim_most_school_days: -1", "interim_most_school_days: 21",
        "interim_school_days_after_reopening: 0", "interim_school_days_after_reopening: 41"}) {
    const auto refused = ProfileOrErrors(absl::StrCat(kProfile, wrong, "\n"));
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_THAT(refused.errors.at(0).message, HasSubstr("school days, or leave it out for"));
    EXPECT_THAT(refused.errors.at(0).column, HasSubstr("interim_"));
  }
}

TEST(PolicyProfile, SaysAtWhichAgesAnSdqIsAskedForWithinBoundsOrNothing) {
  EXPECT_FALSE(ParsePolicy(kProfile).rows.at(0).has_sdq_from_age());
  const auto parsed = ParsePolicy(absl::StrCat(kProfile, "sdq_from_age: 5\nsdq_until_age: 15\n"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].sdq_from_age(), 5);
  EXPECT_EQ(parsed.rows[0].sdq_until_age(), 15);
  for (const char* wrong : {"sdq_from_age: 1", "sdq_from_age: 18", "sdq_until_age: 18"}) {
    const auto refused = ProfileOrErrors(absl::StrCat(kProfile, wrong, "\n"));
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_THAT(refused.errors.at(0).message, HasSubstr("an age of 2 to 17"));
    EXPECT_THAT(refused.errors.at(0).column, HasSubstr("sdq_"));
  }
  for (const char* crossed : {"sdq_until_age: 3", "sdq_from_age: 12\nsdq_until_age: 11"}) {
    const auto refused = ProfileOrErrors(absl::StrCat(kProfile, crossed, "\n"));
    ASSERT_FALSE(refused.ok()) << crossed;
    EXPECT_THAT(refused.errors.at(0).column, HasSubstr("sdq_until_age"));
  }
}

TEST(PolicyProfile, SaysFromWhichAgeAPepIsDueWithinBoundsOrNothing) {
  EXPECT_FALSE(ParsePolicy(kProfile).rows.at(0).has_pep_from_age());
  const auto parsed =
      ParsePolicy(absl::StrCat(kProfile, "pep_in_provision_from_age: 2\npep_from_age: 5\n"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].pep_in_provision_from_age(), 2);
  EXPECT_EQ(parsed.rows[0].pep_from_age(), 5);
  for (const char* wrong : {"pep_in_provision_from_age: 1", "pep_from_age: 6"}) {
    const auto refused = ProfileOrErrors(absl::StrCat(kProfile, wrong, "\n"));
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_THAT(refused.errors.at(0).message, HasSubstr("years, or leave it out for 3"));
  }
  for (const char* crossed : {"pep_from_age: 2", "pep_in_provision_from_age: 4"}) {
    EXPECT_THAT(ProfileOrErrors(absl::StrCat(kProfile, crossed, "\n")).errors,
                ElementsAre(Reports(::testing::_, "/pep_from_age", "not asked for later")))
        << crossed;
  }
}

TEST(PolicyProfile, SaysWhatInAnSdqAsksForStrategiesAndTheTotalAlwaysDoes) {
  EXPECT_THAT(ParsePolicy(kProfile).rows.at(0).sdq_strategies_for(), IsEmpty());
  const auto parsed = ParsePolicy(absl::StrCat(kProfile, "sdq_strategies_for: [total, impact]\n"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(parsed.rows[0].sdq_strategies_for(), ElementsAre("total", "impact"));
  for (const char* wrong : {"[]", "[scales]", "[total, total]", "[total, prosocial]", "total"}) {
    const auto refused =
        ProfileOrErrors(absl::StrCat(kProfile, "sdq_strategies_for: ", wrong, "\n"));
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.errors.at(0).column, "/sdq_strategies_for") << wrong;
  }
}

TEST(PolicyProfile, SaysWhoMayChairAndWhoMustAttend) {
  const auto parsed = ParsePolicy(absl::StrCat(
      kProfile, "meeting_chairs: [virtual-school]\nmeeting_attendees: [child, carer]\n"));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(parsed.rows[0].meeting_chairs(), ElementsAre("virtual-school"));
  EXPECT_THAT(parsed.rows[0].meeting_attendees(), ElementsAre("child", "carer"));
  for (const char* wrong : {"meeting_chairs: [headmaster]", "meeting_chairs: []",
                            "meeting_attendees: [carer, carer]"}) {
    const auto refused = ParsePolicy(absl::StrCat(kProfile, wrong, "\n"));
    ASSERT_THAT(refused.errors, SizeIs(1)) << wrong;
    EXPECT_THAT(refused.errors.at(0).column, HasSubstr("meeting_")) << wrong;
  }
}

TEST(PolicyProfile, SaysHowFarIntoATermTheNextMeetingIsDueAtTheEarliestOrNothing) {
  const std::string four_months =
      Replaced(With("finalise-within-5-school-days\n    length: 5\n    day_kind: school-days",
                    "pep-held-within-4-months\n    length: 4\n    day_kind: calendar-months"),
               "{rule_id: pep-held-within-4-months", "{rule_id: finalise-within-5-school-days");
  const auto with = [&](std::string_view days) {
    return ProfileOrErrors(
        Replaced(four_months, "    length: 4", "    length: 4\n    " + std::string(days)));
  };
  ASSERT_TRUE(ProfileOrErrors(four_months).ok());
  EXPECT_FALSE(ProfileOrErrors(four_months).rows[0].deadline_rules(0).has_school_days_into_term());
  for (const int days : {0, 15, 40}) {
    const auto parsed = with(absl::StrCat("school_days_into_term: ", days));
    ASSERT_TRUE(parsed.ok()) << days;
    EXPECT_TRUE(parsed.rows[0].deadline_rules(0).has_school_days_into_term());
    EXPECT_EQ(parsed.rows[0].deadline_rules(0).school_days_into_term(), days);
  }
  for (const char* days : {"-1", "41", "three", "2.5"}) {
    const auto refused = with(absl::StrCat("school_days_into_term: ", days));
    ASSERT_FALSE(refused.ok()) << days;
    EXPECT_THAT(refused.errors.at(0).column, HasSubstr("/deadline_rules/0/school_days_into_term"));
  }
  const auto other =
      ProfileOrErrors(With("    length: 5", "    length: 5\n    school_days_into_term: 15"));
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.errors.at(0).message,
              HasSubstr("only the deadline pep-held-within-4-months has this"));
}

TEST(PolicyProfile, SaysWhoDoesWhichPartOfTheWork) {
  const auto parsed = ProfileOrErrors(
      absl::StrCat(kProfile,
                   "pep_work:\n  - {work: arrange, roles: [social-worker]}\n"
                   "  - {work: finalise, roles: [designated-teacher, virtual-school]}\n"));
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed.rows[0].pep_work_size(), 2);
  EXPECT_EQ(parsed.rows[0].pep_work(0).work(), "arrange");
  EXPECT_THAT(parsed.rows[0].pep_work(1).roles(),
              ElementsAre("designated-teacher", "virtual-school"));
  for (const char* wrong :
       {"{work: chair, roles: [carer]}", "{work: hold}", "{work: hold, roles: [headteacher]}",
        "{work: hold, roles: [virtual-school, virtual-school]}", "{roles: [virtual-school]}"}) {
    const auto refused = ProfileOrErrors(absl::StrCat(kProfile, "pep_work:\n  - ", wrong, "\n"));
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_THAT(refused.errors.at(0).column, HasSubstr("/pep_work/0/")) << wrong;
  }
  const auto twice =
      ProfileOrErrors(absl::StrCat(kProfile,
                                   "pep_work:\n  - {work: hold, roles: [social-worker]}\n"
                                   "  - {work: hold, roles: [virtual-school]}\n"));
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.errors.at(0).column, "/pep_work/1/work");
}

TEST(PolicyProfile, SaysWhetherAnEpepIsFinalisedWithOutcomes) {
  EXPECT_FALSE(ProfileOrErrors(kProfile).rows.at(0).finalise_needs_outcomes());
  EXPECT_TRUE(ProfileOrErrors(absl::StrCat(kProfile, "finalise_needs_outcomes: true\n"))
                  .rows.at(0)
                  .finalise_needs_outcomes());
  const auto wrong = ProfileOrErrors(absl::StrCat(kProfile, "finalise_needs_outcomes: mostly\n"));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.errors.at(0).column, "/finalise_needs_outcomes");
}

TEST(PolicyProfile, SaysThatATermsPepIsDueComplete) {
  const auto other =
      ProfileOrErrors(With("    length: 5", "    length: 5\n    until_finalised: true"));
  ASSERT_FALSE(other.ok()) << "it ends when the ePEP is finalised anyhow";
  EXPECT_THAT(other.errors.at(0).message, HasSubstr("termly-pep-held-by-term-cut-off"));
  const auto termly = ProfileOrErrors(Replaced(
      With("finalise-within-5-school-days\n    length: 5",
           "termly-pep-held-by-term-cut-off\n    until_finalised: true\n    length: 5"),
      "{rule_id: termly-pep-held-by-term-cut-off", "{rule_id: finalise-within-5-school-days"));
  ASSERT_TRUE(termly.ok());
  EXPECT_TRUE(termly.rows[0].deadline_rules(0).until_finalised());
}

TEST(PolicyProfile, KnowsNoRuleThatNobodyRuns) {
  std::vector<Rule> run = {Rule::kDesignatedTeacherVacancy};
  for (const scheduling::RuleRow& row : scheduling::RuleRows()) run.push_back(row.rule);
  run.insert(run.end(), funding::kDeadlineRules.begin(), funding::kDeadlineRules.end());
  std::vector<Rule> known;
  for (const CataloguedRule& rule : kRuleCatalogue) known.push_back(rule.rule);
  EXPECT_THAT(run, ::testing::UnorderedElementsAreArray(known));
}

TEST(PolicyProfile, RefusesUnknownKeysWithTheirPath) {
  EXPECT_THAT(ProfileOrErrors(With("source: a test", "sauce: a test")).errors,
              ElementsAre(Reports(2, "/sauce", "did you mean \"source\"?"),
                          Reports(1, "/source", "missing")));
  const std::vector<BadFile> files = {
      {With("    length: 5", "    length: 5\n    lenght: 5"), 6, "/deadline_rules/0/lenght",
       "did you mean \"length\"?"},
      {With("{level: 2,", "{level: 2, channel: sms,"), 12, "/deadline_rules/0/levels/2/channel",
       "known are: level"},
      {With("cut_off_on: 2026-03-20", "cut_off_on: 2026-03-20, why: x"), 22, "/term_cut_offs/1/why",
       "not known"},
      {With("    length: 5", "    length: 5\n    length: 6"), 6, "/deadline_rules/0/length",
       "twice"},
      {With("    length: 5", "    ? [a, b]\n    : 5\n    length: 5"), 5, "/deadline_rules/0/",
       "not known"},
  };
  EachBringsItsError(ProfileOrErrors, files);
}

TEST(PolicyProfile, NamesMissingAndWrongValues) {
  const std::vector<BadFile> files = {
      {With("effective_on: 2025-09-01", "effective_on: 1 September"), 1, "/effective_on",
       "YYYY-MM-DD"},
      {With("source: a test", "source: [a, test]"), 2, "/source", "not a text"},
      {With("    length: 5\n", ""), 4, "/deadline_rules/0/length", "missing"},
      {With("length: 5", "length: five"), 5, "/deadline_rules/0/length", "whole number"},
      {With("length: 5", "length: 5.5"), 5, "/deadline_rules/0/length", "whole number"},
      {With("length: 5", "length: 401"), 5, "/deadline_rules/0/length", "whole number"},
      {With("length: 5", "length: []"), 5, "/deadline_rules/0/length", "whole number"},
      {With("provisional: true", "provisional: yes"), 8, "/deadline_rules/0/provisional",
       "true or false"},
      {With("day_kind: school-days", "day_kind: school-day"), 6, "/deadline_rules/0/day_kind",
       "did you mean \"school-days\"?"},
      {With("[designated-teacher]", "[designated-teachers]"), 10,
       "/deadline_rules/0/levels/0/recipients", "did you mean"},
      {With("[designated-teacher]", "[designated-teacher, designated-teacher]"), 10,
       "/deadline_rules/0/levels/0/recipients", "already"},
      {With("[designated-teacher]", "[]"), 10, "/deadline_rules/0/levels/0/recipients",
       "not a list"},
      {With("  - {academic_year: 2025/26, term: autumn", "  - {academic_year: 2025, term: autumn"),
       21, "/term_cut_offs/0/academic_year", "2025/26"},
      {With("cut_off_on: 2025-11-28", "cut_off_on: 2026-11-28"), 21, "/term_cut_offs/0/cut_off_on",
       "academic year"},
      {With("term: spring, cut_off_on: 2026-03-20", "term: autumn, cut_off_on: 2025-11-27"), 22,
       "/term_cut_offs/1/term", "already"},
      {With("cut_off_on: 2026-03-20",
            "cut_off_on: 2026-03-20}\n"
            "  - {academic_year: 2025/26, term: summer, cut_off_on: 2026-03-20"),
       21, "/term_cut_offs", "summer 2025/26 does not lie after"},
  };
  EachBringsItsError(ProfileOrErrors, files);
}

TEST(PolicyProfile, HasARowForEachRuleThatNobodyMayForgetOrTheReasonWhyItIsOff) {
  for (const CataloguedRule& rule : kRuleCatalogue) {
    if (rule.in_profile != InProfile::kHasToBeNamed) continue;
    const std::string id(rule.id);
    const std::string off = "  - {rule_id: " + id + ", disabled: true, reason: a test}\n";
    const bool is_off = rule.rule != Rule::kFinalised;
    const auto refused = ProfileOrErrors(is_off ? With(off, "") : [&] {
      std::string text = kProfile;
      const std::size_t from = text.find("  - rule_id: " + id);
      return text.erase(from, text.find("  - {rule_id", from) - from);
    }());
    EXPECT_THAT(refused.errors,
                ElementsAre(Reports(4, "/deadline_rules",
                                    absl::StrCat("the deadline ", id, " is missing, and "))));
    EXPECT_THAT(refused.errors.at(0).message, HasSubstr(std::string(rule.because)));
    EXPECT_THAT(refused.errors.at(0).message,
                HasSubstr("{rule_id: " + id + ", disabled: true, reason: ...}"));
  }
}

TEST(PolicyProfile, SaysWhichDeadlinesDoNotRunAndWhy) {
  const auto parsed = ParsePolicy(
      With("termly-pep-held-by-term-cut-off, disabled: true, reason: a test",
           "termly-pep-held-by-term-cut-off, disabled: true, reason: four months are our rule"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  const auto& disabled = parsed.rows[0].disabled_rules();
  ASSERT_EQ(disabled.size(), 6);
  EXPECT_EQ(disabled[1].rule_id(), "termly-pep-held-by-term-cut-off");
  EXPECT_EQ(disabled[1].reason(), "four months are our rule");
  EXPECT_EQ(parsed.rows[0].deadline_rules_size(), 1) << "whoever runs deadlines finds no row";
  const std::string off = "sdq-scored-3-school-days-before-meeting, disabled: true, reason: a test";
  const std::vector<BadFile> files = {
      {With(off, "sdq-scored-3-school-days-before-meeting, disabled: true"), 18,
       "/deadline_rules/5/reason", "missing"},
      {With(off, "sdq-scored-3-school-days-before-meeting, disabled: true, reason: []"), 18,
       "/deadline_rules/5/reason", "not a text"},
      {With(off, off + ", length: -3"), 18, "/deadline_rules/5/length", "switched off"},
      {With("    length: 5", "    reason: a test\n    length: 5"), 5, "/deadline_rules/0/reason",
       "goes with `disabled: true`"},
      {kProfile.substr(0, kProfile.find("term_cut_offs")) +
           "  - {rule_id: pep-open, disabled: true, reason: a test}\n" +
           kProfile.substr(kProfile.find("term_cut_offs")),
       20, "/deadline_rules/7/disabled", "always runs"},
  };
  EachBringsItsError(ProfileOrErrors, files);
}

TEST(PolicyProfile, HasOneRowForOneRuleAndNoOtherNameForIt) {
  const std::vector<BadFile> files = {
      {With("{rule_id: pep-held-within-4-months, disabled: true, reason: a test}",
            "{rule_id: pep-held-within-4-months, disabled: true, reason: a test}\n"
            "  - {rule_id: pep-held-within-4-months, disabled: true, reason: another}"),
       17, "/deadline_rules/4/rule_id", "the rule is in the list already"},
      {With("    length: 5", "    alias: sdq-scored-3-school-days-before-meeting\n    length: 5"),
       5, "/deadline_rules/0/alias", "the key is not known"},
  };
  EachBringsItsError(ProfileOrErrors, files);
  const auto unknown = ProfileOrErrors(
      With("rule_id: finalise-within-5-school-days", "rule_id: finalise-within-3-school-days"));
  EXPECT_THAT(
      unknown.errors,
      ElementsAre(Reports(4, "/deadline_rules/0/rule_id", "did you mean \"finalise-within-5"),
                  Reports(4, "/deadline_rules", "finalise-within-5-school-days is missing")));
}

TEST(PolicyProfile, HasLevelsInTheOrderOfTheirInstants) {
  const std::vector<BadFile> files = {
      {With("offset: -2", "offset: 2"), 10, "/deadline_rules/0/levels/0/offset", "a reminder"},
      {With("level: 1, offset: 0", "level: 1, offset: 1"), 11, "/deadline_rules/0/levels/1/offset",
       "the deadline itself"},
      {With("level: 2, offset: 1", "level: 2, offset: 0"), 12, "/deadline_rules/0/levels/2/offset",
       "an escalation"},
      {With("level: 2, offset: 1", "level: 2, offset: 9"), 13, "/deadline_rules/0/levels/3/offset",
       "before level 2"},
      {With("level: 3", "level: 2"), 13, "/deadline_rules/0/levels/3/level", "ascending"},
  };
  EachBringsItsError(ProfileOrErrors, files);
  EXPECT_THAT(ProfileOrErrors(With("level: 2, offset: 1", "level: 4, offset: 1")).errors,
              ::testing::Contains(Reports(12, "/deadline_rules/0/levels/2/level", "levels are 0")));
}

TEST(PolicyProfile, MustBeOneYamlMapping) {
  const auto errors = [](std::string_view text) { return ParsePolicy(text).errors; };
  const std::vector<BadFile> files = {
      {"", 0, "", "empty"},
      {"- a\n- b\n", 1, "", "not a mapping"},
      {"a: 1\n---\nb: 2\n", 0, "", "one YAML document"},
      {"a: *unknown\n", 1, "", "not readable as YAML"},
      {"a: &ours 1\nb: *ours\n", 2, "", "write out the value that it stands for"},
      {std::string(300'000, 'a'), 0, "", "larger than 256 kB"},
  };
  EachBringsItsError(ParsePolicy, files);
  EXPECT_THAT(errors("# nothing\n"), SizeIs(1));
  EXPECT_THAT(errors("effective_on: 2025-09-01\nsource: {a: [\n"),
              ElementsAre(::testing::Field("message", &RowError::message,
                                           HasSubstr("not readable as YAML"))));
  EXPECT_THAT(errors(std::string(100'000, '[')), ElementsAre(::testing::_));
  EXPECT_THAT(
      errors(
          "deadline_rules: [7, [], {}]\nterm_cut_offs: [x]\neffective_on: 2025-09-01\nsource: s\n"),
      ::testing::IsSupersetOf({Reports(1, "/deadline_rules/0", "not a mapping"),
                               Reports(1, "/deadline_rules/1", "not a mapping"),
                               Reports(1, "/deadline_rules/2/rule_id", "missing"),
                               Reports(2, "/term_cut_offs/0", "not a mapping")}));
}

// 156 kB of them took 3.8 GB: each of the 400 entries of a list stood for a rule of 400 levels.
TEST(PolicyProfile, AnAliasIsRefusedWithItsLineBeforeAnythingIsReadOfIt) {
  std::string rules = "deadline_rules:\n- &rule\n  levels:\n  - &level {level: 1}\n";
  for (int i = 0; i < 400; ++i) rules += "  - *level\n";
  for (int i = 0; i < 400; ++i) rules += "- *rule\n";
  EXPECT_THAT(ParsePolicy(rules).errors, ElementsAre(Reports(5, "", "an alias")));
}

TEST(PolicyProfile, ATextThatTheReaderOfYamlMakesNoUtf8OfIsRefusedWithItsLine) {
  using namespace std::string_literals;
  EXPECT_THAT(ParsePolicy("source: \"a\\_b\"\n").errors, ElementsAre(Reports(1, "", "not UTF-8")));
  EXPECT_THAT(ParsePolicy("effective_on: 2025-09-01\nsour\0_ce: a\n"s).errors,
              ElementsAre(Reports(2, "", "not UTF-8")));
  EXPECT_THAT(ParsePolicy("source: \"a\\\xEF\xBB\xBF\"\n").errors,
              ElementsAre(Reports(1, "", "a byte that fits nowhere")));
}

TEST(PolicyProfile, ItsDepthAndTheNumberOfItsValuesAreBounded) {
  const auto nested = [](int levels) {
    return "source: " + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']') + "\n";
  };
  EXPECT_THAT(ParsePolicy(nested(16)).errors,
              ElementsAre(Reports(1, "", "nested deeper than 16 levels")));
  EXPECT_THAT(ParsePolicy(nested(15)).errors,
              ::testing::Contains(Reports(1, "/source", "not a text")));
  std::string many = "source:\n";
  for (int i = 0; i < 9'000; ++i) many += "- x\n";
  EXPECT_THAT(ParsePolicy(many).errors, ::testing::Contains(Reports(2, "/source", "not a text")));
  for (int i = 0; i < 1'000; ++i) many += "- x\n";
  EXPECT_THAT(ParsePolicy(many).errors, ElementsAre(Reports(9999, "", "more than 10,000 values")));
}

}  // namespace
}  // namespace pepline::registry::imports
