#include "tests/component/reach/asks.h"

namespace pepline::reach {
namespace {

constexpr bool kReads = false;
constexpr Ask kAsks[] = {
    {"registry", "GetSchool", About::kSchool, "school_urn:'$of'", kReads},
    {"registry", "GetSchoolCalendar", About::kSchool, "school_urn:'$of'", kReads},
    {"registry", "GetPolicyProfile", About::kAuthority, "authority_code:'$of'", kReads},
    {"registry", "GetChild", About::kChild, "child_id:'$of'", kReads},
    {"registry", "LookUpContacts", About::kChild,
     "child_id:'$of' authority_code:'$authority' roles: RECIPIENT_ROLE_SOCIAL_WORKER", kReads},
    {"registry", "AppointStaff", About::kStaff,
     "staff_id:'$of' appointment{role: RECIPIENT_ROLE_SOCIAL_WORKER authority_code:'$authority'}"},
    {"registry", "AppointStaff", About::kStaff,
     "staff_id:'$of' appointment{role: RECIPIENT_ROLE_SOCIAL_WORKER child_id:'$child'}"},
    {"registry", "EndAppointment", About::kStaff,
     "staff_id:'$of' appointment{role: RECIPIENT_ROLE_SOCIAL_WORKER authority_code:'$authority'}"},
    {"registry", "RecordCareStarted", About::kChild,
     "child_id:'$of' became_looked_after_on:'$today'"},
    {"registry", "RecordCareCeased", About::kChild,
     "child_id:'$of' ceased_on:'$lately' reason: CARE_CEASED_REASON_RETURNED_HOME"},
    {"registry", "EnrolChild", About::kChild,
     "child_id:'$of' school_urn:'$school' enrolled_on:'$today'"},
    {"registry", "MoveChildToSchool", About::kChild,
     "child_id:'$of' school_urn:'$school' moved_on:'$today'"},
    {"registry", "CorrectCareStart", About::kChild,
     "child_id:'$of' became_looked_after_on:'$today' reason:'a slip of the pen'"},
    {"registry", "CorrectCareEnd", About::kChild,
     "child_id:'$of' ceased_on:'$today' reason:'a slip of the pen'"},
    {"registry", "CorrectEnrolment", About::kChild,
     "child_id:'$of' enrolled_on:'$today' reason:'a slip of the pen'"},
    {"registry", "CorrectLegalStatus", About::kChild,
     "child_id:'$of' legal_status: LEGAL_STATUS_C2 reason:'a slip of the pen'"},
    {"registry", "RestrictLocation", About::kChild, "child_id:'$of' reason:'a court order'"},
    {"registry", "CorrectAppointment", About::kStaff,
     "staff_id:'$of' appointment{role: RECIPIENT_ROLE_SOCIAL_WORKER authority_code:'$authority' "
     "from_on:'$today'} until_on:'$today' reason:'a slip of the pen'"},

    {"scheduling", "GetPep", About::kChild, "child_id:'$of' pep_id:'$pep'", kReads},
    {"scheduling", "SchedulePepMeeting", About::kChild,
     "child_id:'$of' pep_id:'$pep' meeting_at{seconds:$soon}"},
    {"scheduling", "ReschedulePepMeeting", About::kChild,
     "child_id:'$of' pep_id:'$pep' meeting_at{seconds:$soon} reason:'the carer cannot come'"},
    {"scheduling", "CancelPepMeeting", About::kChild,
     "child_id:'$of' pep_id:'$pep' reason:'the school is flooded'"},
    {"scheduling", "StartPepPreparation", About::kChild, "child_id:'$of' pep_id:'$pep'"},
    {"scheduling", "CompleteReadinessItem", About::kChild,
     "child_id:'$of' pep_id:'$pep' item: READINESS_ITEM_EPEP_DRAFT"},
    {"scheduling", "HoldPepMeeting", About::kChild,
     "child_id:'$of' pep_id:'$pep' held_on:'$today' chair: ATTENDEE_ROLE_DESIGNATED_TEACHER "
     "attendees: ATTENDEE_ROLE_DESIGNATED_TEACHER missing_pupil_views_reason:'was ill' "
     "missing_sdq_reason:'did not come back' record_reason:'the minutes came late'"},
    {"scheduling", "FinaliseEpep", About::kChild, "child_id:'$of' pep_id:'$pep'"},
    {"scheduling", "CorrectPepMeeting", About::kChild,
     "child_id:'$of' pep_id:'$pep' held_on:'$today' reason:'typed wrongly'"},
    {"scheduling", "TakeBackFinalisation", About::kChild,
     "child_id:'$of' pep_id:'$pep' reason:'typed wrongly'"},
    {"scheduling", "OpenInterimPep", About::kChild, "child_id:'$of' pep_id:'$pep'"},
    {"scheduling", "WriteOffPep", About::kChild,
     "child_id:'$of' pep_id:'$pep' reason:'the papers are lost'"},
    {"scheduling", "HandOverPep", About::kChild,
     "child_id:'$of' pep_id:'$pep' reason:'the school closed'"},

    {"assessments", "GetSdq", About::kSdq, "sdq_id:'$of'", kReads},
    {"assessments", "GetPupilViews", About::kChild, "child_id:'$of' pep_id:'$pep'", kReads},
    {"assessments", "GetOutcomes", About::kChild, "child_id:'$of' pep_id:'$pep'", kReads},
    {"assessments", "RequestSdq", About::kChild,
     "child_id:'$of' pep_id:'$pep' purpose: SDQ_PURPOSE_PEP informant: $informant"},
    {"assessments", "MarkSdqSent", About::kSdq, "sdq_id:'$of'"},
    {"assessments", "RecordSdqAnswers", About::kSdq,
     "sdq_id:'$of' form: $form answers: [0,1,2,0,1,2,0,1,2,0,1,2,0,1,2,0,1,2,0,1,2,0,1,2,0]"},
    {"assessments", "RecordSdqScores", About::kSdq, "sdq_id:'$of' form: $form scores{total:12}"},
    {"assessments", "CorrectSdq", About::kSdq,
     "sdq_id:'$of' form: $form scores{total:14} reason:'the total was keyed wrongly'"},
    {"assessments", "ReviewSdq", About::kSdq, "sdq_id:'$of' strategies:'a quiet place'"},
    {"assessments", "RecordSdqNotObtained", About::kSdq,
     "sdq_id:'$of' reason: SDQ_NOT_OBTAINED_REASON_SDQ4 detail:'the teacher left'"},
    {"assessments", "ConfirmSdqNotObtained", About::kSdq,
     "sdq_id:'$of' reason: SDQ_NOT_OBTAINED_REASON_SDQ3 explanation:'seen by the team'"},
    {"assessments", "CapturePupilViews", About::kChild,
     "child_id:'$of' pep_id:'$pep' text:'I like maths.'"},
    {"assessments", "DeclinePupilViews", About::kChild,
     "child_id:'$of' pep_id:'$pep' reason:'did not want to'"},
    {"assessments", "CorrectPupilViews", About::kChild,
     "child_id:'$of' pep_id:'$pep' text:'I like art.' reason:'two papers were mixed up'"},
    {"assessments", "SetOutcome", About::kChild,
     "child_id:'$of' pep_id:'$pep' content{category: OUTCOME_CATEGORY_ACADEMIC "
     "description:'reads a book a week'}"},
    {"assessments", "RefineOutcome", About::kChild,
     "outcome_id:'$of.1.o1' content{category: OUTCOME_CATEGORY_ACADEMIC "
     "description:'reads $amount pages a week'}"},
    {"assessments", "ReviewOutcome", About::kChild,
     "outcome_id:'$of.1.o2' result: OUTCOME_RESULT_MET words:'the diary shows it'"},
    {"assessments", "DropOutcome", About::kChild,
     "outcome_id:'$of.1.o3' reason:'another one comes first'"},
    {"assessments", "ReopenOutcome", About::kChild,
     "outcome_id:'$of.1.o3' reason:'it was another child'"},

    {"funding", "GetFundLine", About::kLine, "fund_line_id:'$of'", kReads},
    {"funding", "GetFundingRequest", About::kRequest, "funding_request_id:'$of'", kReads},
    {"funding", "OpenFundLine", About::kAuthority,
     "authority_code:'$of' financial_year:'$year' amount_pence:50000000"},
    {"funding", "ChangeFundLine", About::kLine,
     "fund_line_id:'$of' amount_pence:$amount reason:'the grant was confirmed'"},
    {"funding", "DraftFundingRequest", About::kChild,
     "child_id:'$of' fund_line_id:'$line' pep_id:'$somepep' outcome_id:'$somepep.o1' "
     "description:'reading' cost_lines{description:'tutor' amount_pence:24000} start_on:'$today' "
     "end_on:'$today'"},
    {"funding", "SubmitFundingRequest", About::kRequest, "funding_request_id:'$of'"},
    {"funding", "WithdrawFundingRequest", About::kRequest, "funding_request_id:'$of'"},
    {"funding", "ApproveFundingRequest", About::kRequest,
     "funding_request_id:'$of' approved_pence:12000"},
    {"funding", "DeclineFundingRequest", About::kRequest,
     "funding_request_id:'$of' reason:'not this year'"},
    {"funding", "ReleaseFunding", About::kRequest, "funding_request_id:'$of'"},

    {"notifications", "GetAlert", About::kAlert, "alert_id:'$of'", kReads},
    {"notifications", "AcknowledgeAlert", About::kAlert, "alert_id:'$of'"},
    {"notifications", "RedeliverAlert", About::kAlert, "alert_id:'$of'"},
};

}  // namespace

std::span<const Ask> Asks() { return kAsks; }

}  // namespace pepline::reach
