// Which form an ePEP has, by the child's year group in the PEP's academic year.
#include "services/scheduling/domain/epep/form.h"

#include <set>

#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

EpepForm FormFor(std::string_view adult_on, const std::string& academic_year = "2025/26",
                 const std::string& school = "123456") {
  PlanState plan;
  plan.school = SchoolUrn(school);
  Cycle pep;
  pep.academic_year = academic_year;
  pep.opened_on = Day("2025-09-02");
  plan.cycle = pep;
  PlanFacts facts;
  facts.child.emplace();
  if (!adult_on.empty()) facts.child->adult_on = Day(adult_on);
  return FormOf(plan, pep, facts);
}

TEST(EpepForms, FollowTheYearGroup) {
  using enum EpepPhase;
  // Year 13 of 2025/26 are those who are 18 from September 2025 to August 2026.
  EXPECT_EQ(FormFor("2026-08-01").phase, kPost16);
  EXPECT_EQ(FormFor("2025-10-01").phase, kPost16);
  EXPECT_EQ(FormFor("2027-09-01").phase, kPost16) << "Year 12, born in August";
  EXPECT_EQ(FormFor("2027-10-01").phase, kSecondary) << "Year 11, born in September";
  EXPECT_EQ(FormFor("2032-09-01").phase, kSecondary) << "Year 7";
  EXPECT_EQ(FormFor("2032-10-01").phase, kPrimary) << "Year 6";
  EXPECT_EQ(FormFor("2038-09-01").phase, kPrimary) << "Year 1";
  EXPECT_EQ(FormFor("2038-10-01").phase, kEarlyYears) << "reception";
  EXPECT_EQ(FormFor("2040-12-01").phase, kEarlyYears);
  EXPECT_EQ(FormFor("2024-12-01").phase, kPost16) << "older than that";
}

TEST(EpepForms, ByTheAcademicYearOfThePepOrTheDayOnWhichItOpened) {
  EXPECT_EQ(FormFor("2033-08-01", "2025/26").phase, EpepPhase::kPrimary) << "Year 6";
  EXPECT_EQ(FormFor("2033-08-01", "2026/27").phase, EpepPhase::kSecondary) << "Year 7";
  EXPECT_EQ(FormFor("2033-08-01", "").phase, EpepPhase::kPrimary);
}

TEST(EpepForms, HaveAnswersWhereThereIsNoYearGroupAndNoSchool) {
  EXPECT_EQ(FormFor("").phase, EpepPhase::kNotKnown);
  EXPECT_EQ(FormFor("2033-08-01", "2025/26", "").phase, EpepPhase::kNotOnRoll);
  EXPECT_EQ(FormFor("", "2025/26", "").phase, EpepPhase::kNotOnRoll);
}

TEST(EpepForms, TheShippedOnesAreInOrder) {
  for (const auto& [name, phase] : kNamedEpepPhases) {
    std::set<std::string_view> codes;
    bool mandatory = false;
    for (const ShippedSection& section : ShippedForm(phase)) {
      EXPECT_TRUE(codes.insert(section.code).second) << section.code;
      EXPECT_LE(section.code.size(), kLongestSectionCode);
      mandatory = mandatory || section.mandatory;
    }
    EXPECT_TRUE(mandatory) << name;
    EXPECT_LE(codes.size(), kMostEpepSections);
  }
}

TEST(EpepForms, AnAuthoritysOwnComesBeforeTheShippedOne) {
  PlanState plan;
  PlanFacts facts;
  Policy policy;
  policy.epep_forms[EpepPhase::kNotOnRoll] = {{"offer", SectionOwner::kVirtualSchool, true}};
  facts.policy = std::make_shared<const Policy>(policy);
  ASSERT_EQ(FormOf(plan, Cycle(), facts).sections.size(), 1u);
  EXPECT_EQ(FormOf(plan, Cycle(), facts).sections[0].code, "offer");
  plan.school = SchoolUrn("123456");
  EXPECT_GT(FormOf(plan, Cycle(), facts).sections.size(), 1u) << "of another phase";
}

}  // namespace
}  // namespace pepline::scheduling
