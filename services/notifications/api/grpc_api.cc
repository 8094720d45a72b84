#include "services/notifications/api/grpc_api.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/notifications/metrics.h"
#include "services/notifications/storage/conversions.h"
#include "shared/engine/paging.h"
#include "shared/rpc/handle_command.h"
#include "shared/rpc/page_tokens.h"

namespace pepline::notifications {
namespace {

void CheckAlertId(const std::string& alert_id, Violations& violations) {
  if (!IsPlainId(alert_id)) violations.push_back({"alert_id", "give the alert's id"});
}

// As whom the caller acknowledges; the authorisation table lets no other role in.
RecipientRole RecipientOf(Role role) {
  switch (role) {
    case Role::kDesignatedTeacher:
      return RecipientRole::kDesignatedTeacher;
    case Role::kVirtualSchool:
    case Role::kFinance:
    case Role::kAuditor:
    case Role::kOperator:
    case Role::kService:
      return RecipientRole::kVirtualSchoolCaseworker;
    case Role::kSocialWorker:
      return RecipientRole::kSocialWorker;
    case Role::kIndependentReviewingOfficer:
      return RecipientRole::kIndependentReviewingOfficer;
    case Role::kHeadteacher:
      return RecipientRole::kHeadteacher;
  }
  return RecipientRole::kVirtualSchoolCaseworker;
}

bool Matches(const AlertState& state, const v1::ListAlertsRequest& request) {
  const AlertReference& reference = state.reference;
  return (request.child_id().empty() || request.child_id() == reference.child.text()) &&
         (request.school_urn().empty() || request.school_urn() == reference.school.text()) &&
         (request.authority_code().empty() ||
          request.authority_code() == reference.authority.text()) &&
         (request.state() == v1::ALERT_STATE_UNSPECIFIED || request.state() == StateOf(state)) &&
         (!request.has_level() || request.level() == state.level()) &&
         (!request.with_failed_deliveries() || (state.IsTold() && !state.GivenUp().empty()));
}

// A child's alerts lie with the child, and those of its requests with these: the pages of the
// others come after the pages of the ones, and their positions begin so.
constexpr absl::string_view kOfRequests = "of-requests/";

// Where the least is to pass over. Few alerts are open at once, whereas a list of all grows for
// years.
ListedRecords RecordsFor(const v1::ListAlertsRequest& request, bool of_requests) {
  if (of_requests) return {AlertsOfRequestsFor(ChildId(request.child_id()))};
  const bool notices = request.state() == v1::ALERT_STATE_NOTICE;
  const bool only_open =
      request.state() == v1::ALERT_STATE_OPEN || (request.with_failed_deliveries() && !notices);
  ListedRecords from{notices ? AllNotices() : only_open ? OpenAlerts() : AllAlerts()};
  if (!request.child_id().empty()) {
    from.routing_id = request.child_id();
    from.prefix = request.child_id() + ".";
  } else if (!only_open && !notices && !request.school_urn().empty()) {
    from.entry = AlertsOf(SchoolUrn(request.school_urn()));
  }
  return from;
}

// The alert and the child that it is about, if it is about one that it lies with.
Target AlertAndChild(const std::string& alert) {
  Target target = AlertOf(AlertId(alert));
  if (IsOfRequest(AlertId(alert))) return target;
  target.also = {KnownChildren::RecordOf(ChildId(target.routing_id))};
  return target;
}

Resource OfSchool(const AlertReference& reference) {
  return {reference.authority, reference.school};
}

// The alert's owners, with whether the caller is one of those who are told of it.
bool MayTouch(const Call& call, const AlertState& state, Resource owners) {
  owners.told = state.IsAddressee(RecipientOf(call.actor.role));
  return call.MayTouch(owners);
}

}  // namespace

absl::StatusOr<Resource> GrpcApi::ResourceOf(const AlertState& state) const {
  const AlertReference& reference = state.reference;
  if (reference.child.empty()) return OfSchool(reference);
  auto child = children_.ResourceOf(reference.child);
  if (!child.ok()) return child.status();
  return OwnersOf(state, *std::move(child));
}

absl::StatusOr<std::optional<AlertState>> GrpcApi::Find(const Call& call,
                                                        const AlertId& alert) const {
  auto state = Read<AlertCodec>(engine_.store, AlertOf(alert));
  if (!state.ok()) return state.status();
  if (!*state || (*state)->run == 0) return std::optional<AlertState>();
  auto resource = ResourceOf(**state);
  if (!resource.ok()) return resource.status();
  if (!MayTouch(call, **state, *std::move(resource))) return std::optional<AlertState>();
  return *std::move(state);
}

template <class Request, class Response>
grpc::Status GrpcApi::Handle(const Call& call, const Request& request, const AlertCommand& command,
                             Response& response) const {
  Violations violations;
  CheckAlertId(request.alert_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const AlertId alert(request.alert_id());
  auto seen = Find(call, alert);
  if (!seen.ok()) return FromAbsl(server_.domain(), seen.status());
  if (!*seen) return DeniedStatus(server_.domain());
  return HandleCommand<AlertCodec>(
      server_, engine_, AlertOf(alert), command, call.OriginOf(request),
      {.facts = [&](const AlertState&,
                    const RecordStates&) { return facts_.Load(alert, gate_.IsOpen(alert)); }},
      [](const AlertState& state, const std::vector<AlertEvent>&, Response& answer) {
        *answer.mutable_alert() = ToAlert(state);
      },
      [&](Metrics& metrics, const std::vector<AlertEvent>& events) {
        CountEvents(metrics, events);
        deliverer_.Post(alert, LevelsToTell(events));
      },
      response);
}

grpc::Status GrpcApi::ListAlerts(const Call& call, const v1::ListAlertsRequest& request,
                                 v1::ListAlertsResponse& response) const {
  Violations violations;
  const auto asked_page = AskedPage::Read(engine_.store, call, request, violations);
  if (!asked_page.ok()) return FromAbsl(server_.domain(), asked_page.status());
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  const std::string& position = asked_page->position();
  const bool is_after = absl::StartsWith(position, kOfRequests);
  auto page = is_after
                  ? ListPage(call, request, /*of_requests=*/true, asked_page->size(),
                             position.substr(kOfRequests.size()))
                  : ListPage(call, request, /*of_requests=*/false, asked_page->size(), position);
  if (!page.ok()) return FromAbsl(server_.domain(), page.status());
  const int room = asked_page->size() - static_cast<int>(page->states.size());
  const bool goes_on = !is_after && page->next_page_token.empty() && !request.child_id().empty() &&
                       request.state() != v1::ALERT_STATE_NOTICE;
  if (goes_on && room > 0) {
    auto more = ListPage(call, request, /*of_requests=*/true, room, "");
    if (!more.ok()) return FromAbsl(server_.domain(), more.status());
    std::ranges::move(more->states, std::back_inserter(page->states));
    page->next_page_token = std::move(more->next_page_token);
  }
  for (const AlertState& state : page->states) *response.add_alerts() = ToAlert(state);
  std::string next = std::move(page->next_page_token);
  const bool is_of_requests = is_after || goes_on;
  if (is_of_requests && (!next.empty() || (goes_on && room == 0))) {
    next = absl::StrCat(kOfRequests, next);
  }
  return FromAbsl(server_.domain(), asked_page->SetNext(next, response));
}

absl::StatusOr<StatePage<AlertState>> GrpcApi::ListPage(const Call& call,
                                                        const v1::ListAlertsRequest& request,
                                                        bool of_requests, int size,
                                                        std::string_view position) const {
  return ReadListed<AlertCodec>(
      engine_.store, RecordsFor(request, of_requests), AlertAndChild, size, position,
      [&](const AlertState& state, const auto& child) -> absl::StatusOr<bool> {
        if (state.run == 0 || !Matches(state, request)) return false;
        if (state.reference.child.empty()) {
          return MayTouch(call, state, OfSchool(state.reference));
        }
        auto resource = child.empty() ? children_.ResourceOf(state.reference.child)
                                      : children_.ResourceIn(child.front());
        if (!resource.ok()) return resource.status();
        return MayTouch(call, state, OwnersOf(state, *std::move(resource)));
      });
}

grpc::Status GrpcApi::AcknowledgeAlert(const Call& call, const v1::AcknowledgeAlertRequest& asked,
                                       v1::AcknowledgeAlertResponse& answer) const {
  return Handle(call, asked, notifications::AcknowledgeAlert{RecipientOf(call.actor.role)}, answer);
}

grpc::Status GrpcApi::RedeliverAlert(const Call& call, const v1::RedeliverAlertRequest& asked,
                                     v1::RedeliverAlertResponse& answer) const {
  return Handle(call, asked, RedeliverFailed{}, answer);
}

grpc::Status GrpcApi::GetAlert(const Call& call, const v1::GetAlertRequest& asked,
                               v1::GetAlertResponse& answer) const {
  Violations violations;
  CheckAlertId(asked.alert_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  auto state = Find(call, AlertId(asked.alert_id()));
  if (!state.ok()) return FromAbsl(server_.domain(), state.status());
  if (!*state) return DeniedStatus(server_.domain());
  *answer.mutable_alert() = ToAlert(**state);
  return grpc::Status::OK;
}

}  // namespace pepline::notifications
