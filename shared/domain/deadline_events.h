// What happens to a deadline, of whichever service: the six events of the contract
// (proto/pepline/common/v1/deadline.proto), what each makes of the deadline, and which of them a
// deadline's work and its days call for.
// Promises: plain values and pure functions; a deadline that is settled is settled by no further
// event. Does not: say reminders and misses, which time brings (NextInstantOf).
#ifndef PEPLINE_SHARED_DOMAIN_DEADLINE_EVENTS_H_
#define PEPLINE_SHARED_DOMAIN_DEADLINE_EVENTS_H_

#include <optional>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/domain/deadline.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline {

struct DeadlineSet {
  Rule rule;
  DeadlineInstants instants;
  bool reminder_passed = false;                         // its day was past when it began
  std::optional<absl::CivilDay> set_on = std::nullopt;  // of a PEP's meeting alone
};
struct DeadlineReminderReached {
  Rule rule;
};
struct DeadlineMissed {
  Rule rule;
};
struct DeadlineMet {
  Rule rule;
  absl::Time met_at;
  bool late = false;
};
struct DeadlineRecalculated {
  Rule rule;
  DeadlineInstants instants;
  absl::Time old_due_at;
  bool miss_withdrawn = false;
  bool reminder_passed = false;  // the new day is past
};
struct DeadlineWithdrawn {
  Rule rule;
  // Set where its work was waived; nullopt where what it was about is gone.
  std::optional<absl::Time> waived_at = std::nullopt;
  bool late = false;  // waived after its day
};
using DeadlineEvent = std::variant<DeadlineSet, DeadlineReminderReached, DeadlineMissed,
                                   DeadlineMet, DeadlineRecalculated, DeadlineWithdrawn>;

// What each makes of the deadline.
void Apply(const DeadlineSet& set, Deadline& deadline);
void Apply(const DeadlineReminderReached& reached, Deadline& deadline);
void Apply(const DeadlineMissed& missed, Deadline& deadline);
void Apply(const DeadlineMet& met, Deadline& deadline);
void Apply(const DeadlineRecalculated& recalculated, Deadline& deadline);
void Apply(const DeadlineWithdrawn& withdrawn, Deadline& deadline);

// What a deadline follows from, as it is now.
struct DeadlineBasis {
  bool wanted = false;     // what it is of is there, and it has begun
  bool in_profile = true;  // false: the authority does not run it any more
  // nullopt: it cannot be counted now; one that runs goes on as it was.
  std::optional<DeadlineInstants> instants = std::nullopt;
  std::optional<absl::Time> done_at = std::nullopt;    // nullopt: its work is not done
  std::optional<absl::Time> waived_at = std::nullopt;  // looked at where it is not done
  std::optional<absl::CivilDay> set_on = std::nullopt;
};

// The events that bring it there, in their order: it begins, it moves, and it ends by its work, by
// a waiver, or since nothing wants it. `deadline` is null where it never ran.
std::vector<DeadlineEvent> SettleDeadline(Rule rule, const Deadline* deadline,
                                          const DeadlineBasis& basis, absl::Time at);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_DEADLINE_EVENTS_H_
