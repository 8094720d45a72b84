// The streaming RPC Import: takes a file's chunks and hands the file to the importer. A register is
// read row by row as it arrives, so that its bytes are never together.
// Promises: the caller is authenticated, authorised and let in (gate.h) before a byte is
// kept; a file above the bound of its kind is refused as soon as it is; a stream that says nothing
// for the gate's bound, or is not whole in time, ends with an error that says so; a message that is
// none of the contract ends it too (MALFORMED_REQUEST). Nothing of such a file is imported. Every
// answer says its trace. Cancelling works at any time: while the file arrives, while it waits for
// its turn, and between any two rows. One chunk waits at most; the next is taken from the caller
// when that has been read.
// Threads: gRPC's and the gate's; the reactor deletes itself when the call is over.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_STREAM_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_STREAM_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <optional>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/import/gate.h"
#include "services/registry/import/importer.h"
#include "shared/base/digest.h"
#include "shared/rpc/grpc_server.h"

namespace pepline::registry {

// A message as it came. gRPC takes bytes that are no message for the end of the stream; this is
// always read, and says so instead.
struct ImportMessage {
  v1::ImportRequest request;
  bool readable = false;
};

}  // namespace pepline::registry

template <>
class grpc::SerializationTraits<pepline::registry::ImportMessage> {
 public:
  static Status Deserialize(ByteBuffer* bytes, pepline::registry::ImportMessage* message) {
    using Request = pepline::registry::v1::ImportRequest;
    message->readable = SerializationTraits<Request>::Deserialize(bytes, &message->request).ok();
    return Status::OK;
  }
};

namespace pepline::registry {

class ImportStream final : public grpc::ServerReadReactor<ImportMessage> {
 public:
  // For MarkMethodCallback of the service, in place of the generated handler.
  using Handler = grpc::internal::CallbackClientStreamingHandler<ImportMessage, v1::ImportResponse>;
  static int MethodIndex();

  ImportStream(RpcServer& server, const Importer& importer, ImportGate& gate,
               grpc::CallbackServerContext* context, v1::ImportResponse* response);

  void OnReadDone(bool ok) override;
  void OnDone() override;

 private:
  // Whether the caller may begin; where not, how it is refused.
  grpc::Status LetIn();
  // What is wrong with the message that came; OK to go on.
  grpc::Status Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  grpc::Status TakeOptions() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasMore() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return arrived_ || !waiting_.empty() || (has_options_ && !options_are_read_);
  }
  // Blocks until HasMore; else why nothing more is waited for.
  grpc::Status AwaitMore() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // As imports::Pieces, for the thread that reads the file.
  std::string_view NextPiece();
  // Blocks until the whole file was read into the job; else why it was not.
  grpc::Status ReadFile();
  void Submit();
  grpc::Status Run();
  void Refuse(const grpc::Status& status);  // before it ran
  void End(const grpc::Status& status);
  bool GivenUp() const;

  RpcServer& server_;
  const Importer& importer_;
  ImportGate& gate_;
  grpc::CallbackServerContext* context_;
  v1::ImportResponse* response_;
  const absl::Time start_;
  Call call_;
  std::optional<std::string> place_;  // at the gate; nullopt: it was not let in
  ImportMessage message_;             // gRPC's until OnReadDone
  Importer::Job job_;                 // its options are there from has_options_ on
  std::string piece_;                 // of the file, the last that was given out
  Sha256InPieces digest_;             // of what was given out

  absl::Mutex mutex_;
  bool arrived_ ABSL_GUARDED_BY(mutex_) = false;  // nothing more is read
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;    // it is answered
  bool has_options_ ABSL_GUARDED_BY(mutex_) = false;
  bool options_are_read_ ABSL_GUARDED_BY(mutex_) = false;
  std::size_t received_ ABSL_GUARDED_BY(mutex_) = 0;  // bytes of the file
  std::string waiting_ ABSL_GUARDED_BY(mutex_);       // a chunk that is not given out yet
  grpc::Status stalled_ ABSL_GUARDED_BY(mutex_);      // why nothing more is waited for
  absl::Time last_arrival_ ABSL_GUARDED_BY(mutex_);
  grpc::Status fault_ ABSL_GUARDED_BY(mutex_);  // of what arrived
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_STREAM_H_
