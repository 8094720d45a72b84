#include "services/funding/domain/funding_work.h"

namespace pepline::funding {

std::optional<Work> WorkOn(const FundingRequest& request) {
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
      return work;
    case RequestStage::kApproved:
      work.step = WorkStep::kReleaseFunding;
      work.waiting_since = since(request.decided);
      work.who = {kFinance};
      return work;
    case RequestStage::kDeclined:
    case RequestStage::kReleased:
    case RequestStage::kWithdrawn:
      break;
  }
  return std::nullopt;
}

}  // namespace pepline::funding
