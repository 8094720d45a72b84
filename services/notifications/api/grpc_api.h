// The RPCs of notifications (proto/pepline/notifications/v1/notifications_service.proto): decode,
// authorise on the child's authority and present school (or the school itself), and for whom the
// contract says so on whether their role was told, carry out, encode.
// No rules here. An alert that the caller may not see answers NOT_FOUND, as one that does not
// exist. Threads: gRPC's; handlers run on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_API_GRPC_API_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_API_GRPC_API_H_

#include "pepline/notifications/v1/notifications_service.grpc.pb.h"
#include "services/notifications/delivery/deliverer.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"
#include "shared/engine/execute.h"
#include "shared/engine/paging.h"
#include "shared/projections/known_children.h"
#include "shared/rpc/rpc_service.h"

namespace pepline::notifications {

class GrpcApi final : public RpcService<v1::NotificationsService> {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const FactsLoader& facts,
          const KnownChildren& children, Deliverer& deliverer, const CatchUpGate& gate)
      : RpcService(server),
        engine_(engine),
        facts_(facts),
        children_(children),
        deliverer_(deliverer),
        gate_(gate) {
    Serve(&GrpcApi::AcknowledgeAlert);
    Serve(&GrpcApi::RedeliverAlert);
    Serve(&GrpcApi::GetAlert);
    Serve(&GrpcApi::ListAlerts);
    CheckAllAreServed();
  }

 private:
  grpc::Status AcknowledgeAlert(const Call& call, const v1::AcknowledgeAlertRequest& asked,
                                v1::AcknowledgeAlertResponse& answer) const;
  grpc::Status RedeliverAlert(const Call& call, const v1::RedeliverAlertRequest& asked,
                              v1::RedeliverAlertResponse& answer) const;
  grpc::Status GetAlert(const Call& call, const v1::GetAlertRequest& asked,
                        v1::GetAlertResponse& answer) const;
  // A command on an alert that the caller may see. Request and Response have request_id and alert.
  template <class Request, class Response>
  grpc::Status Handle(const Call& call, const Request& request, const AlertCommand& command,
                      Response& response) const;
  grpc::Status ListAlerts(const Call& call, const v1::ListAlertsRequest& request,
                          v1::ListAlertsResponse& response) const;
  // One page of a list: of `request`'s own records, or of those that lie with a child's requests.
  absl::StatusOr<StatePage<AlertState>> ListPage(const Call& call,
                                                 const v1::ListAlertsRequest& request,
                                                 bool of_requests, int size,
                                                 std::string_view position) const;
  // The alert, or nullopt where there is none that the caller may see.
  absl::StatusOr<std::optional<AlertState>> Find(const Call& call, const AlertId& alert) const;
  // Whose the alert is: the child's authority and school now, or the school itself; of a request
  // its fund line's authority.
  absl::StatusOr<Resource> ResourceOf(const AlertState& state) const;

  const Engine& engine_;
  const FactsLoader& facts_;
  const KnownChildren& children_;
  Deliverer& deliverer_;
  const CatchUpGate& gate_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_API_GRPC_API_H_
