// Bytes out of hexadecimal digits, in one way for the Abseil of Debian 12 and of Debian 13: the
// function of the first is deprecated in the second, whose own is not in the first.
// Promises: one byte for two digits. Does not check: the caller gives an even number of digits and
// nothing else. Threads: any.
#ifndef PEPLINE_SHARED_BASE_HEX_H_
#define PEPLINE_SHARED_BASE_HEX_H_

#include <string>
#include <string_view>

namespace pepline {

inline std::string BytesOfHex(std::string_view digits) {
  const auto value = [](char digit) {
    return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
  };
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1])));
  }
  return bytes;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_HEX_H_
