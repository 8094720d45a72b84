#include "tools/client/text_forms.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "shared/domain/calendar.h"

namespace pepline::client {
namespace {

constexpr char kPoundSign[] = "£";
constexpr std::int64_t kPencePerPound = 100;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::ranges::all_of(text, absl::ascii_isdigit);
}

// "1,234,567" or "1234567"; commas only in their places.
bool TakeCommasOut(absl::string_view text, std::string& digits) {
  if (!absl::StrContains(text, ",")) {
    digits = std::string(text);
    return AllDigits(text);
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool comma_place = (text.size() - i) % 4 == 0 && i > 0;
    if (comma_place != (text[i] == ',')) return false;
    if (!comma_place) digits.push_back(text[i]);
  }
  return AllDigits(digits);
}

// "PEP_STATE_" of the enum PepState.
std::string PrefixOf(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  return prefix + "_";
}

std::string DayText(absl::CivilDay day) {
  return absl::FormatTime("%a %-e %b %Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

std::size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string PoundsText(std::int64_t pence) {
  // As unsigned, since the smallest number has no opposite.
  std::uint64_t rest = pence < 0 ? 0 - static_cast<std::uint64_t>(pence) : pence;
  std::string text = absl::StrFormat(".%02d", rest % kPencePerPound);
  rest /= kPencePerPound;
  while (rest >= 1000) {
    text = absl::StrFormat(",%03d%s", rest % 1000, text);
    rest /= 1000;
  }
  return absl::StrCat(pence < 0 ? "-" : "", kPoundSign, rest, text);
}

absl::StatusOr<std::int64_t> ParsePounds(std::string_view text) {
  const auto bad = absl::InvalidArgumentError(
      "is not an amount of money; give pounds such as 450, 450.50 or £1,450.50");
  absl::string_view rest = absl::StripAsciiWhitespace(View(text));
  const bool negative = absl::ConsumePrefix(&rest, "-");
  absl::ConsumePrefix(&rest, kPoundSign);
  std::string pence = "0";
  if (const auto point = rest.find('.'); point != absl::string_view::npos) {
    pence = std::string(rest.substr(point + 1));
    if (!AllDigits(pence) || pence.size() > 2) return bad;
    if (pence.size() == 1) pence.push_back('0');
    rest = rest.substr(0, point);
  }
  std::string pounds;
  std::int64_t whole = 0;
  std::int64_t part = 0;
  if (!TakeCommasOut(rest, pounds) || !absl::SimpleAtoi(pounds, &whole) ||
      !absl::SimpleAtoi(pence, &part) ||
      whole > std::numeric_limits<std::int64_t>::max() / kPencePerPound - 1) {
    return bad;
  }
  const std::int64_t amount = whole * kPencePerPound + part;
  return negative ? -amount : amount;
}

std::string InstantText(absl::Time at) {
  return absl::FormatTime(London().At(at).cs.second() == 0 ? "%Y-%m-%d %H:%M" : "%Y-%m-%d %H:%M:%S",
                          at, London());
}

std::string SpokenInstant(absl::Time at) {
  const absl::CivilSecond shown = London().At(at).cs;
  const std::string day = DayText(absl::CivilDay(shown));
  if (shown.hour() == 23 && shown.minute() == 59 && shown.second() == 59) return day;
  return absl::StrFormat("%s %02d:%02d", day, shown.hour(), shown.minute());
}

std::string SpokenDate(std::string_view iso_date) {
  const auto day = ParseDate(iso_date);
  return day ? DayText(*day) : std::string(iso_date);
}

absl::StatusOr<absl::Time> ParseInstant(std::string_view text) {
  std::string form(absl::StripAsciiWhitespace(View(text)));
  if (form.size() > 10 && form[10] == ' ') form[10] = 'T';
  absl::Time at;
  std::string problem;
  // It would also take "infinite-future".
  if (absl::StrContains(form, "T") && absl::ParseTime(absl::RFC3339_full, form, &at, &problem)) {
    return at;
  }
  if (form.size() == 16) form += ":00";
  absl::CivilSecond shown;
  if (form.size() != 19 || !absl::ParseCivilTime(form, &shown)) {
    return absl::InvalidArgumentError(
        "is not a date and time; give it like \"2025-09-25 14:00\" (London), or "
        "2025-09-25T14:00:00+01:00");
  }
  const absl::TimeZone::TimeInfo info = London().At(shown);
  if (info.kind != absl::TimeZone::TimeInfo::UNIQUE) {
    return absl::InvalidArgumentError(
        "is in the hour when London's clocks change; give it with its offset, like "
        "2025-10-26T01:30:00+01:00");
  }
  return info.pre;
}

absl::Time TimeOf(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

std::string EnumText(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  const std::string prefix = PrefixOf(*value.type());
  absl::string_view name = value.name();
  absl::ConsumePrefix(&name, prefix);
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}});
}

std::string EnumText(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? absl::StrCat(number) : EnumText(*value);
}

std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> choices;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) choices.push_back(EnumText(*type.value(i)));
  }
  return choices;
}

absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, std::string_view text) {
  std::string form = absl::StrReplaceAll(absl::AsciiStrToLower(View(text)), {{"_", "-"}});
  const std::string prefix =
      absl::StrReplaceAll(absl::AsciiStrToLower(PrefixOf(type)), {{"_", "-"}});
  if (absl::StartsWith(form, prefix)) form = form.substr(prefix.size());
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0 && EnumText(*type.value(i)) == form) {
      return type.value(i)->number();
    }
  }
  const std::vector<std::string> choices = EnumChoices(type);
  const std::string meant = Nearest(form, choices);
  return absl::InvalidArgumentError(
      absl::StrCat("is none of: ", absl::StrJoin(choices, ", "),
                   meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
}

std::string OneLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F, which are 0xC2 and 0x80 to 0x9F in UTF-8.
    const bool latin = byte == 0xC2 && i + 1 < text.size() &&
                       static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                       static_cast<unsigned char>(text[i + 1]) < 0xA0;
    line += latin || absl::ascii_iscntrl(byte) ? ' ' : text[i];
    if (latin) ++i;
  }
  return line;
}

std::string Nearest(std::string_view text, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = Distance(View(text), candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace pepline::client
