// The small change between protobuf and the rules' types, once for all services: instants, dates,
// and the checks of request fields that every API makes.
// Promises: total; what cannot be read gives nullopt, or a violation that names the field and the
// fix and never holds the value. Threads: pure functions.
#ifndef PEPLINE_SHARED_RPC_REQUEST_FIELDS_H_
#define PEPLINE_SHARED_RPC_REQUEST_FIELDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "shared/base/timestamps.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {

std::string ToText(const std::optional<absl::CivilDay>& day);  // empty for nullopt

using Violations = std::vector<FieldViolation>;

// A required instant; InfinitePast with a violation where it is missing or out of range.
absl::Time ReadInstant(const google::protobuf::Timestamp& at, bool given, std::string_view field,
                       Violations& violations);
// A required date, YYYY-MM-DD.
absl::CivilDay ReadDay(std::string_view text, std::string_view field, Violations& violations);
// A required text of at most `longest` bytes; `what` completes "give ...": "the child's id".
void CheckText(const std::string& text, std::string_view field, std::string_view what,
               std::size_t longest, Violations& violations);
inline void CheckChildId(const std::string& child_id, Violations& violations) {
  CheckText(child_id, "child_id", "the child's id", 64, violations);
}
// 1 to 1000 as asked, 100 for 0.
int ReadPageSize(int asked, Violations& violations);

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_REQUEST_FIELDS_H_
