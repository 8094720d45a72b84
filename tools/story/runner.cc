#include "tools/story/runner.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "tools/client/failure.h"

namespace pepline::story {
namespace {

struct NameOf {
  std::string operator()(const ImportFile& action) const {
    return absl::StrCat("Import ", action.path.substr(action.path.rfind('/') + 1));
  }
  std::string operator()(const MoveToSchool&) const { return "MoveToSchool"; }
  std::string operator()(const EnrolAtSchool&) const { return "EnrolAtSchool"; }
  std::string operator()(const ApproveFunding&) const { return "ApproveFunding"; }
  std::string operator()(const DeclineFunding&) const { return "DeclineFunding"; }
  std::string operator()(const AcknowledgeAlerts&) const { return "AcknowledgeAlerts"; }
  std::string operator()(const SchedulePep&) const { return "SchedulePep"; }
  std::string operator()(const ReschedulePep&) const { return "ReschedulePep"; }
  std::string operator()(const CancelPep&) const { return "CancelPep"; }
  std::string operator()(const DraftEpep&) const { return "DraftEpep"; }
  std::string operator()(const SendSdq&) const { return "SendSdq"; }
  std::string operator()(const ReturnSdq&) const { return "ReturnSdq"; }
  std::string operator()(const GiveUpSdq&) const { return "GiveUpSdq"; }
  std::string operator()(const ConfirmSdqGivenUp&) const { return "ConfirmSdqGivenUp"; }
  std::string operator()(const SetOutcome&) const { return "SetOutcome"; }
  std::string operator()(const RefineOutcome&) const { return "RefineOutcome"; }
  std::string operator()(const CaptureViews&) const { return "CaptureViews"; }
  std::string operator()(const DeclineViews&) const { return "DeclineViews"; }
  std::string operator()(const HoldPep&) const { return "HoldPep"; }
  std::string operator()(const FinaliseEpep&) const { return "FinaliseEpep"; }
  std::string operator()(const AskForFunding&) const { return "AskForFunding"; }
  std::string operator()(const OpenFundLine&) const { return "OpenFundLine"; }
  std::string operator()(const ReleaseFunding&) const { return "ReleaseFunding"; }
};

}  // namespace

std::string ActionName(const Action& action) { return std::visit(NameOf{}, action); }

absl::Status Runner::Run(const Step& step, std::string* refusal) {
  const std::string what =
      absl::StrCat(absl::FormatCivilTime(step.at), " ", step.child, " ", ActionName(step.action));
  Scene scene{.child_id = {},
              .at_school = VirtualSchool(),
              .request_id = {},
              .own_id = step.child,
              .on = absl::CivilDay(step.at)};
  if (!step.child.empty()) {
    const registry::v1::Child* child = people_.ChildByOwnId(step.child);
    if (child == nullptr)
      return absl::NotFoundError(absl::StrCat(what, ": there is no such child"));
    scene.child_id = child->child_id();
    scene.at_school = people_.AtSchoolOf(*child);
  }
  // One step of one kind at one instant: the same step has the same id on every run.
  scene.request_id = absl::StrCat("story-", std::hash<std::string>{}(what));
  const grpc::Status status =
      std::visit([&](const auto& action) { return Do(action, scene); }, step.action);
  if (status.ok() && step.refused.empty()) return absl::OkStatus();
  if (status.ok()) {
    return absl::InternalError(absl::StrCat(what, ": done, but was to be refused: ", step.refused));
  }
  const client::Failure failure = client::ReadFailure(status);
  if (!step.refused.empty() && failure.reason == step.refused) {
    if (refusal != nullptr) *refusal = failure.message;
    return absl::OkStatus();
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      absl::StrCat(what, ": ", client::FailureText(failure)));
}

}  // namespace pepline::story
