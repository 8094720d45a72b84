#include "shared/base/timestamps.h"

#include <cstdint>

namespace pepline {
namespace {

constexpr std::int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z

}  // namespace

google::protobuf::Timestamp ToTimestamp(absl::Time at) {
  google::protobuf::Timestamp timestamp;
  const std::int64_t micros = absl::ToUnixMicros(at);
  std::int64_t seconds = micros / 1'000'000;
  std::int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(rest * 1000));
  return timestamp;
}

std::optional<absl::Time> FromTimestamp(const google::protobuf::Timestamp& at) {
  if (at.seconds() < kFirstSecond || at.seconds() > kLastSecond) return std::nullopt;
  if (at.nanos() < 0 || at.nanos() > 999'999'999) return std::nullopt;
  return absl::FromUnixMicros(at.seconds() * 1'000'000 + at.nanos() / 1000);
}

}  // namespace pepline
