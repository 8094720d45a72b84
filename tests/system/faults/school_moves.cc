#include "tests/system/faults/school_moves.h"

#include "pepline/registry/v1/registry_service.pb.h"
#include "tools/client/text_forms.h"

namespace pepline {
namespace {

constexpr absl::Duration kBetweenMoves = absl::Milliseconds(150);
// Schools of the authority that have a Designated Teacher.
constexpr const char* kSchools[] = {"123230", "137936", "138210", "138667"};

bool IsAnswer(const grpc::Status& status) {
  return status.ok() || status.error_code() == grpc::StatusCode::FAILED_PRECONDITION ||
         status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ||
         status.error_code() == grpc::StatusCode::ALREADY_EXISTS ||
         status.error_code() == grpc::StatusCode::NOT_FOUND;
}

}  // namespace

SchoolMoves::SchoolMoves(client::Caller& caller, const Clock& clock,
                         std::vector<std::string> children)
    : caller_(caller), clock_(clock), children_(std::move(children)), thread_([this] { Run(); }) {}

SchoolMoves::~SchoolMoves() {
  stopping_.Notify();
  thread_.join();
}

void SchoolMoves::Run() {
  for (std::size_t i = 0; !stopping_.WaitForNotificationWithTimeout(kBetweenMoves); ++i) {
    if (Move(children_[i % children_.size()], kSchools[i % std::size(kSchools)])) ++accepted_;
  }
}

bool SchoolMoves::Move(const std::string& child, const std::string& school) {
  registry::v1::MoveChildToSchoolRequest request;
  client::GiveRequestId(request);
  request.set_child_id(child);
  request.set_school_urn(school);
  request.set_moved_on(absl::FormatCivilTime(absl::ToCivilDay(clock_.Now(), London())));
  registry::v1::MoveChildToSchoolResponse response;
  grpc::Status status;
  do {
    status = caller_.Call(request, response);
  } while (!IsAnswer(status) && !stopping_.WaitForNotificationWithTimeout(kBetweenMoves));
  return status.ok();
}

}  // namespace pepline
