// The work-list of scheduling on the running service: who sees what to do, in which order, on which
// page. At kSchool and kOtherSchool are children of two authorities.
#include "absl/strings/str_cat.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSubsetOf;
using testing::UnorderedElementsAre;

constexpr char kSibling[] = "chd-sibling0000000000001";
constexpr char kTheirs[] = "chd-theirs00000000000001";
constexpr char kOurs[] = "931";
constexpr char kOthers[] = "825";

class SchedulingWorkTest : public SchedulingTest {
 protected:
  const Actor both_ = [] {
    Actor teacher = DesignatedTeacher(kSchool);
    teacher.schools.insert(SchoolUrn(kOtherSchool));
    return teacher;
  }();
  const Actor social_worker_ = OfAuthority(Role::kSocialWorker, "931");

  // On 1 October: the child has a meeting on the 15th at kSchool, its sibling at kOtherSchool has
  // none, and theirs, at kSchool too, has one on the 8th.
  void BeginWithThree(const std::string& arranged_by = "designated-teacher") {
    ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
    auto ours = events_.PolicyAdopted(UsualPolicy(), Now());
    auto& arranging = *ours.mutable_policy_profile_adopted()->mutable_profile()->add_pep_work();
    arranging.set_work("arrange");
    arranging.add_roles(arranged_by);
    Emit(kOurs, ours);
    auto profile = events_.PolicyAdopted(UsualPolicy(), Now());
    *profile.mutable_header() = NextHeader("registry/policy-of/825");
    profile.mutable_policy_profile_adopted()->mutable_profile()->set_authority_code(kOthers);
    Emit(kOthers, profile);
    EmitInCare(kChild, "2019-03-01");
    EmitInCare(kSibling, "2019-03-01", kOtherSchool);
    auto theirs = events_.InCare(kTheirs, "2019-03-01", Now());
    theirs.mutable_child_became_looked_after()->set_authority_code(kOthers);
    Emit(kTheirs, theirs);
    Emit(kTheirs, events_.Enrolled(kTheirs, kSchool, "2025-09-01", Now()));
    Settle();
    MoveClockTo("2025-10-01 09:00");
    Done(&Stub::SchedulePepMeeting, Meeting("2025-10-15 14:00"), VirtualSchool());
    auto meeting = Meeting("2025-10-08 14:00");
    meeting.set_child_id(kTheirs);
    Done(&Stub::SchedulePepMeeting, meeting, OfAuthority(Role::kVirtualSchool, kOthers));
  }
  // Over all pages.
  std::vector<common::v1::WorkItem> Work(const Actor& actor, v1::ListWorkRequest request = {}) {
    std::vector<common::v1::WorkItem> items;
    do {
      v1::ListWorkResponse response;
      const grpc::Status status = Call(&Stub::ListWork, request, response, actor);
      EXPECT_TRUE(status.ok()) << status.error_message();
      items.insert(items.end(), response.items().begin(), response.items().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return items;
  }
  // "<child> <step>", in the order of the list.
  std::vector<std::string> Steps(const Actor& actor, const v1::ListWorkRequest& request = {}) {
    std::vector<std::string> steps;
    for (const auto& item : Work(actor, request)) {
      steps.push_back(
          absl::StrCat(item.child_id(), " ", common::v1::WorkStep_Name(item.step()).substr(10)));
    }
    return steps;
  }
  static v1::ListWorkRequest Within(int days) {
    v1::ListWorkRequest request;
    request.set_within_days(days);
    return request;
  }
  static std::string Of(const char* child, const char* step) {
    return absl::StrCat(child, " ", step);
  }
};

TEST_F(SchedulingWorkTest, ATeacherOfTwoSchoolsSeesTheWorkOfBothInTheOrderOfTheirDays) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  const std::vector<std::string> prepared = {
      Of(kTheirs, "CAPTURE_PUPIL_VIEWS"), Of(kTheirs, "RETURN_SDQ"),
      Of(kTheirs, "UPDATE_EPEP_DRAFT"),   Of(kTheirs, "HOLD_MEETING"),
      Of(kChild, "CAPTURE_PUPIL_VIEWS"),  Of(kChild, "RETURN_SDQ"),
      Of(kChild, "UPDATE_EPEP_DRAFT")};
  EXPECT_EQ(Steps(both_), prepared) << "within 14 days";
  std::vector<std::string> all = prepared;
  all.push_back(Of(kChild, "HOLD_MEETING"));        // to be on record by 16 October
  all.push_back(Of(kSibling, "SCHEDULE_MEETING"));  // held by 28 November
  EXPECT_EQ(Steps(both_, Within(366)), all);
  for (const int size : {1, 2, 4, 1000}) {
    auto request = Within(366);
    request.set_page_size(size);
    EXPECT_EQ(Steps(both_, request), all) << "pages of " << size;
  }
  auto one_school = Within(366);
  one_school.set_school_urn(kOtherSchool);
  EXPECT_THAT(Steps(both_, one_school), ElementsAre(Of(kSibling, "SCHEDULE_MEETING")));
  auto one_authority = Within(366);
  one_authority.set_authority_code(kOthers);
  EXPECT_EQ(Steps(both_, one_authority), std::vector<std::string>(all.begin(), all.begin() + 4));

  const auto items = Work(both_, Within(366));
  EXPECT_EQ(items[0].school_urn(), kSchool);
  EXPECT_EQ(items[0].authority_code(), kOthers);
  EXPECT_EQ(items[0].pep_id(), absl::StrCat(kTheirs, ".1"));
  EXPECT_EQ(items[0].rule_id(), "pupil-views-captured-before-meeting");
  EXPECT_EQ(ToTime(items[0].due_at()), At("2025-10-03 23:59:59"));
  EXPECT_FALSE(items[0].late());
  EXPECT_FALSE(items[0].has_waiting_since());

  MoveClockTo("2025-10-04 00:00");
  const auto late = Work(both_);
  EXPECT_TRUE(late[0].late() && late[1].late() && late[2].late());
  EXPECT_FALSE(late[3].late());
}

TEST_F(SchedulingWorkTest, EachSeesTheirOwnAndWhatTheirRoleMayDo) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  EXPECT_THAT(Steps(DesignatedTeacher(kOtherSchool), Within(366)),
              ElementsAre(Of(kSibling, "SCHEDULE_MEETING")));
  EXPECT_THAT(Steps(VirtualSchool(), Within(366)),
              ElementsAre(Of(kChild, "CAPTURE_PUPIL_VIEWS"), Of(kChild, "RETURN_SDQ"),
                          Of(kChild, "UPDATE_EPEP_DRAFT"), Of(kChild, "HOLD_MEETING"),
                          Of(kSibling, "SCHEDULE_MEETING")));
  EXPECT_THAT(Steps(social_worker_, Within(366)),
              ElementsAre(Of(kChild, "CAPTURE_PUPIL_VIEWS"), Of(kChild, "RETURN_SDQ")))
      << "no interim PEP is in force";
  EXPECT_THAT(Steps(OfAuthority(Role::kVirtualSchool, "933"), Within(366)), IsEmpty());
  EXPECT_THAT(Steps(DesignatedTeacher("123299"), Within(366)), IsEmpty());
  auto of_others = Within(366);
  of_others.set_school_urn(kSchool);
  EXPECT_THAT(Steps(DesignatedTeacher(kOtherSchool), of_others), IsEmpty());
  v1::ListWorkResponse none;
  for (const Role role : {Role::kAuditor, Role::kIndependentReviewingOfficer, Role::kFinance}) {
    EXPECT_EQ(Call(&Stub::ListWork, {}, none, OfAuthority(role, "931")).error_code(),
              grpc::PERMISSION_DENIED);
  }
}

TEST_F(SchedulingWorkTest, TheRolesAreThoseOfTheProfile) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree("social-worker"));
  EXPECT_THAT(Steps(DesignatedTeacher(kOtherSchool), Within(366)), IsEmpty());
  const auto items = Work(social_worker_, Within(366));
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[2].child_id(), kSibling);
  EXPECT_THAT(items[2].roles(), UnorderedElementsAre(common::v1::ROLE_VIRTUAL_SCHOOL,
                                                     common::v1::ROLE_SOCIAL_WORKER));
}

TEST_F(SchedulingWorkTest, TheSocialWorkerHasTheSchoolsWorkWhileAnInterimPepStandsIn) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-07-28 09:00"));
  EmitInCare(kChild, "2025-07-28");
  Settle();
  EXPECT_THAT(Steps(social_worker_), IsEmpty());
  Done(&Stub::OpenInterimPep, {}, social_worker_);
  EXPECT_THAT(Steps(social_worker_, Within(60)), ElementsAre(Of(kChild, "SCHEDULE_MEETING")));
}

TEST_F(SchedulingWorkTest, APepThatStaysWithASchoolIsThatSchoolsWork) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::SchedulePepMeeting, Meeting("2025-10-20 14:00"));
  MoveClockTo("2025-10-20 16:00");
  Done(&Stub::HoldPepMeeting, Holding("2025-10-20"));
  MoveClockTo("2025-10-21 09:00");
  EmitMoved(kChild, kSchool, kOtherSchool, "2025-10-21");
  Settle();
  const auto only_pep = [&](const Actor& actor, const std::string& pep) {
    std::vector<std::string> steps;
    for (const auto& item : Work(actor, Within(366))) {
      if (item.pep_id() == absl::StrCat(kChild, pep)) {
        steps.push_back(absl::StrCat(item.school_urn(), " ", item.rule_id()));
      }
    }
    return steps;
  };
  const std::string finalise = absl::StrCat(kSchool, " finalise-within-5-school-days");
  EXPECT_THAT(only_pep(DesignatedTeacher(kSchool), ".1"), testing::Contains(finalise));
  EXPECT_THAT(only_pep(DesignatedTeacher(kSchool), ".2"), IsEmpty());
  EXPECT_THAT(only_pep(DesignatedTeacher(kOtherSchool), ".1"), IsEmpty());
  EXPECT_EQ(only_pep(DesignatedTeacher(kOtherSchool), ".2").size(), 1u);
  EXPECT_THAT(only_pep(VirtualSchool(), ".1"), testing::Contains(finalise));
  EXPECT_EQ(only_pep(both_, ".1").size() + only_pep(both_, ".2").size(),
            Work(both_, Within(366)).size())
      << "each once, though two lists have the child";
}

TEST_F(SchedulingWorkTest, AChildWithoutAPepIsForTheCouncil) {
  ASSERT_NO_FATAL_FAILURE(StartService(At("2025-09-15 09:00")));
  EmitInCare(kChild, "2019-03-01");
  Settle();
  MoveClockTo("2025-09-17 09:00");
  for (const Actor& actor : {VirtualSchool(), social_worker_}) {
    const auto items = Work(actor);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].step(), common::v1::WORK_STEP_SEE_WHY_NO_PEP_IS_OPEN);
    EXPECT_EQ(items[0].pep_id(), "");
    EXPECT_EQ(items[0].school_urn(), kSchool);
    EXPECT_TRUE(items[0].late());
  }
  EXPECT_THAT(Work(DesignatedTeacher(kSchool)), IsEmpty());
}

TEST_F(SchedulingWorkTest, ATokenOfAPageIsGoodForItsCallerAndFilterAlone) {
  ASSERT_NO_FATAL_FAILURE(BeginWithThree());
  auto request = Within(366);
  request.set_page_size(1);
  v1::ListWorkResponse first, rest;
  ASSERT_TRUE(Call(&Stub::ListWork, request, first, both_).ok());
  ASSERT_EQ(first.items_size(), 1);
  request.set_page_token(first.next_page_token());
  for (const Actor& other : {DesignatedTeacher(kSchool), VirtualSchool(), social_worker_}) {
    EXPECT_EQ(FieldOf(Call(&Stub::ListWork, request, rest, other)), "page_token");
  }
  auto other = request;
  other.set_within_days(365);
  EXPECT_EQ(FieldOf(Call(&Stub::ListWork, other, rest, both_)), "page_token");
  v1::ListDeadlinesRequest deadlines;
  deadlines.set_page_token(request.page_token());
  v1::ListDeadlinesResponse none;
  EXPECT_EQ(FieldOf(Call(&Stub::ListDeadlines, deadlines, none, both_)), "page_token");
  // What was the first is done; the second page begins behind it all the same.
  ASSERT_TRUE(Call(&Stub::ListWork, request, rest, both_).ok());
  ASSERT_EQ(rest.items_size(), 1);
  EXPECT_EQ(rest.items(0).step(), common::v1::WORK_STEP_RETURN_SDQ);

  for (const int days : {-1, 367}) {
    EXPECT_EQ(FieldOf(Call(&Stub::ListWork, Within(days), rest, both_)), "within_days");
  }
}

}  // namespace
}  // namespace pepline::scheduling
