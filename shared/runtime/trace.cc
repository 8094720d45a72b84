#include "shared/runtime/trace.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pepline {
namespace {

// "00-<32 hex>-<16 hex>-<2 hex>", https://www.w3.org/TR/trace-context/
constexpr std::size_t kLength = 55;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  });
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

std::uint64_t RandomNotZero() {
  // An id for tracing, not a secret.
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::uint64_t number = 0;
  while (number == 0) number = random();
  return number;
}

}  // namespace

bool IsTraceparent(std::string_view text) {
  return text.size() == kLength && text.substr(0, 3) == "00-" && text[35] == '-' &&
         text[52] == '-' && IsHex(text.substr(3, 32)) && IsHex(text.substr(36, 16)) &&
         IsHex(text.substr(53, 2)) && !IsZero(text.substr(3, 32)) && !IsZero(text.substr(36, 16));
}

std::string ChildTraceparent(std::string_view parent) {
  const std::string span = absl::StrFormat("%016x", RandomNotZero());
  if (!IsTraceparent(parent)) {
    return absl::StrFormat("00-%016x%016x-%s-01", RandomNotZero(), RandomNotZero(), span);
  }
  return absl::StrCat(std::string(parent.substr(0, 36)), span, std::string(parent.substr(52)));
}

}  // namespace pepline
