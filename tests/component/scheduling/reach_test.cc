// Who reaches a child's PEP as the child goes on: to another school, and out of care. At each
// school here are children of two authorities.
#include <optional>

#include "absl/strings/str_cat.h"
#include "shared/rpc/page_tokens.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::scheduling {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

constexpr char kTheirs[] = "chd-theirs00000000000001";
constexpr char kOurs[] = "931";
constexpr char kOthers[] = "825";

class SchedulingReachTest : public SchedulingTest {
 protected:
  // Ours and theirs at the same school, each with a finalised PEP.
  void BeginWithFinalisedPeps() {
    ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
    EmitProfileOf(kOthers, std::nullopt);
    EmitInCare(kChild, "2019-03-01");
    auto theirs = events_.InCare(kTheirs, "2019-03-01", Now());
    theirs.mutable_child_became_looked_after()->set_authority_code(kOthers);
    Emit(kTheirs, theirs);
    Emit(kTheirs, events_.Enrolled(kTheirs, kSchool, "2025-09-01", Now()));
    Settle();
    for (const char* child : {kChild, kTheirs}) {
      auto meeting = Meeting("2025-10-20 14:00");
      meeting.set_child_id(child);
      Done(&Stub::SchedulePepMeeting, meeting);
    }
    MoveClockTo("2025-10-20 16:00");
    for (const char* child : {kChild, kTheirs}) {
      auto held = Holding("2025-10-20");
      held.set_child_id(child);
      Done(&Stub::HoldPepMeeting, held);
      v1::FinaliseEpepRequest finalise;
      finalise.set_child_id(child);
      Done(&Stub::FinaliseEpep, finalise);
    }
  }
  void EmitProfileOf(const std::string& authority, std::optional<int> months) {
    auto event = events_.PolicyAdopted(UsualPolicy(), Now());
    auto& profile = *event.mutable_policy_profile_adopted()->mutable_profile();
    *event.mutable_header() = NextHeader(absl::StrCat("registry/policy-of/", authority));
    profile.set_authority_code(authority);
    if (months) profile.set_access_after_care_months(*months);
    Emit(authority, event);
  }
  std::vector<std::string> Peps(const Actor& actor, v1::ListPepsRequest request = {}) {
    v1::ListPepsResponse response;
    EXPECT_TRUE(Call(&Stub::ListPeps, request, response, actor).ok());
    std::vector<std::string> children;
    for (const v1::Pep& pep : response.peps()) children.push_back(pep.reference().child_id());
    return children;
  }
  std::vector<std::string> PepsAt(const std::string& school, const Actor& actor) {
    v1::ListPepsRequest request;
    request.set_school_urn(school);
    return Peps(actor, request);
  }
  std::vector<std::string> PepsOfChild(const std::string& child, const Actor& actor) {
    v1::ListPepsRequest request;
    request.set_child_id(child);
    return Peps(actor, request);
  }
  // The children of the deadlines that the actor sees, each deadline's.
  std::vector<std::string> Deadlines(const Actor& actor, const std::string& school = "") {
    v1::ListDeadlinesRequest request;
    request.set_school_urn(school);
    v1::ListDeadlinesResponse response;
    EXPECT_TRUE(Call(&Stub::ListDeadlines, request, response, actor).ok());
    std::vector<std::string> children;
    for (const v1::Deadline& one : response.deadlines()) {
      children.push_back(one.deadline().deadline_id().substr(0, sizeof(kTheirs) - 1));
    }
    return children;
  }
  grpc::StatusCode Get(const std::string& child, const Actor& actor) {
    v1::GetPepRequest request;
    request.set_child_id(child);
    v1::GetPepResponse response;
    return Call(&Stub::GetPep, request, response, actor).error_code();
  }
};

TEST_F(SchedulingReachTest, TheListsOfASchoolHoldTheChildrenWhoAreThereNowAndNoneWhoLeft) {
  ASSERT_NO_FATAL_FAILURE(BeginWithFinalisedPeps());
  const Actor before = DesignatedTeacher(kSchool);
  const Actor after = DesignatedTeacher(kOtherSchool);
  EXPECT_THAT(Peps(before), UnorderedElementsAre(kChild, kTheirs));
  EXPECT_THAT(Peps(after), IsEmpty());

  for (const char* child : {kChild, kTheirs}) {
    EmitCareCeased(child, "2025-10-20");
    EmitMoved(child, kSchool, kOtherSchool, "2025-10-20");
  }
  Settle();
  // A plan that is closed stays with its last school; who reaches it does not.
  ASSERT_EQ(Pep(kChild).reference().school_urn(), kSchool);
  EXPECT_THAT(Peps(before), IsEmpty());
  EXPECT_THAT(PepsAt(kSchool, before), IsEmpty());
  EXPECT_THAT(PepsOfChild(kChild, before), IsEmpty());
  EXPECT_THAT(Deadlines(before), IsEmpty());
  EXPECT_EQ(Get(kChild, before), grpc::NOT_FOUND);

  EXPECT_THAT(Peps(after), UnorderedElementsAre(kChild, kTheirs));
  EXPECT_THAT(PepsAt(kOtherSchool, after), UnorderedElementsAre(kChild, kTheirs));
  EXPECT_THAT(PepsOfChild(kTheirs, after), ElementsAre(kTheirs));
  EXPECT_THAT(Deadlines(after), IsSupersetOf({kChild, kTheirs}));
  EXPECT_THAT(Deadlines(after, kOtherSchool), IsSupersetOf({kChild, kTheirs}));
  EXPECT_EQ(Get(kChild, after), grpc::OK);

  // Whose the children are has not changed.
  EXPECT_THAT(Peps(VirtualSchool()), ElementsAre(kChild));
  EXPECT_THAT(PepsAt(kOtherSchool, OfAuthority(Role::kVirtualSchool, kOthers)),
              ElementsAre(kTheirs));
  EXPECT_THAT(PepsAt(kSchool, VirtualSchool()), IsEmpty());
}

TEST_F(SchedulingReachTest, ThoseWhoWorkedWithAChildReachItForTheTimeOfTheProfileAfterCare) {
  ASSERT_NO_FATAL_FAILURE(BeginWithFinalisedPeps());
  for (const char* child : {kChild, kTheirs}) EmitCareCeased(child, "2025-10-20");
  EmitProfileOf(kOthers, 1);
  Settle();
  const auto all_of = [](const char* authority) {
    return std::vector<Actor>{DesignatedTeacher(kSchool),
                              OfAuthority(Role::kSocialWorker, authority),
                              OfAuthority(Role::kIndependentReviewingOfficer, authority)};
  };
  for (const Actor& actor : all_of(kOurs)) EXPECT_EQ(Get(kChild, actor), grpc::OK);
  MoveClockTo("2025-11-20 23:59");
  for (const Actor& actor : all_of(kOthers)) EXPECT_EQ(Get(kTheirs, actor), grpc::OK);
  MoveClockTo("2025-11-21 00:00");
  for (const Actor& actor : all_of(kOthers)) {
    EXPECT_EQ(Get(kTheirs, actor), grpc::NOT_FOUND) << RoleName(actor.role);
    EXPECT_THAT(PepsOfChild(kTheirs, actor), IsEmpty());
  }
  EXPECT_THAT(Peps(DesignatedTeacher(kSchool)), ElementsAre(kChild)) << "three months where unsaid";
  MoveClockTo("2026-01-20 12:00");
  for (const Actor& actor : all_of(kOurs)) EXPECT_EQ(Get(kChild, actor), grpc::OK);
  MoveClockTo("2026-01-21 00:00");
  for (const Actor& actor : all_of(kOurs)) EXPECT_EQ(Get(kChild, actor), grpc::NOT_FOUND);
  EXPECT_THAT(Peps(DesignatedTeacher(kSchool)), IsEmpty());
  EXPECT_THAT(Deadlines(DesignatedTeacher(kSchool)), IsEmpty());
  v1::StartPepPreparationRequest start;
  start.set_child_id(kChild);
  EXPECT_EQ(Refused(&Stub::StartPepPreparation, start), "NOT_FOUND");

  // Who answers for the record keeps it, and back in care everybody has it again.
  EXPECT_EQ(Get(kChild, VirtualSchool()), grpc::OK);
  EXPECT_EQ(Get(kChild, OfAuthority(Role::kAuditor, kOurs)), grpc::OK);
  EXPECT_EQ(Get(kTheirs, VirtualSchool()), grpc::NOT_FOUND);
  Emit(kChild, events_.InCare(kChild, "2026-01-20", Now()));
  Settle();
  for (const Actor& actor : all_of(kOurs)) EXPECT_EQ(Get(kChild, actor), grpc::OK);
}

TEST_F(SchedulingReachTest, APageTokenIsGoodForItsCallerAndFilterAloneAndOutlivesARestart) {
  ASSERT_NO_FATAL_FAILURE(BeginWithFinalisedPeps());
  v1::ListPepsRequest request;
  request.set_page_size(1);
  v1::ListPepsResponse first, rest;
  ASSERT_TRUE(Call(&Stub::ListPeps, request, first, DesignatedTeacher(kSchool)).ok());
  ASSERT_EQ(first.peps_size(), 1);
  request.set_page_token(first.next_page_token());
  for (const Actor& other :
       {DesignatedTeacher(kOtherSchool), VirtualSchool(),
        OfAuthority(Role::kVirtualSchool, kOthers), OfAuthority(Role::kSocialWorker, kOthers)}) {
    EXPECT_EQ(FieldOf(Call(&Stub::ListPeps, request, rest, other)), "page_token");
  }
  auto other = request;
  other.set_school_urn(kSchool);
  EXPECT_EQ(FieldOf(Call(&Stub::ListPeps, other, rest, DesignatedTeacher(kSchool))), "page_token");
  v1::ListDeadlinesRequest deadlines;
  deadlines.set_page_token(request.page_token());
  v1::ListDeadlinesResponse none;
  EXPECT_EQ(FieldOf(Call(&Stub::ListDeadlines, deadlines, none, DesignatedTeacher(kSchool))),
            "page_token");

  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  ASSERT_TRUE(Call(&Stub::ListPeps, request, rest, DesignatedTeacher(kSchool)).ok());
  ASSERT_EQ(rest.peps_size(), 1);
  EXPECT_NE(rest.peps(0).reference().child_id(), first.peps(0).reference().child_id());
  EXPECT_EQ(rest.next_page_token(), "");

  // The key is a record of a kind that the operator's programs know, and in no digest.
  OperationRunner operate(service_->process());
  const auto checked = operate.Run({"--check"});
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_THAT(operate.Run({"--digest"}).output,
              ::testing::Not(HasSubstr(std::string(kPageTokenKeyKind))));
}

}  // namespace
}  // namespace pepline::scheduling
