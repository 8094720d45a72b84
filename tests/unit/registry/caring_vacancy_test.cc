// A school of an authority that has no profile here: whoever looks after children there is told
// that it has no Designated Teacher, each by its own profile.
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

constexpr bool kThere = true;
const AuthorityCode kThird("933");
const ChildId kOtherChild("chd-b");

std::shared_ptr<const PolicyProfile> ProfileOf(const AuthorityCode& authority) {
  PolicyProfile profile = Profile();
  profile.authority = authority;
  return std::make_shared<const PolicyProfile>(std::move(profile));
}

// Of the neighbour, which has no profile; Oxfordshire looks after one child there and a third
// authority after another.
Machine<School> SchoolWithoutProfile() {
  Machine<School> school("2025-10-20 09:00");
  school.facts.calendar = std::make_shared<const Calendar>(London(), Holidays(), Terms());
  school.facts.caring[kAuthority] = {ProfileOf(kAuthority), {kChild}};
  school.facts.caring[kThird] = {ProfileOf(kThird), {kOtherChild}};
  SchoolDetails details = Details();
  details.authority = kNeighbour;
  school.Done(RecordSchool{details});
  return school;
}

TeacherAppointment TeacherOf(const AuthorityCode& authority) {
  return {StaffId("stf-of-" + authority.text()), authority, Day("2025-10-01"), std::nullopt};
}

std::vector<AuthorityCode> Told(const Machine<School>& school) {
  std::vector<AuthorityCode> told;
  for (const auto& began : school.All<DesignatedTeacherVacancyBegan>()) {
    told.push_back(began.caring);
  }
  return told;
}

TEST(CaringVacancy, IsSaidToEachAuthorityWithChildrenThereByItsOwnProfile) {
  Machine<School> school = SchoolWithoutProfile();
  EXPECT_TRUE(Told(school).empty()) << "nobody is there";
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_THAT(Told(school), testing::ElementsAre(kAuthority));
  const auto began = school.All<DesignatedTeacherVacancyBegan>()[0];
  EXPECT_EQ(began.since_on, Day("2025-10-20"));
  ASSERT_EQ(began.levels.size(), 4u);
  EXPECT_EQ(began.levels[1].at, At("2025-11-04 00:00") - absl::Seconds(1));
  school.Until("2025-10-22 09:00");
  school.Done(RecordLookedAfterChild{kOtherChild, kThere});
  EXPECT_THAT(Told(school), testing::ElementsAre(kAuthority, kThird));
  EXPECT_EQ(school.state.caring_vacancies.at(kThird), Day("2025-10-22"));
  school.Idle(Wake{});
}

TEST(CaringVacancy, EndsForTheOneThatKnowsSomebodyAndGoesOnForTheOther) {
  Machine<School> school = SchoolWithoutProfile();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.Done(RecordLookedAfterChild{kOtherChild, kThere});
  school.facts.teachers = {TeacherOf(kThird)};
  school.Done(Wake{});
  const auto ended = school.All<DesignatedTeacherVacancyEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].caring, kThird);
  EXPECT_TRUE(ended[0].appointed);
  EXPECT_TRUE(school.state.caring_vacancies.contains(kAuthority));
  // Somebody of the school's own authority is there for all.
  school.facts.teachers = {TeacherOf(kNeighbour)};
  school.Done(Wake{});
  EXPECT_EQ(school.All<DesignatedTeacherVacancyEnded>().size(), 2u);
  EXPECT_TRUE(school.state.caring_vacancies.empty());
  school.facts.teachers.clear();
  school.Done(Wake{});
  EXPECT_EQ(Told(school).size(), 4u) << "it begins anew for both";
}

TEST(CaringVacancy, IsOverWhenTheirLastChildLeavesAndWhenTheSchoolCloses) {
  Machine<School> school = SchoolWithoutProfile();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.Done(RecordLookedAfterChild{kOtherChild, kThere});
  school.Done(RecordLookedAfterChild{kOtherChild, false});
  ASSERT_EQ(school.All<DesignatedTeacherVacancyEnded>().size(), 1u);
  EXPECT_EQ(school.All<DesignatedTeacherVacancyEnded>()[0].caring, kThird);
  EXPECT_FALSE(school.All<DesignatedTeacherVacancyEnded>()[0].appointed);
  SchoolDetails details = Details(Day("2025-10-19"));
  details.authority = kNeighbour;
  school.Done(RecordSchool{details, true});
  EXPECT_EQ(school.All<DesignatedTeacherVacancyEnded>().size(), 2u);
  EXPECT_TRUE(school.state.caring_vacancies.empty());
}

TEST(CaringVacancy, BecomesTheSchoolsOwnOnceItsAuthorityHasAProfile) {
  Machine<School> school = SchoolWithoutProfile();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.facts.profile = ProfileOf(kNeighbour);
  school.facts.caring.clear();
  school.Done(Wake{});
  EXPECT_EQ(school.All<DesignatedTeacherVacancyEnded>().size(), 1u);
  EXPECT_THAT(Told(school), testing::ElementsAre(kAuthority, AuthorityCode()));
  EXPECT_TRUE(school.state.vacancy_said);
}

TEST(CaringVacancy, IsNotSaidWithoutAProfileARowOrBankHolidays) {
  Machine<School> school = SchoolWithoutProfile();
  school.facts.caring[kAuthority].profile = nullptr;
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_TRUE(Told(school).empty());
  const auto calendar = std::exchange(school.facts.calendar, nullptr);
  school.facts.caring[kAuthority].profile = ProfileOf(kAuthority);
  school.Idle(Wake{});
  school.facts.calendar = calendar;
  school.Done(Wake{});
  EXPECT_EQ(Told(school).size(), 1u);
}

}  // namespace
}  // namespace pepline::registry
