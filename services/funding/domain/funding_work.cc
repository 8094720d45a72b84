#include "services/funding/domain/funding_work.h"

namespace pepline::funding {
namespace {

// By when the step is to be done; by no day where an earlier version left the request without its
// deadline, until that is given to it.
void Due(Work& work, Rule rule, const FundingRequest& request, absl::Time now) {
  const auto found = request.deadlines.find(rule);
  if (found == request.deadlines.end() || !IsLive(found->second)) return;
  const DeadlineInstants& instants = found->second.instants;
  work.rule = RuleId(rule);
  work.due_at = instants.due_at;
  work.late = now >= MissedFrom(instants.due_at);
  work.estimated = !instants.calendar_known;
}

}  // namespace

std::optional<Work> WorkOn(const FundingRequest& request, absl::Time now) {
  using enum Role;
  const Costing& costing = request.costing;
  Work work{.child = costing.child, .pep = costing.pep, .record = costing.id.text()};
  // A step that a stage without one cannot have followed counts from the draft.
  const auto since = [&](const std::optional<Step>& step) {
    return step ? step->at : request.drafted_at;
  };
  switch (request.stage) {
    case RequestStage::kDraft:
      work.step = WorkStep::kSubmitFundingRequest;
      work.waiting_since = request.drafted_at;
      work.who = {kDesignatedTeacher, kVirtualSchool};
      return work;
    case RequestStage::kSubmitted:
      work.step = WorkStep::kDecideFundingRequest;
      work.waiting_since = since(request.submitted);
      work.who = {kVirtualSchool};
      Due(work, Rule::kFundingDecided, request, now);
      return work;
    case RequestStage::kApproved:
      work.step = WorkStep::kReleaseFunding;
      work.waiting_since = since(request.decided);
      work.who = {kFinance};
      Due(work, Rule::kFundingReleased, request, now);
      return work;
    case RequestStage::kDeclined:
    case RequestStage::kReleased:
    case RequestStage::kWithdrawn:
      break;
  }
  return std::nullopt;
}

}  // namespace pepline::funding
