#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/common/v1/access.pb.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/domain/access/school_counts.h"
#include "shared/security/rpc_access.h"

namespace pepline {
namespace {

// The rules once more, written independently of the contracts: one line an RPC, one column a role:
// '*' the role is enough, 'a' records of the own authority, 's' records of the own schools,
// 'n' what is no authority's, 'b' that and records of the own authority, 'A' and 'S' of these only
// what the role was told of, '-' refused. Then whether the answer gives out personal data, 'p', or
// not, '.'.
constexpr char kMatrix[] = R"(
registry      GetSchool               * * * * * * - * * p
registry      ListSchools             * * * * * * - * * p
registry      GetPolicyProfile        * * * * * * - * * .
registry      GetSchoolCalendar       * * * * * * - * * .
registry      Import                  a - - - - - - n - .
registry      AppointStaff            a - - - - - - - - .
registry      EndAppointment          a - - - - - - - - .
registry      RecordCareStarted       a - - - - - - - - .
registry      RecordCareCeased        a - - - - - - - - .
registry      EnrolChild              a - - - - - - - - .
registry      MoveChildToSchool       a - - - - - - - - .
registry      CorrectCareStart        a - - - - - - - - .
registry      CorrectCareEnd          a - - - - - - - - .
registry      CorrectEnrolment        a - - - - - - - - .
registry      CorrectLegalStatus      a - - - - - - - - .
registry      RestrictLocation        a - - - - - - - - .
registry      CorrectAppointment      a - - - - - - - - .
registry      GetChild                a s a - - a - - - p
registry      ListChildren            a s a - - a - - - p
registry      ListStaff               a - - - - a - - - p
registry      ListImports             b - - - - b - n - p
registry      LookUpContacts          - - - - - - * - - p
scheduling    SchedulePepMeeting      a s a - - - - - - .
scheduling    ReschedulePepMeeting    a s a - - - - - - .
scheduling    CancelPepMeeting        a s a - - - - - - .
scheduling    StartPepPreparation     a s - - - - - - - .
scheduling    CompleteReadinessItem   a s - - - - - - - .
scheduling    HoldPepMeeting          a s a - - - - - - .
scheduling    FinaliseEpep            a s a - - - - - - .
scheduling    CorrectPepMeeting       a s a - - - - - - .
scheduling    TakeBackFinalisation    a s a - - - - - - .
scheduling    OpenInterimPep          a - a - - - - - - .
scheduling    WriteOffPep             a - - - - - - - - .
scheduling    HandOverPep             a - - - - - - - - .
scheduling    WriteEpepSection        a s a - - - - - - .
scheduling    CompleteEpepSection     a s a - - - - - - .
scheduling    ReopenEpepSection       a s a - - - - - - .
scheduling    GetPep                  a s a a - a - - - p
scheduling    GetEpep                 a s a a - a - - - p
scheduling    ListPeps                a s a a - a - - - p
scheduling    ListDeadlines           a s a a - a - - - p
scheduling    ListWork                a s a - - - - - - p
assessments   RequestSdq              a s a - - - - - - .
assessments   MarkSdqSent             a s - - - - - - - .
assessments   RecordSdqAnswers        a s a - - - - - - .
assessments   RecordSdqScores         a s - - - - - - - .
assessments   CorrectSdq              a s a - - - - - - .
assessments   ReviewSdq               a s - - - - - - - .
assessments   RecordSdqNotObtained    a s a - - - - - - .
assessments   ConfirmSdqNotObtained   a - a - - - - - - .
assessments   CapturePupilViews       a s a - - - - - - .
assessments   DeclinePupilViews       a s a - - - - - - .
assessments   CorrectPupilViews       a s a - - - - - - .
assessments   SetOutcome              a s a - - - - - - .
assessments   RefineOutcome           a s a - - - - - - .
assessments   ReviewOutcome           a s a - - - - - - .
assessments   DropOutcome             a s a - - - - - - .
assessments   ReopenOutcome           a s a - - - - - - .
assessments   GetSdq                  a s a - - a - - - p
assessments   ListSdqs                a s a - - a - - - p
assessments   GetPupilViews           a s a - - a - - - p
assessments   GetOutcomes             a s a - - a - - - p
assessments   ListWork                a s a - - - - - - p
funding       OpenFundLine            a - - - a - - - - .
funding       ChangeFundLine          a - - - a - - - - .
funding       GetFundLine             a - - - a a - - - .
funding       DraftFundingRequest     a s - - - - - - - p
funding       SubmitFundingRequest    a s - - - - - - - p
funding       WithdrawFundingRequest  a s - - - - - - - p
funding       ApproveFundingRequest   a - - - - - - - - p
funding       DeclineFundingRequest   a - - - - - - - - p
funding       ReleaseFunding          - - - - a - - - - p
funding       GetFundingRequest       a s - - a a - - - p
funding       ListFundingRequests     a s - - a a - - - p
funding       ListWork                a s - - a - - - - p
notifications AcknowledgeAlert        a s A A - - - - S .
notifications RedeliverAlert          a - - - - - - - - .
notifications GetAlert                a s A A - a - - S p
notifications ListAlerts              a s A A - a - - S p
)";

const std::vector<Role> kColumns = {Role::kVirtualSchool, Role::kDesignatedTeacher,
                                    Role::kSocialWorker,  Role::kIndependentReviewingOfficer,
                                    Role::kFinance,       Role::kAuditor,
                                    Role::kService,       Role::kOperator,
                                    Role::kHeadteacher};

struct Line {
  std::string rpc;
  std::vector<char> cells;
  bool personal = false;
};

std::vector<Line> Matrix() {
  std::vector<Line> lines;
  std::istringstream text(kMatrix);
  std::string service;
  std::string rpc;
  while (text >> service >> rpc) {
    std::string type = service;
    type[0] = static_cast<char>(type[0] - 'a' + 'A');
    Line line{.rpc = "pepline." + service + ".v1." + type + "Service/" + rpc,
              .cells = {},
              .personal = false};
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
      char cell = 0;
      text >> cell;
      line.cells.push_back(cell);
    }
    char mark = 0;
    text >> mark;
    line.personal = mark == 'p';
    lines.push_back(line);
  }
  return lines;
}

Actor Person(Role role, const std::string& authority, std::set<SchoolUrn> schools = {}) {
  return {.subject = "stf-00000000000000000001",
          .role = role,
          .authority = AuthorityCode(authority),
          .schools = std::move(schools)};
}

const Resource kOurs{.authority = AuthorityCode("931"), .school = SchoolUrn("123456")};
// The same, as an alert that the caller's role was told of.
const Resource kTold{
    .authority = AuthorityCode("931"), .school = SchoolUrn("123456"), .told = true};

bool MayCall(std::string_view rpc, Role role) { return MayCall(AccessTo(rpc).grants, role); }
bool MayTouch(std::string_view rpc, const Actor& actor, const Resource& resource) {
  return MayTouch(AccessTo(rpc).grants, actor, resource);
}

TEST(Authorisation, EveryRpcOfTheContractsSaysItsAccessInRolesThatThereAre) {
  int rpcs = 0;
  for (const google::protobuf::FileDescriptor* file :
       {assessments::v1::GetSdqRequest::descriptor()->file(),
        funding::v1::GetFundLineRequest::descriptor()->file(),
        notifications::v1::GetAlertRequest::descriptor()->file(),
        registry::v1::GetChildRequest::descriptor()->file(),
        scheduling::v1::GetPepRequest::descriptor()->file()}) {
    const google::protobuf::ServiceDescriptor& service = *file->service(0);
    ASSERT_EQ(file->service_count(), 1);
    for (int m = 0; m < service.method_count(); ++m, ++rpcs) {
      const auto& options = service.method(m)->options();
      SCOPED_TRACE(service.method(m)->full_name());
      ASSERT_TRUE(options.HasExtension(common::v1::access));
      const common::v1::Access& access = options.GetExtension(common::v1::access);
      std::size_t named = access.every_person() ? 8 : 0;
      for (const auto& roles :
           {access.any(), access.own_authority(), access.own_school(), access.no_authority(),
            access.own_authority_if_told(), access.own_school_if_told()}) {
        for (const int role : roles) {
          EXPECT_TRUE(common::v1::Role_IsValid(role) && role != common::v1::ROLE_UNSPECIFIED);
          ++named;
        }
      }
      EXPECT_GT(named, 0u);
      EXPECT_EQ(AccessTo(service.full_name() + "/" + service.method(m)->name()).grants.size(),
                named);
    }
  }
  EXPECT_EQ(AccessOfRpcs().size(), static_cast<std::size_t>(rpcs));
}

TEST(Authorisation, ARoleHasTheNameThatItHasInTheContracts) {
  const auto& roles = *common::v1::Role_descriptor();
  EXPECT_EQ(static_cast<std::size_t>(roles.value_count()), kColumns.size() + 1);
  for (const Role role : kColumns) {
    std::string name = "ROLE_";
    for (const char letter : RoleName(role)) {
      name += letter == '-' ? '_' : static_cast<char>(letter - 'a' + 'A');
    }
    EXPECT_NE(roles.FindValueByName(name), nullptr) << name;
  }
}

TEST(Authorisation, AllowsExactlyWhatTheMatrixSaysForEveryRpcAndRole) {
  const auto lines = Matrix();
  ASSERT_EQ(lines.size(), 79u);
  for (const Line& line : lines) {
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
      const Role role = kColumns[column];
      const char cell = line.cells[column];
      SCOPED_TRACE(line.rpc + " by " + std::string(RoleName(role)));
      EXPECT_EQ(MayCall(line.rpc, role), cell != '-');
      // Somebody with nothing but the role, with the authority, with the school, with both.
      EXPECT_EQ(MayTouch(line.rpc, Person(role, ""), kOurs), cell == '*');
      EXPECT_EQ(MayTouch(line.rpc, Person(role, "931"), kOurs),
                cell == '*' || cell == 'a' || cell == 'b');
      EXPECT_EQ(MayTouch(line.rpc, Person(role, "", {SchoolUrn("123456")}), kOurs),
                cell == '*' || cell == 's');
      const bool if_told = cell == 'A' || cell == 'S';
      EXPECT_EQ(MayTouch(line.rpc, Person(role, "931", {SchoolUrn("123456")}), kOurs),
                cell != '-' && cell != 'n' && !if_told);
      // The same of what the role was told of.
      EXPECT_EQ(MayTouch(line.rpc, Person(role, "931", {SchoolUrn("123456")}), kTold),
                cell != '-' && cell != 'n');
      if (if_told) {
        EXPECT_EQ(MayTouch(line.rpc, Person(role, "931"), kTold), cell == 'A');
        EXPECT_EQ(MayTouch(line.rpc, Person(role, "", {SchoolUrn("123456")}), kTold), cell == 'S');
      }
      // Another authority and another school.
      EXPECT_EQ(MayTouch(line.rpc, Person(role, "932", {SchoolUrn("654321")}), kOurs), cell == '*');
      // What is nobody's, by somebody with both.
      EXPECT_EQ(MayTouch(line.rpc, Person(role, "931", {SchoolUrn("123456")}), Resource{}),
                cell == '*' || cell == 'n' || cell == 'b');
    }
  }
}

TEST(Authorisation, NoRpcGrantsWhatTheMatrixDoesNotKnow) {
  std::set<std::string> known;
  for (const Line& line : Matrix()) known.insert(line.rpc);
  std::set<std::tuple<std::string, Role, Reach>> seen;
  for (const auto& [rpc, access] : AccessOfRpcs()) {
    EXPECT_TRUE(known.contains(rpc)) << rpc;
    for (const Grant& grant : access.grants) {
      EXPECT_TRUE(seen.emplace(rpc, grant.role, grant.reach).second)
          << rpc << " names " << RoleName(grant.role) << " twice";
    }
  }
}

TEST(Authorisation, MarksExactlyTheRpcsThatGiveOutPersonalData) {
  for (const Line& line : Matrix()) {
    EXPECT_EQ(AccessTo(line.rpc).gives_personal_data, line.personal) << line.rpc;
  }
  EXPECT_FALSE(AccessTo("").gives_personal_data);
  EXPECT_FALSE(AccessTo("GetChild").gives_personal_data);
}

TEST(Authorisation, RefusesAnUnknownRpcToEverybody) {
  for (Role role : kColumns) {
    for (const char* rpc : {"", "pepline.scheduling.v1.SchedulingService/DeletePep", "FinaliseEpep",
                            "/pepline.scheduling.v1.SchedulingService/FinaliseEpep",
                            "pepline.funding.v1.SchedulingService/FinaliseEpep"}) {
      EXPECT_FALSE(MayCall(rpc, role)) << rpc;
      EXPECT_FALSE(MayTouch(rpc, Person(role, "931", {SchoolUrn("123456")}), kOurs)) << rpc;
    }
  }
}

TEST(Authorisation, DeniesADesignatedTeacherTheChildOfAnotherSchool) {
  const char* rpc = "pepline.scheduling.v1.SchedulingService/FinaliseEpep";
  const Actor teacher =
      Person(Role::kDesignatedTeacher, "931", {SchoolUrn("123456"), SchoolUrn("123457")});
  EXPECT_TRUE(MayTouch(rpc, teacher, {AuthorityCode("931"), SchoolUrn("123457")}));
  EXPECT_FALSE(MayTouch(rpc, teacher, {AuthorityCode("931"), SchoolUrn("123458")}));
}

TEST(Authorisation, ADesignatedTeacherFollowsTheChildrenOfTheSchoolNotTheAuthority) {
  // Children of several authorities are at one school.
  EXPECT_TRUE(MayTouch("pepline.scheduling.v1.SchedulingService/GetPep",
                       Person(Role::kDesignatedTeacher, "", {SchoolUrn("123456")}),
                       {AuthorityCode("932"), SchoolUrn("123456")}));
}

TEST(Authorisation, HowManyChildrenASchoolHasIsForItsOwnTeacherAndTheVirtualSchoolWhereItLies) {
  for (const Role role : kColumns) {
    SCOPED_TRACE(std::string(RoleName(role)));
    const bool of_authority = role == Role::kVirtualSchool || role == Role::kAuditor;
    const bool of_school = role == Role::kDesignatedTeacher;
    EXPECT_EQ(MayCountChildrenAt(Person(role, "931"), kOurs), of_authority);
    EXPECT_EQ(MayCountChildrenAt(Person(role, "", {SchoolUrn("123456")}), kOurs), of_school);
    EXPECT_FALSE(MayCountChildrenAt(Person(role, ""), kOurs));
    EXPECT_FALSE(MayCountChildrenAt(Person(role, "932", {SchoolUrn("654321")}), kOurs));
    EXPECT_FALSE(MayCountChildrenAt(Person(role, "", {SchoolUrn("")}), Resource{}));
  }
}

TEST(Authorisation, ThoseWhoWorkedWithAChildReachItNoMoreOnceTheirAccessHasEnded) {
  Resource ended = kTold;
  ended.access_ended = true;
  int kept = 0;
  for (const Line& line : Matrix()) {
    for (const Role role : kColumns) {
      const bool worked_with_the_child =
          role == Role::kDesignatedTeacher || role == Role::kHeadteacher ||
          role == Role::kSocialWorker || role == Role::kIndependentReviewingOfficer;
      const Actor actor = Person(role, "931", {SchoolUrn("123456")});
      const bool may = MayTouch(line.rpc, actor, ended);
      EXPECT_EQ(may, !worked_with_the_child && MayTouch(line.rpc, actor, kTold))
          << line.rpc << " by " << RoleName(role);
      kept += may ? 1 : 0;
    }
  }
  EXPECT_GT(kept, 50);
}

TEST(Authorisation, DoesNotTakeTwoUnknownAuthoritiesOrSchoolsForTheSame) {
  EXPECT_FALSE(MayTouch("pepline.scheduling.v1.SchedulingService/GetPep",
                        Person(Role::kVirtualSchool, ""), Resource{}));
  EXPECT_FALSE(MayTouch("pepline.scheduling.v1.SchedulingService/GetPep",
                        Person(Role::kDesignatedTeacher, "", {SchoolUrn("")}), Resource{}));
}

TEST(Authorisation, AnOperatorReachesNoAuthoritysRecordWhateverTheTokenSays) {
  const char* rpc = "pepline.registry.v1.RegistryService/Import";
  EXPECT_TRUE(MayTouch(rpc, Person(Role::kOperator, ""), Resource{}));
  for (const char* authority : {"", "931", "933"}) {
    EXPECT_FALSE(MayTouch(rpc, Person(Role::kOperator, authority, {SchoolUrn("123456")}), kOurs));
    EXPECT_FALSE(
        MayTouch(rpc, Person(Role::kOperator, authority), {AuthorityCode(), SchoolUrn("123456")}));
  }
  EXPECT_FALSE(MayTouch(rpc, Person(Role::kVirtualSchool, "931"), Resource{}));
}

TEST(Authorisation, ReadsBackEveryRoleNameAndNoOther) {
  std::set<std::string_view> names;
  for (Role role : kColumns) {
    EXPECT_EQ(ParseRole(RoleName(role)), role);
    names.insert(RoleName(role));
  }
  EXPECT_EQ(names.size(), kColumns.size());
  EXPECT_EQ(RoleName(Role::kDesignatedTeacher), "designated-teacher");
  EXPECT_EQ(ParseRole("admin"), std::nullopt);
  EXPECT_EQ(ParseRole(""), std::nullopt);
}

}  // namespace
}  // namespace pepline
