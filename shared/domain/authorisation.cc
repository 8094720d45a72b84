#include "shared/domain/authorisation.h"

#include <algorithm>
#include <vector>

namespace pepline {
namespace {

constexpr Role kVs = Role::kVirtualSchool;
constexpr Role kDt = Role::kDesignatedTeacher;
constexpr Role kSw = Role::kSocialWorker;
constexpr Role kIro = Role::kIndependentReviewingOfficer;
constexpr Role kFin = Role::kFinance;
constexpr Role kAud = Role::kAuditor;
constexpr Role kOp = Role::kOperator;

struct NamedRole {
  Role role;
  std::string_view name;
};
constexpr NamedRole kRoleNames[] = {
    {kVs, "virtual-school"},     {kDt, "designated-teacher"},
    {kSw, "social-worker"},      {kIro, "independent-reviewing-officer"},
    {kFin, "finance"},           {kAud, "auditor"},
    {Role::kService, "service"}, {kOp, "operator"}};

// Who may call one RPC, by how far each role reaches.
struct Grant {
  std::string_view rpc;
  std::vector<Role> any;
  std::vector<Role> of_the_authority;
  std::vector<Role> of_the_school;
  bool gives_personal_data = false;
  std::vector<Role> national = {};  // of what belongs to no authority
};
constexpr bool kPersonal = true;

std::vector<Grant> MakeGrants() {
  const std::vector<Role> kPeople = {kVs, kDt, kSw, kIro, kFin, kAud, kOp};
  return {
      // registry: schools, calendars and policy are no secret to any person with a token; who is at
      // a school is (school_counts.h). The register and bank holidays belong to all authorities, so
      // none of them imports these.
      {"pepline.registry.v1.RegistryService/GetSchool", kPeople, {}, {}, kPersonal},
      {"pepline.registry.v1.RegistryService/ListSchools", kPeople, {}, {}, kPersonal},
      {"pepline.registry.v1.RegistryService/GetPolicyProfile", kPeople, {}, {}},
      {"pepline.registry.v1.RegistryService/GetSchoolCalendar", kPeople, {}, {}},
      {"pepline.registry.v1.RegistryService/Import", {}, {kVs}, {}, !kPersonal, {kOp}},
      {"pepline.registry.v1.RegistryService/AppointStaff", {}, {kVs}, {}},
      {"pepline.registry.v1.RegistryService/EndAppointment", {}, {kVs}, {}},
      {"pepline.registry.v1.RegistryService/RecordCareStarted", {}, {kVs}, {}},
      {"pepline.registry.v1.RegistryService/RecordCareCeased", {}, {kVs}, {}},
      {"pepline.registry.v1.RegistryService/EnrolChild", {}, {kVs}, {}},
      {"pepline.registry.v1.RegistryService/MoveChildToSchool", {}, {kVs}, {}},
      {"pepline.registry.v1.RegistryService/GetChild", {}, {kVs, kSw, kAud}, {kDt}, kPersonal},
      {"pepline.registry.v1.RegistryService/ListChildren", {}, {kVs, kSw, kAud}, {kDt}, kPersonal},
      {"pepline.registry.v1.RegistryService/ListStaff", {}, {kVs, kAud}, {}, kPersonal},
      // Who imported what, and why in their own words.
      {"pepline.registry.v1.RegistryService/ListImports",
       {},
       {kVs, kAud},
       {},
       kPersonal,
       {kOp, kVs, kAud}},
      // Addresses of people: for the service that sends mail, and nobody else.
      {"pepline.registry.v1.RegistryService/LookUpContacts", {Role::kService}, {}, {}, kPersonal},
      // scheduling: the Designated Teacher runs the PEP, the Virtual School may step in.
      {"pepline.scheduling.v1.SchedulingService/SchedulePepMeeting", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/ReschedulePepMeeting", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/CancelPepMeeting", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/StartPepPreparation", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/CompleteReadinessItem", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/HoldPepMeeting", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/FinaliseEpep", {}, {kVs}, {kDt}},
      {"pepline.scheduling.v1.SchedulingService/OpenInterimPep", {}, {kVs, kSw}, {}},
      {"pepline.scheduling.v1.SchedulingService/GetPep",
       {},
       {kVs, kSw, kIro, kAud},
       {kDt},
       kPersonal},
      {"pepline.scheduling.v1.SchedulingService/ListPeps",
       {},
       {kVs, kSw, kIro, kAud},
       {kDt},
       kPersonal},
      {"pepline.scheduling.v1.SchedulingService/ListDeadlines",
       {},
       {kVs, kSw, kIro, kAud},
       {kDt},
       kPersonal},
      // assessments: answers come from carers through the social worker or the school.
      {"pepline.assessments.v1.AssessmentsService/RequestSdq", {}, {kVs, kSw}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/MarkSdqSent", {}, {kVs}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/RecordSdqAnswers", {}, {kVs, kSw}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/RecordSdqScores", {}, {kVs}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/ReviewSdq", {}, {kVs}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/RecordSdqNotObtained", {}, {kVs, kSw}, {kDt}},
      // Never the school: a person who is late must not end the lateness.
      {"pepline.assessments.v1.AssessmentsService/ConfirmSdqNotObtained", {}, {kVs, kSw}, {}},
      {"pepline.assessments.v1.AssessmentsService/CapturePupilViews", {}, {kVs, kSw}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/DeclinePupilViews", {}, {kVs, kSw}, {kDt}},
      {"pepline.assessments.v1.AssessmentsService/GetSdq", {}, {kVs, kSw, kAud}, {kDt}, kPersonal},
      {"pepline.assessments.v1.AssessmentsService/ListSdqs",
       {},
       {kVs, kSw, kAud},
       {kDt},
       kPersonal},
      {"pepline.assessments.v1.AssessmentsService/GetPupilViews",
       {},
       {kVs, kSw, kAud},
       {kDt},
       kPersonal},
      // funding: the school asks, the Virtual School decides, finance alone pays.
      {"pepline.funding.v1.FundingService/OpenFundLine", {}, {kVs, kFin}, {}},
      {"pepline.funding.v1.FundingService/ChangeFundLine", {}, {kVs, kFin}, {}},
      {"pepline.funding.v1.FundingService/DraftFundingRequest", {}, {kVs}, {kDt}, kPersonal},
      {"pepline.funding.v1.FundingService/SubmitFundingRequest", {}, {kVs}, {kDt}, kPersonal},
      {"pepline.funding.v1.FundingService/WithdrawFundingRequest", {}, {kVs}, {kDt}, kPersonal},
      {"pepline.funding.v1.FundingService/ApproveFundingRequest", {}, {kVs}, {}, kPersonal},
      {"pepline.funding.v1.FundingService/DeclineFundingRequest", {}, {kVs}, {}, kPersonal},
      {"pepline.funding.v1.FundingService/ReleaseFunding", {}, {kFin}, {}, kPersonal},
      {"pepline.funding.v1.FundingService/GetFundLine", {}, {kVs, kFin, kAud}, {}},
      {"pepline.funding.v1.FundingService/GetFundingRequest",
       {},
       {kVs, kFin, kAud},
       {kDt},
       kPersonal},
      {"pepline.funding.v1.FundingService/ListFundingRequests",
       {},
       {kVs, kFin, kAud},
       {kDt},
       kPersonal},
      // notifications
      {"pepline.notifications.v1.NotificationsService/AcknowledgeAlert", {}, {kVs}, {kDt}},
      {"pepline.notifications.v1.NotificationsService/RedeliverAlert", {}, {kVs}, {}},
      {"pepline.notifications.v1.NotificationsService/GetAlert", {}, {kVs, kAud}, {kDt}, kPersonal},
      {"pepline.notifications.v1.NotificationsService/ListAlerts",
       {},
       {kVs, kAud},
       {kDt},
       kPersonal},
  };
}

// Who worked with the child. The Virtual School and its auditor answer for the record, which the
// authority keeps until the child's 75th birthday (SI 2010/959 reg 50), and finance for the money.
bool LosesAccessAfterCare(Role role) { return role == kDt || role == kSw || role == kIro; }

const std::vector<Grant>& Grants() {
  // Never destroyed, so that it may be asked while the program ends.
  static const std::vector<Grant>& grants = *new std::vector<Grant>(MakeGrants());
  return grants;
}

std::vector<AuthorisationRow> MakeTable() {
  std::vector<AuthorisationRow> rows;
  for (const Grant& grant : Grants()) {
    for (Role role : grant.any) rows.push_back({grant.rpc, role, Reach::kAny});
    for (Role role : grant.of_the_authority) rows.push_back({grant.rpc, role, Reach::kAuthority});
    for (Role role : grant.of_the_school) rows.push_back({grant.rpc, role, Reach::kSchool});
    for (Role role : grant.national) rows.push_back({grant.rpc, role, Reach::kNational});
  }
  return rows;
}

}  // namespace

std::string_view RoleName(Role role) {
  for (const NamedRole& named : kRoleNames) {
    if (named.role == role) return named.name;
  }
  return "";
}

std::optional<Role> ParseRole(std::string_view name) {
  for (const NamedRole& named : kRoleNames) {
    if (named.name == name) return named.role;
  }
  return std::nullopt;
}

std::span<const AuthorisationRow> AuthorisationTable() {
  static const std::vector<AuthorisationRow>& rows =
      *new std::vector<AuthorisationRow>(MakeTable());
  return rows;
}

std::span<const std::string_view> PersonalDataRpcs() {
  static const std::vector<std::string_view>& rpcs = *[] {
    auto* found = new std::vector<std::string_view>;
    for (const Grant& grant : Grants()) {
      if (grant.gives_personal_data) found->push_back(grant.rpc);
    }
    return found;
  }();
  return rpcs;
}

bool GivesPersonalData(std::string_view rpc) {
  return std::ranges::find(PersonalDataRpcs(), rpc) != PersonalDataRpcs().end();
}

bool MayCall(std::string_view rpc, Role role) {
  return std::ranges::any_of(AuthorisationTable(), [&](const AuthorisationRow& row) {
    return row.rpc == rpc && row.role == role;
  });
}

bool MayTouch(std::string_view rpc, const Actor& actor, const Resource& resource) {
  if (resource.access_ended && LosesAccessAfterCare(actor.role)) return false;
  return std::ranges::any_of(AuthorisationTable(), [&](const AuthorisationRow& row) {
    if (row.rpc != rpc || row.role != actor.role) return false;
    switch (row.reach) {
      case Reach::kAny:
        return true;
      case Reach::kAuthority:
        // Two empty codes are not the same authority: nothing is known then.
        return !resource.authority.empty() && actor.authority == resource.authority;
      case Reach::kSchool:
        return !resource.school.empty() && actor.schools.contains(resource.school);
      case Reach::kNational:
        return resource.authority.empty() && resource.school.empty();
    }
    return false;
  });
}

}  // namespace pepline
