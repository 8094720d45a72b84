#include "shared/domain/id_forms.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace pepline {

bool AllDigits(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsAuthorityCode(std::string_view text) { return text.size() == 3 && AllDigits(text); }

bool IsSchoolUrn(std::string_view text) { return text.size() == 6 && AllDigits(text); }

}  // namespace pepline
