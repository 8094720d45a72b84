// Every command RPC: the request in the words of the rules, and the answer from the state after it.
#include <utility>

#include "services/registry/api/answers.h"
#include "services/registry/api/grpc_api.h"
#include "services/registry/metrics.h"
#include "shared/rpc/handle_command.h"

namespace pepline::registry {
namespace {

std::optional<absl::CivilDay> ReadDayIfAny(const std::string& text, const std::string& field,
                                           Violations& violations) {
  if (text.empty()) return std::nullopt;
  return ReadDay(text, field, violations);
}

SchoolUrn ReadUrn(const std::string& urn, Violations& violations) {
  CheckText(urn, "school_urn", "the school's URN", 8, violations);
  return SchoolUrn(urn);
}

Post ReadPost(const v1::Appointment& appointment, Violations& violations) {
  const auto role = FromProto(appointment.role());
  if (!role) violations.push_back({"appointment.role", "name a role of the list"});
  return {role.value_or(StaffRole::kDesignatedTeacher), SchoolUrn(appointment.school_urn()),
          AuthorityCode(appointment.authority_code()), ChildId(appointment.child_id())};
}

AppointStaff ToCommand(const v1::AppointStaffRequest& request, Violations& violations) {
  const auto& asked = request.appointment();
  return AppointStaff{ReadPost(asked, violations),
                      ReadDayIfAny(asked.from_on(), "appointment.from_on", violations),
                      ReadDayIfAny(asked.until_on(), "appointment.until_on", violations)};
}
EndAppointment ToCommand(const v1::EndAppointmentRequest& request, Violations& violations) {
  const auto& asked = request.appointment();
  return EndAppointment{ReadPost(asked, violations),
                        ReadDayIfAny(asked.until_on(), "appointment.until_on", violations)};
}
ChildCommand ToCommand(const v1::RecordCareStartedRequest& request, Violations& violations) {
  return RecordCareStarted{
      ReadDay(request.became_looked_after_on(), "became_looked_after_on", violations)};
}
ChildCommand ToCommand(const v1::RecordCareCeasedRequest& request, Violations& violations) {
  return RecordCareCeased{ReadDay(request.ceased_on(), "ceased_on", violations),
                          FromProto(request.reason())};
}
ChildCommand ToCommand(const v1::EnrolChildRequest& request, Violations& violations) {
  return EnrolChild{ReadUrn(request.school_urn(), violations),
                    ReadDay(request.enrolled_on(), "enrolled_on", violations)};
}
ChildCommand ToCommand(const v1::MoveChildToSchoolRequest& request, Violations& violations) {
  return MoveChildToSchool{ReadUrn(request.school_urn(), violations),
                           ReadDay(request.moved_on(), "moved_on", violations)};
}
ChildCommand ToCommand(const v1::CorrectCareStartRequest& request, Violations& violations) {
  return CorrectCareStart{
      ReadDay(request.became_looked_after_on(), "became_looked_after_on", violations),
      request.reason()};
}
ChildCommand ToCommand(const v1::CorrectCareEndRequest& request, Violations& violations) {
  if (request.taken_back() == !request.ceased_on().empty()) {
    violations.push_back(
        {"ceased_on", "give the day on which care ceased, or taken_back, one of the two"});
  } else if (request.taken_back() &&
             request.ceased_reason() != v1::CARE_CEASED_REASON_UNSPECIFIED) {
    violations.push_back({"ceased_reason", "care has not ceased, so leave the reason out"});
  } else if (request.ceased_reason() != v1::CARE_CEASED_REASON_UNSPECIFIED &&
             !FromProto(request.ceased_reason())) {
    violations.push_back({"ceased_reason", "name a reason of the list"});
  }
  return CorrectCareEnd{ReadDayIfAny(request.ceased_on(), "ceased_on", violations),
                        FromProto(request.ceased_reason()), request.reason()};
}
ChildCommand ToCommand(const v1::CorrectEnrolmentRequest& request, Violations& violations) {
  if (request.school_urn().empty() && request.enrolled_on().empty()) {
    violations.push_back({"school_urn", "give the right school, the right day, or both"});
  }
  const SchoolUrn school =
      request.school_urn().empty() ? SchoolUrn() : ReadUrn(request.school_urn(), violations);
  return CorrectEnrolment{school, ReadDayIfAny(request.enrolled_on(), "enrolled_on", violations),
                          request.reason()};
}

// A correction keeps who made it.
void NoteWho(const Actor& actor, ChildCommand& command) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.by; }) one.by = actor.subject;
      },
      command);
}

// Whose record a command is about.
template <class Request>
std::string IdOf(const Request& request) {
  if constexpr (requires { request.staff_id(); }) {
    return request.staff_id();
  } else {
    return request.child_id();
  }
}
template <class Request>
void CheckId(const Request& request, Violations& violations) {
  if constexpr (requires { request.staff_id(); }) {
    CheckText(request.staff_id(), "staff_id", "the staff id", 64, violations);
  } else {
    CheckChildId(request.child_id(), violations);
  }
}

Resource ResourceOf(const StaffState& staff) { return {staff.details.authority, {}}; }
Resource ResourceOf(const ChildState& child) {
  return {child.details.authority, child.enrolment ? child.enrolment->school : SchoolUrn()};
}

template <class Response>
void FillAppointments(const StaffState& state, Response& answer) {
  for (const Appointment& one : state.appointments) *answer.add_appointments() = ToProto(one);
}
void Fill(const StaffState& state, const std::vector<StaffEvent>&, v1::AppointStaffResponse& out) {
  FillAppointments(state, out);
}
void Fill(const StaffState& state, const std::vector<StaffEvent>&,
          v1::EndAppointmentResponse& out) {
  FillAppointments(state, out);
}
void Fill(const ChildState& state, const std::vector<ChildEvent>&,
          v1::RecordCareStartedResponse& out) {
  out.set_pep_required(state.care && state.care->pep_required);
}
void Fill(const ChildState&, const std::vector<ChildEvent>&, v1::RecordCareCeasedResponse&) {}
void Fill(const ChildState& state, const std::vector<ChildEvent>&, v1::EnrolChildResponse& out) {
  if (state.enrolment) out.set_school_authority_code(state.enrolment->school_authority.text());
}
void Fill(const ChildState& state, const std::vector<ChildEvent>& events,
          v1::MoveChildToSchoolResponse& out) {
  if (state.enrolment) out.set_school_authority_code(state.enrolment->school_authority.text());
  for (const ChildEvent& event : events) {
    if (const auto* moved = std::get_if<ChildMovedSchool>(&event)) {
      out.set_from_school_urn(moved->from.text());
    }
  }
}

void Fill(const ChildState&, const std::vector<ChildEvent>&, v1::CorrectCareStartResponse&) {}
void Fill(const ChildState& state, const std::vector<ChildEvent>&,
          v1::CorrectCareEndResponse& out) {
  out.set_looked_after(IsLookedAfter(state));
  out.set_pep_required(IsLookedAfter(state) && state.care->pep_required);
}
void Fill(const ChildState& state, const std::vector<ChildEvent>& events,
          v1::CorrectEnrolmentResponse& out) {
  if (state.enrolment) out.set_school_authority_code(state.enrolment->school_authority.text());
  for (const ChildEvent& event : events) {
    if (const auto* corrected = std::get_if<EnrolmentCorrected>(&event)) {
      out.set_move_taken_back(corrected->move_taken_back);
    }
  }
}

}  // namespace

template <class Codec, class Request, class Response>
grpc::Status GrpcApi::Handle(const Call& call, const Request& asked, const std::string& id,
                             const typename Codec::Rules::Command& command, const Resource* known,
                             Response& answer) {
  Inputs<Codec> inputs = InputsFor<Codec>(facts_, command);
  inputs.allowed = [&](const auto& state, const RecordStates&) {
    return call.MayTouch(known ? *known : ResourceOf(state));
  };
  return HandleCommand<Codec>(
      server_, engine_, TargetOf<Codec>(id), command, call.OriginOf(asked), std::move(inputs),
      [](const auto& state, const auto& events, Response& made) { Fill(state, events, made); },
      [](Metrics& metrics, const auto& events) { CountEvents(metrics, events); }, answer);
}

template <class Codec, class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnCommand(Context* context, const Request* request,
                                             Response* response) {
  return server_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        CheckId(asked, violations);
        typename Codec::Rules::Command command = ToCommand(asked, violations);
        NoteWho(call.actor, command);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        return Handle<Codec>(call, asked, IdOf(asked), command, nullptr, answer);
      });
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnAppointment(Context* context, const Request* request,
                                                 Response* response) {
  return server_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        CheckId(asked, violations);
        auto command = ToCommand(asked, violations);
        if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
        const ChildId& child = command.post.child;
        if (PlaceOf(command.post) != Place::kChild) {
          return Handle<StaffCodec>(call, asked, asked.staff_id(), command, nullptr, answer);
        }
        auto person = facts_.Find<StaffCodec>(asked.staff_id());
        if (!person.ok()) return FromAbsl(server_.domain(), person.status());
        if (person->details.staff.empty() || person->HoldsFor(child)) {
          return Handle<StaffCodec>(call, asked, asked.staff_id(), command, nullptr, answer);
        }
        command.of_child = StaffOfChild{person->details.staff, person->details.authority};
        const Resource resource = ResourceOf(*person);
        return Handle<StaffOfChildCodec>(call, asked,
                                         StaffOfChildCodec::IdOf(person->details.staff, child),
                                         command, &resource, answer);
      });
}

grpc::ServerUnaryReactor* GrpcApi::AppointStaff(Context* context,
                                                const v1::AppointStaffRequest* request,
                                                v1::AppointStaffResponse* response) {
  return OnAppointment(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::EndAppointment(Context* context,
                                                  const v1::EndAppointmentRequest* request,
                                                  v1::EndAppointmentResponse* response) {
  return OnAppointment(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::RecordCareStarted(Context* context,
                                                     const v1::RecordCareStartedRequest* request,
                                                     v1::RecordCareStartedResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::RecordCareCeased(Context* context,
                                                    const v1::RecordCareCeasedRequest* request,
                                                    v1::RecordCareCeasedResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::EnrolChild(Context* context,
                                              const v1::EnrolChildRequest* request,
                                              v1::EnrolChildResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::MoveChildToSchool(Context* context,
                                                     const v1::MoveChildToSchoolRequest* request,
                                                     v1::MoveChildToSchoolResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CorrectCareStart(Context* context,
                                                    const v1::CorrectCareStartRequest* request,
                                                    v1::CorrectCareStartResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CorrectCareEnd(Context* context,
                                                  const v1::CorrectCareEndRequest* request,
                                                  v1::CorrectCareEndResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

grpc::ServerUnaryReactor* GrpcApi::CorrectEnrolment(Context* context,
                                                    const v1::CorrectEnrolmentRequest* request,
                                                    v1::CorrectEnrolmentResponse* response) {
  return OnCommand<ChildCodec>(context, request, response);
}

}  // namespace pepline::registry
