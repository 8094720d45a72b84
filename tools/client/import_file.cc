#include "tools/client/import_file.h"

#include <algorithm>

#include "pepline/registry/v1/registry_service.grpc.pb.h"

namespace pepline::client {
namespace {

constexpr std::size_t kChunk = 256 * 1024;

}  // namespace

bool IsNational(registry::v1::ImportKind kind) {
  return kind == registry::v1::IMPORT_KIND_SCHOOLS ||
         kind == registry::v1::IMPORT_KIND_SCHOOL_LINKS ||
         kind == registry::v1::IMPORT_KIND_BANK_HOLIDAYS;
}

grpc::Status ImportFile(Caller& caller, const Actor& actor,
                        const registry::v1::ImportOptions& options, const std::string& bytes,
                        absl::Duration bound, const std::function<void(std::size_t)>& sent,
                        registry::v1::ImportResponse& response) {
  const auto channel = caller.Channel("registry");
  if (!channel.ok()) {
    return {grpc::StatusCode::UNAVAILABLE, std::string(channel.status().message())};
  }
  const auto stub = registry::v1::RegistryService::NewStub(*channel);
  return caller.Repeatedly([&]() -> grpc::Status {
    const auto context = caller.Context(actor, bound);
    if (!context.ok()) {
      return {grpc::StatusCode::UNAUTHENTICATED, std::string(context.status().message())};
    }
    response.Clear();
    const auto writer = stub->Import(context->get(), &response);
    registry::v1::ImportRequest part;
    *part.mutable_options() = options;
    bool open = writer->Write(part);
    for (std::size_t at = 0; open && at < bytes.size(); at += kChunk) {
      part.set_chunk(bytes.substr(at, kChunk));
      open = writer->Write(part);
      sent(std::min(at + kChunk, bytes.size()));
    }
    writer->WritesDone();
    sent(bytes.size());
    return writer->Finish();
  });
}

}  // namespace pepline::client
