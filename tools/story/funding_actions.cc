// The actions around Pupil Premium Plus: the school asks, the Virtual School decides, finance pays.
#include "absl/strings/str_cat.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tools/story/runner.h"

namespace pepline::story {
namespace {

namespace v1 = funding::v1;

constexpr int kWeeksOfSupport = 12;

}  // namespace

grpc::Status Runner::Do(const OpenFundLine& action, const Scene& scene) {
  v1::OpenFundLineRequest request;
  request.set_request_id(scene.request_id);
  request.set_authority_code(kAuthority);
  request.set_financial_year(action.financial_year);
  request.set_amount_pence(action.pence);
  v1::OpenFundLineResponse response;
  const grpc::Status outcome = caller_.Call(Finance(), request, response);
  absl::MutexLock lock(&mutex_);
  fund_line_ = response.fund_line().fund_line_id();
  return outcome;
}

grpc::Status Runner::Do(const AskForFunding& action, const Scene& scene) {
  scheduling::v1::GetPepRequest which;
  which.set_child_id(scene.child_id);
  scheduling::v1::GetPepResponse now;
  grpc::Status outcome = caller_.Call(scene.at_school, which, now);
  if (!outcome.ok()) return outcome;
  v1::DraftFundingRequestRequest draft;
  draft.set_request_id(absl::StrCat(scene.request_id, ".draft"));
  {
    absl::MutexLock lock(&mutex_);
    draft.set_fund_line_id(fund_line_);
  }
  draft.set_child_id(scene.child_id);
  draft.set_pep_id(now.pep().reference().pep_id());
  draft.set_outcome_id(absl::StrCat(draft.pep_id(), ".o1"));
  draft.set_description(action.intervention);
  v1::CostLine* line = draft.add_cost_lines();
  line->set_description(action.intervention);
  line->set_amount_pence(action.pence);
  draft.set_start_on(absl::FormatCivilTime(scene.on + 7));
  draft.set_end_on(absl::FormatCivilTime(scene.on + 7 * kWeeksOfSupport));
  draft.set_exit_plan("looked at again at the next PEP meeting");
  v1::DraftFundingRequestResponse drafted;
  outcome = caller_.Call(scene.at_school, draft, drafted);
  if (!outcome.ok()) return outcome;
  v1::SubmitFundingRequestRequest submit;
  submit.set_request_id(scene.request_id);
  submit.set_funding_request_id(drafted.funding_request().funding_request_id());
  {
    absl::MutexLock lock(&mutex_);
    funding_requests_[scene.child_id] = submit.funding_request_id();
  }
  v1::SubmitFundingRequestResponse submitted;
  return caller_.Call(scene.at_school, submit, submitted);
}

grpc::Status Runner::Do(const ApproveFunding& action, const Scene& scene) {
  v1::ApproveFundingRequestRequest request;
  request.set_request_id(scene.request_id);
  request.set_funding_request_id(FundingRequestOf(scene.child_id));
  request.set_approved_pence(action.pence);
  v1::ApproveFundingRequestResponse response;
  return caller_.Call(VirtualSchool(), request, response);
}

grpc::Status Runner::Do(const DeclineFunding& action, const Scene& scene) {
  v1::DeclineFundingRequestRequest request;
  request.set_request_id(scene.request_id);
  request.set_funding_request_id(FundingRequestOf(scene.child_id));
  request.set_reason(action.reason);
  v1::DeclineFundingRequestResponse response;
  return caller_.Call(VirtualSchool(), request, response);
}

grpc::Status Runner::Do(const ReleaseFunding&, const Scene& scene) {
  v1::ReleaseFundingRequest request;
  request.set_request_id(scene.request_id);
  request.set_funding_request_id(FundingRequestOf(scene.child_id));
  v1::ReleaseFundingResponse response;
  return caller_.Call(Finance(), request, response);
}

std::string Runner::FundingRequestOf(const std::string& child_id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = funding_requests_.find(child_id);
  return found == funding_requests_.end() ? "" : found->second;
}

}  // namespace pepline::story
