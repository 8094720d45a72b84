// An authority's school terms as a calendar (RFC 5545). One VEVENT per part of a term, whole days:
// SUMMARY is "Autumn term 1" or "Autumn term 1 2025/26", DTSTART the first day, DTEND the day after
// the last (section 3.6.1: DTEND is exclusive) or DURATION, in whole days or weeks. The academic
// year follows from DTSTART. STATUS is TENTATIVE where the dates are provisional; an event that is
// CANCELLED is passed over. Each of these stands once in an event (section 3.6.1). Other properties
// are passed over, whatever their values are: calendars on the web leave many of them empty.
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/registry/import/parse/bounds.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/terms.h"
#include "services/registry/import/parse/text.h"
#include "shared/domain/id_forms.h"

namespace pepline::registry::imports {
namespace {

constexpr unsigned kLongestPart = 200;  // days
constexpr std::array<std::string_view, 5> kReadOnce = {"SUMMARY", "DTSTART", "DTEND", "DURATION",
                                                       "STATUS"};
constexpr std::array<std::string_view, 9> kRead = {
    "BEGIN", "END", "SUMMARY", "DTSTART", "DTEND", "DURATION", "STATUS", "RRULE", "RDATE"};
constexpr int kDeepest = 8;  // a VALARM in a VEVENT in a VCALENDAR is 3

using Component = std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)>;

class TermCalendar {
 public:
  explicit TermCalendar(Errors& errors) : errors_(errors) {}

  void Read(icalcomponent* calendar) {
    // What the library takes for text without meaning must not be a term that is lost.
    bool known = icalcomponent_isa(calendar) == ICAL_VCALENDAR_COMPONENT &&
                 !icalcomponent_get_first_property(calendar, ICAL_XLICERROR_PROPERTY);
    for (icalcomponent* part = icalcomponent_get_first_component(calendar, ICAL_ANY_COMPONENT);
         part; part = icalcomponent_get_next_component(calendar, ICAL_ANY_COMPONENT)) {
      const icalcomponent_kind kind = icalcomponent_isa(part);
      if (kind == ICAL_NO_COMPONENT || kind == ICAL_XLICINVALID_COMPONENT) known = false;
      if (kind != ICAL_VEVENT_COMPONENT) continue;
      ++count_;
      ReadEvent(part);
    }
    if (!known) {
      errors_.Add(0, "VCALENDAR", "has a line or a part that is not known; correct or remove it");
    }
  }
  int count() const { return count_; }
  // `row` of each is the place of its event in the file.
  std::vector<TermRow>& terms() { return terms_; }

 private:
  void Fail(std::string_view property, std::string message) {
    errors_.Add(0, absl::StrCat("VEVENT ", count_, "/", std::string(property)), std::move(message));
  }

  void ReadEvent(icalcomponent* event) {
    if (!CanBeRead(event)) return;
    const icalproperty_status status = icalcomponent_get_status(event);
    if (status == ICAL_STATUS_CANCELLED) return;
    if (icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY) ||
        icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY)) {
      Fail("RRULE", "a part of a term happens once; remove the repetition");
      return;
    }
    TermRow term{count_, {}};
    TermPart& part = term.part;
    part.provisional = status == ICAL_STATUS_TENTATIVE;
    const auto first = WholeDay(event, ICAL_DTSTART_PROPERTY, "DTSTART");
    const auto after = DayAfter(event, first);
    const bool named = ReadSummary(event, part);
    if (!first || !after || !named) return;
    part.first_day = *first;
    part.last_day = *after - 1;
    const auto year = part.first_day.year() - (part.first_day.month() < 8 ? 1 : 0);
    const std::string academic_year = absl::StrFormat("%d/%02d", year, (year + 1) % 100);
    if (!part.academic_year.empty() && part.academic_year != academic_year) {
      Fail("SUMMARY", "the academic year is not the one that the first day lies in");
      return;
    }
    part.academic_year = academic_year;
    const std::string fault = FaultOf(part);
    if (fault.empty()) {
      terms_.push_back(std::move(term));
    } else {
      Fail("DTEND", fault);
    }
  }

  // Names each property that cannot be read or is there twice.
  bool CanBeRead(icalcomponent* event) {
    bool can = true;
    for (icalproperty* error = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY);
         error; error = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
      can = false;
      const char* text = icalproperty_get_xlicerror(error);
      const std::string_view about = text ? text : "";
      const auto name = std::ranges::find_if(kReadOnce, [&](std::string_view one) {
        return about.find(one) != std::string_view::npos;
      });
      if (name == kReadOnce.end()) {
        Fail("", "the event has a property that cannot be read; correct or remove it");
      } else {
        Fail(*name, "the value is empty or cannot be read; correct it");
      }
    }
    for (const std::string_view name : kReadOnce) {
      const icalproperty_kind kind = icalproperty_string_to_kind(std::string(name).c_str());
      if (icalcomponent_count_properties(event, kind) < 2) continue;
      can = false;
      Fail(name, "is there twice; keep one");
    }
    return can;
  }

  // The day after the last one, from DTEND or DURATION.
  std::optional<absl::CivilDay> DayAfter(icalcomponent* event,
                                         const std::optional<absl::CivilDay>& first) {
    icalproperty* property = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    if (!property) return WholeDay(event, ICAL_DTEND_PROPERTY, "DTEND");
    if (icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY)) {
      Fail("DURATION", "there is a DTEND as well; keep one of the two");
      return std::nullopt;
    }
    const icaldurationtype length = icalproperty_get_duration(property);
    const auto days = std::uint64_t{length.days} + 7 * std::uint64_t{length.weeks};
    if (length.is_neg || length.hours > 0 || length.minutes > 0 || length.seconds > 0 || days < 1 ||
        days > kLongestPart) {
      Fail("DURATION", "not a number of whole days or weeks that a part of a term has; write P52D");
      return std::nullopt;
    }
    if (!first) return std::nullopt;
    return *first + static_cast<std::int64_t>(days);
  }

  std::optional<absl::CivilDay> WholeDay(icalcomponent* event, icalproperty_kind kind,
                                         std::string_view name) {
    icalproperty* property = icalcomponent_get_first_property(event, kind);
    const icalvalue* value = property ? icalproperty_get_value(property) : nullptr;
    if (!value) {
      Fail(name, "the date is missing");
      return std::nullopt;
    }
    std::optional<absl::CivilDay> day;
    if (icalvalue_isa(value) == ICAL_DATE_VALUE) {
      const icaltimetype time = icalvalue_get_date(value);
      day = PlausibleDate(absl::StrFormat("%04d-%02d-%02d", time.year, time.month, time.day));
    }
    if (!day) Fail(name, "not a whole day; write it as VALUE=DATE:20250902");
    return day;
  }

  bool ReadSummary(icalcomponent* event, TermPart& part) {
    const char* summary = icalcomponent_get_summary(event);
    std::string text = summary ? summary : "";
    MakeSpacesPlain(text);
    const std::vector<std::string> words =
        absl::StrSplit(absl::AsciiStrToLower(text), ' ', absl::SkipEmpty());
    const auto term = words.empty() ? std::nullopt : ParseTerm(words[0]);
    if (words.size() < 3 || words.size() > 4 || !term || words[1] != "term" ||
        (words[2] != "1" && words[2] != "2") || (words.size() == 4 && !IsAcademicYear(words[3]))) {
      Fail("SUMMARY", "not a part of a term; write \"Autumn term 1\" or \"Spring term 2 2025/26\"");
      return false;
    }
    part.term = *term;
    part.part = words[2][0] - '0';
    if (words.size() == 4) part.academic_year = words[3];
    return true;
  }

  Errors& errors_;
  int count_ = 0;
  std::vector<TermRow> terms_;
};

// Gives libical the next piece of a text, as fgets would.
char* NextPiece(char* out, std::size_t size, void* rest) {
  auto& text = *static_cast<std::string_view*>(rest);
  if (text.empty() || size < 2) return nullptr;
  const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
  const std::size_t length = std::min(end, size - 1);
  text.copy(out, length);
  out[length] = '\0';
  text.remove_prefix(length);
  return out;
}

// What a line says about nesting: 1 begins a component, -1 ends one.
int StepOf(std::string_view line) {
  const std::size_t end = line.find_first_of(":;");
  if (end == std::string_view::npos) return 0;
  const std::string name(line.substr(0, end));
  return absl::EqualsIgnoreCase(name, "BEGIN") ? 1 : absl::EqualsIgnoreCase(name, "END") ? -1 : 0;
}

// Whether nobody reads what a line says: a property that is known and not read, or one of
// somebody's own (X-). The library takes an empty or odd value of it for an error of the whole
// event. A name that is nowhere known may be a misspelt one, so it goes on to be an error.
bool IsPassedOver(std::string_view line) {
  const std::size_t end = line.find_first_of(":;");
  if (end == std::string_view::npos || line.find(':', end) == std::string_view::npos) return false;
  const std::string name = absl::AsciiStrToUpper(std::string(line.substr(0, end)));
  if (std::ranges::find(kRead, name) != kRead.end()) return false;
  if (name.starts_with("X-LIC-")) return false;  // the library's own
  return name.starts_with("X-") || icalproperty_string_to_kind(name.c_str()) != ICAL_NO_PROPERTY;
}

// Takes the value of a first or last day away where it is not 20250902 or 20250902T000000Z: the
// library reads another day out of "2025-09-02" without a word. An empty one is an error.
void DropDateOfAnotherForm(char* line) {
  std::string_view text = line;
  const std::string name =
      absl::AsciiStrToUpper(std::string(text.substr(0, text.find_first_of(":;"))));
  const std::size_t colon = text.rfind(':');
  if ((name != "DTSTART" && name != "DTEND") || colon == std::string_view::npos) return;
  text.remove_prefix(colon + 1);
  const bool day = text.size() == 8 && AllDigits(text);
  if (text.ends_with('Z')) text.remove_suffix(1);
  const bool instant = text.size() == 15 && text[8] == 'T' && AllDigits(text.substr(0, 8)) &&
                       AllDigits(text.substr(9));
  if (!day && !instant) line[colon + 1] = '\0';
}

// The outermost components of a text; empty where they are not nested as components are. Nesting is
// watched line by line: libical writes to the standard error output where an END is too many, and
// frees components by recursion, as deep as they are.
std::vector<Component> ParseComponents(std::string_view text) {
  // The library's default is to end the process; the setting is global, so it is made once.
  static const bool kSet = (icalerror_set_errors_are_fatal(0), true);
  static_cast<void>(kSet);
  const std::unique_ptr<icalparser, decltype(&icalparser_free)> parser(icalparser_new(),
                                                                       &icalparser_free);
  icalparser_set_gen_data(parser.get(), &text);
  std::vector<Component> components;
  int depth = 0;
  while (char* line = icalparser_get_line(parser.get(), &NextPiece)) {
    depth += StepOf(line);
    DropDateOfAnotherForm(line);
    icalcomponent* whole = nullptr;
    if (depth >= 0 && depth <= kDeepest && !(depth > 0 && IsPassedOver(line))) {
      whole = icalparser_add_line(parser.get(), line);
    }
    icalmemory_free_buffer(line);
    if (depth < 0 || depth > kDeepest) return {};
    if (whole) components.emplace_back(whole, &icalcomponent_free);
  }
  if (depth != 0) components.clear();
  return components;
}

}  // namespace

Parsed<TermRow> ParseTermDatesIcs(std::string_view bytes) {
  Errors errors;
  const auto refuse = [&](std::string message) {
    errors.Add(0, "", std::move(message));
    return std::move(errors).Answer(std::vector<TermRow>(), 0);
  };
  if (bytes.size() > kTermDatesBounds.bytes)
    return refuse("the file is larger than 256 kB; keep the terms only");
  const FileText file(bytes, Encoding::kUtf8);
  if (!file.problem().empty()) return refuse(file.problem());
  if (file.text().find('\0') != std::string_view::npos) return refuse("the file is not text");
  TermCalendar calendar(errors);
  const std::vector<Component> components = ParseComponents(file.text());
  if (components.empty()) {
    return refuse("not a whole calendar (ICS), from BEGIN:VCALENDAR to END:VCALENDAR");
  }
  for (const Component& component : components) calendar.Read(component.get());
  if (calendar.terms().empty() && errors.total() == 0) {
    return refuse("the calendar has no part of a term (VEVENT)");
  }
  const auto name = [](const TermRow& term) { return absl::StrCat("VEVENT ", term.row); };
  CheckTogether(calendar.terms(), name, [&](const TermRow& term, std::string message) {
    errors.Add(0, absl::StrCat(name(term), "/DTSTART"), std::move(message));
  });
  return std::move(errors).Answer(std::move(calendar.terms()), calendar.count());
}

}  // namespace pepline::registry::imports
