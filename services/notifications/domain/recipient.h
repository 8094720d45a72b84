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

// One role that is to be told of one level.
struct PendingDelivery {
  int level = 0;
  RecipientRole role = RecipientRole::kDesignatedTeacher;
  absl::Time since;
  DeliveryState state = DeliveryState::kWaiting;
  std::optional<RecipientRole> instead_of;  // told in place of a role that could not be told
  std::vector<Settled> settled;

  // True for a person whose message has been settled either way.
  bool IsSettled(const StaffId& staff) const;
  bool AnyoneReached() const;
  friend bool operator==(const PendingDelivery&, const PendingDelivery&) = default;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_RECIPIENT_H_
