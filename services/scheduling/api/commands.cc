// Every command RPC.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/domain/field_list.h"
#include "shared/domain/id_forms.h"
#include "shared/projections/child_outcomes.h"
#include "shared/rpc/handle_command.h"

namespace pepline::scheduling {
namespace {

// One function per command RPC: the request in the words of the rules.
PlanCommand ToCommand(const v1::SchedulePepMeetingRequest& request, Violations& violations) {
  return SchedulePepMeeting{
      PepId(request.pep_id()),
      ReadInstant(request.meeting_at(), request.has_meeting_at(), "meeting_at", violations),
      request.no_school_day_reason()};
}
PlanCommand ToCommand(const v1::ReschedulePepMeetingRequest& request, Violations& violations) {
  return ReschedulePepMeeting{
      PepId(request.pep_id()),
      ReadInstant(request.meeting_at(), request.has_meeting_at(), "meeting_at", violations),
      request.reason(), request.no_school_day_reason()};
}
PlanCommand ToCommand(const v1::CancelPepMeetingRequest& request, Violations&) {
  return CancelPepMeeting{PepId(request.pep_id()), request.reason()};
}
PlanCommand ToCommand(const v1::StartPepPreparationRequest& request, Violations&) {
  return StartPepPreparation{PepId(request.pep_id())};
}
PlanCommand ToCommand(const v1::CompleteReadinessItemRequest& request, Violations& violations) {
  const auto item = KnownEnum<ReadinessItem>(request.item());
  if (!item) violations.push_back({"item", "name an item of the readiness checklist"});
  return CompleteReadinessItem{PepId(request.pep_id()), item.value_or(ReadinessItem::kEpepDraft),
                               std::nullopt};
}
std::vector<Attendee> ReadAttendees(const google::protobuf::RepeatedField<int>& roles,
                                    Violations& violations) {
  std::vector<Attendee> attendees;
  for (int i = 0; i < roles.size(); ++i) {
    if (const auto attendee = KnownEnum<Attendee>(roles[i])) {
      attendees.push_back(*attendee);
    } else {
      violations.push_back({absl::StrCat("attendees[", i, "]"), "name a role of an attendee"});
    }
  }
  if (roles.size() > 50) violations.push_back({"attendees", "name at most 50"});
  return attendees;
}

PlanCommand ToCommand(const v1::HoldPepMeetingRequest& request, Violations& violations) {
  HoldPepMeeting command{PepId(request.pep_id()), {}};
  HeldMeeting& meeting = command.meeting;
  meeting.held_on = ReadDay(request.held_on(), "held_on", violations);
  meeting.chair = KnownEnum<Attendee>(request.chair());
  meeting.attendees = ReadAttendees(request.attendees(), violations);
  meeting.missing_pupil_views_reason = request.missing_pupil_views_reason();
  meeting.missing_sdq_reason = request.missing_sdq_reason();
  meeting.record_reason = request.record_reason();
  meeting.attendance_reason = request.attendance_reason();
  return command;
}
PlanCommand ToCommand(const v1::FinaliseEpepRequest& request, Violations&) {
  return FinaliseEpep{PepId(request.pep_id())};
}
PlanCommand ToCommand(const v1::CorrectPepMeetingRequest& request, Violations& violations) {
  CorrectPepMeeting command{.pep = PepId(request.pep_id()), .reason = request.reason()};
  if (!request.held_on().empty()) {
    command.held_on = ReadDay(request.held_on(), "held_on", violations);
  }
  command.chair = KnownEnum<Attendee>(request.chair());
  if (!command.chair && request.chair() != v1::ATTENDEE_ROLE_UNSPECIFIED) {
    violations.push_back({"chair", "name a role of an attendee"});
  }
  command.attendees = ReadAttendees(request.attendees(), violations);
  if (!command.held_on && !command.chair && command.attendees.empty() && violations.empty()) {
    violations.push_back(
        {"held_on", "say what is to be put right: the day, the chair or who attended"});
  }
  return command;
}
PlanCommand ToCommand(const v1::TakeBackFinalisationRequest& request, Violations&) {
  return TakeBackFinalisation{PepId(request.pep_id()), request.reason()};
}
PlanCommand ToCommand(const v1::OpenInterimPepRequest& request, Violations&) {
  return OpenInterimPep{PepId(request.pep_id())};
}

PlanCommand ToCommand(const v1::WriteOffPepRequest& request, Violations&) {
  return WriteOffPep{PepId(request.pep_id()), request.reason()};
}

PlanCommand ToCommand(const v1::HandOverPepRequest& request, Violations&) {
  return HandOverPep{PepId(request.pep_id()), request.reason()};
}

void SetMadeBy(Role role, PlanCommand& command) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.by; }) one.by = MadeByOf(role);
      },
      command);
}

}  // namespace

template <class Request, class Response>
grpc::Status GrpcApi::Handle(const Call& call, const Request& request, const PlanCommand& command,
                             Response& response) const {
  const ChildId child(request.child_id());
  Inputs<PlanCodec> inputs = facts_.InputsFor(child);
  Target target = PlanOf(child);
  const auto named = NumberOfPep(child, PepId(request.pep_id()));
  if (IsToFinalise(command)) {
    auto pep = NumberAsked(child, request.pep_id());
    if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
    target.held.push_back(EpepOf(PepIdOf(child, *pep)));
    inputs.facts = [this, child, newest = request.pep_id().empty(), pep = *pep,
                    usual = std::move(inputs.facts)](
                       const PlanState& state,
                       const RecordStates& also) -> absl::StatusOr<PlanFacts> {
      auto facts = usual(state, also);
      if (!facts.ok()) return facts;
      auto outcomes = CountOutcomes(engine_.store, child);
      if (!outcomes.ok()) return outcomes.status();
      facts->outcomes = *std::move(outcomes);
      // Since the newest was looked up, another may have opened.
      if (newest && state.cycle && state.cycle->number != pep) {
        return absl::AbortedError("a PEP of the child opened meanwhile; try again");
      }
      auto content = ToFinalise(state, pep, also.back());
      if (!content.ok()) return content.status();
      facts->content = *std::move(content);
      return facts;
    };
  }
  inputs.allowed = [&](const PlanState& state, const RecordStates& also) -> absl::StatusOr<bool> {
    const auto resource = facts_.ResourceIn(also.front());
    if (!resource.ok()) return resource.status();
    const bool newest = request.pep_id().empty() && state.cycle;
    const auto number = newest ? std::optional(state.cycle->number) : named;
    return call.MayTouch(ResourceOfPep(state, number.value_or(0), *resource));
  };
  return HandleCommand<PlanCodec>(
      server_, engine_, target, command, call.OriginOf(request), std::move(inputs),
      [&](const PlanState& state, const std::vector<PlanEvent>&, Response& answer) {
        const auto asked = named ? PlanOfPep(state, *named) : std::nullopt;
        *answer.mutable_pep() = ToPep(asked ? *asked : state);
      },
      CountEvents, response);
}

template <class Request, class Response>
grpc::Status GrpcApi::OnCommand(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  CheckChildId(asked.child_id(), violations);
  PlanCommand command = ToCommand(asked, violations);
  SetMadeBy(call.actor.role, command);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  return Handle(call, asked, command, answer);
}

void GrpcApi::ServeCommands() {
  Serve(&GrpcApi::OnCommand<v1::SchedulePepMeetingRequest, v1::SchedulePepMeetingResponse>);
  Serve(&GrpcApi::OnCommand<v1::ReschedulePepMeetingRequest, v1::ReschedulePepMeetingResponse>);
  Serve(&GrpcApi::OnCommand<v1::CancelPepMeetingRequest, v1::CancelPepMeetingResponse>);
  Serve(&GrpcApi::OnCommand<v1::StartPepPreparationRequest, v1::StartPepPreparationResponse>);
  Serve(&GrpcApi::OnCommand<v1::CompleteReadinessItemRequest, v1::CompleteReadinessItemResponse>);
  Serve(&GrpcApi::OnCommand<v1::HoldPepMeetingRequest, v1::HoldPepMeetingResponse>);
  Serve(&GrpcApi::OnCommand<v1::FinaliseEpepRequest, v1::FinaliseEpepResponse>);
  Serve(&GrpcApi::OnCommand<v1::CorrectPepMeetingRequest, v1::CorrectPepMeetingResponse>);
  Serve(&GrpcApi::OnCommand<v1::TakeBackFinalisationRequest, v1::TakeBackFinalisationResponse>);
  Serve(&GrpcApi::OnCommand<v1::OpenInterimPepRequest, v1::OpenInterimPepResponse>);
  Serve(&GrpcApi::OnCommand<v1::WriteOffPepRequest, v1::WriteOffPepResponse>);
  Serve(&GrpcApi::OnCommand<v1::HandOverPepRequest, v1::HandOverPepResponse>);
}

}  // namespace pepline::scheduling
