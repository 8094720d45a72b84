#include "shared/rpc/admit_first.h"

#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/rpc/contract.h"

namespace pepline {
namespace {

using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;
using Admission = AdmitFirst::Admission;

thread_local std::optional<Admission> admission_of_this_thread;

// The same bytes for gRPC's core, which frees them.
grpc_byte_buffer* ForCore(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> parts;
  if (bytes.Valid()) (void)bytes.Dump(&parts);
  std::vector<grpc_slice> slices;
  for (const grpc::Slice& part : parts) slices.push_back(part.c_slice());
  grpc_byte_buffer* const made = grpc_raw_byte_buffer_create(slices.data(), slices.size());
  for (const grpc_slice& slice : slices) grpc_slice_unref(slice);
  return made;
}

// A small message has come along with its call. What is done at once goes on in this thread,
// without a detour over the queue and another thread; the rest goes on when it comes.
void PerformHere(grpc::internal::Call& call, grpc::internal::CallOpSetInterface& operation) {
  // What is done at once may be another call's arrival: it must not lead into the next, and so on.
  thread_local bool within = false;
  if (within) return call.PerformOps(&operation);
  grpc_completion_queue* const queue = call.cq()->cq();
  grpc_completion_queue_thread_local_cache_init(queue);
  call.PerformOps(&operation);
  void* tag = nullptr;
  int succeeded = 0;
  if (grpc_completion_queue_thread_local_cache_flush(queue, &tag, &succeeded) == 0) return;
  auto* const functor = static_cast<grpc_completion_queue_functor*>(tag);
  within = true;
  functor->functor_run(functor, succeeded);
  within = false;
}

class PassOn final : public MethodHandler {
 public:
  explicit PassOn(MethodHandler& handler) : handler_(handler) {}
  void RunHandler(const HandlerParameter& parameter) override { handler_.RunHandler(parameter); }

 private:
  MethodHandler& handler_;
};

class AdmitThenRead final : public MethodHandler {
 public:
  AdmitThenRead(MethodHandler& handler, RpcServer& server, std::string rpc)
      : handler_(handler), server_(server), rpc_(std::move(rpc)) {}

  void RunHandler(const HandlerParameter& parameter) override {
    const auto& context =
        static_cast<const grpc::CallbackServerContext&>(*parameter.server_context);
    Admission admission = {RpcServer::Arrived(context, rpc_), {}, absl::Now()};
    admission.status = server_.Admit(context, admission.call);
    if (admission.status.ok()) {
      (new Reading(*this, parameter, std::move(admission)))->Start();
    } else {
      RunGenerated(parameter, {}, std::move(admission));
    }
  }

 private:
  // Waits for the one message, and is gone when it has been handed over.
  class Reading {
   public:
    Reading(AdmitThenRead& to, const HandlerParameter& parameter, Admission admission)
        : to_(to), parameter_(parameter), admission_(std::move(admission)) {}
    void Start() {
      done_.Set(
          parameter_.call->call(), [this](bool read) { Done(read); }, &operation_,
          /*can_inline=*/false);
      operation_.RecvMessage(&message_);
      operation_.set_core_cq_tag(&done_);
      PerformHere(*parameter_.call, operation_);  // from here on this may be gone
    }

   private:
    void Done(bool read) {
      const std::unique_ptr<Reading> gone_after_this(this);
      if (!read) admission_.status = MalformedRequest(to_.server_, to_.rpc_);
      to_.RunGenerated(parameter_, message_, std::move(admission_));
    }

    AdmitThenRead& to_;
    const HandlerParameter parameter_;
    Admission admission_;
    grpc::ByteBuffer message_;
    grpc::internal::CallOpSet<grpc::internal::CallOpRecvMessage<grpc::ByteBuffer>> operation_;
    grpc::internal::CallbackWithSuccessTag done_;
  };

  // The generated handler goes on from here; its server finds whether the call was admitted.
  void RunGenerated(const HandlerParameter& parameter, const grpc::ByteBuffer& message,
                    Admission admission) {
    grpc::Status readable;
    void* of_handler = nullptr;
    void* const request =
        handler_.Deserialize(parameter.call->call(), ForCore(message), &readable, &of_handler);
    if (!readable.ok() && admission.status.ok()) admission.status = MalformedRequest(server_, rpc_);
    admission_of_this_thread = std::move(admission);
    handler_.RunHandler(HandlerParameter(parameter.call, parameter.server_context, request,
                                         grpc::Status::OK, of_handler, parameter.call_requester));
    admission_of_this_thread.reset();
  }

  MethodHandler& handler_;
  RpcServer& server_;
  const std::string rpc_;
};

}  // namespace

AdmitFirst::AdmitFirst(grpc::Service& service, const std::string& full_name, RpcServer& server) {
  const google::protobuf::ServiceDescriptor& contract = ContractOf(full_name);
  // Protected, and the same function for every service.
  MethodHandler* (grpc::Service::*const handler_of)(int) = &AdmitFirst::GetHandler;
  paths_.reserve(static_cast<std::size_t>(contract.method_count()));
  for (int i = 0; i < contract.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *contract.method(i);
    const std::string rpc = absl::StrCat(full_name, "/", method.name());
    MethodHandler& handler = *(service.*handler_of)(i);
    const bool streams = method.client_streaming();
    paths_.push_back(absl::StrCat("/", rpc));
    AddMethod(new RpcServiceMethod(paths_.back().c_str(), RpcMethod::CLIENT_STREAMING, nullptr));
    if (streams) {
      MarkMethodCallback(i, new PassOn(handler));
    } else {
      MarkMethodCallback(i, new AdmitThenRead(handler, server, rpc));
    }
  }
}

grpc::Status MalformedRequest(RpcServer& server, const std::string& rpc) {
  server.metrics().Count("pepline_rpc_refused_total", {{"cause", "malformed"}});
  return RefusalStatus(
      server.domain(), {grpc::INVALID_ARGUMENT, "MALFORMED_REQUEST"},
      absl::StrCat("the bytes are no request of ", rpc,
                   ": they were cut or changed on their way, are another message's, or a text in "
                   "them is not UTF-8; serialise the message of the contract, with texts in UTF-8"),
      "");
}

std::optional<AdmitFirst::Admission> AdmitFirst::TakeAdmission() {
  return std::exchange(admission_of_this_thread, std::nullopt);
}

}  // namespace pepline
