#include "services/registry/import_stream.h"

#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "shared/runtime/trace.h"

namespace pepline::registry {

ImportStream::ImportStream(RpcDoor& door, const Importer& importer, std::atomic<int>& running,
                           grpc::CallbackServerContext* context, v1::ImportResponse* response)
    : door_(door),
      importer_(importer),
      running_(running),
      context_(context),
      response_(response),
      start_(absl::Now()),
      call_(RpcDoor::Arrived(*context, RpcTaking(*v1::ImportRequest::descriptor()))) {
  const int at_once = ++running_;
  const grpc::Status admitted = door_.Admit(*context_, call_);
  if (!admitted.ok()) {
    End(admitted);
  } else if (at_once > kMostImportsAtOnce) {
    End(RefusalStatus(door_.domain(), {grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
                      "several imports are running; try again when one has finished", ""));
  } else {
    StartRead(&request_);
  }
}

void ImportStream::OnReadDone(bool ok) {
  if (!ok) return Submit();
  if (grpc::Status taken = Take(); !taken.ok()) return End(taken);
  StartRead(&request_);
}

void ImportStream::OnDone() {
  --running_;
  delete this;
}

grpc::Status ImportStream::Take() {
  if (!has_options_) return TakeOptions();
  if (!request_.has_chunk()) {
    return BadRequestStatus(door_.domain(),
                            {{"chunk", "send the options once, then the file's bytes"}});
  }
  if (job_.bytes.size() + request_.chunk().size() > kLargestFile) {
    return RefusalStatus(door_.domain(), {grpc::INVALID_ARGUMENT, "FILE_TOO_LARGE"},
                         "a file may have 128 MB; import it in parts", "chunk");
  }
  job_.bytes += request_.chunk();
  return grpc::Status::OK;
}

grpc::Status ImportStream::TakeOptions() {
  if (!request_.has_options()) {
    return BadRequestStatus(door_.domain(), {{"options", "send the options before the bytes"}});
  }
  job_.options = request_.options();
  if (Violations violations = CheckOptions(job_.options); !violations.empty()) {
    return BadRequestStatus(door_.domain(), violations);
  }
  if (!call_.MayTouch(Resource{AuthorityCode(job_.options.authority_code()), {}})) {
    return DeniedStatus(door_.domain());
  }
  has_options_ = true;
  return grpc::Status::OK;
}

void ImportStream::Submit() {
  if (context_->IsCancelled()) return End(grpc::Status(grpc::CANCELLED, "the caller has given up"));
  if (!has_options_) {
    return End(BadRequestStatus(door_.domain(), {{"options", "send the options first"}}));
  }
  if (!door_.pool().TrySubmit([this] { End(Run()); })) {
    End(RefusalStatus(door_.domain(), {grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
                      "too many calls at once; try again in a moment", ""));
  }
}

grpc::Status ImportStream::Run() {
  Span span(SpanKind::kServer, call_.rpc, call_.traceparent);
  span.Note(SpanNote::kRpc, call_.rpc);
  job_.subject = call_.actor.subject;
  job_.traceparent = span.traceparent();
  job_.given_up = [this] {
    return context_->IsCancelled() || context_->deadline() <= std::chrono::system_clock::now();
  };
  auto response = importer_.Run(job_);
  if (!response.ok()) {
    span.Fail(absl::StatusCodeToString(response.status().code()));
    return FromAbsl(door_.domain(), response.status());
  }
  *response_ = *std::move(response);
  return grpc::Status::OK;
}

void ImportStream::End(const grpc::Status& status) {
  door_.CountCall(call_.rpc, status, start_);
  Finish(status);  // the last touch: the call may be gone after it
}

}  // namespace pepline::registry
