#include "services/registry/import/parse/upn.h"

#include <cstddef>

#include "absl/strings/ascii.h"

namespace pepline::registry::imports {
namespace {
constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRTUVWXYZ";
constexpr std::size_t kLength = 13;
}  // namespace

UpnCheck CheckUpn(std::string_view upn) {
  if (upn.size() != kLength || kAlphabet.find(upn[0]) == std::string_view::npos) {
    return UpnCheck::kNotInForm;
  }
  std::size_t sum = 0;
  for (std::size_t i = 1; i < kLength; ++i) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(upn[i]));
    const std::size_t value =
        digit ? static_cast<std::size_t>(upn[i] - '0') : kAlphabet.find(upn[i]);
    if (!digit && (i + 1 != kLength || value == std::string_view::npos))
      return UpnCheck::kNotInForm;
    sum += value * (i + 1);
  }
  return kAlphabet[sum % kAlphabet.size()] == upn[0] ? UpnCheck::kRight : UpnCheck::kWrongLetter;
}

}  // namespace pepline::registry::imports
