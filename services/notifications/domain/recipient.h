// Who is told, and what became of telling them: the words that alerts are made of.
// Promises: plain values; texts are the contract's and stable. Threads: values only.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_RECIPIENT_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_RECIPIENT_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "shared/domain/ids.h"
#include "shared/domain/recipient_role.h"

namespace pepline::notifications {

std::string_view RecipientName(RecipientRole role);  // "designated-teacher"; part of delivery ids

// The numbers are the contract's (DeliveryState).
enum class DeliveryState { kWaiting = 1, kDelivered = 2, kFailed = 3, kDropped = 4 };
constexpr DeliveryState LastOf(DeliveryState) { return DeliveryState::kDropped; }

enum class Channel { kSmtp, kFile };
std::string_view ChannelName(Channel channel);  // "smtp"
std::optional<Channel> ParseChannel(std::string_view name);

// Why a delivery was given up.
enum class FailureCause { kNobodyInRole, kAddressRefused, kTooManyAttempts };
std::string_view FailureName(FailureCause cause);  // "nobody-in-role"
std::optional<FailureCause> ParseFailure(std::string_view name);

// What became of the message to one person.
struct Settled {
  StaffId staff;                      // empty: nobody held the role
  std::optional<Channel> channel;     // of a delivered one
  std::optional<FailureCause> cause;  // of one that was given up; exactly one of the two is set
  absl::Time at;
  friend bool operator==(const Settled&, const Settled&) = default;
};

// How far the message to one person is that is not settled.
struct Attempt {
  StaffId staff;
  // The replica that sends it now, which no other may do meanwhile; empty: nobody does.
  std::string claimed_by;
  int refusals = 0;  // how often the mail server put the address off
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

// One role that is to be told of one level.
struct PendingDelivery {
  int level = 0;
  RecipientRole role = RecipientRole::kDesignatedTeacher;
  absl::Time since;  // when they were to be told first; of one held for its hours, when they are
  // While waiting: when the alarm comes back to it. The try before that is under way, or failed;
  // of one that is held there is none.
  absl::Time not_before;
  DeliveryState state = DeliveryState::kWaiting;
  std::optional<RecipientRole> instead_of;  // told in place of a role that could not be told
  std::vector<Settled> settled;
  std::vector<Attempt> attempts;  // while waiting, of those whom somebody tried to reach
  // While waiting: for the hours in which the role is told, or for others to the same people.
  bool held = false;

  // True for a person whose message has been settled either way.
  bool IsSettled(const StaffId& staff) const;
  bool AnyoneReached() const;
  // Nothing where nobody tried, and where the message is settled.
  const Attempt* Find(const StaffId& staff) const;
  friend bool operator==(const PendingDelivery&, const PendingDelivery&) = default;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_RECIPIENT_H_
