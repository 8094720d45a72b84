// Every command RPC: the request in the words of the rules, and the answer from the state after it.
#include <utility>

#include "services/registry/api/grpc_api.h"
#include "services/registry/domain/fields.h"
#include "services/registry/metrics.h"
#include "shared/engine/field_mapping.h"
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
  const auto role = KnownEnum<StaffRole>(appointment.role());
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
CorrectAppointment ToCommand(const v1::CorrectAppointmentRequest& request, Violations& violations) {
  if (request.not_ended() && !request.until_on().empty()) {
    violations.push_back({"until_on", "give the last day, or not_ended, one of the two"});
  } else if (request.from_on().empty() && request.until_on().empty() && !request.not_ended()) {
    violations.push_back({"from_on", "give the right first day, the right last day, or both"});
  }
  const auto& asked = request.appointment();
  return CorrectAppointment{ReadPost(asked, violations),
                            ReadDay(asked.from_on(), "appointment.from_on", violations),
                            ReadDayIfAny(request.from_on(), "from_on", violations),
                            ReadDayIfAny(request.until_on(), "until_on", violations),
                            request.not_ended(),
                            request.reason()};
}
std::optional<LegalStatus> ReadStatusIfAny(v1::LegalStatus status, Violations& violations) {
  const auto known = KnownEnum<LegalStatus>(status);
  if (!known && status != v1::LEGAL_STATUS_UNSPECIFIED) {
    violations.push_back({"legal_status", "name a code of the list, as v4"});
  }
  return known;
}
ChildCommand ToCommand(const v1::RecordCareStartedRequest& request, Violations& violations) {
  return RecordCareStarted{
      ReadDay(request.became_looked_after_on(), "became_looked_after_on", violations),
      ReadStatusIfAny(request.legal_status(), violations)};
}
ChildCommand ToCommand(const v1::CorrectLegalStatusRequest& request, Violations& violations) {
  if (request.legal_status() == v1::LEGAL_STATUS_UNSPECIFIED) {
    violations.push_back({"legal_status", "give the right legal status, as v4"});
  }
  return CorrectLegalStatus{
      ReadStatusIfAny(request.legal_status(), violations).value_or(LegalStatus::kV2),
      request.reason()};
}
ChildCommand ToCommand(const v1::RecordCareCeasedRequest& request, Violations& violations) {
  return RecordCareCeased{ReadDay(request.ceased_on(), "ceased_on", violations),
                          KnownEnum<CareCeasedReason>(request.reason())};
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
             !KnownEnum<CareCeasedReason>(request.ceased_reason())) {
    violations.push_back({"ceased_reason", "name a reason of the list"});
  }
  return CorrectCareEnd{ReadDayIfAny(request.ceased_on(), "ceased_on", violations),
                        KnownEnum<CareCeasedReason>(request.ceased_reason()), request.reason()};
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

ChildCommand ToCommand(const v1::RestrictLocationRequest& request, Violations&) {
  return RestrictLocation{!request.lifted(), request.reason()};
}

// A correction keeps who made it.
template <class One>
void NoteWho(const Actor& actor, One& command) {
  if constexpr (requires { command.by; }) command.by = actor.subject;
}
void NoteWho(const Actor& actor, ChildCommand& command) {
  std::visit([&](auto& one) { NoteWho(actor, one); }, command);
}

Resource ResourceOf(const StaffState& staff) { return {staff.details.authority, {}}; }
Resource ResourceOf(const ChildState& child) {
  return {child.details.authority, child.enrolment ? child.enrolment->school : SchoolUrn()};
}

// Each command about a member of staff answers the appointments that are then held.
void Fill(const StaffState& state, const std::vector<StaffEvent>&, auto& out) {
  AppendTo(*out.mutable_appointments(), state.appointments);
}
void Fill(const ChildState& state, const std::vector<ChildEvent>&,
          v1::RestrictLocationResponse& out) {
  out.set_location_restricted(state.details.location_restricted);
}
void Fill(const ChildState& state, const std::vector<ChildEvent>&,
          v1::CorrectLegalStatusResponse& out) {
  out.set_pep_required(IsLookedAfter(state) && state.care->pep_required);
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
                             Response& answer) const {
  Inputs<Codec> inputs = InputsFor<Codec>(facts_, command);
  inputs.allowed = [&](const auto& state, const RecordStates&) {
    return call.MayTouch(known ? *known : ResourceOf(state));
  };
  return HandleCommand<Codec>(
      server_, engine_, TargetOf<Codec>(id), command, call.OriginOf(asked), std::move(inputs),
      [](const auto& state, const auto& events, Response& made) { Fill(state, events, made); },
      [](Metrics& metrics, const auto& events) { CountEvents(metrics, events); }, answer);
}

template <class Request, class Response>
grpc::Status GrpcApi::OnChild(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  CheckChildId(asked.child_id(), violations);
  ChildCommand command = ToCommand(asked, violations);
  NoteWho(call.actor, command);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  return Handle<ChildCodec>(call, asked, asked.child_id(), command, nullptr, answer);
}

template <class Request, class Response>
grpc::Status GrpcApi::OnAppointment(const Call& call, const Request& asked,
                                    Response& answer) const {
  Violations violations;
  CheckText(asked.staff_id(), "staff_id", "the staff id", 64, violations);
  auto command = ToCommand(asked, violations);
  NoteWho(call.actor, command);
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
                                   StaffOfChildCodec::IdOf(person->details.staff, child), command,
                                   &resource, answer);
}

void GrpcApi::ServeCommands() {
  Serve(&GrpcApi::OnAppointment<v1::AppointStaffRequest, v1::AppointStaffResponse>);
  Serve(&GrpcApi::OnAppointment<v1::EndAppointmentRequest, v1::EndAppointmentResponse>);
  Serve(&GrpcApi::OnAppointment<v1::CorrectAppointmentRequest, v1::CorrectAppointmentResponse>);
  Serve(&GrpcApi::OnChild<v1::CorrectLegalStatusRequest, v1::CorrectLegalStatusResponse>);
  Serve(&GrpcApi::OnChild<v1::RestrictLocationRequest, v1::RestrictLocationResponse>);
  Serve(&GrpcApi::OnChild<v1::RecordCareStartedRequest, v1::RecordCareStartedResponse>);
  Serve(&GrpcApi::OnChild<v1::RecordCareCeasedRequest, v1::RecordCareCeasedResponse>);
  Serve(&GrpcApi::OnChild<v1::EnrolChildRequest, v1::EnrolChildResponse>);
  Serve(&GrpcApi::OnChild<v1::MoveChildToSchoolRequest, v1::MoveChildToSchoolResponse>);
  Serve(&GrpcApi::OnChild<v1::CorrectCareStartRequest, v1::CorrectCareStartResponse>);
  Serve(&GrpcApi::OnChild<v1::CorrectCareEndRequest, v1::CorrectCareEndResponse>);
  Serve(&GrpcApi::OnChild<v1::CorrectEnrolmentRequest, v1::CorrectEnrolmentResponse>);
}

}  // namespace pepline::registry
