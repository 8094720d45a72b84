#include "services/registry/import/parse/cells.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/registry/import/parse/upn.h"
#include "shared/domain/characters.h"
#include "shared/domain/id_forms.h"

namespace pepline::registry::imports {
namespace {

// Of ASCII or of the second such block (U+0080 to U+009F).
bool HasControlCharacter(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(text[i]))) return true;
    if (text[i] == '\xC2' && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

// U+FFFD: a program before this one could not read a character and wrote this instead.
constexpr std::string_view kLostCharacter = "\xEF\xBF\xBD";

// Spreadsheets run cells that begin so; a file of ours may be opened in one again.
bool LooksLikeFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos;
}

bool IsPlainAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const auto allowed = [](std::string_view part, std::string_view others) {
    return std::all_of(part.begin(), part.end(), [others](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
             others.find(c) != std::string_view::npos;
    });
  };
  const std::string_view local = text.substr(0, at);
  if (!allowed(local, "!#$%&'*+-/=?^_`{|}~.")) return false;
  const std::vector<std::string> labels = absl::StrSplit(std::string(text.substr(at + 1)), '.');
  const std::vector<std::string> atoms = absl::StrSplit(std::string(local), '.');
  if (labels.size() < 2) return false;
  const auto empty = [](std::string_view part) { return part.empty(); };
  if (std::any_of(atoms.begin(), atoms.end(), empty)) return false;
  return std::all_of(labels.begin(), labels.end(), [&](std::string_view label) {
    return !label.empty() && label.size() <= 63 && allowed(label, "-") && label.front() != '-' &&
           label.back() != '-';
  });
}

}  // namespace

std::optional<absl::CivilDay> PlausibleDate(std::string_view iso) {
  const auto day = ParseDate(iso);
  if (!day || day->year() < 1900 || day->year() > 2199) return std::nullopt;
  return day;
}

bool IsAcademicYear(std::string_view text) {
  if (text.size() != 7 || text[4] != '/') return false;
  if (!AllDigits(text.substr(0, 4)) || !AllDigits(text.substr(5))) return false;
  int first = 0;
  int second = 0;
  return absl::SimpleAtoi(std::string(text.substr(0, 4)), &first) &&
         absl::SimpleAtoi(std::string(text.substr(5)), &second) && first >= 1900 && first < 2199 &&
         (first + 1) % 100 == second;
}

bool LiesInAcademicYear(absl::CivilDay day, std::string_view academic_year) {
  int first = 0;
  if (!absl::SimpleAtoi(std::string(academic_year.substr(0, 4)), &first)) return false;
  return absl::CivilDay(first, 8, 1) <= day && day < absl::CivilDay(first + 1, 9, 1);
}

void Cells::Fail(std::size_t column, std::string message) {
  ok_ = false;
  errors_.Add(row(), row_.name(column), std::move(message));
}

void Cells::FailName(std::size_t column, std::string_view text,
                     std::span<const std::string_view> known) {
  Fail(column, absl::StrCat("the value is not known; ", AdviseNames(text, known)));
}

std::string_view Cells::Read(std::size_t column, Need need, std::size_t longest) {
  const std::string_view text = row_[column];
  if (text.empty()) {
    if (need == Need::kRequired) Fail(column, "the value is missing");
    return text;
  }
  if (HasControlCharacter(text)) {
    Fail(column, "the value holds a line break, a tab or another control character; remove it");
  } else if (LooksLikeFormula(text)) {
    Fail(column, "the value begins like a formula (= + - @); remove the sign");
  } else if (text.find(kLostCharacter) != std::string_view::npos) {
    Fail(column,
         "the value holds the sign for a character that was lost when the file was made (U+FFFD); "
         "write the character again");
  } else if (CharactersIn(text) > longest) {
    Fail(column, absl::StrCat("the value is too long; at most ", longest, " characters"));
  } else {
    return text;
  }
  return {};
}

std::string Cells::Text(std::size_t column, Need need, std::size_t longest) {
  return std::string(Read(column, need, longest));
}

std::string Cells::OwnId(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 64);
  const bool fits = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("._/-").find(c) != std::string_view::npos;
  });
  if (fits) return std::string(text);
  Fail(column, "not an id; letters, digits and . _ / - only");
  return {};
}

std::string Cells::Urn(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 64);
  if (text.empty() || (text.size() >= 5 && text.size() <= 7 && AllDigits(text))) {
    return std::string(text);
  }
  Fail(column, "not a school's URN; six digits from the school register");
  return {};
}

std::string Cells::AuthorityCode(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 64);
  if (text.empty() || IsAuthorityCode(text)) return std::string(text);
  Fail(column, "not an authority's code; three digits, as in 931");
  return {};
}

std::string Cells::AcademicYear(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 64);
  if (text.empty() || IsAcademicYear(text)) return std::string(text);
  Fail(column, std::string(kBadAcademicYear));
  return {};
}

std::string Cells::Email(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 254);
  if (text.empty() || IsPlainAddress(text)) return std::string(text);
  Fail(column, "not an email address; one plain address, as in name@school.example");
  return {};
}

std::string Cells::Upn(std::size_t column) {
  std::string upn = absl::AsciiStrToUpper(std::string(Read(column, Need::kOptional, 64)));
  if (upn.empty()) return upn;
  switch (CheckUpn(upn)) {
    case UpnCheck::kRight:
      return upn;
    case UpnCheck::kNotInForm:
      Fail(column,
           "not a UPN; a letter and twelve digits (the last a letter in a temporary one), or empty "
           "where it is not known");
      return {};
    case UpnCheck::kWrongLetter:
      Fail(column, "the check letter of the UPN does not fit its digits; look for a typing error");
      return {};
  }
  return {};
}

int Cells::Part(std::size_t column) {
  const std::string_view text = Read(column, Need::kRequired, 64);
  if (text == "1" || text == "2") return text[0] - '0';
  if (!text.empty()) Fail(column, "not a part of a term; 1 before and 2 after half-term");
  return 0;
}

bool Cells::YesOrNo(std::size_t column) {
  const std::string_view text = Read(column, Need::kRequired, 64);
  if (text == "yes" || text == "no") return text == "yes";
  if (!text.empty()) Fail(column, "write yes or no");
  return false;
}

std::optional<absl::CivilDay> Cells::Date(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 64);
  if (text.empty()) return std::nullopt;
  const auto day = PlausibleDate(text);
  if (!day) Fail(column, std::string(kBadDate));
  return day;
}

std::optional<absl::CivilDay> Cells::RegisterDate(std::size_t column, Need need) {
  const std::string_view text = Read(column, need, 64);
  if (text.empty()) return std::nullopt;
  std::optional<absl::CivilDay> day;
  if (text.size() == 10 && text[2] == '-' && text[5] == '-') {
    const std::string written(text);
    day =
        PlausibleDate(written.substr(6) + "-" + written.substr(3, 2) + "-" + written.substr(0, 2));
  }
  if (!day) Fail(column, "not a date of the register; DD-MM-YYYY, as in 31-08-2025");
  return day;
}

}  // namespace pepline::registry::imports
