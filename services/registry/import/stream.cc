#include "services/registry/import/stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/registry/import/parse/bounds.h"
#include "shared/observability/trace.h"
#include "shared/rpc/admit_first.h"
#include "shared/rpc/request_faults.h"

namespace pepline::registry {

int ImportStream::MethodIndex() {
  return v1::ImportRequest::descriptor()
      ->file()
      ->FindServiceByName("RegistryService")
      ->FindMethodByName("Import")
      ->index();
}

ImportStream::ImportStream(RpcServer& server, const Importer& importer, ImportGate& gate,
                           grpc::CallbackServerContext* context, v1::ImportResponse* response)
    : server_(server),
      importer_(importer),
      gate_(gate),
      context_(context),
      response_(response),
      start_(absl::Now()),
      call_(RpcServer::Arrived(*context, RpcTaking(*v1::ImportRequest::descriptor()))),
      last_arrival_(start_) {
  if (const grpc::Status let_in = LetIn(); !let_in.ok()) {
    Refuse(let_in);
    return;
  }
  StartRead(&message_);
  if (!gate_.arrivals().TrySubmit([this] { Submit(); })) {
    Refuse(RefusalStatus(server_.domain(), {grpc::UNAVAILABLE, "DRAINING"},
                         "this instance is stopping; try again", ""));
  }
}

grpc::Status ImportStream::LetIn() {
  if (grpc::Status admitted = server_.Admit(*context_, call_); !admitted.ok()) return admitted;
  const std::string place = ImportGate::PlaceOf(call_.actor);
  switch (gate_.Enter(place)) {
    case ImportGate::Answer::kIn:
      place_ = place;
      return grpc::Status::OK;
    case ImportGate::Answer::kPlaceIsTaken:
      if (call_.actor.role == Role::kOperator) {
        return RefusalStatus(server_.domain(), {grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
                             "an import of the register or of bank holidays is running; try again "
                             "when it has finished",
                             "");
      }
      return RefusalStatus(server_.domain(), {grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
                           "an import of this authority is running; try again when it has finished",
                           "");
    case ImportGate::Answer::kFull:
      break;
  }
  return RefusalStatus(server_.domain(), {grpc::RESOURCE_EXHAUSTED, "OVERLOADED"},
                       "several imports are running; try again when one has finished", "");
}

void ImportStream::OnReadDone(bool ok) {
  {
    absl::MutexLock lock(&mutex_);
    if (ended_) return;
    if (ok) fault_ = Take();
    arrived_ = !ok || !fault_.ok();
    last_arrival_ = absl::Now();
    if (arrived_ || !waiting_.empty()) return;  // NextPiece reads on
  }
  StartRead(&message_);
}

void ImportStream::OnDone() { delete this; }

grpc::Status ImportStream::Take() {
  if (!message_.readable) return MalformedRequest(server_, call_.rpc);
  if (!has_options_) return TakeOptions();
  if (!message_.request.has_chunk()) {
    return BadRequestStatus(server_.domain(),
                            {{"chunk", "send the options once, then the file's bytes"}});
  }
  const std::size_t most = imports::BoundsOf(job_.options.kind()).bytes;
  received_ += message_.request.chunk().size();
  if (received_ > most) {
    const std::string kind(KindName(job_.options.kind()));
    const std::size_t kilobytes = most / imports::kKilobyte;
    return RefusalStatus(
        server_.domain(), {grpc::INVALID_ARGUMENT, "FILE_TOO_LARGE"},
        absl::StrCat("a file of ", kind, " may have ", kilobytes, " kB; import it in parts"),
        "chunk");
  }
  waiting_ = std::move(*message_.request.mutable_chunk());
  return grpc::Status::OK;
}

grpc::Status ImportStream::TakeOptions() {
  if (!message_.request.has_options()) {
    return BadRequestStatus(server_.domain(), {{"options", "send the options before the bytes"}});
  }
  job_.options = message_.request.options();
  if (const Violations violations = Together(CheckOptions(job_.options), FaultsOf(job_.options));
      !violations.empty()) {
    return BadRequestStatus(server_.domain(), violations);
  }
  if (IsNational(job_.options.kind()) != (call_.actor.role == Role::kOperator)) {
    return RefusalStatus(server_.domain(), {grpc::PERMISSION_DENIED, "ROLE_NOT_ALLOWED"},
                         "the role operator imports the register of schools, its links and bank "
                         "holidays, and the Virtual School of an authority everything else",
                         "kind");
  }
  if (!call_.MayTouch(Resource{AuthorityCode(job_.options.authority_code()), {}})) {
    return DeniedStatus(server_.domain());
  }
  has_options_ = true;
  return grpc::Status::OK;
}

grpc::Status ImportStream::AwaitMore() {
  const absl::Time in_all = start_ + gate_.bounds().longest_upload;
  while (!arrived_) {
    const absl::Time now = absl::Now();
    if (now >= in_all) {
      return RefusalStatus(server_.domain(), {grpc::DEADLINE_EXCEEDED, "UPLOAD_STALLED"},
                           "the file was not whole within ten minutes; send it again, faster", "");
    }
    if (HasMore()) break;
    const absl::Time until = std::min(last_arrival_ + gate_.bounds().longest_silence, in_all);
    if (now >= until) {
      return RefusalStatus(server_.domain(), {grpc::DEADLINE_EXCEEDED, "UPLOAD_STALLED"},
                           "nothing of the file came for thirty seconds; send it again without a "
                           "pause, in smaller chunks where the line is slow",
                           "");
    }
    mutex_.AwaitWithDeadline(absl::Condition(this, &ImportStream::HasMore), until);
  }
  return grpc::Status::OK;
}

std::string_view ImportStream::NextPiece() {
  {
    absl::MutexLock lock(&mutex_);
    if (stalled_.ok()) stalled_ = AwaitMore();
    if (!stalled_.ok() || waiting_.empty()) return {};
    piece_ = std::exchange(waiting_, {});
    last_arrival_ = absl::Now();  // what we took to read it is no silence of the caller's
  }
  StartRead(&message_);
  digest_.Add(piece_);
  return piece_;
}

grpc::Status ImportStream::ReadFile() {
  bool has_options = false;
  {
    absl::MutexLock lock(&mutex_);
    stalled_ = AwaitMore();
    has_options = options_are_read_ = has_options_;
  }
  if (has_options && job_.options.kind() == v1::IMPORT_KIND_SCHOOLS) {
    auto schools = importer_.ReadSchools(job_.options, [this] { return NextPiece(); });
    if (!schools.ok()) return FromAbsl(server_.domain(), schools.status());
    job_.schools = *std::move(schools);
  } else {
    while (has_options && !NextPiece().empty()) job_.bytes += piece_;
  }
  absl::MutexLock lock(&mutex_);
  if (!stalled_.ok()) return stalled_;
  if (GivenUp()) return {grpc::CANCELLED, "the caller has given up"};
  if (!fault_.ok() || has_options) return fault_;
  return BadRequestStatus(server_.domain(), {{"options", "send the options first"}});
}

void ImportStream::Submit() {
  if (const grpc::Status read = ReadFile(); !read.ok()) return Refuse(read);
  if (!gate_.runs().TrySubmit([this] { End(Run()); })) {
    Refuse(RefusalStatus(server_.domain(), {grpc::UNAVAILABLE, "DRAINING"},
                         "this instance is stopping; try again", ""));
  }
}

grpc::Status ImportStream::Run() {
  if (GivenUp()) return {grpc::CANCELLED, "the caller has given up"};
  Span span(SpanKind::kServer, call_.rpc, call_.traceparent);
  span.Note(SpanNote::kRpc, call_.rpc);
  job_.subject = call_.actor.subject;
  job_.fingerprint = FingerprintOf(job_.subject, job_.options, digest_.Finish());
  call_.traceparent = span.traceparent();
  job_.traceparent = span.traceparent();
  job_.given_up = [this] { return GivenUp(); };
  auto response = importer_.Run(std::move(job_));
  if (!response.ok()) {
    span.Fail(absl::StatusCodeToString(response.status().code()));
    if (absl::IsAlreadyExists(response.status())) return CommandIdReusedStatus(server_.domain());
    return FromAbsl(server_.domain(), response.status());
  }
  *response_ = *std::move(response);
  return grpc::Status::OK;
}

bool ImportStream::GivenUp() const {
  return context_->IsCancelled() || context_->deadline() <= std::chrono::system_clock::now();
}

void ImportStream::Refuse(const grpc::Status& status) {
  {
    Span span(SpanKind::kServer, call_.rpc, call_.traceparent);
    span.Note(SpanNote::kRpc, call_.rpc);
    span.Fail(absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code())));
    call_.traceparent = span.traceparent();
  }
  End(status);
}

void ImportStream::End(const grpc::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  // Before the answer: who has it may begin the next.
  if (place_) gate_.Leave(*place_);
  server_.CountCall(call_.rpc, status, start_);
  Finish(RpcServer::ReturnTrace(*context_, call_,
                                status));  // the last touch: the call may be gone after it
}

}  // namespace pepline::registry
