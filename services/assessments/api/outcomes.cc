// Every RPC on outcomes.
#include <optional>

#include "services/assessments/api/answers.h"
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/api/requests.h"
#include "services/assessments/metrics.h"
#include "shared/base/london.h"
#include "shared/domain/field_list.h"
#include "shared/rpc/handle_command.h"

namespace pepline::assessments {
namespace {

OutcomesCommand ToCommand(const v1::RefineOutcomeRequest& request, int number,
                          Violations& violations) {
  return RefineOutcome{number, ReadContent(request.content(), violations)};
}

OutcomesCommand ToCommand(const v1::ReviewOutcomeRequest& request, int number,
                          Violations& violations) {
  const auto result = KnownEnum<OutcomeResult>(request.result());
  if (!result) violations.push_back({"result", "say what became of the outcome"});
  return ReviewOutcome{number, result.value_or(OutcomeResult::kMet), request.words()};
}

OutcomesCommand ToCommand(const v1::DropOutcomeRequest& request, int number, Violations&) {
  return DropOutcome{number, request.reason()};
}

OutcomesCommand ToCommand(const v1::ReopenOutcomeRequest& request, int number, Violations&) {
  return ReopenOutcome{number, request.reason()};
}

}  // namespace

absl::StatusOr<OutcomesFacts> GrpcApi::FactsOf(const ChildId& child,
                                               const OutcomesCommand& command) const {
  OutcomesFacts facts{engine_.clock.Now()};
  facts.today = absl::ToCivilDay(facts.now, London());
  if (const auto cited = CitedBy(command)) {
    const auto views = Read<PupilViewsCodec>(engine_.store, ViewsOf(child, *cited));
    if (!views.ok()) return views.status();
    facts.cited_views_on_record = *views && (*views)->on_record.stage == ViewsStage::kCaptured;
  }
  const auto carried = CarriedOnBy(command);
  const auto from = carried ? ParseOutcomeId(carried->text()) : std::nullopt;
  if (!from || from->child != child) return facts;  // the rules say what is wrong with it
  const auto before = Read<OutcomesCodec>(engine_.store, OutcomesOf(child, from->pep));
  if (!before.ok()) return before.status();
  const Outcome* outcome = *before ? Find(**before, from->number) : nullptr;
  facts.carried_on = outcome != nullptr && outcome->result == OutcomeResult::kCarriedOn;
  return facts;
}

template <class Request, class Response>
grpc::Status GrpcApi::HandleOutcomes(const Call& call, const Request& request, const ChildId& child,
                                     const PepId& pep, const OutcomesCommand& command,
                                     Response& response) const {
  auto resource = children_.ResourceOf(child);
  if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
  return HandleCommand<OutcomesCodec>(
      server_, engine_, OutcomesOf(child, pep), command, call.OriginOf(request),
      {.allowed = [&](const OutcomesState&,
                      const RecordStates&) { return call.MayTouch(*resource); },
       .facts = [&](const OutcomesState&, const RecordStates&) { return FactsOf(child, command); }},
      [](const OutcomesState& state, const std::vector<OutcomesEvent>& events, Response& answer) {
        *answer.mutable_outcome() = ToOutcome(state, NumberOf(events.front()));
      },
      CountOutcomesEvents, response);
}

grpc::Status GrpcApi::SetOutcome(const Call& call, const v1::SetOutcomeRequest& asked,
                                 v1::SetOutcomeResponse& answer) const {
  Violations violations;
  CheckPep(asked.child_id(), asked.pep_id(), violations);
  OutcomeContent content = ReadContent(asked.content(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const ChildId child(asked.child_id());
  auto pep = PepOf(child, asked.pep_id());
  if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
  assessments::SetOutcome command{child, *pep, std::move(content), std::nullopt};
  if (!asked.carried_from().empty()) command.carried_from = OutcomeId(asked.carried_from());
  return HandleOutcomes(call, asked, child, *pep, command, answer);
}

template <class Request, class Response>
grpc::Status GrpcApi::OnOutcome(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  const OutcomeKey key = ReadOutcomeId(asked.outcome_id(), violations);
  const OutcomesCommand command = ToCommand(asked, key.number, violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  return HandleOutcomes(call, asked, key.child, key.pep, command, answer);
}

grpc::Status GrpcApi::GetOutcomes(const Call& call, const v1::GetOutcomesRequest& asked,
                                  v1::GetOutcomesResponse& answer) const {
  Violations violations;
  const auto pep = ReadPepOf(call, asked, violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
  if (!*pep) return DeniedStatus(server_.domain());
  auto state = Read<OutcomesCodec>(engine_.store, OutcomesOf(ChildId(asked.child_id()), **pep));
  if (!state.ok()) return FromAbsl(server_.domain(), state.status());
  if (*state) answer = ToContent(**state);
  return grpc::Status::OK;
}

void GrpcApi::ServeOutcomes() {
  Serve(&GrpcApi::SetOutcome);
  Serve(&GrpcApi::OnOutcome<v1::RefineOutcomeRequest, v1::RefineOutcomeResponse>);
  Serve(&GrpcApi::OnOutcome<v1::ReviewOutcomeRequest, v1::ReviewOutcomeResponse>);
  Serve(&GrpcApi::OnOutcome<v1::DropOutcomeRequest, v1::DropOutcomeResponse>);
  Serve(&GrpcApi::OnOutcome<v1::ReopenOutcomeRequest, v1::ReopenOutcomeResponse>);
  Serve(&GrpcApi::GetOutcomes);
}

}  // namespace pepline::assessments
