// The RPCs of all services that give out personal data, and some that do not, behind one RPC
// server: each answers whatever `handler` says. For tests of the server alone; a marked RPC that is
// missing here answers UNIMPLEMENTED and fails them. Threads: gRPC's; `handler` is set between
// calls.
#ifndef PEPLINE_TESTS_UNIT_ACCESS_AUDIT_ALL_SERVICES_H_
#define PEPLINE_TESTS_UNIT_ACCESS_AUDIT_ALL_SERVICES_H_

#include <functional>
#include <memory>
#include <vector>

#include "pepline/assessments/v1/assessments_service.grpc.pb.h"
#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "pepline/notifications/v1/notifications_service.grpc.pb.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "pepline/scheduling/v1/scheduling_service.grpc.pb.h"
#include "shared/rpc/admit_first.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {

struct RpcBackend {
  RpcServer& server;
  std::function<grpc::Status(const Call&)> handler = {};

  template <class Request, class Response>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const Request* request,
                                   Response* response) {
    return server.Unary<Request, Response>(
        context, request, response,
        [this](const Call& call, const Request&, Response&) { return handler(call); });
  }
};

using Reactor = grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

class RegistryRpcs final : public registry::v1::RegistryService::CallbackService {
 public:
  explicit RegistryRpcs(RpcBackend& backend) : backend_(backend) {}
  Reactor* GetChild(Context* context, const registry::v1::GetChildRequest* request,
                    registry::v1::GetChildResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListChildren(Context* context, const registry::v1::ListChildrenRequest* request,
                        registry::v1::ListChildrenResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListStaff(Context* context, const registry::v1::ListStaffRequest* request,
                     registry::v1::ListStaffResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListImports(Context* context, const registry::v1::ListImportsRequest* request,
                       registry::v1::ListImportsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* LookUpContacts(Context* context, const registry::v1::LookUpContactsRequest* request,
                          registry::v1::LookUpContactsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetSchool(Context* context, const registry::v1::GetSchoolRequest* request,
                     registry::v1::GetSchoolResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListSchools(Context* context, const registry::v1::ListSchoolsRequest* request,
                       registry::v1::ListSchoolsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetSchoolCalendar(Context* context,
                             const registry::v1::GetSchoolCalendarRequest* request,
                             registry::v1::GetSchoolCalendarResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* EnrolChild(Context* context, const registry::v1::EnrolChildRequest* request,
                      registry::v1::EnrolChildResponse* response) override {
    return backend_.Answer(context, request, response);
  }

 private:
  RpcBackend& backend_;
};

class SchedulingRpcs final : public scheduling::v1::SchedulingService::CallbackService {
 public:
  explicit SchedulingRpcs(RpcBackend& backend) : backend_(backend) {}
  Reactor* GetPep(Context* context, const scheduling::v1::GetPepRequest* request,
                  scheduling::v1::GetPepResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetEpep(Context* context, const scheduling::v1::GetEpepRequest* request,
                   scheduling::v1::GetEpepResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListPeps(Context* context, const scheduling::v1::ListPepsRequest* request,
                    scheduling::v1::ListPepsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListDeadlines(Context* context, const scheduling::v1::ListDeadlinesRequest* request,
                         scheduling::v1::ListDeadlinesResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListWork(Context* context, const scheduling::v1::ListWorkRequest* request,
                    scheduling::v1::ListWorkResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* FinaliseEpep(Context* context, const scheduling::v1::FinaliseEpepRequest* request,
                        scheduling::v1::FinaliseEpepResponse* response) override {
    return backend_.Answer(context, request, response);
  }

 private:
  RpcBackend& backend_;
};

class AssessmentsRpcs final : public assessments::v1::AssessmentsService::CallbackService {
 public:
  explicit AssessmentsRpcs(RpcBackend& backend) : backend_(backend) {}
  Reactor* GetSdq(Context* context, const assessments::v1::GetSdqRequest* request,
                  assessments::v1::GetSdqResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListSdqs(Context* context, const assessments::v1::ListSdqsRequest* request,
                    assessments::v1::ListSdqsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetPupilViews(Context* context, const assessments::v1::GetPupilViewsRequest* request,
                         assessments::v1::GetPupilViewsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetOutcomes(Context* context, const assessments::v1::GetOutcomesRequest* request,
                       assessments::v1::GetOutcomesResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListWork(Context* context, const assessments::v1::ListWorkRequest* request,
                    assessments::v1::ListWorkResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ReviewSdq(Context* context, const assessments::v1::ReviewSdqRequest* request,
                     assessments::v1::ReviewSdqResponse* response) override {
    return backend_.Answer(context, request, response);
  }

 private:
  RpcBackend& backend_;
};

class FundingRpcs final : public funding::v1::FundingService::CallbackService {
 public:
  explicit FundingRpcs(RpcBackend& backend) : backend_(backend) {}
  Reactor* DraftFundingRequest(Context* context,
                               const funding::v1::DraftFundingRequestRequest* request,
                               funding::v1::DraftFundingRequestResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* SubmitFundingRequest(Context* context,
                                const funding::v1::SubmitFundingRequestRequest* request,
                                funding::v1::SubmitFundingRequestResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* WithdrawFundingRequest(Context* context,
                                  const funding::v1::WithdrawFundingRequestRequest* request,
                                  funding::v1::WithdrawFundingRequestResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ApproveFundingRequest(Context* context,
                                 const funding::v1::ApproveFundingRequestRequest* request,
                                 funding::v1::ApproveFundingRequestResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* DeclineFundingRequest(Context* context,
                                 const funding::v1::DeclineFundingRequestRequest* request,
                                 funding::v1::DeclineFundingRequestResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ReleaseFunding(Context* context, const funding::v1::ReleaseFundingRequest* request,
                          funding::v1::ReleaseFundingResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetFundingRequest(Context* context, const funding::v1::GetFundingRequestRequest* request,
                             funding::v1::GetFundingRequestResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListFundingRequests(Context* context,
                               const funding::v1::ListFundingRequestsRequest* request,
                               funding::v1::ListFundingRequestsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListWork(Context* context, const funding::v1::ListWorkRequest* request,
                    funding::v1::ListWorkResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* GetFundLine(Context* context, const funding::v1::GetFundLineRequest* request,
                       funding::v1::GetFundLineResponse* response) override {
    return backend_.Answer(context, request, response);
  }

 private:
  RpcBackend& backend_;
};

class NotificationsRpcs final : public notifications::v1::NotificationsService::CallbackService {
 public:
  explicit NotificationsRpcs(RpcBackend& backend) : backend_(backend) {}
  Reactor* GetAlert(Context* context, const notifications::v1::GetAlertRequest* request,
                    notifications::v1::GetAlertResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* ListAlerts(Context* context, const notifications::v1::ListAlertsRequest* request,
                      notifications::v1::ListAlertsResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* AcknowledgeAlert(Context* context,
                            const notifications::v1::AcknowledgeAlertRequest* request,
                            notifications::v1::AcknowledgeAlertResponse* response) override {
    return backend_.Answer(context, request, response);
  }
  Reactor* RedeliverAlert(Context* context, const notifications::v1::RedeliverAlertRequest* request,
                          notifications::v1::RedeliverAlertResponse* response) override {
    return backend_.Answer(context, request, response);
  }

 private:
  RpcBackend& backend_;
};

// All of them, as a program serves them.
class ServedServices {
 public:
  explicit ServedServices(RpcBackend& backend)
      : registry_(backend),
        scheduling_(backend),
        assessments_(backend),
        funding_(backend),
        notifications_(backend) {
    const auto serve = [&](grpc::Service& service, const char* name) {
      admit_first_.push_back(std::make_unique<AdmitFirst>(service, name, backend.server));
    };
    serve(registry_, registry::v1::RegistryService::service_full_name());
    serve(scheduling_, scheduling::v1::SchedulingService::service_full_name());
    serve(assessments_, assessments::v1::AssessmentsService::service_full_name());
    serve(funding_, funding::v1::FundingService::service_full_name());
    serve(notifications_, notifications::v1::NotificationsService::service_full_name());
  }
  std::vector<grpc::Service*> services() const {
    std::vector<grpc::Service*> all;
    for (const auto& one : admit_first_) all.push_back(one.get());
    return all;
  }

 private:
  RegistryRpcs registry_;
  SchedulingRpcs scheduling_;
  AssessmentsRpcs assessments_;
  FundingRpcs funding_;
  NotificationsRpcs notifications_;
  std::vector<std::unique_ptr<AdmitFirst>> admit_first_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_UNIT_ACCESS_AUDIT_ALL_SERVICES_H_
