#include "tests/component/reach/model.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace pepline::reach {
namespace {

// V virtual-school, D designated-teacher, S social-worker, I independent-reviewing-officer,
// F finance, A auditor, O operator, H headteacher, P one of Pepline's own services.
constexpr std::string_view kPeople = "VDSIFAOH";
constexpr Row kTable[] = {
    // service, RPC, any record, of the token's authority, at its schools, what is no authority's,
    // of its authority what it was told of, at its schools what it was told of
    {"registry", "GetSchool", kPeople},
    {"registry", "ListSchools", kPeople},
    {"registry", "GetPolicyProfile", kPeople},
    {"registry", "GetSchoolCalendar", kPeople},
    {"registry", "Import", "", "V", "", "O"},
    {"registry", "AppointStaff", "", "V"},
    {"registry", "EndAppointment", "", "V"},
    {"registry", "RecordCareStarted", "", "V"},
    {"registry", "RecordCareCeased", "", "V"},
    {"registry", "EnrolChild", "", "V"},
    {"registry", "MoveChildToSchool", "", "V"},
    {"registry", "CorrectCareStart", "", "V"},
    {"registry", "CorrectCareEnd", "", "V"},
    {"registry", "CorrectEnrolment", "", "V"},
    {"registry", "CorrectLegalStatus", "", "V"},
    {"registry", "RestrictLocation", "", "V"},
    {"registry", "CorrectAppointment", "", "V"},
    {"registry", "GetChild", "", "VSA", "D"},
    {"registry", "ListChildren", "", "VSA", "D"},
    {"registry", "ListStaff", "", "VA"},
    {"registry", "ListImports", "", "VA", "", "OVA"},
    {"registry", "LookUpContacts", "P"},
    {"scheduling", "SchedulePepMeeting", "", "VS", "D"},
    {"scheduling", "ReschedulePepMeeting", "", "VS", "D"},
    {"scheduling", "CancelPepMeeting", "", "VS", "D"},
    {"scheduling", "StartPepPreparation", "", "V", "D"},
    {"scheduling", "CompleteReadinessItem", "", "V", "D"},
    {"scheduling", "HoldPepMeeting", "", "VS", "D"},
    {"scheduling", "FinaliseEpep", "", "VS", "D"},
    {"scheduling", "CorrectPepMeeting", "", "VS", "D"},
    {"scheduling", "TakeBackFinalisation", "", "VS", "D"},
    {"scheduling", "OpenInterimPep", "", "VS"},
    {"scheduling", "WriteOffPep", "", "V"},
    {"scheduling", "HandOverPep", "", "V"},
    {"scheduling", "WriteEpepSection", "", "VS", "D"},
    {"scheduling", "CompleteEpepSection", "", "VS", "D"},
    {"scheduling", "ReopenEpepSection", "", "VS", "D"},
    {"scheduling", "GetPep", "", "VSIA", "D"},
    {"scheduling", "GetEpep", "", "VSIA", "D"},
    {"scheduling", "ListPeps", "", "VSIA", "D"},
    {"scheduling", "ListDeadlines", "", "VSIA", "D"},
    {"scheduling", "ListWork", "", "VS", "D"},
    {"assessments", "RequestSdq", "", "VS", "D"},
    {"assessments", "MarkSdqSent", "", "V", "D"},
    {"assessments", "RecordSdqAnswers", "", "VS", "D"},
    {"assessments", "RecordSdqScores", "", "V", "D"},
    {"assessments", "CorrectSdq", "", "VS", "D"},
    {"assessments", "ReviewSdq", "", "V", "D"},
    {"assessments", "RecordSdqNotObtained", "", "VS", "D"},
    {"assessments", "ConfirmSdqNotObtained", "", "VS"},
    {"assessments", "CapturePupilViews", "", "VS", "D"},
    {"assessments", "DeclinePupilViews", "", "VS", "D"},
    {"assessments", "CorrectPupilViews", "", "VS", "D"},
    {"assessments", "SetOutcome", "", "VS", "D"},
    {"assessments", "RefineOutcome", "", "VS", "D"},
    {"assessments", "ReviewOutcome", "", "VS", "D"},
    {"assessments", "DropOutcome", "", "VS", "D"},
    {"assessments", "ReopenOutcome", "", "VS", "D"},
    {"assessments", "GetSdq", "", "VSA", "D"},
    {"assessments", "ListSdqs", "", "VSA", "D"},
    {"assessments", "GetPupilViews", "", "VSA", "D"},
    {"assessments", "GetOutcomes", "", "VSA", "D"},
    {"assessments", "ListWork", "", "VS", "D"},
    {"funding", "OpenFundLine", "", "VF"},
    {"funding", "ChangeFundLine", "", "VF"},
    {"funding", "DraftFundingRequest", "", "V", "D"},
    {"funding", "SubmitFundingRequest", "", "V", "D"},
    {"funding", "WithdrawFundingRequest", "", "V", "D"},
    {"funding", "ApproveFundingRequest", "", "V"},
    {"funding", "DeclineFundingRequest", "", "V"},
    {"funding", "ReleaseFunding", "", "F"},
    {"funding", "GetFundLine", "", "VFA"},
    {"funding", "GetFundingRequest", "", "VFA", "D"},
    {"funding", "ListFundingRequests", "", "VFA", "D"},
    {"funding", "ListWork", "", "VF", "D"},
    {"notifications", "AcknowledgeAlert", "", "V", "D", "", "SI", "H"},
    {"notifications", "RedeliverAlert", "", "V"},
    {"notifications", "GetAlert", "", "VA", "D", "", "SI", "H"},
    {"notifications", "ListAlerts", "", "VA", "D", "", "SI", "H"},
};

bool Has(std::string_view letters, char role) { return letters.find(role) != letters.npos; }

// The same day so many calendar months later, or the last one of that month.
absl::CivilDay MonthsAfter(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

// "After a child's care has ceased, designated-teacher, headteacher, social-worker and
// independent-reviewing-officer reach the child's records for three more calendar months, or for as
// many as the policy profile says."
bool HasLostReach(char role, const Whose& whose, absl::CivilDay today) {
  return Has("DHSI", role) && whose.care_ceased_on &&
         today > MonthsAfter(*whose.care_ceased_on, whose.months_of_access);
}

}  // namespace

std::string_view NameOfRole(char role) {
  switch (role) {
    case 'V':
      return "virtual-school";
    case 'D':
      return "designated-teacher";
    case 'S':
      return "social-worker";
    case 'I':
      return "independent-reviewing-officer";
    case 'F':
      return "finance";
    case 'A':
      return "auditor";
    case 'O':
      return "operator";
    case 'H':
      return "headteacher";
    default:
      return "service";
  }
}

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllowed:
      return "allowed";
    case Verdict::kUnauthenticated:
      return "UNAUTHENTICATED";
    case Verdict::kRoleMayNot:
      return "PERMISSION_DENIED";
    case Verdict::kHidden:
      return "hidden";
  }
  return "";
}

std::span<const Row> Table() { return kTable; }

const Row& RowOf(std::string_view service, std::string_view rpc) {
  for (const Row& row : kTable) {
    if (row.service == service && row.rpc == rpc) return row;
  }
  std::fprintf(stderr, "the model has no row for %s\n", std::string(rpc).c_str());
  std::abort();
}

std::string_view RpcOfStep(std::string_view step) {
  // Whatever mends that no PEP is open, GetPep says it; and the law's duty is the council's.
  static constexpr std::pair<std::string_view, std::string_view> kSteps[] = {
      {"SCHEDULE_MEETING", "SchedulePepMeeting"},
      {"CONFIRM_MEETING", "SchedulePepMeeting"},
      {"CAPTURE_PUPIL_VIEWS", "CapturePupilViews"},
      {"RETURN_SDQ", "RecordSdqAnswers"},
      {"UPDATE_EPEP_DRAFT", "CompleteReadinessItem"},
      {"COST_INTERVENTIONS", "CompleteReadinessItem"},
      {"HOLD_MEETING", "HoldPepMeeting"},
      {"RECORD_MEETING", "HoldPepMeeting"},
      {"FINALISE_EPEP", "FinaliseEpep"},
      {"CONFIRM_SDQ_NOT_OBTAINED", "ConfirmSdqNotObtained"},
      {"REVIEW_SDQ", "ReviewSdq"},
      {"SUBMIT_FUNDING_REQUEST", "SubmitFundingRequest"},
      {"DECIDE_FUNDING_REQUEST", "ApproveFundingRequest"},
      {"RELEASE_FUNDING", "ReleaseFunding"},
      {"SEE_WHY_NO_PEP_IS_OPEN", "OpenInterimPep"},
  };
  for (const auto& [named, rpc] : kSteps) {
    if (named == step) return rpc;
  }
  return "";
}

Verdict Judge(const Row& row, const Caller& caller, const Whose& whose, absl::CivilDay today) {
  if (!caller.token_is_good) return Verdict::kUnauthenticated;
  const char role = caller.role;
  if (!Has(row.any, role) && !Has(row.authority, role) && !Has(row.schools, role) &&
      !Has(row.nobodys, role) && !Has(row.authority_if_told, role) &&
      !Has(row.schools_if_told, role)) {
    return Verdict::kRoleMayNot;
  }
  if (HasLostReach(role, whose, today)) return Verdict::kHidden;
  const bool same_authority = !whose.authority.empty() && whose.authority == caller.authority;
  const bool at_school = !whose.school.empty() && caller.schools.contains(whose.school);
  const bool nobodys = whose.authority.empty() && whose.school.empty();
  const bool told = whose.told.contains(role);
  const bool may = Has(row.any, role) || (Has(row.authority, role) && same_authority) ||
                   (Has(row.schools, role) && at_school) || (Has(row.nobodys, role) && nobodys) ||
                   (Has(row.authority_if_told, role) && same_authority && told) ||
                   (Has(row.schools_if_told, role) && at_school && told);
  return may ? Verdict::kAllowed : Verdict::kHidden;
}

bool MayCountChildren(const Caller& caller, const std::string& school,
                      const std::string& authority_of_the_school) {
  if (Has("VA", caller.role)) return caller.authority == authority_of_the_school;
  return caller.role == 'D' && caller.schools.contains(school);
}

}  // namespace pepline::reach
