// What an import would take away, in words, from what is known before and after it.
#include "services/registry/import/removals.h"

#include <gmock/gmock.h>

#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Removals, NameEachPartOfAYearThatIsNoLongerThere) {
  TermDatesState before{kAuthority, Terms()};
  TermDatesState after = before;
  EXPECT_THAT(TakenAway(before, after), IsEmpty());
  after.terms[0].last_day = Day("2025-10-23");
  EXPECT_THAT(TakenAway(before, after), IsEmpty()) << "other days of a part are a change";
  after.terms = {Terms()[1]};
  EXPECT_THAT(TakenAway(before, after),
              ElementsAre("autumn term 1 2025/26 (2025-09-02 to 2025-10-24)",
                          "spring term 1 2025/26 (2026-01-05 to 2026-02-13)"));
  EXPECT_THAT(TakenAway(TermDatesState(), after), IsEmpty());
}

TEST(Removals, NameEachBankHolidayThatIsNoLongerThere) {
  const BankHolidaysState before{"england-and-wales", Holidays()};
  BankHolidaysState after = before;
  after.days.erase(Day("2025-12-26"));
  after.days.insert(Day("2025-12-27"));
  EXPECT_THAT(TakenAway(before, after),
              ElementsAre("bank holiday of england-and-wales 2025-12-26"));
}

TEST(Removals, NameTheDaysAndPartsOfASchool) {
  const SchoolCalendarState before{
      kSchool, kAuthority, {Day("2025-09-01"), Day("2026-01-05")}, {Terms()[0]}};
  EXPECT_THAT(TakenAway(before, SchoolCalendarState{kSchool, kAuthority, {Day("2026-01-05")}, {}}),
              ElementsAre("school 123456: day without a session 2025-09-01",
                          "school 123456: autumn term 1 2025/26 (2025-09-02 to 2025-10-24)"));
}

TEST(Removals, NameRulesLevelsAndCutOffsThatTheNewProfileLacks) {
  Machine<Policy> policy;
  policy.Done(AdoptPolicyProfile{Profile()});
  const PolicyState before = policy.state;
  PolicyProfile without = Profile("2025-11-01");
  without.rules[0].levels.pop_back();
  without.cut_offs.clear();
  policy.Done(AdoptPolicyProfile{without});
  EXPECT_THAT(TakenAway(before, policy.state),
              ElementsAre("level 3 of the deadline designated-teacher-vacancy",
                          "the cut-off of autumn 2025/26 (2025-11-28)"));
  // Planned for the same day, it is compared with the plan it replaces.
  const PolicyState planned = policy.state;
  without.rules.clear();
  policy.Done(AdoptPolicyProfile{without});
  EXPECT_THAT(TakenAway(planned, policy.state),
              ElementsAre("the deadline designated-teacher-vacancy"));
}

TEST(Removals, NameTheTimeOfAccessAfterCareThatFallsBackToTheDefault) {
  PolicyProfile said = Profile();
  said.access_after_care_months = 6;
  PolicyProfile other = said;
  other.access_after_care_months = 0;
  EXPECT_THAT(TakenAway(PolicyState{said, {}}, PolicyState{other, {}}), IsEmpty()) << "a change";
  EXPECT_THAT(TakenAway(PolicyState{said, {}}, PolicyState{Profile(), {}}),
              ElementsAre("the setting access_after_care_months"));
}

TEST(Removals, NameFormsOfAnEpepAndSectionsThatTheNewProfileLacks) {
  PolicyProfile said = Profile();
  said.finalise_needs_sections = true;
  said.epep_forms = {{"primary", {{"progress", "pupil", true}, {"hobbies", "pupil", false}}},
                     {"post-16", {{"progress", "pupil", true}}}};
  PolicyProfile other = said;
  other.epep_forms = {{"primary", {{"progress", "carer", false}}}};
  other.finalise_needs_sections = false;
  EXPECT_THAT(
      TakenAway(PolicyState{said, {}}, PolicyState{other, {}}),
      ElementsAre("the setting finalise_needs_sections", "the section hobbies of an ePEP, primary",
                  "the authority's form of an ePEP, post-16"));
}

TEST(Removals, NameTheNoticesThatFallBackToTheDefault) {
  PolicyProfile said = Profile();
  said.notices = {{"pep-opened", {}, true, "a test"}, {"child-gone", {}, true, "a test"}};
  PolicyProfile other = Profile();
  other.notices = {{"pep-opened", {StaffRole::kHeadteacher}, false, ""}};
  EXPECT_THAT(TakenAway(PolicyState{said, {}}, PolicyState{other, {}}),
              ElementsAre("who is told of the notice child-gone"));
}

TEST(Removals, NameWhatAnInterimPepDoesThatFallsBackToTheDefault) {
  PolicyProfile said = Profile();
  said.interim_most_school_days = 2;
  said.interim_school_days_after_reopening = 15;
  EXPECT_THAT(TakenAway(PolicyState{said, {}}, PolicyState{Profile(), {}}),
              ElementsAre("the setting interim_most_school_days",
                          "the setting interim_school_days_after_reopening"));
}

TEST(Removals, NameTheAgesOfSdqsThatFallBackToTheDefault) {
  PolicyProfile said = Profile();
  said.sdq_from_age = 5;
  said.sdq_until_age = 15;
  EXPECT_THAT(TakenAway(PolicyState{said, {}}, PolicyState{Profile(), {}}),
              ElementsAre("the setting sdq_from_age", "the setting sdq_until_age"));
}

TEST(Removals, NameTheEarliestDayOfTheNextMeetingThatFallsBackToTheDefault) {
  PolicyProfile said = Profile();
  said.rules.at(0).school_days_into_term = 20;
  EXPECT_THAT(TakenAway(PolicyState{said, {}}, PolicyState{Profile(), {}}),
              ElementsAre(absl::StrCat("the setting school_days_into_term of the deadline ",
                                       said.rules.at(0).rule_id)));
}

TEST(Removals, DoNotCountACutOffThatIsPast) {
  Machine<Policy> policy;
  policy.Done(AdoptPolicyProfile{Profile()});
  const PolicyState before = policy.state;
  PolicyProfile next = Profile("2025-12-01");
  next.cut_offs.clear();
  policy.Done(AdoptPolicyProfile{next});
  EXPECT_THAT(TakenAway(before, policy.state), IsEmpty());
}

}  // namespace
}  // namespace pepline::registry
