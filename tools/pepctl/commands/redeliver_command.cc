// `pepctl alerts redeliver`.
#include "absl/strings/str_cat.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {
namespace {

namespace no = notifications::v1;

no::RedeliverAlertRequest RequestFor(const std::string& alert, const std::string& request_id) {
  no::RedeliverAlertRequest request;
  request.set_request_id(request_id);
  request.set_alert_id(alert);
  return request;
}

// Ids of open alerts, or of notices, of which somebody could not be told.
grpc::Status ListFailed(client::Caller& caller, no::AlertState state,
                        std::vector<std::string>& alerts) {
  no::ListAlertsRequest request;
  request.set_state(state);
  request.set_with_failed_deliveries(true);
  request.set_page_size(500);
  no::ListAlertsResponse page;
  do {
    page.Clear();
    if (grpc::Status status = caller.Call(request, page); !status.ok()) return status;
    for (const no::Alert& alert : page.alerts()) alerts.push_back(alert.reference().alert_id());
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  return grpc::Status::OK;
}

int RedeliverAll(client::Caller& caller, Invocation& invocation) {
  std::vector<std::string> alerts;
  for (const no::AlertState state : {no::ALERT_STATE_OPEN, no::ALERT_STATE_NOTICE}) {
    if (grpc::Status status = ListFailed(caller, state, alerts); !status.ok()) {
      return Fail(invocation, status);
    }
  }
  int told = 0;
  for (const std::string& alert : alerts) {
    if (invocation.globals.dry_run) {
      invocation.out << alert << "\n";
      continue;
    }
    // What was carried out of a run that broke off is not listed again, so each needs no id that
    // somebody could repeat.
    no::RedeliverAlertResponse answer;
    const grpc::Status status = caller.Call(RequestFor(alert, client::NewRequestId()), answer);
    // It was resolved meanwhile, and nobody need be told any more.
    if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION) continue;
    if (!status.ok()) return Fail(invocation, status);
    ++told;
  }
  if (invocation.globals.dry_run) {
    invocation.err << "Nothing was sent (--dry-run).\n";
  } else {
    invocation.out << absl::StrCat(told, told == 1 ? " alert is" : " alerts are", " told again.\n");
  }
  return kDone;
}

}  // namespace

int Redeliver(const RedeliverArguments& arguments, Invocation& invocation) {
  if (arguments.alert.empty() && !arguments.all_failed) {
    return Fail(invocation,
                absl::InvalidArgumentError(
                    "give the id of an alert (`pepctl alerts list --failed`), or --all-failed"));
  }
  const std::string& given = invocation.globals.request_id;
  const no::RedeliverAlertRequest request =
      RequestFor(arguments.alert, given.empty() ? client::NewRequestId() : given);
  if (invocation.globals.dry_run && !arguments.all_failed) {
    invocation.out << Json(request, false);
    invocation.err << "Nothing was sent (--dry-run).\n";
    return kDone;
  }
  auto actor = ActorOf(invocation.globals, nullptr);
  if (!actor.ok()) return Fail(invocation, actor.status());
  auto caller = MakeCaller(invocation.globals, *std::move(actor));
  if (!caller.ok()) return Fail(invocation, caller.status());
  if (arguments.all_failed) return RedeliverAll(**caller, invocation);
  no::RedeliverAlertResponse answer;
  if (grpc::Status status = (*caller)->Call(request, answer); !status.ok()) {
    return Fail(invocation, status, {{"alert_id", "ALERT"}});
  }
  invocation.out << (invocation.globals.json() ? Json(answer, true) : RecordText(answer));
  return kDone;
}

}  // namespace pepline::pepctl
