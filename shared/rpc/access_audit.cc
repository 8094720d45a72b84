#include "shared/rpc/access_audit.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "shared/base/digest.h"
#include "shared/domain/id_forms.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kLongestId = 200;
constexpr std::size_t kLongestSubject = 64;
constexpr char kUnreadable[] = "unreadable";

// The fields of requests that say whose record is asked for, the most telling first.
constexpr std::string_view kWhose[] = {"child_id", "pep_id", "sdq_id", "alert_id",
                                       "funding_request_id"};

// The forms of shared/domain/ids.h; whoever calls may have put anything there.
bool LooksLikeOurs(std::string_view id) {
  const bool begins = id.starts_with("chd-") || id.starts_with("req-") ||
                      (id.size() > 7 && IsSchoolUrn(id.substr(0, 6)) && id[6] == '.');
  return begins && id.size() <= kLongestId && std::ranges::all_of(id, [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '.';
         });
}

// Identity providers are to give opaque subjects (docs/domain.md 7.2); some give mail addresses.
std::string OpaqueSubject(const std::string& subject) {
  const bool opaque =
      subject.size() <= kLongestSubject && std::ranges::all_of(subject, [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '|';
      });
  return opaque ? subject : absl::StrCat("sha256:", absl::BytesToHexString(Sha256(subject)));
}

std::string TextIn(const Message& message, std::string_view field_name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(field_name));
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

// How many records an answer holds: those of its page, for a list.
int RecordsIn(const Message& response) {
  const google::protobuf::Descriptor& type = *response.GetDescriptor();
  if (type.FindFieldByName("next_page_token") == nullptr) return 1;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->is_repeated()) return response.GetReflection()->FieldSize(response, field);
  }
  return 0;
}

}  // namespace

std::string_view ReadOutcome(const Call& call, const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::OK:
      return "answered";
    case grpc::UNAUTHENTICATED:
      return "unauthenticated";
    case grpc::PERMISSION_DENIED:
      return "denied";
    case grpc::NOT_FOUND:
      return call.denied ? "denied" : "not-found";
    case grpc::INVALID_ARGUMENT:
    case grpc::FAILED_PRECONDITION:
    case grpc::ALREADY_EXISTS:
    case grpc::OUT_OF_RANGE:
      return "refused";
    default:
      return "failed";
  }
}

bool NoteRead(const Call& call, const grpc::Status& status, const Message& request,
              const Message& response) {
  std::vector<std::pair<LogField, std::string>> fields = {
      {LogField::kAudit, "personal-data-read"},
      {LogField::kRpc, call.rpc},
      {LogField::kOutcome, std::string(ReadOutcome(call, status))}};
  if (!call.actor.subject.empty()) {  // empty: refused before anybody knew who calls
    fields.emplace_back(LogField::kRole, RoleName(call.actor.role));
    fields.emplace_back(LogField::kSubject, OpaqueSubject(call.actor.subject));
  }
  if (!call.peer.empty()) fields.emplace_back(LogField::kPeer, call.peer);
  for (const std::string_view name : kWhose) {
    std::string id = TextIn(request, name);
    if (id.empty()) continue;
    fields.emplace_back(LogField::kAggregateId, LooksLikeOurs(id) ? std::move(id) : kUnreadable);
    break;
  }
  if (std::string urn = TextIn(request, "school_urn"); !urn.empty()) {
    fields.emplace_back(LogField::kSchool, IsSchoolUrn(urn) ? std::move(urn) : kUnreadable);
  }
  if (std::string code = TextIn(request, "authority_code"); !code.empty()) {
    fields.emplace_back(LogField::kAuthority,
                        IsAuthorityCode(code) ? std::move(code) : kUnreadable);
  }
  if (status.ok()) fields.emplace_back(LogField::kCount, absl::StrCat(RecordsIn(response)));
  if (!call.traceparent.empty()) {
    fields.emplace_back(LogField::kTrace, TraceIdOf(call.traceparent));
  }
  return LogAudit("personal data was asked for", fields);
}

}  // namespace pepline
