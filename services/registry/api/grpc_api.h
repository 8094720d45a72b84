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
#include "shared/rpc/rpc_service.h"

namespace pepline::registry {

class GrpcApi final : public RpcService<v1::RegistryService> {
 public:
  GrpcApi(RpcServer& server, const Engine& engine, const FactsLoader& facts,
          const Importer& importer)
      : RpcService(server), engine_(engine), facts_(facts), importer_(importer), contacts_(facts) {
    MarkMethodCallback(
        ImportStream::MethodIndex(),
        new ImportStream::Handler(
            [this](grpc::CallbackServerContext* context, v1::ImportResponse* response) {
              return new ImportStream(server_, importer_, import_gate_, context, response);
            }));
    ServeCommands();
    ServeQueries();
    CheckAllAreServed();
  }

 private:
  void ServeCommands();  // commands.cc
  void ServeQueries();   // queries.cc
  grpc::Status LookUpContacts(const Call& call, const v1::LookUpContactsRequest& asked,
                              v1::LookUpContactsResponse& answer) const;
  grpc::Status GetSchool(const Call& call, const v1::GetSchoolRequest& asked,
                         v1::GetSchoolResponse& answer) const;
  grpc::Status ListSchools(const Call& call, const v1::ListSchoolsRequest& asked,
                           v1::ListSchoolsResponse& answer) const;
  grpc::Status GetChild(const Call& call, const v1::GetChildRequest& asked,
                        v1::GetChildResponse& answer) const;
  grpc::Status ListChildren(const Call& call, const v1::ListChildrenRequest& asked,
                            v1::ListChildrenResponse& answer) const;
  grpc::Status ListStaff(const Call& call, const v1::ListStaffRequest& asked,
                         v1::ListStaffResponse& answer) const;
  grpc::Status ListImports(const Call& call, const v1::ListImportsRequest& asked,
                           v1::ListImportsResponse& answer) const;
  grpc::Status GetPolicyProfile(const Call& call, const v1::GetPolicyProfileRequest& asked,
                                v1::GetPolicyProfileResponse& answer) const;
  grpc::Status GetSchoolCalendar(const Call& call, const v1::GetSchoolCalendarRequest& asked,
                                 v1::GetSchoolCalendarResponse& answer) const;
  // Every command about a child: decodes, then carries out.
  template <class Request, class Response>
  grpc::Status OnChild(const Call& call, const Request& asked, Response& answer) const;
  // The same about an appointment, on the record that it is in.
  template <class Request, class Response>
  grpc::Status OnAppointment(const Call& call, const Request& asked, Response& answer) const;
  // `known`: whose the record is, where it may not be there yet; null: its state says it.
  template <class Codec, class Request, class Response>
  grpc::Status Handle(const Call& call, const Request& asked, const std::string& id,
                      const typename Codec::Rules::Command& command, const Resource* known,
                      Response& answer) const;

  const Engine& engine_;
  const FactsLoader& facts_;
  const Importer& importer_;
  const Contacts contacts_;
  ImportGate import_gate_;
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_API_GRPC_API_H_
