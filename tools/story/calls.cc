#include "tools/story/calls.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "pepline/common/v1/refusal.pb.h"

namespace pepline::story {
namespace {

constexpr absl::Duration kCallBound = absl::Seconds(10);
constexpr absl::Duration kTokenLife = absl::Minutes(10);
// The detail's type in its Any, as google.rpc has it.
constexpr absl::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";

}  // namespace

absl::Status Outcome::ToStatus(const std::string& what) const {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(
      static_cast<absl::StatusCode>(status.error_code()),
      absl::StrCat(what, ": ", status.error_message(), reason.empty() ? "" : " ", reason));
}

Calls::Calls(Stack& stack) : signer_(stack.signer()) {
  grpc::ChannelArguments arguments;
  // A service that was killed is tried again soon.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  for (const std::string& name : stack.Services()) {
    channels_[name] = grpc::CreateCustomChannel(stack.service(name).grpc_address(),
                                                grpc::InsecureChannelCredentials(), arguments);
  }
}

std::unique_ptr<grpc::ClientContext> Calls::Context(const Actor& actor) {
  const std::string who = absl::StrCat(
      actor.subject, "/", std::string(RoleName(actor.role)), "/",
      absl::StrJoin(actor.schools, ",",
                    [](std::string* out, const SchoolUrn& urn) { out->append(urn.text()); }));
  std::string token;
  {
    absl::MutexLock lock(&mutex_);
    auto& [kept, good_until] = tokens_[who];
    if (absl::Now() > good_until) {
      auto made = signer_.Sign(actor, kTokenLife);
      if (made.ok()) kept = *std::move(made);  // without one the service says what is wrong
      good_until = absl::Now() + kTokenLife / 2;
    }
    token = kept;
  }
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
  context->set_deadline(absl::ToChronoTime(absl::Now() + kCallBound));
  return context;
}

std::string Calls::ReasonOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("grpc-status-details-bin");
  common::v1::RpcStatus details;
  if (found == trailers.end() ||
      !details.ParseFromArray(found->second.data(), static_cast<int>(found->second.size()))) {
    return "";
  }
  for (const auto& detail : details.details()) {
    common::v1::ErrorInfo info;
    if (detail.type_url() == kErrorInfo && info.ParseFromString(detail.value())) {
      return info.reason();
    }
  }
  return "";
}

bool Calls::IsAway(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::ABORTED ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace pepline::story
