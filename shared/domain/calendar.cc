#include "shared/domain/calendar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace pepline {
namespace {

// Days that a holiday between two parts of one academic year has at most (independent schools: four
// weeks at Christmas and Easter), and that a summer has.
constexpr int kLongestHoliday = 28;
constexpr int kLongestSummer = 70;
constexpr int kPartsOfAYear = 6;

// Where a part stands among all parts of all years; nullopt where its year is not one.
std::optional<int> PlaceOf(const TermPart& part) {
  int year = 0;
  if (part.academic_year.size() < 4 || !absl::SimpleAtoi(part.academic_year.substr(0, 4), &year)) {
    return std::nullopt;
  }
  return year * kPartsOfAYear + static_cast<int>(part.term) * 2 + part.part - 1;
}

// Whether the days between two known parts are a holiday; otherwise nobody has said what they are.
bool AreHoliday(const TermPart& before, const TermPart& after) {
  const auto one = PlaceOf(before), other = PlaceOf(after);
  if (one && other && *one + 1 == *other) return true;
  const auto days = after.first_day - before.last_day - 1;
  return days <= (before.academic_year == after.academic_year ? kLongestHoliday : kLongestSummer);
}

bool IsWeekend(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

void SortByFirstDay(std::vector<TermPart>& parts) {
  std::ranges::sort(parts, {}, &TermPart::first_day);
}

std::vector<TermSpan> SpansOf(const std::vector<TermPart>& parts) {
  std::vector<TermSpan> spans;
  for (const TermPart& part : parts) {
    if (!spans.empty() && spans.back().academic_year == part.academic_year &&
        spans.back().term == part.term) {
      spans.back().last_day = std::max(spans.back().last_day, part.last_day);
    } else {
      spans.push_back({part.academic_year, part.term, part.first_day, part.last_day});
    }
  }
  return spans;
}

// Takes those of `parts` that no term of `terms` is.
void AddStandIns(std::vector<TermSpan>& terms, std::vector<TermPart> parts) {
  SortByFirstDay(parts);
  for (TermSpan& span : SpansOf(parts)) {
    const bool known = std::ranges::any_of(terms, [&](const TermSpan& term) {
      return term.academic_year == span.academic_year && term.term == span.term;
    });
    if (known) continue;
    span.stands_in = true;
    terms.push_back(std::move(span));
  }
}

template <class IsCounted>
absl::CivilDay Add(absl::CivilDay from, int count, const IsCounted& is_counted) {
  absl::CivilDay day = from;
  if (count == 0) {
    while (!is_counted(day)) ++day;
    return day;
  }
  const int step = count > 0 ? 1 : -1;
  for (int left = count; left != 0; left -= step) {
    do {
      day += step;
    } while (!is_counted(day));
  }
  return day;
}

}  // namespace

Calendar::Calendar(absl::TimeZone london, std::set<absl::CivilDay> bank_holidays,
                   std::vector<TermPart> authority_terms, std::vector<TermPart> school_terms,
                   std::set<absl::CivilDay> closed_days, std::vector<TermPart> stand_in_terms)
    : london_(london),
      bank_holidays_(std::move(bank_holidays)),
      closed_days_(std::move(closed_days)),
      parts_(std::move(school_terms)) {
  std::set<std::string> own_years;
  for (const TermPart& part : parts_) own_years.insert(part.academic_year);
  // A school that names a year names all of it; what it left out may still be another's term.
  std::vector<TermPart> replaced;
  for (TermPart& part : authority_terms) {
    (own_years.contains(part.academic_year) ? replaced : parts_).push_back(std::move(part));
  }
  SortByFirstDay(parts_);
  terms_ = SpansOf(parts_);
  if (!terms_.empty()) last_known_day_ = terms_.back().last_day;
  AddStandIns(terms_, std::move(replaced));
  AddStandIns(terms_, std::move(stand_in_terms));
  std::ranges::sort(terms_, {}, &TermSpan::first_day);
  for (std::size_t i = 1; i < parts_.size(); ++i) {
    if (AreHoliday(parts_[i - 1], parts_[i])) continue;
    unknown_.push_back({parts_[i - 1].last_day + 1, parts_[i].first_day - 1});
  }
}

bool Calendar::IsWorkingDay(absl::CivilDay day) const {
  return !IsWeekend(day) && !bank_holidays_.contains(day);
}

bool Calendar::estimated(absl::CivilDay day) const { return EstimatedBetween(day, day); }

bool Calendar::EstimatedBetween(absl::CivilDay one, absl::CivilDay other) const {
  const auto [first, last] = std::minmax(one, other);
  if (parts_.empty() || first < parts_.front().first_day || last > last_known_day_) return true;
  // The first stretch that is not over before the first day is the only one that can matter.
  const auto stretch = std::lower_bound(
      unknown_.begin(), unknown_.end(), first,
      [](const Stretch& unknown, absl::CivilDay day) { return unknown.last_day < day; });
  return stretch != unknown_.end() && stretch->first_day <= last;
}

bool Calendar::IsSchoolDay(absl::CivilDay day) const {
  if (!IsWorkingDay(day) || closed_days_.contains(day)) return false;
  if (estimated(day)) return true;
  // The last part that opens on or before the day is the only one that can hold it.
  const auto after =
      std::upper_bound(parts_.begin(), parts_.end(), day,
                       [](absl::CivilDay d, const TermPart& part) { return d < part.first_day; });
  return after != parts_.begin() && day <= std::prev(after)->last_day;
}

absl::CivilDay Calendar::AddWorkingDays(absl::CivilDay from, int count) const {
  return Add(from, count, [this](absl::CivilDay day) { return IsWorkingDay(day); });
}

absl::CivilDay Calendar::AddSchoolDays(absl::CivilDay from, int count) const {
  return Add(from, count, [this](absl::CivilDay day) { return IsSchoolDay(day); });
}

int Calendar::SchoolDaysBetween(absl::CivilDay from, absl::CivilDay to) const {
  if (to < from) return -SchoolDaysBetween(to, from);
  int count = 0;
  for (absl::CivilDay day = from + 1; day <= to; ++day) count += IsSchoolDay(day) ? 1 : 0;
  return count;
}

absl::Time Calendar::EndOf(absl::CivilDay day) const {
  // The next day's first second less one: right on days of 23 and 25 hours too.
  return StartOf(day + 1) - absl::Seconds(1);
}

absl::Time Calendar::StartOf(absl::CivilDay day) const { return absl::FromCivil(day, london_); }

absl::CivilDay Calendar::DayOf(absl::Time instant) const {
  return absl::ToCivilDay(instant, london_);
}

std::optional<TermSpan> Calendar::TermOn(absl::CivilDay day) const {
  for (const TermSpan& span : terms_) {
    if (span.first_day <= day && day <= span.last_day) return span;
  }
  return std::nullopt;
}

std::optional<TermSpan> Calendar::TermNamed(std::string_view academic_year, Term term) const {
  for (const TermSpan& span : terms_) {
    if (span.academic_year == academic_year && span.term == term) return span;
  }
  return std::nullopt;
}

std::optional<TermSpan> Calendar::TermAfter(absl::CivilDay day) const {
  for (const TermSpan& span : terms_) {
    if (span.first_day > day) return span;
  }
  return std::nullopt;
}

std::optional<TermSpan> Calendar::TermToCome(absl::CivilDay day) const {
  auto span = TermAfter(day);
  if (span && span->first_day - day > kLongestSummer) return std::nullopt;
  return span;
}

std::optional<TermSpan> Calendar::TermBeforeHoliday(absl::CivilDay day) const {
  const auto next =
      std::ranges::find_if(terms_, [day](const TermSpan& span) { return span.first_day > day; });
  if (next == terms_.begin() || next == terms_.end() || TermOn(day)) return std::nullopt;
  const TermSpan& before = *std::prev(next);
  if (next->first_day - before.last_day > kLongestSummer) return std::nullopt;
  return before;
}

std::optional<absl::CivilDay> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int numbers[3] = {0, 0, 0};
  int field = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++field;
    } else if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    } else {
      numbers[field] = numbers[field] * 10 + (text[i] - '0');
    }
  }
  const absl::CivilDay day(numbers[0], numbers[1], numbers[2]);
  // CivilDay normalises 31 June to 1 July; only a real date comes out as it went in.
  if (day.year() != numbers[0] || day.month() != numbers[1] || day.day() != numbers[2]) {
    return std::nullopt;
  }
  return day;
}

std::string FormatDate(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::optional<Term> ParseTerm(std::string_view text) {
  for (const Term term : {Term::kAutumn, Term::kSpring, Term::kSummer}) {
    if (text == TermName(term)) return term;
  }
  return std::nullopt;
}

std::string_view TermName(Term term) {
  switch (term) {
    case Term::kAutumn:
      return "autumn";
    case Term::kSpring:
      return "spring";
    case Term::kSummer:
      return "summer";
  }
  return "";
}

}  // namespace pepline
