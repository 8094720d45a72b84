#include "shared/rpc/request_fields.h"

#include "absl/strings/str_cat.h"
#include "shared/domain/calendar.h"

namespace pepline {
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
