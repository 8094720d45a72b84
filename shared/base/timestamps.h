// Instants as protobuf has them. Threads: pure functions.
#ifndef PEPLINE_SHARED_BASE_TIMESTAMPS_H_
#define PEPLINE_SHARED_BASE_TIMESTAMPS_H_

#include <optional>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace pepline {

google::protobuf::Timestamp ToTimestamp(absl::Time at);
// Whole microseconds, as everything is stored; nullopt outside the years 1 to 9999.
std::optional<absl::Time> FromTimestamp(const google::protobuf::Timestamp& at);

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_TIMESTAMPS_H_
