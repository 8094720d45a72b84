// The work-list of scheduling: what the caller is to do next for the PEPs that it reaches.
#include <map>
#include <memory>
#include <vector>

#include "services/scheduling/api/answers.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/domain/work_items/work_on_peps.h"
#include "services/scheduling/storage/children.h"
#include "shared/rpc/work_list.h"

namespace pepline::scheduling {
namespace {

// Where the plans are of those whom the caller reaches. A PEP that stays with a school which its
// child has left is found by that school.
std::vector<IndexEntry> ListsFor(const WorkList& list) {
  std::vector<IndexEntry> entries;
  for (const SchoolUrn& school : list.schools()) {
    entries.push_back(ChildrenAtSchool(school.text()));
    entries.push_back(PlansWithPepLeftAt(school.text()));
  }
  if (entries.empty() && !list.authority().empty()) {
    entries.push_back(ChildrenOfAuthority(list.authority().text()));
  }
  return entries;
}

}  // namespace

grpc::Status GrpcApi::ListWork(const Call& call, const v1::ListWorkRequest& asked,
                               v1::ListWorkResponse& answer) const {
  return AnswerWork(server_.domain(), engine_, call, asked, answer, [&](WorkList& list) {
    std::map<AuthorityCode, std::shared_ptr<const Policy>> policies;
    const auto offer = [&](const PlanState& state, const RecordStates& also) -> absl::Status {
      const auto child = facts_.ResourceIn(also.front());
      if (!child.ok()) return child.status();
      const auto [known, is_new] = policies.try_emplace(child->authority);
      if (is_new) {
        auto policy = facts_.PolicyOf(child->authority);
        if (!policy.ok()) return policy.status();
        known->second = *std::move(policy);
      }
      for (const PepWorkItem& item : WorkOn(state, known->second.get(), list.now())) {
        list.Offer(item.pep == nullptr ? *child : ResourceOfPep(state, *item.pep, *child),
                   item.work);
      }
      return absl::OkStatus();
    };
    const auto plan_of = [](const std::string& child) { return PlanOf(ChildId(child)); };
    absl::Status read;
    for (const IndexEntry& entry : ListsFor(list)) {
      if (read.ok()) read = ForEachListed<PlanCodec>(engine_.store, {entry}, plan_of, offer);
    }
    return read;
  });
}

}  // namespace pepline::scheduling
