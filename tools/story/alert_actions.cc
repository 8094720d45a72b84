// What the Virtual School does about alerts.
#include "absl/strings/str_cat.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "tools/story/runner.h"

namespace pepline::story {

namespace v1 = notifications::v1;

grpc::Status Runner::Do(const AcknowledgeAlerts&, const Scene& scene) {
  v1::ListAlertsRequest open;
  open.set_child_id(scene.child_id);
  open.set_authority_code(kAuthority);
  open.set_state(v1::ALERT_STATE_OPEN);
  v1::ListAlertsResponse alerts;
  grpc::Status outcome = caller_.Call(VirtualSchool(), open, alerts);
  int number = 0;
  for (const v1::Alert& alert : alerts.alerts()) {
    if (!outcome.ok()) break;
    if (alert.level() < 1) continue;
    v1::AcknowledgeAlertRequest request;
    request.set_request_id(absl::StrCat(scene.request_id, ".", ++number));
    request.set_alert_id(alert.reference().alert_id());
    v1::AcknowledgeAlertResponse response;
    outcome = caller_.Call(VirtualSchool(), request, response);
  }
  return outcome;
}

}  // namespace pepline::story
