// The actions of the Virtual School that change who is where, and the imports that others make for
// it.
#include "absl/strings/str_cat.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "tools/client/import_file.h"
#include "tools/stack/processes.h"
#include "tools/story/runner.h"

namespace pepline::story {
namespace {

namespace v1 = registry::v1;

constexpr absl::Duration kImportBound = absl::Seconds(60);

grpc::Status Failed(const std::string& message) {
  return {grpc::StatusCode::FAILED_PRECONDITION, message};
}

}  // namespace

grpc::Status Runner::Do(const ImportFile& action, const Scene& scene) {
  const auto bytes = ReadFile(action.path);
  if (!bytes.ok()) return Failed(std::string(bytes.status().message()));
  v1::ImportOptions options;
  options.set_request_id(scene.request_id);
  options.set_kind(action.kind);
  const bool national = client::IsNational(action.kind);
  if (!national) options.set_authority_code(kAuthority);
  if (action.kind == v1::IMPORT_KIND_SCHOOLS) options.set_only_schools_of_authority(kAuthority);
  options.set_reason("story");
  v1::ImportResponse response;
  const grpc::Status status = client::ImportFile(
      caller_, national ? Operator() : VirtualSchool(), options, *bytes, kImportBound,
      [](std::size_t) {}, response);
  people_changed_ = true;
  if (status.ok() && response.total_errors() > 0) {
    const v1::ImportError& first = response.errors(0);
    return Failed(absl::StrCat(response.total_errors(), " errors, the first in row ", first.row(),
                               ", column ", first.column(), ": ", first.message()));
  }
  return status;
}

grpc::Status Runner::Do(const MoveToSchool& action, const Scene& scene) {
  v1::MoveChildToSchoolRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_school_urn(action.school_urn);
  request.set_moved_on(absl::FormatCivilTime(scene.on));
  v1::MoveChildToSchoolResponse response;
  people_changed_ = true;
  return caller_.Call(VirtualSchool(), request, response);
}

grpc::Status Runner::Do(const EnrolAtSchool& action, const Scene& scene) {
  v1::EnrolChildRequest request;
  request.set_request_id(scene.request_id);
  request.set_child_id(scene.child_id);
  request.set_school_urn(action.school_urn);
  request.set_enrolled_on(absl::FormatCivilTime(scene.on));
  v1::EnrolChildResponse response;
  people_changed_ = true;
  return caller_.Call(VirtualSchool(), request, response);
}

}  // namespace pepline::story
