// A school closes and another goes on with it: its children and posts are that one's, and nobody
// has moved.
#include "tests/unit/registry/people.h"

namespace pepline::registry {
namespace {

namespace R = refusals;

Machine<School> ClosedSchool() {
  Machine<School> school = KnownSchool();
  school.Done(RecordSchool{Details(Day("2025-08-31")), true});
  school.facts.successor_open = true;
  return school;
}
RecordSuccessor Successor(std::string_view on = "2025-09-01") { return {{kOtherSchool, Day(on)}}; }

TEST(SchoolSuccessor, IsSaidOnceOfASchoolThatHasClosed) {
  Machine<School> school = ClosedSchool();
  school.Done(Successor());
  ASSERT_EQ(school.All<SchoolSucceeded>().size(), 1u);
  EXPECT_EQ(school.state.successor, Succession({kOtherSchool, Day("2025-09-01")}));
  school.Idle(Successor());
  school.Done(RecordSchool{Details()});  // it opened again
  EXPECT_EQ(school.state.successor, std::nullopt);
}

TEST(SchoolSuccessor, OfAnOpenOrUnknownSchoolIsPassedOverAndMustBeOpenItself) {
  Machine<School> open = KnownSchool();
  open.facts.successor_open = true;
  open.Idle(Successor());
  Machine<School> unknown;
  unknown.Idle(Successor());
  Machine<School> school = ClosedSchool();
  school.facts.successor_open = false;
  EXPECT_EQ(school.Refused(Successor()), R::kUnknownSchool);
}

Machine<Child> ChildAtSchool() {
  Machine<Child> child = KnownChild();
  child.Done(RecordCareStarted{Day("2025-08-01")});
  child.Done(EnrolChild{kSchool, Day("2023-09-04")});
  return child;
}
const FollowSuccessor kFollow = {kSchool, kOtherSchool, Day("2025-09-01")};

TEST(ChildOfASucceededSchool, IsAtTheSuccessorSinceTheDayOfOldAndDidNotMove) {
  Machine<Child> child = ChildAtSchool();
  child.facts.school_authority = kNeighbour;
  child.Done(kFollow);
  ASSERT_EQ(child.latest.size(), 1u);
  const auto succeeded = child.All<SchoolOfChildSucceeded>();
  ASSERT_EQ(succeeded.size(), 1u);
  EXPECT_EQ(succeeded[0].from, kSchool);
  EXPECT_EQ(succeeded[0].to, Enrolment({kOtherSchool, kNeighbour, Day("2023-09-04")}));
  EXPECT_TRUE(child.All<ChildMovedSchool>().empty());
  EXPECT_EQ(child.state.before_move, std::nullopt);
  EXPECT_THAT(Child::Index(child.state), testing::Contains(ChildrenAt(kOtherSchool)));
  child.Idle(kFollow);
}

TEST(ChildOfASucceededSchool, WhoHasLeftItMeanwhileStaysWhereTheyAre) {
  Machine<Child> child = ChildAtSchool();
  child.Done(MoveChildToSchool{SchoolUrn("777777"), Day("2025-08-20")});
  child.Idle(kFollow);
  Machine<Child> nowhere = KnownChild();
  nowhere.Idle(kFollow);
}

TEST(ChildOfASucceededSchool, MayStillBeInAFileUnderTheOldNumberAndUnderTheNewDay) {
  Machine<Child> child = ChildAtSchool();
  child.Done(kFollow);
  const auto row = [](const SchoolUrn& school, std::string_view day) {
    return RecordChild{Somebody(), {}, {}, EnrolChild{school, Day(day)}};
  };
  child.Idle(row(kSchool, "2023-09-04"));
  child.Idle(row(kOtherSchool, "2023-09-04"));
  child.Idle(row(kOtherSchool, "2025-09-01"));
  EXPECT_EQ(child.Refused(row(kOtherSchool, "2024-09-02"), "enrolled_on"),
            R::kEnrolledOnAnotherDay);
  child.Done(row(SchoolUrn("777777"), "2025-09-01"));
  EXPECT_EQ(child.All<ChildMovedSchool>().size(), 1u);
  EXPECT_EQ(child.state.succession, std::nullopt) << "the old number says nothing any more";
}

const SucceedSchool kSucceed = {kSchool, kOtherSchool, Day("2025-09-01")};

TEST(PostsAtASucceededSchool, EndThereAndBeginAtTheSuccessor) {
  Machine<Staff> staff = KnownStaff("2025-09-03 09:00");
  staff.Done(AppointStaff{TeacherAt(), Day("2020-09-01"), Day("2025-12-31")});
  staff.Done(kSucceed);
  const auto ended = staff.All<AppointmentEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].post, TeacherAt());
  EXPECT_EQ(ended[0].until_on, Day("2025-08-31"));
  const auto appointed = staff.All<StaffAppointed>();
  ASSERT_EQ(appointed.size(), 2u);
  EXPECT_EQ(appointed[1].post, TeacherAt(kOtherSchool));
  EXPECT_EQ(appointed[1].from_on, Day("2025-09-01"));
  EXPECT_EQ(staff.state.appointments.back().until_on, Day("2025-12-31"));
  staff.Idle(kSucceed);
  staff.Idle(AppointStaff{TeacherAt(), Day("2020-09-01"), {}});  // a file of before
}

TEST(PostsAtASucceededSchool, ToComeComeAtTheSuccessor) {
  Machine<Staff> staff = KnownStaff("2025-09-03 09:00");
  staff.Done(AppointStaff{TeacherAt(), Day("2025-11-01"), {}});
  staff.Done(kSucceed);
  ASSERT_EQ(staff.state.appointments.size(), 1u);
  EXPECT_EQ(staff.state.appointments[0].post, TeacherAt(kOtherSchool));
  EXPECT_EQ(staff.state.appointments[0].from_on, Day("2025-11-01"));
  EXPECT_TRUE(staff.All<StaffAppointed>().empty());
}

TEST(PostsAtASucceededSchool, OfWhomTheSuccessorHasAlreadyAreNotDoubled) {
  Machine<Staff> staff = KnownStaff("2025-09-03 09:00");
  staff.Done(AppointStaff{TeacherAt(), Day("2020-09-01"), {}});
  staff.Done(AppointStaff{TeacherAt(kOtherSchool), Day("2025-09-02"), {}});
  staff.Done(kSucceed);
  EXPECT_EQ(staff.state.appointments.size(), 2u);
  EXPECT_EQ(staff.All<AppointmentEnded>().size(), 1u);
}

TEST(PostsAtASucceededSchool, ThatEndWithTheSchoolAreOver) {
  Machine<Staff> staff = KnownStaff("2025-08-20 09:00");
  staff.Done(AppointStaff{TeacherAt(), Day("2020-09-01"), Day("2025-08-31")});
  staff.Until("2025-08-31 09:00");
  staff.Idle(kSucceed);
  EXPECT_EQ(staff.state.appointments.size(), 1u);
}

}  // namespace
}  // namespace pepline::registry
