// The rows of `pepctl pep`, `pepctl epep` and `pepctl deadlines`.
#include <utility>

#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tools/pepctl/commands/rpc_command.h"

namespace pepline::pepctl {
namespace {

namespace v1 = scheduling::v1;

const Argument kChild = {"CHILD", "child_id", "the child's id"};
const Argument kPep = {"--pep", "pep_id", "this PEP of the child; the newest when left out",
                       Need::kOptional};

const Argument kThatPep = {"PEP", "pep_id", "the PEP's id"};

Argument Reason(const char* help) { return {"--reason", "reason", help}; }

const Argument kNoSchoolDay = {
    "--no-school-day-reason", "no_school_day_reason",
    "why it is on a day without school; for the Virtual School and the social worker",
    Need::kOptional};

const Argument kSection = {"SECTION", "section", "the section's code, as `epep show` has it"};

Argument Revision(const char* help) { return {"--revision", "revision", help, Need::kOptional}; }

const Argument kAt = {"--at", "meeting_at", "when the meeting is, e.g. \"2025-09-25 14:00\""};

std::vector<RpcCommand> EpepCommands() {
  return {
      Row<v1::WriteEpepSectionRequest, v1::WriteEpepSectionResponse>(
          "epep", "write", "write a section of an ePEP, or write it anew",
          {kChild,
           kSection,
           {"--file", "text", "the text; stays in scheduling", Need::kRequired, true},
           Revision("of the text that you read (`epep show`); left out where there was none"),
           kPep}),
      Row<v1::CompleteEpepSectionRequest, v1::CompleteEpepSectionResponse>(
          "epep", "complete", "say that a section is complete as it stands",
          {kChild, kSection, Revision("of the text that is complete"), kPep}),
      Row<v1::ReopenEpepSectionRequest, v1::ReopenEpepSectionResponse>(
          "epep", "reopen", "take back that a section is complete, to write it",
          {kChild, kSection, kPep}),
  };
}

std::vector<RpcCommand> PepCommands() {
  return {
      Row<v1::SchedulePepMeetingRequest, v1::SchedulePepMeetingResponse>(
          "pep", "schedule",
          "set the date of the PEP meeting, or confirm the one of the school before by its time",
          {kChild, kAt, kNoSchoolDay, kPep}),
      Row<v1::ReschedulePepMeetingRequest, v1::ReschedulePepMeetingResponse>(
          "pep", "reschedule", "move the PEP meeting",
          {kChild, kAt, Reason("why it is moved; stays in scheduling"), kNoSchoolDay, kPep}),
      Row<v1::CancelPepMeetingRequest, v1::CancelPepMeetingResponse>(
          "pep", "cancel", "call the PEP meeting off; the PEP is due again",
          {kChild, Reason("why it is called off; stays in scheduling"), kPep}),
      Row<v1::StartPepPreparationRequest, v1::StartPepPreparationResponse>(
          "pep", "prepare", "put on record that work on the PEP began", {kChild, kPep}),
      Row<v1::CompleteReadinessItemRequest, v1::CompleteReadinessItemResponse>(
          "pep", "tick", "tick the draft or the costs on the readiness checklist by hand",
          {kChild,
           {"ITEM", "item", "what is ready; views and SDQ are ticked by what is on record"},
           kPep}),
      Row<v1::HoldPepMeetingRequest, v1::HoldPepMeetingResponse>(
          "pep", "hold", "put on record that the PEP meeting took place, scheduled here or not",
          {kChild,
           {"--on", "held_on", "the day it took place, e.g. 2025-09-25"},
           {"--chair", "chair", "who chaired; must be an attendee"},
           {"--attendees", "attendees", "who was there"},
           {"--missing-views-reason", "missing_pupil_views_reason",
            "why pupil views are not on record", Need::kOptional},
           {"--missing-sdq-reason", "missing_sdq_reason", "why the SDQ is not on record",
            Need::kOptional},
           {"--record-reason", "record_reason",
            "why it was on another day than set, or is put on record after five school days",
            Need::kOptional},
           {"--attendance-reason", "attendance_reason",
            "why somebody else chaired, or somebody who must attend did not", Need::kOptional},
           kPep}),
      Row<v1::FinaliseEpepRequest, v1::FinaliseEpepResponse>(
          "pep", "finalise", "finalise the ePEP of a held meeting", {kChild, kPep}),
      Row<v1::CorrectPepMeetingRequest, v1::CorrectPepMeetingResponse>(
          "pep", "correct-meeting",
          "put right the day of a held meeting, who chaired it or who attended",
          {kChild,
           Reason("why it is put right; stays in scheduling"),
           {"--on", "held_on", "the day it took place", Need::kOptional},
           {"--chair", "chair", "who chaired; must be an attendee", Need::kOptional},
           {"--attendees", "attendees", "who was there, everybody", Need::kOptional},
           kPep}),
      Row<v1::TakeBackFinalisationRequest, v1::TakeBackFinalisationResponse>(
          "pep", "take-back-finalisation",
          "put right that the ePEP is not finalised; it is waited for again by its day",
          {kChild, Reason("why it is taken back; stays in scheduling"), kPep}),
      Row<v1::OpenInterimPepRequest, v1::OpenInterimPepResponse>(
          "pep", "interim", "open an interim PEP where no school day is near enough",
          {kChild, kPep}),
      Row<v1::WriteOffPepRequest, v1::WriteOffPepResponse>(
          "pep", "write-off",
          "settle that the work of a PEP which a later one followed will not be done",
          {kChild, kThatPep, Reason("why; stays in scheduling")}),
      Row<v1::HandOverPepRequest, v1::HandOverPepResponse>(
          "pep", "hand-over",
          "hand a PEP that stays with the school which held its meeting over to the child's school",
          {kChild, kThatPep, Reason("why; stays in scheduling")}),
      Row<v1::GetPepRequest, v1::GetPepResponse>(
          "pep", "show",
          "the child's newest PEP and those still open beside it, or why none is open; with --pep "
          "any PEP, open or over",
          {kChild, kPep}),
      ListRow<v1::ListPepsRequest, v1::ListPepsResponse>(
          "pep",
          "open PEPs, and with a year or a term those that are over; all given filters must hold",
          {{"--school", "school_urn", "of children at this school", Need::kOptional},
           {"--authority", "authority_code", "of children this authority looks after",
            Need::kOptional},
           {"--state", "state", "in this state", Need::kOptional},
           {"--child", "child_id", "of this child", Need::kOptional},
           {"--academic-year", "academic_year", "of this academic year, e.g. 2025/26",
            Need::kOptional},
           {"--term", "term", "of this term: autumn, spring, summer", Need::kOptional}},
          {"reference.child_id", "reference.school_urn", "kind", "state", "term", "opened_on",
           "meeting_at", "held_on", "finalised_at", "reference.pep_id"}),
      ListRow<v1::ListDeadlinesRequest, v1::ListDeadlinesResponse>(
          "deadlines", "deadlines of open PEPs; all given filters must hold",
          {{"--school", "school_urn", "of children at this school", Need::kOptional},
           {"--authority", "authority_code", "of children this authority looks after",
            Need::kOptional},
           {"--rule", "rule_id", "of this rule, e.g. finalise-within-5-school-days",
            Need::kOptional},
           {"--state", "state", "in this state; all but withdrawn ones when left out",
            Need::kOptional}},
          {"deadline.due_at", "deadline.calendar_known", "deadline.provisional",
           "deadline.after_interim", "deadline.stays_with_school", "state", "deadline.rule_id",
           "pep.child_id", "pep.school_urn", "met_at", "late", "waived_at", "pep.pep_id"}),
  };
}

}  // namespace

std::vector<RpcCommand> SchedulingCommands() {
  std::vector<RpcCommand> rows = PepCommands();
  for (RpcCommand& row : EpepCommands()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace pepline::pepctl
