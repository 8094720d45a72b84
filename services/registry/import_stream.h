// The streaming RPC Import: collects a file's chunks and hands it to the importer.
// Promises: the caller is authenticated and authorised before a byte is kept; a file above 128 MB
// is refused as soon as it is; a bounded number of imports at once. The import itself runs on the
// door's pool. Threads: gRPC's; the reactor deletes itself when the call is over.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_STREAM_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <atomic>

#include "absl/time/time.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/importer.h"
#include "shared/runtime/grpc_server.h"

namespace pepline::registry {

inline constexpr std::size_t kLargestFile = 128 * 1024 * 1024;
inline constexpr int kMostImportsAtOnce = 4;

class ImportStream final : public grpc::ServerReadReactor<v1::ImportRequest> {
 public:
  // `running` counts the imports of this process.
  ImportStream(RpcDoor& door, const Importer& importer, std::atomic<int>& running,
               grpc::CallbackServerContext* context, v1::ImportResponse* response);

  void OnReadDone(bool ok) override;
  void OnDone() override;

 private:
  // What is wrong with the message that came; OK to go on.
  grpc::Status Take();
  grpc::Status TakeOptions();
  void Submit();
  grpc::Status Run();
  void End(const grpc::Status& status);

  RpcDoor& door_;
  const Importer& importer_;
  std::atomic<int>& running_;
  grpc::CallbackServerContext* context_;
  v1::ImportResponse* response_;
  const absl::Time start_;
  Call call_;
  v1::ImportRequest request_;
  bool has_options_ = false;
  Importer::Job job_;
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_STREAM_H_
