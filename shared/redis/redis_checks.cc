#include "shared/redis/redis_checks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "shared/store/store.h"

namespace pepline {
namespace {

struct Demand {
  std::string_view setting;
  std::string_view value;
  std::string_view in_section;  // of INFO; empty: INFO does not tell
  std::string_view in_field;
  std::string_view field_value;
};

constexpr Demand kDemands[] = {
    {"appendonly", "yes", "persistence", "aof_enabled", "1"},
    {"appendfsync", "always", "", "", ""},
    {"maxmemory-policy", "noeviction", "memory", "maxmemory_policy", "noeviction"},
};

std::optional<std::string> FromConfig(const AskRedis& ask, const Demand& demand) {
  const auto reply = ask({"CONFIG", "GET", std::string(demand.setting)});
  if (!reply.ok() || (*reply)->elements != 2) return std::nullopt;
  return std::string((*reply)->element[1]->str, (*reply)->element[1]->len);
}

// The setting's value as INFO shows it: the demanded one, or another.
std::optional<std::string> FromInfo(const AskRedis& ask, const Demand& demand) {
  if (demand.in_section.empty()) return std::nullopt;
  const auto reply = ask({"INFO", std::string(demand.in_section)});
  if (!reply.ok() || (*reply)->type != REDIS_REPLY_STRING) return std::nullopt;
  const std::string prefix = absl::StrCat(std::string(demand.in_field), ":");
  const std::vector<std::string> lines =
      absl::StrSplit(std::string((*reply)->str, (*reply)->len), "\r\n");
  for (const std::string& line : lines) {
    if (line.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string found = line.substr(prefix.size());
    if (found == demand.field_value) return std::string(demand.value);
    return found == "0" ? "no" : found;
  }
  return std::nullopt;
}

}  // namespace

absl::Status CheckDurability(const AskRedis& ask,
                             const std::function<void(const std::string& demand)>& untold) {
  for (const Demand& demand : kDemands) {
    const std::string setting(demand.setting), value(demand.value);
    std::optional<std::string> found = FromConfig(ask, demand);
    if (!found) found = FromInfo(ask, demand);
    if (!found) {
      untold(absl::StrCat(setting, "=", value));
      continue;
    }
    if (*found != demand.value) {
      return absl::FailedPreconditionError(absl::StrCat("Redis is set to ", setting, "=", *found,
                                                        "; Pepline needs ", setting, "=", value,
                                                        " (see deploy/redis.conf)"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Duration> ClockAhead(const redisReply& reply, absl::Time asked,
                                          absl::Time answered) {
  std::int64_t parts[2] = {0, 0};  // seconds, and microseconds of the next
  for (std::size_t i = 0; i < 2; ++i) {
    if (reply.elements != 2 ||
        !absl::SimpleAtoi(std::string(reply.element[i]->str, reply.element[i]->len), &parts[i])) {
      return absl::UnavailableError("Redis does not tell its time");
    }
  }
  const absl::Time redis = absl::FromUnixSeconds(parts[0]) + absl::Microseconds(parts[1]);
  // Redis said it at some instant between the two.
  if (asked > redis) return asked - redis;
  return std::min(answered - redis, absl::ZeroDuration());
}

absl::Status CheckClock(absl::Duration ahead) {
  if (absl::AbsDuration(ahead) <= kClocksMayDiffer) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "the clock of this machine is ", absl::ToInt64Seconds(absl::AbsDuration(ahead)), " seconds ",
      ahead > absl::ZeroDuration() ? "ahead of" : "behind",
      " that of Redis, so what follows from the time of day would come at a wrong one; set both "
      "machines by NTP (see `timedatectl`)"));
}

}  // namespace pepline
