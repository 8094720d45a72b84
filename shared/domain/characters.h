// How long a text is for whoever reads it, and whether it says anything.
// Promises: counts Unicode code points, so that a limit of 100 characters is one in every script.
// Does not: check that the text is UTF-8 (what is not is counted somehow), nor count what a reader
// takes for one letter where it is written as several code points. Threads: pure functions.
#ifndef PEPLINE_SHARED_DOMAIN_CHARACTERS_H_
#define PEPLINE_SHARED_DOMAIN_CHARACTERS_H_

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pepline {

inline std::size_t CharactersIn(std::string_view utf8) {
  // Every byte but those that go on with a character.
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// White space alone says nothing.
inline bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_CHARACTERS_H_
