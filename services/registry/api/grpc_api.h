// The RPCs of registry (proto/pepline/registry/v1/registry_service.proto): decode, authorise on the
// child's authority and present school (or the authority that put a person on record), carry out,
// encode. No rules here. A record that the caller may not see answers NOT_FOUND, as one that does
// not exist. Threads: gRPC's; handlers run on the worker pool and block on the store.
#ifndef PEPLINE_SERVICES_REGISTRY_API_GRPC_API_H_
#define PEPLINE_SERVICES_REGISTRY_API_GRPC_API_H_

#include <string>

#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "services/registry/api/contacts.h"
#include "services/registry/import/gate.h"
#include "services/registry/import/importer.h"
#include "services/registry/import/stream.h"
#include "services/registry/storage/facts.h"
#include "shared/engine/execute.h"
#include "shared/rpc/grpc_server.h"

namespace pepline::registry {

class GrpcApi final : public v1::RegistryService::CallbackService {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const FactsLoader& facts,
          const Importer& importer)
      : server_(server), engine_(engine), facts_(facts), importer_(importer), contacts_(facts) {
    MarkMethodCallback(
        ImportStream::MethodIndex(),
        new ImportStream::Handler([this](Context* context, v1::ImportResponse* response) {
          return new ImportStream(server_, importer_, import_gate_, context, response);
        }));
  }

  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;
  Reactor* LookUpContacts(Context* context, const v1::LookUpContactsRequest* request,
                          v1::LookUpContactsResponse* response) override;
  Reactor* GetSchool(Context* context, const v1::GetSchoolRequest* request,
                     v1::GetSchoolResponse* response) override;
  Reactor* ListSchools(Context* context, const v1::ListSchoolsRequest* request,
                       v1::ListSchoolsResponse* response) override;
  Reactor* GetChild(Context* context, const v1::GetChildRequest* request,
                    v1::GetChildResponse* response) override;
  Reactor* ListChildren(Context* context, const v1::ListChildrenRequest* request,
                        v1::ListChildrenResponse* response) override;
  Reactor* ListStaff(Context* context, const v1::ListStaffRequest* request,
                     v1::ListStaffResponse* response) override;
  Reactor* ListImports(Context* context, const v1::ListImportsRequest* request,
                       v1::ListImportsResponse* response) override;
  Reactor* GetPolicyProfile(Context* context, const v1::GetPolicyProfileRequest* request,
                            v1::GetPolicyProfileResponse* response) override;
  Reactor* GetSchoolCalendar(Context* context, const v1::GetSchoolCalendarRequest* request,
                             v1::GetSchoolCalendarResponse* response) override;
  // Commands; commands.cc.
  Reactor* AppointStaff(Context* context, const v1::AppointStaffRequest* request,
                        v1::AppointStaffResponse* response) override;
  Reactor* EndAppointment(Context* context, const v1::EndAppointmentRequest* request,
                          v1::EndAppointmentResponse* response) override;
  Reactor* RecordCareStarted(Context* context, const v1::RecordCareStartedRequest* request,
                             v1::RecordCareStartedResponse* response) override;
  Reactor* RecordCareCeased(Context* context, const v1::RecordCareCeasedRequest* request,
                            v1::RecordCareCeasedResponse* response) override;
  Reactor* EnrolChild(Context* context, const v1::EnrolChildRequest* request,
                      v1::EnrolChildResponse* response) override;
  Reactor* MoveChildToSchool(Context* context, const v1::MoveChildToSchoolRequest* request,
                             v1::MoveChildToSchoolResponse* response) override;
  Reactor* CorrectCareStart(Context* context, const v1::CorrectCareStartRequest* request,
                            v1::CorrectCareStartResponse* response) override;
  Reactor* CorrectCareEnd(Context* context, const v1::CorrectCareEndRequest* request,
                          v1::CorrectCareEndResponse* response) override;
  Reactor* CorrectEnrolment(Context* context, const v1::CorrectEnrolmentRequest* request,
                            v1::CorrectEnrolmentResponse* response) override;

 private:
  // The body of every command handler: decodes, then carries out.
  template <class Codec, class Request, class Response>
  Reactor* OnCommand(Context* context, const Request* request, Response* response);
  // The same about an appointment, on the record that it is in.
  template <class Request, class Response>
  Reactor* OnAppointment(Context* context, const Request* request, Response* response);
  // `known`: whose the record is, where it may not be there yet; null: its state says it.
  template <class Codec, class Request, class Response>
  grpc::Status Handle(const Call& call, const Request& asked, const std::string& id,
                      const typename Codec::Rules::Command& command, const Resource* known,
                      Response& answer);

  RpcServer& server_;
  const Engine& engine_;
  const FactsLoader& facts_;
  const Importer& importer_;
  const Contacts contacts_;
  ImportGate import_gate_;
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_API_GRPC_API_H_
