#include "services/registry/import/parse/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"

namespace pepline::registry::imports {
namespace {

// Bytes 0x80 to 0x9F of Windows-1252; 0: not assigned. All others are their own code points.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kWorkbook = "PK\x03\x04";
constexpr std::size_t kLongestMark = kWorkbook.size();
constexpr std::string_view kBlank = " \t\r\n\f\v";

// Appends a character that two or three bytes are enough for.
void Append(unsigned point, std::string& text) {
  if (point < 0x80) {
    text.push_back(static_cast<char>(point));
    return;
  }
  if (point < 0x800) {
    text.push_back(static_cast<char>(0xC0 | (point >> 6)));
  } else {
    text.push_back(static_cast<char>(0xE0 | (point >> 12)));
    text.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
  }
  text.push_back(static_cast<char>(0x80 | (point & 0x3F)));
}

std::optional<unsigned char> FromWindows1252(std::string_view bytes, bool ascii_only,
                                             std::string& text) {
  std::optional<unsigned char> none;
  text.clear();
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    unsigned point = byte;
    if (byte >= 0x80 && byte < 0xA0) point = kWindows1252[byte - 0x80];
    if (ascii_only && byte >= 0x80) point = 0;
    if (point == 0 && byte != 0) {
      if (!none) none = byte;
      point = '?';
    }
    Append(point, text);
  }
  return none;
}

// What stands at the ends of values unseen: spaces of every kind that web pages and word processors
// use, and marks without width.
constexpr std::array<std::string_view, 6> kUnseen = {
    "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\x8E", "\xE2\x80\x8F"};

std::string_view WithoutBlankEnds(std::string_view text) {
  const auto blank = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view WithoutUnseenEnds(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    text = WithoutBlankEnds(text);
    for (const std::string_view one : kUnseen) {
      if (text.starts_with(one)) {
        text.remove_prefix(one.size());
        found = true;
      }
      if (text.ends_with(one)) {
        text.remove_suffix(one.size());
        found = true;
      }
    }
  }
  return text;
}

// How many bytes the character at the front has; 0 where it is none (Unicode 15, table 3-7).
std::size_t CharacterLength(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : (lead & 0xF0) == 0xE0        ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and beyond U+10FFFF.
  if (lead == 0xE0 && at(1) < 0xA0) return 0;
  if (lead == 0xED && at(1) > 0x9F) return 0;
  if (lead == 0xF0 && at(1) < 0x90) return 0;
  if (lead == 0xF4 && at(1) > 0x8F) return 0;
  return length;
}

// Levenshtein's distance, without regard to case.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool same = absl::ascii_tolower(static_cast<unsigned char>(a[i])) ==
                        absl::ascii_tolower(static_cast<unsigned char>(b[j]));
      const std::size_t replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

// Not broken at a line's end, U+00A0 looks like a space and is none: "Test\u00A0Alder" would be
// somebody else, and a heading that has one is not known.
void MakeSpacesPlain(std::string& text) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  for (std::size_t at = text.find(kNoBreakSpace); at != std::string::npos;
       at = text.find(kNoBreakSpace, at)) {
    text.replace(at, kNoBreakSpace.size(), " ");
  }
}

bool IsUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = CharacterLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

bool TellWhatItIs(std::string_view first_bytes) {
  if (first_bytes.size() < kLongestMark) return false;
  if (first_bytes.starts_with(kUtf8Mark)) first_bytes.remove_prefix(kUtf8Mark.size());
  return first_bytes.find_first_not_of(kBlank) != std::string_view::npos;
}

FileText::FileText(std::string_view bytes, Encoding encoding) : text_(bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    problem_ = "the file is UTF-16; save it as UTF-8";
    return;
  }
  if (bytes.starts_with(kWorkbook)) {
    problem_ = "the file is a workbook or an archive; save its sheet as CSV (UTF-8)";
    return;
  }
  marked_ = bytes.starts_with(kUtf8Mark);
  if (marked_) text_.remove_prefix(kUtf8Mark.size());
  if (text_.find_first_not_of(kBlank) == std::string_view::npos) {
    problem_ = "the file is empty";
    return;
  }
  if (encoding == Encoding::kOfEachValue || IsUtf8(text_)) return;
  problem_ = "the file is not UTF-8 text; save it as UTF-8";
}

std::optional<unsigned char> ReadValue(std::string_view bytes, bool utf8_only, std::string& text) {
  if (IsUtf8(bytes)) {
    text = WithoutUnseenEnds(bytes);
    return std::nullopt;
  }
  std::string read;
  const auto none = FromWindows1252(bytes, utf8_only, read);
  text = WithoutUnseenEnds(read);
  return none;
}

std::string_view NearestName(std::string_view name, std::span<const std::string_view> known) {
  std::string_view nearest;
  // What is much longer than every name is none, and would take long to compare.
  if (name.size() > 100) return nearest;
  std::size_t least = (name.size() + 1) / 3 + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = Distance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string AdviseNames(std::string_view name, std::span<const std::string_view> known) {
  const std::string_view nearest = NearestName(name, known);
  if (!nearest.empty()) return "did you mean \"" + std::string(nearest) + "\"?";
  std::string advice = "known are:";
  for (const std::string_view one : known) {
    advice.append(advice.back() == ':' ? " " : ", ").append(one);
  }
  return advice;
}

}  // namespace pepline::registry::imports
