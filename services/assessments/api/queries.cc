// Everything that only reads, and who may.
#include <utility>

#include "services/assessments/api/answers.h"
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/api/requests.h"
#include "services/assessments/domain/fields.h"
#include "shared/engine/field_mapping.h"
#include "shared/engine/paging.h"
#include "shared/rpc/page_tokens.h"

namespace pepline::assessments {
namespace {

bool Matches(const SdqState& state, const v1::ListSdqsRequest& request) {
  return (request.child_id().empty() || request.child_id() == state.key.child.text()) &&
         (request.pep_id().empty() || request.pep_id() == state.key.pep.text()) &&
         (request.state() == v1::SDQ_STATE_UNSPECIFIED ||
          KnownEnum<Stage>(request.state()) == state.stage) &&
         (request.purpose() == v1::SDQ_PURPOSE_UNSPECIFIED ||
          KnownEnum<Purpose>(request.purpose()) == state.key.purpose) &&
         (request.informant() == v1::SDQ_INFORMANT_UNSPECIFIED ||
          KnownEnum<Informant>(request.informant()) == state.key.informant) &&
         (!request.missing_only() || state.missing) &&
         (!request.to_confirm_only() || AwaitsConfirmation(state));
}

bool Matches(const Resource& resource, const v1::ListSdqsRequest& request) {
  return (request.school_urn().empty() || request.school_urn() == resource.school.text()) &&
         (request.authority_code().empty() ||
          request.authority_code() == resource.authority.text());
}

// The ids of a child's PEPs and SDQs begin with the child's.
std::string ChildIn(const std::string& id) { return id.substr(0, id.find('.')); }

// What leaves the least to pass over.
ListedRecords RecordsFor(const v1::ListSdqsRequest& request) {
  const auto stage = KnownEnum<Stage>(request.state());
  const bool open =
      request.missing_only() || request.to_confirm_only() || (stage && IsAwaited(*stage));
  ListedRecords records{open ? OpenSdqs() : AllSdqs()};
  const std::string& owner = request.pep_id().empty() ? request.child_id() : request.pep_id();
  if (!owner.empty()) {
    records.routing_id = ChildIn(owner);
    records.prefix = owner + ".";
  }
  return records;
}

Target SdqAndChild(const std::string& sdq_id) {
  const std::string child = ChildIn(sdq_id);
  return {child, RecordOf(sdq_id), {KnownChildren::RecordOf(ChildId(child))}};
}

}  // namespace

grpc::Status GrpcApi::GetSdq(const Call& call, const v1::GetSdqRequest& asked,
                             v1::GetSdqResponse& answer) const {
  Violations violations;
  const SdqKey key = ReadSdqId(asked.sdq_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  auto resource = children_.ResourceOf(key.child);
  if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
  if (!call.MayTouch(*resource)) return DeniedStatus(server_.domain());
  auto state = Read<SdqCodec>(engine_.store, TargetOf(key));
  if (!state.ok()) return FromAbsl(server_.domain(), state.status());
  if (!*state) {
    return RefusalStatus(server_.domain(), sdq_refusals::kNotRequested,
                         "no such SDQ was requested; list the child's SDQs", "sdq_id");
  }
  answer = ToContent(**state);
  return grpc::Status::OK;
}

grpc::Status GrpcApi::ListSdqs(const Call& call, const v1::ListSdqsRequest& asked,
                               v1::ListSdqsResponse& answer) const {
  const auto may_list = [&](const SdqState& state, const auto& child) -> absl::StatusOr<bool> {
    if (!Matches(state, asked)) return false;
    auto resource = children_.ResourceIn(child.front());
    if (!resource.ok()) return resource.status();
    return Matches(*resource, asked) && call.MayTouch(*resource);
  };
  return AnswerPage(server_.domain(), engine_.store, call, asked, answer, kAnyFilter,
                    [&](const AskedPage& asked_page) -> absl::StatusOr<std::string> {
                      auto page =
                          ReadListed<SdqCodec>(engine_.store, RecordsFor(asked), SdqAndChild,
                                               asked_page.size(), asked_page.position(), may_list);
                      if (!page.ok()) return page.status();
                      for (const SdqState& sdq : page->states) *answer.add_sdqs() = ToSdq(sdq);
                      return page->next_page_token;
                    });
}

grpc::Status GrpcApi::GetPupilViews(const Call& call, const v1::GetPupilViewsRequest& asked,
                                    v1::GetPupilViewsResponse& answer) const {
  Violations violations;
  const auto pep = ReadPepOf(call, asked, violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  if (!pep.ok()) return FromAbsl(server_.domain(), pep.status());
  if (!*pep) return DeniedStatus(server_.domain());
  auto state = Read<PupilViewsCodec>(engine_.store, ViewsOf(ChildId(asked.child_id()), **pep));
  if (!state.ok()) return FromAbsl(server_.domain(), state.status());
  if (!*state) {
    return RefusalStatus(server_.domain(), pupil_views_refusals::kNoPupilViews,
                         "nothing of this child's views is on record for this PEP", "pep_id");
  }
  *answer.mutable_views() = ToPupilViews(**state);
  WriteFields(**state, answer);
  return grpc::Status::OK;
}

void GrpcApi::ServeQueries() {
  Serve(&GrpcApi::GetSdq);
  Serve(&GrpcApi::ListSdqs);
  Serve(&GrpcApi::GetPupilViews);
}

}  // namespace pepline::assessments
