// The work-list of assessments: what the caller is to do next for the SDQs that it reaches.
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/domain/sdq_work.h"
#include "shared/engine/paging.h"
#include "shared/rpc/work_list.h"

namespace pepline::assessments {
namespace {

// An id that names no SDQ has no records.
Target ListedTarget(const std::string& sdq) {
  const auto key = ParseSdqId(sdq);
  return key ? TargetOf(*key) : Target{sdq, RecordOf(sdq)};
}

}  // namespace

grpc::Status GrpcApi::ListWork(const Call& call, const v1::ListWorkRequest& asked,
                               v1::ListWorkResponse& answer) const {
  return AnswerWork(server_.domain(), engine_, call, asked, answer, [&](WorkList& list) {
    // No list has a school's SDQs or an authority's, and none those that are scored (README.md).
    return ForEachListed<SdqCodec>(
        engine_.store, {AllSdqs()}, ListedTarget,
        [&](const SdqState& sdq, const RecordStates& also) -> absl::Status {
          const auto work = WorkOn(sdq);
          if (!work || also.empty()) return absl::OkStatus();
          const auto child = KnownChildren::ChildIn(also.front());
          if (!child.ok()) return child.status();
          // Nobody asks after the SDQ of a child whose care has ceased.
          if (!*child || !(*child)->looked_after) return absl::OkStatus();
          list.Offer({(*child)->authority, (*child)->school}, *work);
          return absl::OkStatus();
        });
  });
}

}  // namespace pepline::assessments
