#include "shared/runtime/admit_first.h"

#include <grpc/byte_buffer.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace pepline {
namespace {

using grpc::internal::MethodHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;
using Refused = AdmitFirst::Refused;

thread_local std::optional<Refused> refusal_of_this_thread;

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

class PassOn final : public MethodHandler {
 public:
  explicit PassOn(MethodHandler& handler) : handler_(handler) {}
  void RunHandler(const HandlerParameter& parameter) override { handler_.RunHandler(parameter); }

 private:
  MethodHandler& handler_;
};

class AdmitThenRead final : public MethodHandler {
 public:
  AdmitThenRead(MethodHandler& handler, RpcDoor& door, std::string rpc)
      : handler_(handler), door_(door), rpc_(std::move(rpc)) {}

  void RunHandler(const HandlerParameter& parameter) override {
    const auto& context =
        static_cast<const grpc::CallbackServerContext&>(*parameter.server_context);
    Call call = RpcDoor::Arrived(context, rpc_);
    grpc::Status admitted = door_.Admit(context, call);
    if (admitted.ok()) {
      (new Reading(*this, parameter, std::move(call)))->Start();
    } else {
      Hand(parameter, {}, Refused{std::move(call), std::move(admitted)});
    }
  }

 private:
  // Waits for the one message, and is gone when it has been handed over.
  class Reading {
   public:
    Reading(AdmitThenRead& to, const HandlerParameter& parameter, Call call)
        : to_(to), parameter_(parameter), call_(std::move(call)) {}
    void Start() {
      done_.Set(
          parameter_.call->call(), [this](bool read) { Done(read); }, &operation_,
          /*can_inline=*/false);
      operation_.RecvMessage(&message_);
      operation_.set_core_cq_tag(&done_);
      parameter_.call->PerformOps(&operation_);
    }

   private:
    void Done(bool read) {
      const std::unique_ptr<Reading> gone_after_this(this);
      if (read) {
        to_.Hand(parameter_, message_, std::nullopt, &call_);
      } else {
        to_.Hand(parameter_, {}, Refused{std::move(call_), MalformedRequest(to_.door_, to_.rpc_)});
      }
    }

    AdmitThenRead& to_;
    const HandlerParameter parameter_;
    Call call_;
    grpc::ByteBuffer message_;
    grpc::internal::CallOpSet<grpc::internal::CallOpRecvMessage<grpc::ByteBuffer>> operation_;
    grpc::internal::CallbackWithSuccessTag done_;
  };

  // The generated handler goes on from here; where there is a refusal, its door finds it.
  void Hand(const HandlerParameter& parameter, const grpc::ByteBuffer& message,
            std::optional<Refused> refused, Call* admitted = nullptr) {
    grpc::Status readable;
    void* of_handler = nullptr;
    void* const request =
        handler_.Deserialize(parameter.call->call(), ForCore(message), &readable, &of_handler);
    if (!readable.ok() && !refused) {
      refused = Refused{std::move(*admitted), MalformedRequest(door_, rpc_)};
    }
    refusal_of_this_thread = std::move(refused);
    handler_.RunHandler(HandlerParameter(parameter.call, parameter.server_context, request,
                                         grpc::Status::OK, of_handler, parameter.call_requester));
    refusal_of_this_thread.reset();
  }

  MethodHandler& handler_;
  RpcDoor& door_;
  const std::string rpc_;
};

}  // namespace

AdmitFirst::AdmitFirst(grpc::Service& service, const std::string& full_name, RpcDoor& door) {
  const auto* const contract =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  if (contract == nullptr) {
    std::fprintf(stderr, "bug: there is no service %s\n", full_name.c_str());
    std::abort();
  }
  // Protected, and the same function for every service.
  MethodHandler* (grpc::Service::*const handler_of)(int) = &AdmitFirst::GetHandler;
  paths_.reserve(static_cast<std::size_t>(contract->method_count()));
  for (int i = 0; i < contract->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *contract->method(i);
    const std::string rpc = absl::StrCat(full_name, "/", method.name());
    MethodHandler& handler = *(service.*handler_of)(i);
    const bool streams = method.client_streaming();
    paths_.push_back(absl::StrCat("/", rpc));
    AddMethod(new RpcServiceMethod(paths_.back().c_str(), RpcMethod::CLIENT_STREAMING, nullptr));
    if (streams) {
      MarkMethodCallback(i, new PassOn(handler));
    } else {
      MarkMethodCallback(i, new AdmitThenRead(handler, door, rpc));
    }
  }
}

grpc::Status MalformedRequest(RpcDoor& door, const std::string& rpc) {
  door.metrics().Count("pepline_rpc_refused_total", {{"cause", "malformed"}});
  return RefusalStatus(
      door.domain(), {grpc::INVALID_ARGUMENT, "MALFORMED_REQUEST"},
      absl::StrCat("the bytes are no request of ", rpc,
                   ": they were cut or changed on their way, are another message's, or a text in "
                   "them is not UTF-8; serialise the message of the contract, with texts in UTF-8"),
      "");
}

std::optional<AdmitFirst::Refused> AdmitFirst::TakeRefusal() {
  return std::exchange(refusal_of_this_thread, std::nullopt);
}

}  // namespace pepline
