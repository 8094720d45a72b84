// The work-list of funding: what the caller is to do next for the requests that it reaches.
#include "services/funding/api/grpc_api.h"
#include "services/funding/domain/funding_work.h"
#include "shared/engine/paging.h"
#include "shared/rpc/work_list.h"

namespace pepline::funding {

grpc::Status GrpcApi::ListWork(const Call& call, const v1::ListWorkRequest& asked,
                               v1::ListWorkResponse& answer) const {
  return AnswerWork(server_.domain(), engine_, call, asked, answer, [&](WorkList& list) {
    // Somebody of a school reaches requests of every authority.
    const std::string prefix = RequestIdPrefix(list.authority());
    return ForEachListed<FundingCodec>(
        engine_.store, {OpenRequests(), "", prefix}, ListedTarget,
        [&](const FundingState& state, const RecordStates&) -> absl::Status {
          const auto work = state.request ? WorkOn(*state.request, list.now()) : std::nullopt;
          // Where the child is now has to be asked for, so it is where that may matter alone.
          if (!work || !list.Wants(*work)) return absl::OkStatus();
          auto whose = children_.ResourceOf(work->child);
          if (!whose.ok()) return whose.status();
          whose->authority = state.request->costing.line.authority;
          list.Offer(*whose, *work);
          return absl::OkStatus();
        });
  });
}

}  // namespace pepline::funding
