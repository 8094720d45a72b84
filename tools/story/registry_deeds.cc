// The deeds of the Virtual School that change who is where.
#include "absl/strings/str_cat.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "tools/stack/processes.h"
#include "tools/story/performer.h"

namespace pepline::story {
namespace {

namespace v1 = registry::v1;

constexpr std::size_t kChunk = 64 * 1024;

constexpr absl::Duration kImportBound = absl::Seconds(60);

grpc::Status Failed(const std::string& message) {
  return {grpc::StatusCode::FAILED_PRECONDITION, message};
}

}  // namespace

grpc::Status Performer::Do(const ImportFile& deed, const Scene& scene) {
  const auto bytes = ReadFile(deed.path);
  if (!bytes.ok()) return Failed(std::string(bytes.status().message()));
  const auto channel = caller_.Channel("registry");
  if (!channel.ok()) return Failed(std::string(channel.status().message()));
  const auto context = caller_.Context(VirtualSchool(), kImportBound);
  if (!context.ok()) return Failed(std::string(context.status().message()));
  const auto stub = v1::RegistryService::NewStub(*channel);
  v1::ImportResponse response;
  const auto writer = stub->Import(context->get(), &response);
  v1::ImportRequest options;
  options.mutable_options()->set_request_id(scene.request_id);
  options.mutable_options()->set_kind(deed.kind);
  options.mutable_options()->set_authority_code(kAuthority);
  if (deed.kind == v1::IMPORT_KIND_SCHOOLS) {
    options.mutable_options()->set_only_schools_of_authority(kAuthority);
  }
  options.mutable_options()->set_reason("story");
  bool open = writer->Write(options);
  for (std::size_t at = 0; open && at < bytes->size(); at += kChunk) {
    v1::ImportRequest part;
    part.set_chunk(bytes->substr(at, kChunk));
    open = writer->Write(part);
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  people_changed_ = true;
  if (status.ok() && response.total_errors() > 0) {
    const v1::ImportError& first = response.errors(0);
    return Failed(absl::StrCat(response.total_errors(), " errors, the first in row ", first.row(),
                               ", column ", first.column(), ": ", first.message()));
  }
  return status;
}

grpc::Status Performer::Do(const MoveToSchool& deed, const Scene& scene) {
  v1::MoveChildToSchoolRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_school_urn(deed.school_urn);
  request.set_moved_on(absl::FormatCivilTime(scene.on));
  v1::MoveChildToSchoolResponse response;
  people_changed_ = true;
  return caller_.Call(VirtualSchool(), request, response);
}

}  // namespace pepline::story
