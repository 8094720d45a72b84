// The part of the deliverer that tells one person of several things in one mail. Each message is
// claimed and settled in its alert, as one that leaves by itself.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/time/clock.h"
#include "services/notifications/delivery/deliverer.h"

namespace pepline::notifications {

absl::Status Deliverer::OnDigestAlarm(const StaffId& staff, absl::Time due_at) {
  return digests_.OnAlarm(staff, due_at);
}

void Deliverer::Gather(const std::vector<Message>& messages) {
  absl::Time until = absl::InfinitePast();
  for (const Message& message : messages) {
    const auto due_at = digests_.Join(
        message.contact.staff,
        {message.reference.alert, message.run, message.pending.level, message.pending.role},
        message.trace);
    if (!due_at.ok()) return;  // the alarm comes back
    until = std::max(until, *due_at);
  }
  if (until <= engine_.clock.Now()) return;
  const Message& first = messages.front();
  (void)records_.Record({first.reference.alert,
                         HoldDelivery{first.run, first.pending.level, first.pending.role, until,
                                      /*gathers=*/true},
                         first.trace});
}

void Deliverer::PostDigest(const StaffId& staff, const DigestTaken& taken) {
  (void)senders_.TrySubmit([this, staff, taken] {
    if (!stopping_) SendDigest(staff, taken);
  });
}

std::optional<Deliverer::Message> Deliverer::Renew(const StaffId& staff, const DigestItem& item) {
  const auto state = Read<AlertCodec>(engine_.store, AlertOf(item.alert));
  if (!state.ok() || !*state || (*state)->run != item.run) return std::nullopt;
  const PendingDelivery* pending = (*state)->Find(item.level, item.role);
  if (pending == nullptr || pending->state != DeliveryState::kWaiting ||
      pending->IsSettled(staff)) {
    return std::nullopt;
  }
  const auto trace = TraceOf(engine_.store, AlertOf(item.alert));
  if (!trace.ok()) return std::nullopt;
  const auto contacts = contacts_.LookUp((*state)->reference, {item.role});
  if (!contacts.ok() || contacts->ToldFrom(item.role) > engine_.clock.Now()) return std::nullopt;
  const std::vector<Contact> people = contacts->In(item.role);
  const auto found = std::ranges::find(people, staff, &Contact::staff);
  if (found == people.end()) return std::nullopt;
  return MessageOf(**state, *pending, *found, *contacts, *trace);
}

void Deliverer::SendDigest(const StaffId& staff, const DigestTaken& taken) {
  if (absl::Now() < mail_sender_.closed_until()) return;
  // Each joined where everything was heard of its alert, which may be at another replica. Long
  // after that more may have happened.
  const bool is_fresh = taken.at - taken.due_at < kGathers;
  std::vector<Message> wanted;
  for (const DigestItem& item : taken.items) {
    const CatchUpGate::State heard = gate_.Of(item.alert);
    const bool is_heard = heard == CatchUpGate::State::kCaughtUp ||
                          (heard == CatchUpGate::State::kElsewhere && is_fresh);
    auto message = is_heard ? Renew(staff, item) : std::nullopt;
    if (!message || !MayBegin(*message)) continue;
    // An address that changed between two look-ups is used from the next try on.
    if (!wanted.empty() && message->contact.email != wanted.front().contact.email) continue;
    wanted.push_back(*std::move(message));
  }
  std::vector<Message> messages;
  for (Message& message : wanted) {
    if (!Reserve(message)) continue;
    if (Claim(message)) {
      messages.push_back(std::move(message));
    } else {
      Free(message);
    }
  }
  if (messages.empty()) return;
  if (messages.size() > 1) {
    std::vector<std::string> ids;
    for (const Message& message : messages) ids.push_back(message.delivery_id);
    const std::string digest = DigestId(staff, std::move(ids));
    for (Message& message : messages) message.digest = digest;
  }
  const SmtpAnswer::Kind answer = mail_sender_.Send(MailOf(messages), messages.front().trace);
  if (answer == SmtpAnswer::Kind::kAccepted) {
    engine_.metrics.Count("pepline_notifications_mails_saved_total", {},
                          static_cast<double>(messages.size() - 1));
  }
  for (const Message& message : messages) {
    Settle(message, answer);
    Free(message);
  }
}

}  // namespace pepline::notifications
