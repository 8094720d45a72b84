// The levels of an alert: how a policy profile words them, and the instants they are reached at;
// and the hours within which people are told of alerts and notices. Promises: pure; level 1 is the
// deadline itself, 23:59:59 Europe/London of its last day; reminders and escalations are reached at
// 08:00 London of their day, so that mail arrives in the morning. No escalation to the council
// waits for a school to open: one that is told to the council alone counts in working days, and no
// level waits for a lower one whose day is later (decision 56). Somebody of a school is told on
// days on which the school is open, somebody of the council on working days, within hours of
// London's clock (decision 69). Does not: know any rule or its length. Errors: none. Source:
// docs/domain.md 6.9 and 6.10; working days: SI 2010/959 reg 2 (see calendar.h). Threads: values
// and pure functions.
#ifndef PEPLINE_SHARED_DOMAIN_ALERT_LEVELS_H_
#define PEPLINE_SHARED_DOMAIN_ALERT_LEVELS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/domain/calendar.h"
#include "shared/domain/recipient_role.h"

namespace pepline {

// The numbers are the contract's (pepline.common.v1.DayKind).
enum class DayKind { kSchoolDays = 1, kWorkingDays = 2, kCalendarMonths = 3 };
constexpr DayKind LastOf(DayKind) { return DayKind::kCalendarMonths; }

// How many days or months a rule counts at most, in either direction: more than a year of days is a
// slip. An import refuses more; what asks for more all the same (a damaged record) is counted so
// far.
inline constexpr int kFurthestCount = 400;

// The count-th such day after `from` (before it when negative). A month later is the same day of
// that month, or its last day where it is shorter.
absl::CivilDay AddDays(const Calendar& calendar, absl::CivilDay from, int count, DayKind kind);

// Level 0 is the last reminder before the deadline, and those below it come before that one; 1 is
// the deadline itself, 2 and 3 escalate after it.
inline constexpr int kEarliestReminder = -3;
inline constexpr int kHighestLevel = 3;
constexpr bool IsReminder(int level) { return level <= 0; }
struct AlertLevel {
  int level = 0;
  int offset = 0;  // from the last day; not looked at for level 1
  DayKind day_kind = DayKind::kSchoolDays;
  std::vector<RecipientRole> recipients;
  friend bool operator==(const AlertLevel&, const AlertLevel&) = default;
};

// A level with its instant, so that nobody who hears of it needs a calendar.
struct AlertInstant {
  int level = 0;
  absl::Time at;
  std::vector<RecipientRole> recipients;
  friend bool operator==(const AlertInstant&, const AlertInstant&) = default;
};

// The levels of a deadline whose last day is `last_day`, in the order given. An escalation that
// only the council hears of counts in working days where the profile says school days, and one that
// stands before another comes no later than that.
std::vector<AlertInstant> InstantsOf(const std::vector<AlertLevel>& levels, absl::CivilDay last_day,
                                     const Calendar& calendar);

// Where the profile does not say.
inline constexpr int kMailFromHour = 8;
inline constexpr int kMailUntilHour = 18;

// As an authority's policy profile has it.
struct MailHours {
  int from_hour = kMailFromHour;    // 0 to 23
  int until_hour = kMailUntilHour;  // later than that, at most 24; nobody is told from then on
  bool any_day = false;             // also at weekends and in holidays
  // Deadlines' ids and kinds of notices that wait for no hour. A meeting may be tomorrow.
  std::vector<std::string> at_once = {"meeting-to-confirm", "meeting-passed-on"};
  bool no_digest = false;  // reminders and notices each leave in a mail of their own
  bool IsAtOnce(std::string_view rule_or_notice) const;
};

// When somebody is told of what there is to tell now: now, or when the hours of their next day
// begin.
absl::Time ToldFrom(absl::Time now, bool of_council, const MailHours& hours,
                    const Calendar& calendar);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ALERT_LEVELS_H_
