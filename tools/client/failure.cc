#include "tools/client/failure.h"

#include <google/protobuf/any.pb.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/common/v1/refusal.pb.h"
#include "tools/client/text_forms.h"

namespace pepline::client {
namespace {

// The types of the details in their Any, as google.rpc has them.
constexpr absl::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr absl::string_view kBadRequest = "type.googleapis.com/google.rpc.BadRequest";

FailureKind KindOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::CANCELLED:
      return FailureKind::kNotReachable;
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return FailureKind::kNotAllowed;
    default:
      return FailureKind::kRefused;
  }
}

void ReadDetails(const std::string& bytes, Failure& failure) {
  common::v1::RpcStatus details;
  if (!details.ParseFromString(bytes)) return;
  for (const auto& detail : details.details()) {
    common::v1::ErrorInfo info;
    common::v1::BadRequest bad;
    if (detail.type_url() == kErrorInfo && info.ParseFromString(detail.value())) {
      failure.reason = OneLine(info.reason());
      failure.domain = OneLine(info.domain());
    } else if (detail.type_url() == kBadRequest && bad.ParseFromString(detail.value())) {
      for (const auto& violation : bad.field_violations()) {
        failure.problems.push_back({OneLine(violation.field()), OneLine(violation.description())});
      }
    }
  }
}

}  // namespace

Failure ReadFailure(const grpc::Status& status) {
  Failure failure{.kind = KindOf(status.error_code()), .message = OneLine(status.error_message())};
  ReadDetails(status.error_details(), failure);
  if (failure.message.empty()) {
    failure.message = absl::StrCat("the call failed with gRPC code ",
                                   static_cast<int>(status.error_code()), " and no words");
  }
  return failure;
}

std::string FailureText(const Failure& failure) {
  std::string text = failure.message;
  for (const FieldProblem& problem : failure.problems) {
    if (absl::StrContains(failure.message, problem.description) &&
        absl::StrContains(failure.message, problem.field)) {
      continue;
    }
    if (absl::StrContains(failure.message, problem.description)) {
      absl::StrAppend(&text, "\n  field: ", problem.field);
    } else {
      absl::StrAppend(&text, "\n  ", problem.field, ": ", problem.description);
    }
  }
  if (!failure.reason.empty()) {
    absl::StrAppend(&text, "\n  reason: ", failure.reason,
                    failure.domain.empty() ? "" : absl::StrCat(" (", failure.domain, ")"));
  }
  return text;
}

}  // namespace pepline::client
