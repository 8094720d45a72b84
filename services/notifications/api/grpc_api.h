// The RPCs of notifications (proto/pepline/notifications/v1/notifications_service.proto): decode,
// authorise on the child's authority and present school (or the school itself), carry out, encode.
// No rules here. An alert that the caller may not see answers NOT_FOUND, as one that does not
// exist. Threads: gRPC's; handlers run on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_API_GRPC_API_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_API_GRPC_API_H_

#include "pepline/notifications/v1/notifications_service.grpc.pb.h"
#include "services/notifications/delivery/deliverer.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/facts.h"
#include "shared/engine/execute.h"
#include "shared/projections/known_children.h"
#include "shared/rpc/grpc_server.h"

namespace pepline::notifications {

class GrpcApi final : public v1::NotificationsService::CallbackService {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const FactsLoader& facts,
          const KnownChildren& children, Deliverer& deliverer, const CatchUpGate& gate)
      : server_(server),
        engine_(engine),
        facts_(facts),
        children_(children),
        deliverer_(deliverer),
        gate_(gate) {}

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;
  Reactor* AcknowledgeAlert(Context* context, const v1::AcknowledgeAlertRequest* request,
                            v1::AcknowledgeAlertResponse* response) override;
  Reactor* RedeliverAlert(Context* context, const v1::RedeliverAlertRequest* request,
                          v1::RedeliverAlertResponse* response) override;
  Reactor* GetAlert(Context* context, const v1::GetAlertRequest* request,
                    v1::GetAlertResponse* response) override;
  Reactor* ListAlerts(Context* context, const v1::ListAlertsRequest* request,
                      v1::ListAlertsResponse* response) override;

 private:
  // A command on an alert that the caller may see. Request and Response have request_id and alert.
  template <class Request, class Response>
  grpc::Status Handle(const Call& call, const Request& request, const AlertCommand& command,
                      Response& response);
  grpc::Status List(const Call& call, const v1::ListAlertsRequest& request,
                    v1::ListAlertsResponse& response);
  // The alert, or nullopt where there is none that the caller may see.
  absl::StatusOr<std::optional<AlertState>> Find(const Call& call, const AlertId& alert) const;
  // Whose the alert is: the child's authority and school now, or the school itself.
  absl::StatusOr<Resource> ResourceOf(const AlertState& state) const;

  RpcServer& server_;
  const Engine& engine_;
  const FactsLoader& facts_;
  const KnownChildren& children_;
  Deliverer& deliverer_;
  const CatchUpGate& gate_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_API_GRPC_API_H_
