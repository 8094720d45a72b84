#include "services/funding/domain/funding_work.h"

#include <set>
#include <utility>

namespace pepline::funding {
namespace {

// What is to be done, since when, by whom, and the deadline that waits for it, if one does.
struct Next {
  WorkStep step;
  absl::Time since;
  std::set<Role> who;
  std::optional<Rule> rule = std::nullopt;
};

std::optional<Next> NextOf(const FundingRequest& request) {
  using enum Role;
  // A step that a stage without one cannot have followed counts from the draft.
  const auto since = [&](const std::optional<Step>& step) {
    return step ? step->at : request.drafted_at;
  };
  switch (request.stage) {
    case RequestStage::kDraft:
      return Next{WorkStep::kSubmitFundingRequest,
                  request.drafted_at,
                  {kDesignatedTeacher, kVirtualSchool}};
    case RequestStage::kSubmitted:
      return Next{WorkStep::kDecideFundingRequest,
                  since(request.submitted),
                  {kVirtualSchool},
                  Rule::kFundingDecided};
    case RequestStage::kApproved:
      return Next{
          WorkStep::kReleaseFunding, since(request.decided), {kFinance}, Rule::kFundingReleased};
    case RequestStage::kDeclined:
    case RequestStage::kReleased:
    case RequestStage::kWithdrawn:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Work> WorkOn(const FundingRequest& request, absl::Time now) {
  auto next = NextOf(request);
  if (!next) return std::nullopt;
  Work work{.step = next->step,
            .child = request.costing.child,
            .pep = request.costing.pep,
            .record = request.costing.id.text()};
  work.waiting_since = next->since;
  work.who = std::move(next->who);
  // An earlier version may have left the request without its deadline; it waits by no day until
  // that is given to it.
  const auto found = next->rule ? request.deadlines.find(*next->rule) : request.deadlines.end();
  if (found == request.deadlines.end() || !IsLive(found->second)) return work;
  const DeadlineInstants& instants = found->second.instants;
  work.rule = RuleId(found->first);
  work.due_at = instants.due_at;
  work.late = now >= MissedFrom(instants.due_at);
  work.estimated = !instants.calendar_known;
  return work;
}

}  // namespace pepline::funding
