// School days and working days: the one calculator behind every deadline.
// Two clocks: working days (England and Wales: not Saturday, Sunday, or a bank holiday; ignores
// school holidays; SI 2010/959 reg 2) and school days (per school: a day inside a term on which the
// school has a session for pupils; not an INSET day, bank holiday or weekend).
// Counting starts the day after the event; a day ends 23:59:59 Europe/London (`EndOf`), so a
// deadline's instant is the last second of its day, and something is late from the next second.
// A school without any known term dates counts "weekday minus bank holiday", marked estimated().
// Where term dates are not known (before the first or after the last known part of a term, and
// where parts are missing between two known ones) days count the same estimated way;
// `estimated(day)` says so for one day. Days between two parts are a holiday where one part comes
// right after the other in the year, or where they are no more than a holiday has; else somebody
// has not said what lies there. A term that nobody has named for this school is taken from a
// calendar that stands in, so that there is one; its days go on being estimated. Threads: immutable
// after construction; safe from any thread. Errors: none; every input answers.
#ifndef PEPLINE_SHARED_DOMAIN_CALENDAR_H_
#define PEPLINE_SHARED_DOMAIN_CALENDAR_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace pepline {

enum class Term { kAutumn, kSpring, kSummer };

// One part of a term, up to a half-term or a holiday. Both days inclusive.
struct TermPart {
  std::string academic_year;  // "2025/26"
  Term term = Term::kAutumn;
  int part = 1;  // 1 before, 2 after half-term
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  bool provisional = false;
  friend bool operator==(const TermPart&, const TermPart&) = default;
};

// A whole term: from the first part's first day to the last part's last day, both inclusive.
struct TermSpan {
  std::string academic_year;
  Term term = Term::kAutumn;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  bool stands_in = false;  // of another calendar, since this term's dates here are not known
  friend bool operator==(const TermSpan&, const TermSpan&) = default;
};

class Calendar {
 public:
  // `terms` in any order; the school's own terms, where it has any, replace the authority's for
  // the academic years they name. `closed_days` are INSET and other days without a session.
  // `stand_in_terms` are those of the authority that looks after the child: they name the terms
  // that neither of the others does, and no school day.
  Calendar(absl::TimeZone london, std::set<absl::CivilDay> bank_holidays,
           std::vector<TermPart> authority_terms, std::vector<TermPart> school_terms = {},
           std::set<absl::CivilDay> closed_days = {}, std::vector<TermPart> stand_in_terms = {});

  bool IsWorkingDay(absl::CivilDay day) const;
  bool IsSchoolDay(absl::CivilDay day) const;
  bool estimated(absl::CivilDay day) const;  // no term dates are known for this day
  // Whether any day from the one to the other, both inclusive and in either order, is estimated.
  bool EstimatedBetween(absl::CivilDay one, absl::CivilDay other) const;

  // The count-th such day after `from` (count > 0) or before it (count < 0); count 0 gives `from`
  // itself when it is such a day, else the next one. `from` need not be such a day.
  absl::CivilDay AddWorkingDays(absl::CivilDay from, int count) const;
  absl::CivilDay AddSchoolDays(absl::CivilDay from, int count) const;

  // How many school days lie in (from, to]; negative when to < from.
  int SchoolDaysBetween(absl::CivilDay from, absl::CivilDay to) const;

  // The last second of a day, 23:59:59 Europe/London, as an instant (right over both DST changes).
  absl::Time EndOf(absl::CivilDay day) const;
  // The first second of a day, and a wall-clock time of a day, Europe/London.
  absl::Time StartOf(absl::CivilDay day) const;
  absl::CivilDay DayOf(absl::Time instant) const;

  std::optional<TermSpan> TermOn(absl::CivilDay day) const;  // the term a day lies in
  std::optional<TermSpan> TermNamed(std::string_view academic_year, Term term) const;
  // The first known one that opens after a day. Not always the next one there is: see TermToCome.
  std::optional<TermSpan> TermAfter(absl::CivilDay day) const;
  // The same, unless the day lies so far before it that it cannot be in the holiday before it.
  std::optional<TermSpan> TermToCome(absl::CivilDay day) const;
  // The term whose holiday the day lies in; nullopt in a term, and where what lies between the
  // known terms is too long for a holiday.
  std::optional<TermSpan> TermBeforeHoliday(absl::CivilDay day) const;

  absl::TimeZone time_zone() const { return london_; }

 private:
  // Both days inclusive.
  struct Stretch {
    absl::CivilDay first_day;
    absl::CivilDay last_day;
  };

  absl::TimeZone london_;
  std::set<absl::CivilDay> bank_holidays_;
  std::set<absl::CivilDay> closed_days_;
  std::vector<TermPart> parts_;    // ordered by first day
  std::vector<TermSpan> terms_;    // of the parts, and those that stand in; ordered by first day
  absl::CivilDay last_known_day_;  // of the parts, where there are any
  std::vector<Stretch> unknown_;   // between parts, ordered by day
};

// "2025-09-02"; strict, exactly ten characters, a real date. nullopt otherwise.
std::optional<absl::CivilDay> ParseDate(std::string_view text);
std::string FormatDate(absl::CivilDay day);
std::optional<Term> ParseTerm(std::string_view text);  // "autumn", "spring", "summer"
std::string_view TermName(Term term);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_CALENDAR_H_
