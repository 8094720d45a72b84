// How refusals and failures leave through gRPC: the status with google.rpc details.
#include <google/protobuf/any.pb.h>

#include "absl/strings/str_cat.h"
#include "pepline/common/v1/refusal.pb.h"
#include "shared/rpc/grpc_server.h"
#include "shared/rpc/request_faults.h"

namespace pepline {
namespace {

std::string UrlOf(std::string_view name) {
  return absl::StrCat("type.googleapis.com/google.rpc.", std::string(name));
}

void Pack(const google::protobuf::Message& detail, std::string_view name,
          common::v1::RpcStatus& status) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url(UrlOf(name));
  any->set_value(detail.SerializeAsString());
}

grpc::Status StatusOf(grpc::StatusCode code, const std::string& domain, const std::string& reason,
                      const std::string& message, const std::vector<FieldViolation>& violations) {
  common::v1::RpcStatus status;
  status.set_code(code);
  status.set_message(message);
  common::v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  Pack(info, "ErrorInfo", status);
  if (!violations.empty()) {
    common::v1::BadRequest bad;
    for (const FieldViolation& violation : violations) {
      auto* added = bad.add_field_violations();
      added->set_field(violation.field);
      added->set_description(violation.description);
    }
    Pack(bad, "BadRequest", status);
  }
  return grpc::Status(code, message, status.SerializeAsString());
}

std::string ReasonOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "DEPENDENCY_AWAY";
    case absl::StatusCode::kAborted:
      return "CHANGED_BY_OTHERS";
    case absl::StatusCode::kResourceExhausted:
      return "OVERLOADED";
    case absl::StatusCode::kDataLoss:
      return "STORED_DATA_UNREADABLE";
    case absl::StatusCode::kInvalidArgument:
      return "INVALID_FIELD";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    default:
      return std::string(absl::StatusCodeToString(code));
  }
}

}  // namespace

RefusalCode CodeOf(const RefusalReason& reason) {
  const auto code = [&] {
    switch (reason.kind) {
      case RefusalKind::kBadValue:
        return grpc::INVALID_ARGUMENT;
      case RefusalKind::kState:
        return grpc::FAILED_PRECONDITION;
      case RefusalKind::kNotFound:
        return grpc::NOT_FOUND;
      case RefusalKind::kAlreadyThere:
        return grpc::ALREADY_EXISTS;
    }
    return grpc::INTERNAL;
  }();
  return {code, std::string(reason.name)};
}

grpc::Status RefusalStatus(const std::string& domain, const RefusalCode& code,
                           const std::string& message, const std::string& field) {
  std::vector<FieldViolation> violations;
  if (!field.empty()) violations.push_back({field, message});
  return StatusOf(code.code, domain, code.reason, message, violations);
}

grpc::Status BadRequestStatus(const std::string& domain,
                              const std::vector<FieldViolation>& violations) {
  std::string message;
  for (const FieldViolation& violation : violations) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", violation.field, ": ",
                    violation.description);
  }
  return StatusOf(grpc::INVALID_ARGUMENT, domain, "INVALID_FIELD", message, violations);
}

grpc::Status FromAbsl(const std::string& domain, const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // Both use the same canonical codes.
  return StatusOf(static_cast<grpc::StatusCode>(status.code()), domain, ReasonOf(status.code()),
                  std::string(status.message()), {});
}

absl::Status DeniedError() {
  return absl::NotFoundError("there is no such record, or it is not yours to see");
}

grpc::Status DeniedStatus(const std::string& domain) { return FromAbsl(domain, DeniedError()); }

grpc::Status WithFaults(const std::string& domain, const std::vector<FieldViolation>& faults,
                        const grpc::Status& status) {
  std::vector<FieldViolation> handlers;
  common::v1::RpcStatus details;
  if (status.error_code() == grpc::INVALID_ARGUMENT &&
      details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      common::v1::BadRequest bad;
      if (detail.type_url() != UrlOf("BadRequest") || !bad.ParseFromString(detail.value()))
        continue;
      for (const auto& one : bad.field_violations()) {
        handlers.push_back({one.field(), one.description()});
      }
    }
  }
  return BadRequestStatus(domain, Together(handlers, faults));
}

grpc::Status WithTrace(const grpc::Status& status, std::string_view trace_id) {
  if (status.ok()) return status;
  common::v1::RpcStatus details;
  if (!details.ParseFromString(status.error_details()) || details.details().empty()) {
    details.set_code(status.error_code());
    details.set_message(status.error_message());
  }
  common::v1::RequestInfo info;
  info.set_request_id(std::string(trace_id));
  Pack(info, "RequestInfo", details);
  return grpc::Status(status.error_code(), status.error_message(), details.SerializeAsString());
}

grpc::Status CommandIdReusedStatus(const std::string& domain) {
  return StatusOf(grpc::ALREADY_EXISTS, domain, "REQUEST_ID_REUSED",
                  "request_id was used before for another command about this record; give each "
                  "command its own",
                  {{"request_id", "was used before for another command about this record"}});
}

}  // namespace pepline
