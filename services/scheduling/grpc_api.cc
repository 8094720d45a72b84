#include "services/scheduling/grpc_api.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/children.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/numbers.h"
#include "services/scheduling/wire.h"
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
  if (request.attendees_size() > 50) {
    violations.push_back({"attendees", "name at most 50"});
  }
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

void SayWhoMakesIt(Role role, PlanCommand& command) {
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.by; }) {
          if (role == Role::kVirtualSchool) one.by = MadeBy::kVirtualSchool;
          if (role == Role::kSocialWorker) one.by = MadeBy::kSocialWorker;
        }
      },
      command);
}

bool Matches(const PlanState& state, const v1::ListPepsRequest& request) {
  if (!state.cycle) return false;
  const Cycle& cycle = *state.cycle;
  return (request.state() == v1::PEP_STATE_UNSPECIFIED ||
          request.state() == ToProto(cycle.stage)) &&
         (request.academic_year().empty() || request.academic_year() == cycle.academic_year) &&
         (request.term().empty() || (cycle.term && request.term() == TermName(*cycle.term)));
}

// Those of the child's PEP, and the one that runs while there is none.
template <class Act>
void ForEachDeadline(const PlanState& state, Act act) {
  if (state.cycle) {
    for (const auto& [rule, deadline] : state.cycle->deadlines) act(rule, deadline);
  }
  if (state.pep_open) act(Rule::kPepOpen, *state.pep_open);
}

bool Matches(Rule rule, const Deadline& deadline, const v1::ListDeadlinesRequest& request) {
  const bool state_fits = request.state() == v1::DEADLINE_STATE_UNSPECIFIED
                              ? deadline.status != DeadlineStatus::kWithdrawn
                              : request.state() == ToProto(deadline.status);
  return state_fits && (request.rule_id().empty() || request.rule_id() == RuleId(rule));
}

// Where the child is now, not where the plan was when it was last written: one that care closed
// stays with its last school, and any plan with its own until it has caught up.
template <class Request>
bool Matches(const Resource& child, const Request& request) {
  return (request.school_urn().empty() || request.school_urn() == child.school.text()) &&
         (request.authority_code().empty() || request.authority_code() == child.authority.text());
}

// The list of children that leaves the least to pass over.
template <class Request>
IndexEntry EntryFor(const Request& request) {
  if (!request.school_urn().empty()) return ChildrenAtSchool(request.school_urn());
  if (!request.authority_code().empty()) return ChildrenOfAuthority(request.authority_code());
  return AllChildren();
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
      door_, spine_, PlanOf(child), command, call.OriginOf(request), std::move(inputs),
      [](const PlanState& state, const std::vector<PlanEvent>&, Response& answer) {
        *answer.mutable_pep() = ToPep(state);
      },
      CountEvents, response);
}

template <class Request, class Response>
grpc::ServerUnaryReactor* GrpcApi::OnCommand(Context* context, const Request* request,
                                             Response* response) {
  return door_.Unary<Request, Response>(
      context, request, response, [this](const Call& call, const Request& asked, Response& answer) {
        Violations violations;
        CheckChildId(asked.child_id(), violations);
        PlanCommand command = ToCommand(asked, violations);
        SayWhoMakesIt(call.actor.role, command);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
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

absl::StatusOr<std::string> GrpcApi::WhyNone(const ChildId& child, const PlanState& state) const {
  // A PEP that is being worked on needs no look at calendars and profile.
  if (IsOpen(state) && state.cycle->stage != Stage::kFinalised) return "";
  const auto facts = facts_.Load(child);
  if (!facts.ok()) return facts.status();
  return WhyNoneIsOpen(state, *facts);
}

grpc::ServerUnaryReactor* GrpcApi::GetPep(Context* context, const v1::GetPepRequest* request,
                                          v1::GetPepResponse* response) {
  return door_.Unary<v1::GetPepRequest, v1::GetPepResponse>(
      context, request, response,
      [this](const Call& call, const v1::GetPepRequest& asked, v1::GetPepResponse& answer) {
        Violations violations;
        CheckChildId(asked.child_id(), violations);
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        const ChildId child(asked.child_id());
        auto known = facts_.LoadChild(child);
        if (!known.ok()) return FromAbsl(door_.domain(), known.status());
        auto resource = facts_.ResourceOf(*known);
        if (!resource.ok()) return FromAbsl(door_.domain(), resource.status());
        if (!call.MayTouch(*resource)) return DeniedStatus(door_.domain());
        auto read = Read<PlanCodec>(spine_.store, PlanOf(child));
        if (!read.ok()) return FromAbsl(door_.domain(), read.status());
        const PlanState state = read->value_or(PlanState());
        auto why = WhyNone(child, state);
        if (!why.ok()) return FromAbsl(door_.domain(), why.status());
        if (!state.cycle && why->empty()) {
          return RefusalStatus(door_.domain(), plan_refusals::kNoCurrentPep,
                               "this child has no PEP yet", "child_id");
        }
        if (!state.cycle) {
          return RefusalStatus(
              door_.domain(), plan_refusals::kNoCurrentPep,
              absl::StrCat("this child has no PEP yet: ", *why, "; ask again when one is open"),
              "child_id");
        }
        *answer.mutable_pep() = ToPep(state);
        answer.set_why_none_is_open(*why);
        return grpc::Status::OK;
      });
}

template <class Request>
absl::StatusOr<StatePage<PlanState>> GrpcApi::ReadPage(
    const Call& call, const Request& asked, const AskedPage& page,
    const std::function<bool(const PlanState&)>& matches) const {
  return ReadListed<PlanCodec>(
      spine_.store, {EntryFor(asked)},
      [](const std::string& child) { return PlanOf(ChildId(child)); }, page.size(), page.position(),
      [&](const PlanState& state, const RecordStates& also) -> absl::StatusOr<bool> {
        if (!matches(state)) return false;
        auto resource = facts_.ResourceIn(also.front());
        if (!resource.ok()) return resource.status();
        return Matches(*resource, asked) && call.MayTouch(*resource);
      });
}

grpc::ServerUnaryReactor* GrpcApi::ListPeps(Context* context, const v1::ListPepsRequest* request,
                                            v1::ListPepsResponse* response) {
  return door_.Unary<v1::ListPepsRequest, v1::ListPepsResponse>(
      context, request, response,
      [this](const Call& call, const v1::ListPepsRequest& asked, v1::ListPepsResponse& answer) {
        Violations violations;
        const auto asked_page = AskedPage::Read(spine_.store, call, asked, violations);
        if (!asked_page.ok()) return FromAbsl(door_.domain(), asked_page.status());
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        if (!asked.child_id().empty()) {
          const ChildId child(asked.child_id());
          auto known = facts_.LoadChild(child);
          if (!known.ok()) return FromAbsl(door_.domain(), known.status());
          auto resource = facts_.ResourceOf(*known);
          if (!resource.ok()) return FromAbsl(door_.domain(), resource.status());
          if (!Matches(*resource, asked) || !call.MayTouch(*resource)) return grpc::Status::OK;
          auto state = Read<PlanCodec>(spine_.store, PlanOf(child));
          if (!state.ok()) return FromAbsl(door_.domain(), state.status());
          if (*state && Matches(**state, asked)) {
            *answer.add_peps() = ToPep(**state);
          }
          return grpc::Status::OK;
        }
        auto page = ReadPage(call, asked, *asked_page,
                             [&](const PlanState& state) { return Matches(state, asked); });
        if (!page.ok()) return FromAbsl(door_.domain(), page.status());
        for (const PlanState& state : page->states) *answer.add_peps() = ToPep(state);
        return FromAbsl(door_.domain(), asked_page->SetNext(page->next_page_token, answer));
      });
}

grpc::ServerUnaryReactor* GrpcApi::ListDeadlines(Context* context,
                                                 const v1::ListDeadlinesRequest* request,
                                                 v1::ListDeadlinesResponse* response) {
  return door_.Unary<v1::ListDeadlinesRequest, v1::ListDeadlinesResponse>(
      context, request, response,
      [this](const Call& call, const v1::ListDeadlinesRequest& asked,
             v1::ListDeadlinesResponse& answer) {
        Violations violations;
        const auto asked_page = AskedPage::Read(spine_.store, call, asked, violations);
        if (!asked_page.ok()) return FromAbsl(door_.domain(), asked_page.status());
        if (!asked.rule_id().empty() && !ParseRule(asked.rule_id())) {
          violations.push_back({"rule_id", "name a rule of the deadline catalogue"});
        }
        if (!violations.empty()) return BadRequestStatus(door_.domain(), violations);
        auto page = ReadPage(call, asked, *asked_page, [&](const PlanState& state) {
          bool any = false;
          ForEachDeadline(state, [&](Rule rule, const Deadline& deadline) {
            any = any || Matches(rule, deadline, asked);
          });
          return any;
        });
        if (!page.ok()) return FromAbsl(door_.domain(), page.status());
        for (const PlanState& state : page->states) {
          ForEachDeadline(state, [&](Rule rule, const Deadline& deadline) {
            if (!Matches(rule, deadline, asked)) return;
            *answer.add_deadlines() = ToDeadline(state, rule, deadline);
          });
        }
        return FromAbsl(door_.domain(), asked_page->SetNext(page->next_page_token, answer));
      });
}

}  // namespace pepline::scheduling
