// One running time limit of a PEP and how its instants are counted.
// Promises: pure; a deadline's instant is 23:59:59 Europe/London of its last day, and it is missed
// from the next second; reminders and escalations are reached at 08:00 London of their day, so that
// mail arrives in the morning; the late alert (level 1) is the deadline itself.
// Lengths are the policy profile's. Their sources: Care Planning, Placement and Case Review
// (England) Regulations 2010 (SI 2010/959) reg 2 (working days), and docs/domain.md 4.1 and 6.9.
// Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_DEADLINE_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_DEADLINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/policy.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"

namespace pepline::scheduling {

// What a deadline says of itself in every event.
struct DeadlineInstants {
  absl::Time due_at;
  bool calendar_known = false;  // false: school days were estimated as weekdays
  std::vector<AlertInstant> levels;
  // It counts from the day that a meeting was set for, while nobody has put on record what became
  // of that meeting.
  bool provisional = false;
  bool after_interim = false;  // an interim PEP puts it off until after the school reopens
  // Its PEP stays with the school that held the meeting, which the child has left (staying_pep.cc).
  bool stays_with_school = false;
  friend bool operator==(const DeadlineInstants&, const DeadlineInstants&) = default;
};

// A waived deadline is not met: the Virtual School or the social worker settled that its work will
// not be done. Neither of the two runs again; a withdrawn one may.
enum class DeadlineStatus { kRunning = 1, kMissed, kMet, kWithdrawn, kWaived };
constexpr DeadlineStatus LastOf(DeadlineStatus) { return DeadlineStatus::kWaived; }

struct Deadline {
  DeadlineInstants instants;
  DeadlineStatus status = DeadlineStatus::kRunning;
  bool reminded = false;  // said, or never to be said because it began after its reminder was past
  std::optional<absl::Time> met_at;
  std::optional<absl::Time> waived_at;
  bool late = false;  // met or waived after its day
  // When the meeting was to be that it was missed for, where that was moved or called off since: it
  // goes on counting from that day, since moving a meeting ends no lateness.
  std::optional<absl::Time> missed_for = std::nullopt;
  // It was said missed before what it counts from was corrected: a miss once said stays said, also
  // where the corrected day is not past.
  bool miss_stands = false;
  // The day on which a deadline of a meeting began, which is the day on which the meeting was set:
  // that meeting lies ahead. nullopt for every other one, which begins on the day that it counts
  // from, and where this was not kept yet.
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

// Counts from an anchor day by the row of the profile.
DeadlineInstants CountFrom(absl::CivilDay anchor, const RuleTerms& row, const Calendar& calendar);
// Counts the next meeting from the last one, so that it is due on a school day inside a term and
// not too early in the term that follows (four_months.cc).
DeadlineInstants CountIntoNextTerm(absl::CivilDay held_on, const RuleTerms& row,
                                   const Calendar& calendar);
// The same for a deadline whose last day is given (the term's cut-off).
DeadlineInstants CountTo(absl::CivilDay last_day, const RuleTerms& row, const Calendar& calendar);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_DEADLINE_H_
