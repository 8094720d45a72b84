#include "shared/domain/id_forms.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "absl/strings/ascii.h"

namespace pepline {

bool AllDigits(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsAuthorityCode(std::string_view text) { return text.size() == 3 && AllDigits(text); }

bool IsSchoolUrn(std::string_view text) { return text.size() == 6 && AllDigits(text); }

std::optional<int> NumberOfPep(const ChildId& child, const PepId& pep) {
  const std::string& text = pep.text();
  const std::string prefix = child.text() + ".";
  if (!text.starts_with(prefix)) return std::nullopt;
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + prefix.size(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace pepline
