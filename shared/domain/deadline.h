// One running time limit, of whichever service, and how its instants are counted.
// Promises: pure; a deadline's instant is 23:59:59 Europe/London of its last day, and it is missed
// from the next second; reminders and escalations are reached at 08:00 London of their day, so that
// mail arrives in the morning; the late alert (level 1) is the deadline itself.
// Lengths are the policy profile's. Their sources: Care Planning, Placement and Case Review
// (England) Regulations 2010 (SI 2010/959) reg 2 (working days), and docs/domain.md 4.1 and 6.9.
// Does not: say what starts or ends it, which is its service's; what happens to one is in
// deadline_events.h. Threads: values and pure functions.
#ifndef PEPLINE_SHARED_DOMAIN_DEADLINE_H_
#define PEPLINE_SHARED_DOMAIN_DEADLINE_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"

namespace pepline {

// How long a deadline runs, on which clock, and when whom is told. Lengths count from the day after
// the one that it begins on; negative lengths count back.
struct DeadlineTerms {
  int length = 0;
  DayKind day_kind = DayKind::kSchoolDays;
  std::vector<AlertLevel> levels;
  friend bool operator==(const DeadlineTerms&, const DeadlineTerms&) = default;
};

// What a deadline says of itself in every event.
struct DeadlineInstants {
  absl::Time due_at;
  // False: school days were estimated as weekdays, or no bank holidays were known.
  bool calendar_known = false;
  std::vector<AlertInstant> levels;
  // Of a PEP alone. It counts from the day that a meeting was set for, while nobody has put on
  // record what became of that meeting.
  bool provisional = false;
  bool after_interim = false;  // an interim PEP puts it off until after the school reopens
  // Its PEP stays with the school that held the meeting, which the child has left.
  bool stays_with_school = false;
  friend bool operator==(const DeadlineInstants&, const DeadlineInstants&) = default;
};

// The numbers are the contract's. A waived deadline is not met: the Virtual School or the social
// worker settled that its work will not be done. Neither of the two runs again; a withdrawn one
// may.
enum class DeadlineStatus { kRunning = 1, kMissed, kMet, kWithdrawn, kWaived };
constexpr DeadlineStatus LastOf(DeadlineStatus) { return DeadlineStatus::kWaived; }

struct Deadline {
  DeadlineInstants instants;
  DeadlineStatus status = DeadlineStatus::kRunning;
  bool reminded = false;  // said, or never to be said because it began after its reminder was past
  std::optional<absl::Time> met_at;
  std::optional<absl::Time> waived_at;
  bool late = false;  // met or waived after its day
  // Of a PEP's meeting alone. When the meeting was to be that it was missed for, where that was
  // moved or called off since: it goes on counting from that day, since moving a meeting ends no
  // lateness.
  std::optional<absl::Time> missed_for = std::nullopt;
  // It was said missed before what it counts from was corrected: a miss once said stays said, also
  // where the corrected day is not past.
  bool miss_stands = false;
  // Of a PEP's meeting alone. The day on which it began, which is the day on which the meeting was
  // set: that meeting lies ahead. nullopt for every other one, which begins on the day that it
  // counts from, and where this was not kept yet.
  std::optional<absl::CivilDay> set_on = std::nullopt;
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

// Its work is still waited for.
inline bool IsLive(const Deadline& deadline) {
  return deadline.status == DeadlineStatus::kRunning || deadline.status == DeadlineStatus::kMissed;
}

// The first instant at which a deadline counts as missed.
inline absl::Time MissedFrom(absl::Time due_at) { return due_at + absl::Seconds(1); }
// When the first reminder is reached; nullopt where the profile has none. Later ones travel with
// it, and notifications tells them by time.
std::optional<absl::Time> ReminderAt(const DeadlineInstants& instants);
// The last instant at which anybody is told about it.
absl::Time LastLevelAt(const DeadlineInstants& instants);

// The next instant at which a running deadline says something by time alone: its first reminder,
// where that was not said, or its miss. nullopt where it says nothing more.
struct DeadlineInstant {
  absl::Time at;
  bool reminder = false;
};
std::optional<DeadlineInstant> NextInstantOf(const Deadline& deadline);

// Counts from the day that it begins on.
DeadlineInstants CountFrom(absl::CivilDay anchor, const DeadlineTerms& terms,
                           const Calendar& calendar);
// The same for a deadline whose last day is given.
DeadlineInstants CountTo(absl::CivilDay last_day, const DeadlineTerms& terms,
                         const Calendar& calendar);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_DEADLINE_H_
