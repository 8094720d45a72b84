// A school in the register, and its vacancies of the Designated Teacher.
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;

constexpr bool kThere = true;

RecordSchool Closed(std::string_view on) { return {Details(Day(on)), true}; }

TEST(SchoolRegister, SaysASchoolThatAppearsClosesAndOpensAgain) {
  Machine<School> school = KnownSchool();
  EXPECT_EQ(school.All<SchoolRegistered>().size(), 1u);
  school.Idle(RecordSchool{Details()});
  school.Done(Closed("2025-08-31"));
  ASSERT_EQ(school.All<SchoolClosed>().size(), 1u);
  EXPECT_EQ(school.All<SchoolClosed>()[0].closed_on, Day("2025-08-31"));
  school.Idle(Closed("2025-08-31"));
  school.Done(RecordSchool{Details()});
  EXPECT_EQ(school.All<SchoolRegistered>().size(), 2u);
  EXPECT_TRUE(IsOpen(school.state));
}

TEST(SchoolRegister, SaysNothingOfASchoolFirstSeenClosed) {
  Machine<School> school;
  school.Done(Closed("2019-08-31"));
  EXPECT_EQ(school.log.size(), 1u);
  EXPECT_EQ(school.All<SchoolDetailsRecorded>().size(), 1u);
  EXPECT_TRUE(IsKnown(school.state));
  EXPECT_FALSE(IsOpen(school.state));
}

TEST(SchoolRegister, TakesTheDayItSawForAClosureWithoutADay) {
  Machine<School> school = KnownSchool();
  const RecordSchool closed{Details(), true};
  school.Done(closed);
  EXPECT_EQ(school.state.details.closed_on, Day("2025-09-01"));
  school.Until("2025-10-01 00:00");
  school.Idle(closed);
  school.Done(Closed("2025-08-31"));
  EXPECT_EQ(school.All<SchoolDetailsRecorded>().size(), 1u) << "the day became known";
}

SchoolDetails AtAnotherAuthority() {
  SchoolDetails details = Details();
  details.authority = AuthorityCode("940");
  return details;
}

TEST(SchoolRegister, SaysASchoolThatIsAnotherAuthoritysFromNowOn) {
  Machine<School> school = KnownSchool();
  school.Done(RecordSchool{AtAnotherAuthority()});
  const auto moved = school.All<SchoolMovedAuthority>();
  ASSERT_EQ(moved.size(), 1u);
  EXPECT_EQ(moved[0].from, kAuthority);
  EXPECT_EQ(moved[0].to, AuthorityCode("940"));
  EXPECT_EQ(school.state.details, AtAnotherAuthority());
  EXPECT_THAT(School::Index(school.state),
              testing::Contains(IndexEntry{"schools-of-authority", "940"}));
  school.Idle(RecordSchool{AtAnotherAuthority()});
  EXPECT_TRUE(school.All<DesignatedTeacherVacancyEnded>().empty()) << "there was none";
}

TEST(Vacancy, BeginsAnewForTheAuthorityThatTheSchoolMovedTo) {
  Machine<School> school = KnownSchool("2025-09-03 09:00");
  school.Done(RecordLookedAfterChild{kChild, kThere});
  ASSERT_EQ(school.All<DesignatedTeacherVacancyBegan>().size(), 1u);
  school.Until("2025-09-10 09:00");
  school.Done(RecordSchool{AtAnotherAuthority()});
  ASSERT_EQ(school.All<DesignatedTeacherVacancyEnded>().size(), 1u);
  ASSERT_EQ(school.All<DesignatedTeacherVacancyBegan>().size(), 2u);
  EXPECT_EQ(school.All<DesignatedTeacherVacancyBegan>()[1].since_on, Day("2025-09-03"))
      << "it is as old as it was";
  EXPECT_TRUE(std::holds_alternative<DesignatedTeacherVacancyEnded>(school.latest.front()))
      << "the old authority hears of the end before the school is another's";
}

TEST(SchoolRegister, KeepsANewNameToItself) {
  Machine<School> school = KnownSchool();
  SchoolDetails renamed = Details();
  renamed.name = "Test Meadow Academy";
  school.Done(RecordSchool{renamed});
  EXPECT_EQ(school.latest.size(), 1u);
  EXPECT_EQ(school.All<SchoolDetailsRecorded>().size(), 1u);
}

TEST(SchoolCommands, OfAnUnknownSchoolAreRefusedOrPassedOver) {
  Machine<School> school;
  EXPECT_EQ(school.Refused(RecordLookedAfterChild{kChild, kThere}), R::kUnknownSchool);
  school.Idle(Wake{});
  EXPECT_TRUE(School::Index(school.state).empty());
}

TEST(SchoolCommands, OfAClosedSchoolAreStillCounted) {
  Machine<School> school = KnownSchool();
  school.Done(Closed("2025-08-31"));
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_TRUE(school.All<VacancyNoticed>().empty()) << "a closed school has no vacancy";
  school.Done(RecordSchool{Details()});
  EXPECT_EQ(school.All<DesignatedTeacherVacancyBegan>().size(), 1u);
}

TEST(Vacancy, BeginsWithTheFirstLookedAfterChildAndIsSaidOnce) {
  Machine<School> school = KnownSchool("2025-09-03 09:00");
  EXPECT_TRUE(school.All<DesignatedTeacherVacancyBegan>().empty()) << "nobody needs one";
  school.Done(RecordLookedAfterChild{kChild, kThere});
  const auto began = school.All<DesignatedTeacherVacancyBegan>();
  ASSERT_EQ(began.size(), 1u);
  EXPECT_EQ(began[0].since_on, Day("2025-09-03"));
  school.Idle(RecordLookedAfterChild{kChild, kThere});
  school.Done(RecordLookedAfterChild{ChildId("chd-b"), kThere});
  EXPECT_EQ(school.All<DesignatedTeacherVacancyBegan>().size(), 1u);
  EXPECT_EQ(school.state.vacant_since, Day("2025-09-03"));
}

TEST(Vacancy, OfASchoolWhoseTermDatesAreNotKnownIsSaidAsAnEstimate) {
  for (const bool known : {true, false}) {
    Machine<School> school = KnownSchool("2025-10-20 09:00");
    if (!known) {
      school.facts.calendar =
          std::make_shared<const Calendar>(London(), Holidays(), std::vector<TermPart>());
    }
    school.Done(RecordLookedAfterChild{kChild, kThere});
    const auto began = school.All<DesignatedTeacherVacancyBegan>();
    ASSERT_EQ(began.size(), 1u);
    EXPECT_EQ(began[0].estimated, !known);
  }
}

TEST(Vacancy, TellsWhomWhenAsTheProfileSays) {
  Machine<School> school = KnownSchool("2025-10-20 09:00");
  school.Done(RecordLookedAfterChild{kChild, kThere});
  const auto began = school.All<DesignatedTeacherVacancyBegan>();
  ASSERT_EQ(began.size(), 1u);
  // Five school days after Monday 20 October: 21 to 24 October, then 3 November after half-term.
  using enum StaffRole;
  const std::vector<AlertInstant> expected = {
      {0, At("2025-10-22 08:00"), {kSchoolOffice}},
      {1, At("2025-11-04 00:00") - absl::Seconds(1), {kHeadteacher}},
      {2, At("2025-11-04 08:00"), {kVirtualSchoolHead}},
      {3, At("2025-12-03 08:00"), {kVirtualSchoolHead, kHeadteacher}}};
  EXPECT_EQ(began[0].levels, expected);
}

TEST(Vacancy, CountsCalendarMonthsToTheLastDayOfShortOnes) {
  DeadlineRule row{"designated-teacher-vacancy",       1,  DayKind::kCalendarMonths,
                   {{1, 0, DayKind::kSchoolDays, {}}}, "", false};
  const Calendar calendar(London(), Holidays(), Terms());
  EXPECT_EQ(VacancyLevels(Day("2026-01-31"), row, calendar)[0].at,
            At("2026-03-01 00:00") - absl::Seconds(1));
}

TEST(Vacancy, EndsWithTheNextDesignatedTeacher) {
  Machine<School> school = KnownSchool();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2025-09-22"), std::nullopt}};
  school.Idle(Wake{});
  school.Until("2025-09-22 00:00");
  school.Done(Wake{});
  const auto appointed = school.All<DesignatedTeacherAppointed>();
  ASSERT_EQ(appointed.size(), 1u);
  EXPECT_EQ(appointed[0].from_on, Day("2025-09-22"));
  EXPECT_EQ(school.All<VacancyEnded>().size(), 1u);
  EXPECT_EQ(school.state.vacant_since, std::nullopt);
  school.Idle(Wake{});
}

TEST(Vacancy, StaysWhenAnotherAuthorityNamesItsOwnPersonDesignatedTeacher) {
  Machine<School> school = KnownSchool();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  ASSERT_EQ(school.state.vacant_since, Day("2025-09-01"));
  school.facts.teachers = {{StaffId("stf-x"), kNeighbour, Day("2025-09-01"), std::nullopt}};
  school.Idle(Wake{});
  EXPECT_EQ(school.state.vacant_since, Day("2025-09-01")) << "nor does the count begin anew";
  EXPECT_TRUE(school.state.teachers.empty());
}

TEST(Vacancy, DoesNotBeginWhenAnotherAuthoritysViewOfTheSchoolEnds) {
  Machine<School> school = KnownSchool();
  school.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2024-09-01"), std::nullopt},
                           {StaffId("stf-x"), kNeighbour, Day("2024-09-01"), Day("2025-08-31")}};
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_TRUE(school.All<VacancyNoticed>().empty());
  EXPECT_EQ(school.state.teachers.size(), 1u);
}

TEST(Vacancy, BeginsWithTheDayOnWhichTheSchoolLeftTheAuthorityThatHadFilledThePost) {
  Machine<School> school = KnownSchool("2025-09-03 09:00");
  school.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2024-09-01"), std::nullopt}};
  school.Done(RecordLookedAfterChild{kChild, kThere});
  ASSERT_EQ(school.state.teachers.size(), 1u);
  school.Until("2025-10-06 09:00");
  school.Done(RecordSchool{AtAnotherAuthority()});
  EXPECT_TRUE(school.state.teachers.empty()) << "the new authority has nobody on record";
  const auto began = school.All<DesignatedTeacherVacancyBegan>();
  ASSERT_EQ(began.size(), 1u);
  EXPECT_EQ(began[0].since_on, Day("2025-10-06")) << "until then somebody was there";
}

TEST(Vacancy, BeginsOnTheDayAfterTheLastOneLeft) {
  Machine<School> school = KnownSchool("2025-09-01 09:00");
  const StaffId petra("stf-p"), quentin("stf-q");
  school.facts.teachers = {{petra, kAuthority, Day("2024-09-01"), std::nullopt},
                           {quentin, kAuthority, Day("2024-09-01"), Day("2025-09-30")}};
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_TRUE(school.All<VacancyNoticed>().empty());
  EXPECT_EQ(school.All<DesignatedTeacherAppointed>().size(), 2u);
  school.Until("2025-10-01 00:00");
  school.Done(Wake{});
  EXPECT_EQ(school.All<DesignatedTeacherLeft>().size(), 1u);
  EXPECT_TRUE(school.All<VacancyNoticed>().empty()) << "one is left";
  // Put on record on the 15th that she left on the 10th.
  school.Until("2025-10-15 09:00");
  school.facts.teachers[0].until_on = Day("2025-10-10");
  school.Done(Wake{});
  const auto began = school.All<DesignatedTeacherVacancyBegan>();
  ASSERT_EQ(began.size(), 1u);
  EXPECT_EQ(began[0].since_on, Day("2025-10-11"));
}

TEST(Vacancy, IsNotDatedBeforeAChildWasKnownToBeThere) {
  Machine<School> school = KnownSchool("2025-09-01 09:00");
  school.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2020-09-01"), Day("2024-07-31")}};
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_EQ(school.state.vacant_since, Day("2025-09-01"));
}

TEST(Vacancy, EndsWithTheLastChildAndBeginsAnewWithTheNext) {
  Machine<School> school = KnownSchool();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.Until("2025-09-19 09:00");
  school.Done(RecordLookedAfterChild{kChild, !kThere});
  EXPECT_EQ(school.All<VacancyEnded>().size(), 1u);
  const auto ended = school.All<DesignatedTeacherVacancyEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].since_on, Day("2025-09-01"));
  EXPECT_EQ(ended[0].ended_on, Day("2025-09-19"));
  school.Idle(RecordLookedAfterChild{kChild, !kThere});
  school.Until("2025-10-06 09:00");
  school.Done(RecordLookedAfterChild{kChild, kThere});
  const auto began = school.All<DesignatedTeacherVacancyBegan>();
  ASSERT_EQ(began.size(), 2u);
  EXPECT_EQ(began[1].since_on, Day("2025-10-06"));
}

TEST(Vacancy, GoesOnWhileOneLookedAfterChildIsThere) {
  Machine<School> school = KnownSchool();
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.Done(RecordLookedAfterChild{ChildId("chd-b"), kThere});
  school.Done(RecordLookedAfterChild{kChild, !kThere});
  EXPECT_TRUE(school.All<DesignatedTeacherVacancyEnded>().empty());
  EXPECT_EQ(school.state.vacant_since, Day("2025-09-01"));
}

TEST(Vacancy, IsOverWithoutAWordWhereItWasNeverSaid) {
  Machine<School> school = KnownSchool();
  school.facts.profile = nullptr;
  school.Done(RecordLookedAfterChild{kChild, kThere});
  school.Done(RecordLookedAfterChild{kChild, !kThere});
  EXPECT_EQ(school.All<VacancyEnded>().size(), 1u);
  EXPECT_TRUE(school.All<DesignatedTeacherVacancyEnded>().empty());
}

TEST(Vacancy, LeavesTheWordToTheAppointmentOrTheClosureThatEndsIt) {
  Machine<School> appointed = KnownSchool();
  appointed.Done(RecordLookedAfterChild{kChild, kThere});
  appointed.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2025-09-01"), std::nullopt}};
  appointed.Done(Wake{});
  appointed.Done(RecordLookedAfterChild{kChild, !kThere});
  EXPECT_EQ(appointed.All<VacancyEnded>().size(), 1u);
  EXPECT_TRUE(appointed.All<DesignatedTeacherVacancyEnded>().empty());

  Machine<School> closed = KnownSchool();
  closed.Done(RecordLookedAfterChild{kChild, kThere});
  closed.Done(Closed("2025-08-31"));
  closed.Done(RecordLookedAfterChild{kChild, !kThere});
  EXPECT_EQ(closed.All<VacancyEnded>().size(), 1u);
  EXPECT_TRUE(closed.All<DesignatedTeacherVacancyEnded>().empty());

  // Somebody came on the very day on which the last child left: the appointment is what is said.
  Machine<School> both = KnownSchool();
  both.Done(RecordLookedAfterChild{kChild, kThere});
  both.facts.teachers = {{StaffId("stf-p"), kAuthority, Day("2025-09-01"), std::nullopt}};
  both.Done(RecordLookedAfterChild{kChild, !kThere});
  EXPECT_EQ(both.All<DesignatedTeacherAppointed>().size(), 1u);
  EXPECT_TRUE(both.All<DesignatedTeacherVacancyEnded>().empty());
}

TEST(Vacancy, IsSaidAsSoonAsItCanBeCounted) {
  Machine<School> school = KnownSchool();
  const auto calendar = std::exchange(school.facts.calendar, nullptr);
  const auto profile = std::exchange(school.facts.profile, nullptr);
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_EQ(school.state.vacant_since, Day("2025-09-01")) << "known all the same";
  EXPECT_TRUE(school.All<DesignatedTeacherVacancyBegan>().empty());
  school.facts.calendar = calendar;
  school.Idle(Wake{});
  school.Until("2025-09-03 09:00");
  school.facts.profile = profile;
  school.Done(Wake{});
  const auto began = school.All<DesignatedTeacherVacancyBegan>();
  ASSERT_EQ(began.size(), 1u);
  EXPECT_EQ(began[0].since_on, Day("2025-09-01"));
}

TEST(Vacancy, IsSaidWithoutLevelsWhereTheAuthorityTellsNobody) {
  Machine<School> school = KnownSchool();
  PolicyProfile silent = Profile();
  silent.rules.clear();
  school.facts.profile = std::make_shared<const PolicyProfile>(silent);
  school.Done(RecordLookedAfterChild{kChild, kThere});
  ASSERT_EQ(school.All<DesignatedTeacherVacancyBegan>().size(), 1u);
  EXPECT_TRUE(school.All<DesignatedTeacherVacancyBegan>()[0].levels.empty());
}

TEST(SchoolIndex, FindsSchoolsAndThoseThatAChangeConcerns) {
  Machine<School> school = KnownSchool();
  EXPECT_EQ(School::Index(school.state).size(), 2u);
  school.Done(RecordLookedAfterChild{kChild, kThere});
  EXPECT_THAT(School::Index(school.state),
              testing::UnorderedElementsAre(
                  IndexEntry{"schools", "all"}, IndexEntry{"schools-of-authority", "931"},
                  IndexEntry{"schools-with-looked-after-children", "all"}));
}

}  // namespace
}  // namespace pepline::registry
