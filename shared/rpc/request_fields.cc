#include "shared/rpc/request_fields.h"

#include "absl/strings/str_cat.h"
#include "shared/domain/calendar.h"

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

std::string ToText(const std::optional<absl::CivilDay>& day) {
  return day ? FormatDate(*day) : std::string();
}

absl::Time ReadInstant(const google::protobuf::Timestamp& at, bool given, std::string_view field,
                       Violations& violations) {
  const auto read = FromTimestamp(at);
  if (given && read) return *read;
  violations.push_back({std::string(field), "give an instant of the years 1 to 9999"});
  return absl::InfinitePast();
}

absl::CivilDay ReadDay(std::string_view text, std::string_view field, Violations& violations) {
  const auto day = ParseDate(text);
  if (!day) violations.push_back({std::string(field), "give a date as YYYY-MM-DD"});
  return day.value_or(absl::CivilDay());
}

void CheckText(const std::string& text, std::string_view field, std::string_view what,
               std::size_t longest, Violations& violations) {
  if (!text.empty() && text.size() <= longest) return;
  violations.push_back(
      {std::string(field), absl::StrCat("give ", std::string(what), ", 1 to ", longest, " bytes")});
}

int ReadPageSize(int asked, Violations& violations) {
  if (asked < 0 || asked > 1000) {
    violations.push_back({"page_size", "give 1 to 1000, or 0 for 100"});
  }
  return asked == 0 ? 100 : asked;
}

}  // namespace pepline
