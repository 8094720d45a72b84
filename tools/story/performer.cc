#include "tools/story/performer.h"

#include <functional>

#include "absl/strings/str_cat.h"

namespace pepline::story {
namespace {

struct NameOf {
  std::string operator()(const ImportFile& deed) const {
    return absl::StrCat("Import ", deed.path.substr(deed.path.rfind('/') + 1));
  }
  std::string operator()(const MoveToSchool&) const { return "MoveToSchool"; }
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
  std::string operator()(const CaptureViews&) const { return "CaptureViews"; }
  std::string operator()(const DeclineViews&) const { return "DeclineViews"; }
  std::string operator()(const HoldPep&) const { return "HoldPep"; }
  std::string operator()(const FinaliseEpep&) const { return "FinaliseEpep"; }
  std::string operator()(const AskForFunding&) const { return "AskForFunding"; }
  std::string operator()(const OpenFundLine&) const { return "OpenFundLine"; }
  std::string operator()(const ReleaseFunding&) const { return "ReleaseFunding"; }
};

}  // namespace

std::string DeedName(const Deed& deed) { return std::visit(NameOf{}, deed); }

Performer::Performer(Calls& calls, People& people)
    : calls_(calls),
      people_(people),
      registry_(registry::v1::RegistryService::NewStub(calls.channel("registry"))),
      scheduling_(scheduling::v1::SchedulingService::NewStub(calls.channel("scheduling"))),
      assessments_(assessments::v1::AssessmentsService::NewStub(calls.channel("assessments"))),
      funding_(funding::v1::FundingService::NewStub(calls.channel("funding"))),
      notifications_(
          notifications::v1::NotificationsService::NewStub(calls.channel("notifications"))) {}

absl::Status Performer::Perform(const Act& act) {
  const std::string what =
      absl::StrCat(absl::FormatCivilTime(act.at), " ", act.child, " ", DeedName(act.deed));
  Scene scene{.child_id = {},
              .at_school = VirtualSchool(),
              .request_id = {},
              .own_id = act.child,
              .on = absl::CivilDay(act.at)};
  if (!act.child.empty()) {
    const registry::v1::Child* child = people_.ChildByOwnId(act.child);
    if (child == nullptr)
      return absl::NotFoundError(absl::StrCat(what, ": there is no such child"));
    scene.child_id = child->child_id();
    scene.at_school = people_.AtSchoolOf(*child);
  }
  // One act of one kind at one instant: the same act has the same id on every run.
  scene.request_id = absl::StrCat("story-", std::hash<std::string>{}(what));
  const Outcome outcome = std::visit([&](const auto& deed) { return Do(deed, scene); }, act.deed);
  if (act.refused.empty()) return outcome.ToStatus(what);
  if (outcome.ok()) {
    return absl::InternalError(absl::StrCat(what, ": done, but was to be refused: ", act.refused));
  }
  return outcome.reason == act.refused ? absl::OkStatus() : outcome.ToStatus(what);
}

}  // namespace pepline::story
