// Every command RPC.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/domain/id_forms.h"
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
  auto item = FromProto(request.item());
  if (!item) violations.push_back({"item", "name an item of the readiness checklist"});
  return CompleteReadinessItem{PepId(request.pep_id()), item.value_or(ReadinessItem::kEpepDraft),
                               std::nullopt};
}
PlanCommand ToCommand(const v1::HoldPepMeetingRequest& request, Violations& violations) {
  HoldPepMeeting command{PepId(request.pep_id()), {}};
  HeldMeeting& meeting = command.meeting;
  meeting.held_on = ReadDay(request.held_on(), "held_on", violations);
  meeting.chair = FromProto(request.chair());
  for (int i = 0; i < request.attendees_size(); ++i) {
    if (auto attendee = FromProto(request.attendees(i))) {
      meeting.attendees.push_back(*attendee);
    } else {
      violations.push_back({absl::StrCat("attendees[", i, "]"), "name a role of an attendee"});
    }
  }
  if (request.attendees_size() > 50) violations.push_back({"attendees", "name at most 50"});
  meeting.missing_pupil_views_reason = request.missing_pupil_views_reason();
  meeting.missing_sdq_reason = request.missing_sdq_reason();
  return command;
}
PlanCommand ToCommand(const v1::FinaliseEpepRequest& request, Violations&) {
  return FinaliseEpep{PepId(request.pep_id())};
}
PlanCommand ToCommand(const v1::OpenInterimPepRequest& request, Violations&) {
  return OpenInterimPep{PepId(request.pep_id())};
}

PlanCommand ToCommand(const v1::WriteOffPepRequest& request, Violations&) {
  return WriteOffPep{PepId(request.pep_id()), request.reason()};
}

void SetMadeBy(Role role, PlanCommand& command) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.by; }) {
          if (role == Role::kVirtualSchool) one.by = MadeBy::kVirtualSchool;
          if (role == Role::kSocialWorker) one.by = MadeBy::kSocialWorker;
        }
      },
      command);
}

}  // namespace

template <class Request, class Response>
grpc::Status GrpcApi::Handle(const Call& call, const Request& request, const PlanCommand& command,
                             Response& response) {
  const ChildId child(request.child_id());
  Inputs<PlanCodec> inputs = facts_.InputsFor(child);
  inputs.allowed = [&](const PlanState&, const RecordStates& also) -> absl::StatusOr<bool> {
    const auto resource = facts_.ResourceIn(also.front());
    if (!resource.ok()) return resource.status();
    return call.MayTouch(*resource);
  };
  return HandleCommand<PlanCodec>(
      server_, engine_, PlanOf(child), command, call.OriginOf(request), std::move(inputs),
      [&](const PlanState& state, const std::vector<PlanEvent>&, Response& answer) {
        const auto number = NumberOfPep(child, PepId(request.pep_id()));
        const auto asked = number ? PlanOfPep(state, *number) : std::nullopt;
        *answer.mutable_pep() = ToPep(asked ? *asked : state);
      },
      CountEvents, response);
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnCommand(Context* context, const Request* request,
                                             Response* response) {
  return server_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        CheckChildId(asked.child_id(), violations);
        PlanCommand command = ToCommand(asked, violations);
        SetMadeBy(call.actor.role, command);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        return Handle(call, asked, command, answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::SchedulePepMeeting(Context* context,
                                                      const v1::SchedulePepMeetingRequest* request,
                                                      v1::SchedulePepMeetingResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::ReschedulePepMeeting(
    Context* context, const v1::ReschedulePepMeetingRequest* request,
    v1::ReschedulePepMeetingResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CancelPepMeeting(Context* context,
                                                    const v1::CancelPepMeetingRequest* request,
                                                    v1::CancelPepMeetingResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::StartPepPreparation(
    Context* context, const v1::StartPepPreparationRequest* request,
    v1::StartPepPreparationResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CompleteReadinessItem(
    Context* context, const v1::CompleteReadinessItemRequest* request,
    v1::CompleteReadinessItemResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::HoldPepMeeting(Context* context,
                                                  const v1::HoldPepMeetingRequest* request,
                                                  v1::HoldPepMeetingResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::FinaliseEpep(Context* context,
                                                const v1::FinaliseEpepRequest* request,
                                                v1::FinaliseEpepResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::OpenInterimPep(Context* context,
                                                  const v1::OpenInterimPepRequest* request,
                                                  v1::OpenInterimPepResponse* response) {
  return OnCommand(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::WriteOffPep(Context* context,
                                               const v1::WriteOffPepRequest* request,
                                               v1::WriteOffPepResponse* response) {
  return OnCommand(context, request, response);
}

}  // namespace pepline::scheduling
