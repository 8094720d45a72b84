// What one person is to be told of that leaves in one mail: reminders and notices whose turn comes
// within the same minute. The record is a meeting place and no more: that somebody waits to be told
// is in the alerts and nowhere else, so what is forgotten here, or taken by a process that dies,
// comes again by the alarm of its alert.
// Promises: pure. What joined is taken once, when the digest is due or full. Does not: know whether
// somebody still waits, claim or settle anything (alert.h). Source: decision 74. Threads: values
// and pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_DIGEST_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_DIGEST_H_

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "services/notifications/domain/alert.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::notifications {

// What has waited for so long leaves by itself: a mail server that refuses the digest may take the
// single mails, and nothing waits for others without an end.
inline constexpr absl::Duration kDigestGivenUp = absl::Hours(1);
// A mail with more would be cut off by some readers.
inline constexpr std::size_t kMostOfDigest = 100;

// The message of one level of an alert to this person in one role.
struct DigestItem {
  AlertId alert;
  int run = 0;
  int level = 0;
  RecipientRole role = RecipientRole::kDesignatedTeacher;
  friend bool operator==(const DigestItem&, const DigestItem&) = default;
};

struct DigestState {
  std::vector<DigestItem> items;  // in the order in which they joined
  absl::Time due_at;              // while there are any
  // Those of the digest before this one, which may be under way.
  std::vector<DigestItem> taken;
  absl::Time taken_at;
  friend bool operator==(const DigestState&, const DigestState&) = default;
};

// True for what may wait for others: reminders and notices. Work that is late is told of at once.
bool MayJoinDigest(const PendingDelivery& pending, absl::Time now);

// Without an effect on what has joined already, and on what was taken less than kGathers ago.
struct JoinDigest {
  DigestItem item;
};
// The alarm.
struct TakeDigest {};
using DigestCommand = std::variant<JoinDigest, TakeDigest>;

// Neither is published: what becomes of a message is an event of its alert.
struct DigestJoined {
  DigestItem item;
  absl::Time due_at;
};
// Whoever commits this sends the mail.
struct DigestTaken {
  absl::Time due_at, at;
  std::vector<DigestItem> items;
};
using DigestEvent = std::variant<DigestJoined, DigestTaken>;

struct DigestFacts {
  absl::Time now;
};

struct Digest {
  using State = DigestState;
  using Command = DigestCommand;
  using Event = DigestEvent;
  using Facts = DigestFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Digest>);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_DIGEST_H_
