#include "services/notifications/domain/recipient.h"

#include <algorithm>

namespace pepline::notifications {

std::string_view RecipientName(RecipientRole role) {
  switch (role) {
    case RecipientRole::kDesignatedTeacher:
      return "designated-teacher";
    case RecipientRole::kDeputyDesignatedTeacher:
      return "deputy-designated-teacher";
    case RecipientRole::kHeadteacher:
      return "headteacher";
    case RecipientRole::kVirtualSchoolCaseworker:
      return "virtual-school-caseworker";
    case RecipientRole::kVirtualSchoolHead:
      return "virtual-school-head";
    case RecipientRole::kSocialWorker:
      return "social-worker";
    case RecipientRole::kIndependentReviewingOfficer:
      return "independent-reviewing-officer";
    case RecipientRole::kSchoolOffice:
      return "school-office";
  }
  return "";
}

std::string_view ChannelName(Channel channel) {
  switch (channel) {
    case Channel::kSmtp:
      return "smtp";
    case Channel::kFile:
      return "file";
  }
  return "";
}

std::string_view FailureName(FailureCause cause) {
  switch (cause) {
    case FailureCause::kNobodyInRole:
      return "nobody-in-role";
    case FailureCause::kAddressRefused:
      return "address-refused";
    case FailureCause::kTooManyAttempts:
      return "too-many-attempts";
  }
  return "";
}

std::optional<Channel> ParseChannel(std::string_view name) {
  for (Channel channel : {Channel::kSmtp, Channel::kFile}) {
    if (ChannelName(channel) == name) return channel;
  }
  return std::nullopt;
}

std::optional<FailureCause> ParseFailure(std::string_view name) {
  for (FailureCause cause : {FailureCause::kNobodyInRole, FailureCause::kAddressRefused,
                             FailureCause::kTooManyAttempts}) {
    if (FailureName(cause) == name) return cause;
  }
  return std::nullopt;
}

bool PendingDelivery::IsSettled(const StaffId& staff) const {
  return std::ranges::any_of(settled, [&](const Settled& one) { return one.staff == staff; });
}

const Attempt* PendingDelivery::Find(const StaffId& staff) const {
  const auto found = std::ranges::find(attempts, staff, &Attempt::staff);
  return found == attempts.end() ? nullptr : &*found;
}

bool PendingDelivery::AnyoneReached() const {
  return std::ranges::any_of(settled, [](const Settled& one) { return one.channel.has_value(); });
}

}  // namespace pepline::notifications
