// The files of deploy/data are what their README says, and import without an error.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "shared/domain/recipient_role.h"
#include "shared/domain/rule_catalogue.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Day = absl::CivilDay;

TEST(DataFiles, HoldTheSchoolsOfOxfordshire) {
  const auto parsed = ParseSchools(DataFile("oxfordshire-schools.csv"), "");
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(132));
  for (const SchoolRow& school : parsed.rows) {
    EXPECT_EQ(school.authority_code, "931");
    EXPECT_EQ(school.status, SchoolStatus::kOpen);
    EXPECT_EQ(school.urn.size(), 6U);
  }
  EXPECT_THAT(ParseSchools(DataFile("oxfordshire-schools.csv"), "931").rows, SizeIs(132));
}

TEST(DataFiles, HoldTheBankHolidaysOfTenYears) {
  const auto parsed = ParseBankHolidays(DataFile("bank-holidays.json"));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].division, "england-and-wales");
  std::map<std::int64_t, int> per_year;
  for (const Day day : parsed.rows[0].days) ++per_year[day.year()];
  EXPECT_EQ(per_year.begin()->first, 2019);
  EXPECT_EQ(per_year.rbegin()->first, 2028);
  for (const auto& [year, days] : per_year) {
    const int one_off = year == 2022 ? 2 : year == 2023 ? 1 : 0;
    EXPECT_EQ(days, 8 + one_off) << year;
  }
  EXPECT_THAT(parsed.rows[0].days, Contains(Day(2023, 5, 8)));
}

TEST(DataFiles, HoldTheTermDatesOfThreeYearsInBothForms) {
  const auto csv = ParseTermDatesCsv(DataFile("oxfordshire-term-dates.csv"));
  const auto ics = ParseTermDatesIcs(DataFile("oxfordshire-term-dates.ics"));
  EXPECT_THAT(csv.errors, IsEmpty());
  EXPECT_THAT(ics.errors, IsEmpty());
  ASSERT_THAT(csv.rows, SizeIs(18));
  ASSERT_THAT(ics.rows, SizeIs(18));
  for (std::size_t i = 0; i < csv.rows.size(); ++i) EXPECT_EQ(csv.rows[i].part, ics.rows[i].part);
  EXPECT_EQ(csv.rows[6].part,
            (TermPart{"2025/26", Term::kAutumn, 1, Day(2025, 9, 2), Day(2025, 10, 24), false}));
  EXPECT_TRUE(csv.rows[17].part.provisional);
}

TEST(DataFiles, HoldAPolicyForEveryDeadline) {
  const auto parsed = ParsePolicy(DataFile("oxfordshire-policy.yaml"));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  std::map<std::string, common::v1::DeadlineRule> rules;
  for (const auto& rule : parsed.rows[0].deadline_rules()) rules[rule.rule_id()] = rule;
  for (const CataloguedRule& known : kRuleCatalogue) {
    const std::string_view id = known.id;
    // It runs where a profile asks for it, and this one has the costs in the draft.
    if (known.rule == Rule::kInterventionsCosted) {
      EXPECT_FALSE(rules.contains(std::string(id)));
      continue;
    }
    ASSERT_TRUE(rules.contains(std::string(id))) << id;
    const auto& rule = rules[std::string(id)];
    std::set<int> levels;
    for (const auto& level : rule.levels()) levels.insert(level.level());
    EXPECT_THAT(levels, ::testing::IsSupersetOf({1, 2})) << id;
    // A deadline of one day leaves no time for a reminder.
    EXPECT_EQ(levels.contains(0), rule.length() != 1) << id;
    // What nobody confirmed must be marked, whatever else is changed.
    EXPECT_EQ(rule.source().find("design") != std::string::npos ||
                  rule.source().find("not confirmed") != std::string::npos,
              rule.provisional())
        << id;
  }
  const auto& recorded = rules["meeting-recorded"];
  EXPECT_THAT(recorded.levels(0).recipients(),
              ElementsAre(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER,
                          common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER))
      << "both hear of a meeting that nobody recorded, at once";
  const auto& views = rules["pupil-views-captured-before-meeting"];
  EXPECT_EQ(views.length(), -3);
  EXPECT_THAT(views.levels(1).recipients(),
              ElementsAre(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER));
  EXPECT_THAT(views.levels(2).recipients(),
              ElementsAre(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER));
  const auto& finalise = rules["finalise-within-5-school-days"];
  EXPECT_EQ(finalise.length(), 5);
  EXPECT_EQ(finalise.day_kind(), common::v1::DAY_KIND_SCHOOL_DAYS);
  EXPECT_EQ(finalise.levels(3).offset(), 5);
  EXPECT_THAT(finalise.levels(1).recipients(),
              ::testing::IsSupersetOf({common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER,
                                       common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER}))
      << "both hear of a late ePEP at once";
  EXPECT_EQ(rules["pep-held-within-4-months"].day_kind(), common::v1::DAY_KIND_CALENDAR_MONTHS);
  EXPECT_EQ(rules["initial-pep-available-within-20-working-days"].length(), 20);
}

TEST(DataFiles, TellTheCouncilNothingThatWaitsForASchoolToOpen) {
  const auto parsed = ParsePolicy(DataFile("oxfordshire-policy.yaml"));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  for (const auto& rule : parsed.rows[0].deadline_rules()) {
    for (const auto& level : rule.levels()) {
      const bool tells_council = std::ranges::any_of(level.recipients(), [](int role) {
        return IsOfCouncil(static_cast<RecipientRole>(role));
      });
      if (level.level() < 2 || !tells_council) continue;
      EXPECT_EQ(level.day_kind(), common::v1::DAY_KIND_WORKING_DAYS)
          << rule.rule_id() << " level " << level.level();
    }
  }
}

TEST(DataFiles, HaveCutOffsInsideTheTermsTheyBelongTo) {
  const auto policy = ParsePolicy(DataFile("oxfordshire-policy.yaml"));
  const auto terms = ParseTermDatesCsv(DataFile("oxfordshire-term-dates.csv"));
  ASSERT_THAT(policy.rows, SizeIs(1));
  ASSERT_EQ(policy.rows[0].term_cut_offs_size(), 6);
  for (const auto& cut_off : policy.rows[0].term_cut_offs()) {
    const Day day = *ParseDate(cut_off.cut_off_on());
    const bool inside = std::any_of(terms.rows.begin(), terms.rows.end(), [&](const TermRow& term) {
      return term.part.academic_year == cut_off.academic_year() &&
             TermName(term.part.term) == cut_off.term() && term.part.first_day <= day &&
             day <= term.part.last_day;
    });
    EXPECT_TRUE(inside) << cut_off.ShortDebugString();
    EXPECT_EQ(absl::GetWeekday(day), absl::Weekday::friday) << cut_off.ShortDebugString();
  }
}

TEST(DataFiles, HaveExamplesThatFitTogether) {
  std::set<std::string> schools;
  for (const auto& school : ParseSchools(DataFile("oxfordshire-schools.csv"), "").rows) {
    schools.insert(school.urn);
  }
  const auto staff = ParseStaff(DataFile("examples/staff.csv"));
  const auto children = ParseChildren(DataFile("examples/children.csv"));
  const auto calendars = ParseSchoolCalendars(DataFile("examples/school-calendars.csv"));
  EXPECT_THAT(staff.errors, IsEmpty());
  EXPECT_THAT(children.errors, IsEmpty());
  EXPECT_THAT(calendars.errors, IsEmpty());
  EXPECT_THAT(children.rows, SizeIs(10));
  EXPECT_THAT(staff.rows, SizeIs(16));
  EXPECT_THAT(calendars.rows, SizeIs(4));

  std::set<std::string> people;
  for (const StaffRow& row : staff.rows) {
    people.insert(row.own_id);
    EXPECT_TRUE(row.email.ends_with(".example")) << "row " << row.row;
    if (!row.school_urn.empty()) {
      EXPECT_THAT(schools, Contains(row.school_urn));
    }
  }
  for (const ChildRow& row : children.rows) {
    if (!row.school_urn.empty()) {
      EXPECT_THAT(schools, Contains(row.school_urn));
    }
    for (const std::string& id :
         {row.caseworker_own_id, row.social_worker_own_id, row.iro_own_id}) {
      if (!id.empty()) {
        EXPECT_THAT(people, Contains(id));
      }
    }
  }
  // The staff come first, into a registry that knows no children yet.
  for (const StaffRow& row : staff.rows) EXPECT_EQ(row.child_own_id, "") << "row " << row.row;
  for (const SchoolCalendarRow& row : calendars.rows) EXPECT_THAT(schools, Contains(row.urn));
}

TEST(DataFiles, AreAllNamedInTheReadmeWithALicence) {
  const std::string readme = DataFile("README.md");
  EXPECT_THAT(readme, HasSubstr("Open Government Licence v3.0"));
  const std::filesystem::path root(PEPLINE_DATA);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    if (entry.is_regular_file() && name != "README.md") {
      EXPECT_THAT(readme, HasSubstr("`" + name + "`"));
    }
  }
}

}  // namespace
}  // namespace pepline::registry::imports
