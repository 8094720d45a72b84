// Every RPC on the content of ePEPs.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/domain/epep/form.h"
#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/domain/id_forms.h"
#include "shared/engine/envelopes.h"
#include "shared/engine/field_mapping.h"
#include "shared/rpc/handle_command.h"

namespace pepline::scheduling {
namespace {

EpepCommand ToCommand(const v1::WriteEpepSectionRequest& request, MadeBy by) {
  return WriteEpepSection{request.section(), request.text(), request.revision(), by};
}
EpepCommand ToCommand(const v1::CompleteEpepSectionRequest& request, MadeBy by) {
  return CompleteEpepSection{request.section(), request.revision(), by};
}
EpepCommand ToCommand(const v1::ReopenEpepSectionRequest& request, MadeBy by) {
  return ReopenEpepSection{request.section(), by};
}

// A version that was made, from the state of its record.
absl::StatusOr<EpepVersion> ReadMade(const std::optional<std::string>& stored) {
  if (stored) return DecodeVersion(*stored);
  return absl::DataLossError(
      "this version was made and is not in scheduling's store; restore a back-up of after it was "
      "(docs/operations/backup.md)");
}

}  // namespace

absl::StatusOr<int> GrpcApi::NumberAsked(const ChildId& child, const std::string& named) const {
  if (!named.empty()) return NumberOfPep(child, PepId(named)).value_or(0);
  const auto plan = Read<PlanCodec>(engine_.store, PlanOf(child));
  if (!plan.ok()) return plan.status();
  return *plan && (*plan)->cycle ? (*plan)->cycle->number : 0;
}

absl::StatusOr<PlanFacts::Content> GrpcApi::ToFinalise(
    const PlanState& plan, int pep, const std::optional<std::string>& stored) const {
  auto epep = EpepCodec::Decode({stored});
  if (!epep.ok()) return epep.status();
  const auto alone = PlanOfPep(plan, pep);
  PlanFacts::Content content{*std::move(epep), (alone ? alone->cycle->epep_versions : 0) + 1};
  // A version of scheduling before this one forgets the number with its next write of the plan.
  while (HasContent(content.epep)) {
    const RecordKey key = VersionOf(content.epep.pep, content.next_version);
    auto made = LoadState(engine_.store, plan.child.text(), key);
    if (!made.ok()) return made.status();
    if (!*made) break;
    ++content.next_version;
  }
  return content;
}

template <class Request, class Response>
grpc::Status GrpcApi::OnSection(const Call& call, const Request& asked, Response& answer) const {
  Violations violations;
  CheckChildId(asked.child_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const ChildId child(asked.child_id());
  const auto number = NumberAsked(child, asked.pep_id());
  if (!number.ok()) return FromAbsl(server_.domain(), number.status());
  // It is read with the child, as registry said it, and holds the plan.
  const Target plan_of = PlanOf(child);
  const Target target{child.text(), {EpepOf(PepIdOf(child, *number))}, plan_of.also, plan_of.keys};
  const Inputs<EpepCodec> inputs{
      .allowed = [&](const EpepState&, const RecordStates& also) -> absl::StatusOr<bool> {
        const auto resource = facts_.ResourceIn(also.front());
        if (!resource.ok()) return resource.status();
        const auto plan = PlanCodec::Decode({also.back()});
        if (!plan.ok()) return plan.status();
        return call.MayTouch(ResourceOfPep(*plan, *number, *resource));
      },
      .facts = [&](const EpepState&, const RecordStates& also) -> absl::StatusOr<EpepFacts> {
        auto plan = PlanCodec::Decode({also.back()});
        if (!plan.ok()) return plan.status();
        const auto known = facts_.InputsFor(child).facts(*plan, also);
        if (!known.ok()) return known.status();
        return FactsOf(*std::move(plan), *number, *known);
      }};
  return HandleCommand<EpepCodec>(
      server_, engine_, target, ToCommand(asked, MadeByOf(call.actor.role)), call.OriginOf(asked),
      inputs,
      [&](const EpepState& state, const std::vector<EpepEvent>&, Response& filled) {
        WriteFields(StandingOf(state, asked.section()), *filled.mutable_standing());
      },
      [](Metrics&, const std::vector<EpepEvent>&) {}, answer);
}

grpc::Status GrpcApi::GetEpep(const Call& call, const v1::GetEpepRequest& asked,
                              v1::GetEpepResponse& answer) const {
  Violations violations;
  CheckChildId(asked.child_id(), violations);
  if (asked.version() < 0) violations.push_back({"version", "versions count from 1"});
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const ChildId child(asked.child_id());
  const auto found = FindAsked(call, child, asked.pep_id());
  if (!found.ok()) return FromAbsl(server_.domain(), found.status());
  if (!found->pep) return NoSuchPep(asked.pep_id());
  const Cycle& cycle = *found->pep->cycle;
  const PepId pep = PepIdOf(child, cycle.number);
  if (asked.version() > cycle.epep_versions) {
    return RefusalStatus(server_.domain(), epep_refusals::kNoSuchVersion,
                         absl::StrCat("of this ePEP there are ", cycle.epep_versions,
                                      " versions; leave it out for the content as it stands"),
                         "version");
  }
  const bool made = asked.version() > 0;
  const RecordKey key = made ? VersionOf(pep, asked.version()) : EpepOf(pep);
  const auto stored = LoadState(engine_.store, child.text(), key);
  if (!stored.ok()) return FromAbsl(server_.domain(), stored.status());
  const auto content = made ? ReadMade(*stored) : ContentOf(*found->pep, *stored);
  if (!content.ok()) return FromAbsl(server_.domain(), content.status());
  answer = ToEpep(*content);
  answer.set_child_id(child.text());
  answer.set_pep_id(pep.text());
  answer.set_versions(cycle.epep_versions);
  return grpc::Status::OK;
}

absl::StatusOr<EpepVersion> GrpcApi::ContentOf(const PlanState& alone,
                                               const std::optional<std::string>& stored) const {
  const auto epep = EpepCodec::Decode({stored});
  if (!epep.ok()) return epep.status();
  const auto known = facts_.Load(alone.child);
  if (!known.ok()) return known.status();
  return AsItStands(FormOf(alone, *alone.cycle, *known), *epep);
}

void GrpcApi::ServeEpeps() {
  Serve(&GrpcApi::OnSection<v1::WriteEpepSectionRequest, v1::WriteEpepSectionResponse>);
  Serve(&GrpcApi::OnSection<v1::CompleteEpepSectionRequest, v1::CompleteEpepSectionResponse>);
  Serve(&GrpcApi::OnSection<v1::ReopenEpepSectionRequest, v1::ReopenEpepSectionResponse>);
  Serve(&GrpcApi::GetEpep);
}

}  // namespace pepline::scheduling
