#include "services/notifications/delivery/deliverer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "services/notifications/delivery/message_text.h"
#include "services/notifications/delivery/one_mail.h"
#include "shared/base/london.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline::notifications {
namespace {

constexpr int kLookers = 4;
constexpr int kAlertsWaiting = 10'000;
constexpr int kSenders = 16;  // mails under way together, and connections to the mail server
constexpr int kMessagesWaiting = 1024;

}  // namespace

Deliverer::Deliverer(const Engine& engine, const FactsLoader& facts, ContactBook& contacts,
                     CatchUpGate& gate, const MailSettings& settings,
                     const PartitionOwnership& ownership)
    : engine_(engine),
      contacts_(contacts),
      gate_(gate),
      settings_(settings),
      replica_(ownership.replica()),
      mail_sender_(settings, engine.metrics),
      records_(engine, facts, gate, ownership,
               [this](const AlertId& alert, const std::set<int>& levels) { Post(alert, levels); }),
      digests_(engine, [this](const StaffId& staff,
                              const DigestTaken& taken) { PostDigest(staff, taken); }),
      lookers_(kLookers, kAlertsWaiting),
      senders_(kSenders, kMessagesWaiting),
      watch_(engine.store, engine.metrics, gate) {
  records_.Start();
}

Deliverer::~Deliverer() { Stop(); }

void Deliverer::Stop() {
  stopping_ = true;
  watch_.Stop();
  mail_sender_.Stop();
  lookers_.Stop();
  senders_.Stop();
  records_.Stop(settings_.farewell);
}

void Deliverer::Post(const AlertId& alert, const std::set<int>& levels) {
  if (levels.empty()) return;
  {
    absl::MutexLock lock(&mutex_);
    const auto [posted, is_new] = posted_.try_emplace(alert);
    posted->second.insert(levels.begin(), levels.end());
    if (!is_new) return;
  }
  if (lookers_.TrySubmit([this, alert] { LookAtPosted(alert); })) return;
  absl::MutexLock lock(&mutex_);
  posted_.erase(alert);
}

void Deliverer::LookAtPosted(const AlertId& alert) {
  std::set<int> levels;
  {
    // What is posted from here on is looked at after it.
    absl::MutexLock lock(&mutex_);
    levels = std::move(posted_.extract(alert).mapped());
  }
  if (!stopping_) Look(alert, levels);
}

void Deliverer::Look(const AlertId& alert, const std::set<int>& levels) {
  if (!gate_.IsOpen(alert) || absl::Now() < mail_sender_.closed_until()) return;
  const auto state = Read<AlertCodec>(engine_.store, AlertOf(alert));
  if (!state.ok() || !*state) return;
  std::vector<PendingDelivery> waiting = (*state)->WaitingNow();
  std::erase_if(waiting,
                [&](const PendingDelivery& pending) { return !levels.contains(pending.level); });
  if (waiting.empty()) return;
  // It goes on with what raised the alert, however long that is ago.
  const auto trace = TraceOf(engine_.store, AlertOf(alert));
  if (!trace.ok()) return;
  Span span(SpanKind::kInternal, "deliver alert", *trace);
  // Two levels that are told together may have a role in common; it is asked for once, or its
  // people would be there twice. So are roles of these levels that were told: whoever has their
  // address was told with them.
  std::vector<RecipientRole> roles;
  for (const PendingDelivery& pending : (*state)->deliveries) {
    if (std::ranges::find(waiting, pending.level, &PendingDelivery::level) == waiting.end()) {
      continue;
    }
    if (std::ranges::find(roles, pending.role) == roles.end()) roles.push_back(pending.role);
  }
  const auto contacts = contacts_.LookUp((*state)->reference, roles);
  if (!contacts.ok()) {
    // It may have lost its records, or not have heard of the child yet. That nobody holds a role is
    // only what it says of a child that it knows.
    const bool unknown = absl::IsNotFound(contacts.status());
    mail_sender_.Failed(unknown ? "unknown-to-registry" : "registry-away");
    LogWarning("registry does not tell who to write to; deliveries wait",
               {{LogField::kAggregateId, alert.text()},
                {LogField::kCause, absl::StatusCodeToString(contacts.status().code())}});
    return;
  }
  SendWaiting(**state, waiting, *contacts, span.traceparent());
}

void Deliverer::SendWaiting(const AlertState& state, const std::vector<PendingDelivery>& waiting,
                            const Contacts& contacts, const std::string& trace) {
  const AlertId& alert = state.reference.alert;
  for (const PendingDelivery& pending : waiting) {
    const std::vector<Contact> people = contacts.In(pending.role);
    std::vector<StaffId> holders;
    for (const Contact& contact : people) holders.push_back(contact.staff);
    const bool is_anyone_left = std::ranges::any_of(
        holders, [&](const StaffId& staff) { return !pending.IsSettled(staff); });
    if (!is_anyone_left) {
      const RecordDeliveries nobody{state.run, pending.level, pending.role, {}, true};
      (void)records_.Record({alert, nobody, trace});
      continue;
    }
    // That nobody holds a role was said above, at whatever hour: others are told in its place.
    if (const absl::Time told_from = contacts.ToldFrom(pending.role);
        told_from > engine_.clock.Now()) {
      (void)records_.Record(
          {alert, HoldDelivery{state.run, pending.level, pending.role, told_from}, trace});
      continue;
    }
    const bool gathers = contacts.may_join_digest && MayJoinDigest(pending, engine_.clock.Now());
    std::vector<Settled> told;
    std::vector<Message> gathered;
    for (const Contact& contact : people) {
      if (pending.IsSettled(contact.staff)) continue;
      const SameAddress same = FindSameAddress(state, contacts, pending, contact);
      if (same.told) {
        told.push_back({contact.staff, same.told, std::nullopt, engine_.clock.Now()});
        continue;
      }
      if (same.waits) continue;  // the alarm comes back once the other is settled
      Message message = MessageOf(state, pending, contact, contacts, trace);
      if (gathers) {
        if (MayBegin(message)) gathered.push_back(std::move(message));
      } else {
        Begin(std::move(message));
      }
    }
    Gather(gathered);
    if (told.empty()) continue;
    const RecordDeliveries with_another{state.run,       pending.level, pending.role,
                                        std::move(told), false,         holders};
    (void)records_.Record({alert, with_another, trace});
  }
}

Deliverer::Message Deliverer::MessageOf(const AlertState& state, const PendingDelivery& pending,
                                        const Contact& contact, const Contacts& contacts,
                                        const std::string& trace) {
  Message message{
      DeliveryId(state.reference.alert, state.run, pending.level, pending.role, contact.staff),
      state.reference,
      state.instants,
      state.run,
      pending,
      contact,
      {},
      contacts.child_initials,
      contacts.school_name,
      trace};
  for (const Contact& holder : contacts.In(pending.role)) message.holders.push_back(holder.staff);
  return message;
}

bool Deliverer::MayBegin(const Message& message) {
  if (records_.IsWaiting(message.delivery_id)) return false;
  if (mail_sender_.MayGoTo(message.contact.email)) return true;
  (void)GiveUp(message, FailureCause::kAddressRefused);
  return false;
}

bool Deliverer::Reserve(const Message& message) {
  absl::MutexLock lock(&mutex_);
  return under_way_.insert(message.delivery_id).second;
}

void Deliverer::Free(const Message& message) {
  absl::MutexLock lock(&mutex_);
  under_way_.erase(message.delivery_id);
}

void Deliverer::Begin(Message message) {
  if (!MayBegin(message) || !Reserve(message)) return;
  const bool taken = senders_.TrySubmit([this, message] {
    if (!stopping_) Try(message);
    Free(message);
  });
  if (!taken) Free(message);
}

void Deliverer::Try(Message message) {
  if (absl::Now() < mail_sender_.closed_until() || !gate_.IsOpen(message.reference.alert)) return;
  if (!Claim(message)) return;
  Settle(message, mail_sender_.Send(MailOf({message}), message.trace));
}

bool Deliverer::Claim(Message& message) {
  const auto state = records_.Claim(
      message.reference.alert,
      {message.run, message.pending.level, message.pending.role, message.contact.staff, replica_},
      message.trace);
  if (!state.ok()) {
    // It may be ours without our knowing it.
    if (!absl::IsAborted(state.status())) Release(message);
    return false;
  }
  // What another replica put on record until now counts.
  const PendingDelivery* pending = state->run == message.run
                                       ? state->Find(message.pending.level, message.pending.role)
                                       : nullptr;
  const Attempt* attempt = pending != nullptr ? pending->Find(message.contact.staff) : nullptr;
  if (attempt == nullptr || attempt->claimed_by != replica_) return false;
  message.refusals = attempt->refusals;
  return true;
}

Mail Deliverer::MailOf(const std::vector<Message>& messages) const {
  std::vector<MessageContext> contexts;
  for (const Message& message : messages) {
    contexts.push_back({message.reference, message.instants, message.pending.level,
                        message.pending.role, message.pending.instead_of, message.child_initials,
                        message.school_name});
  }
  const Message& first = messages.front();
  const bool alone = messages.size() == 1;
  return {alone ? first.delivery_id : first.digest,
          settings_.from,
          first.contact.email,
          alone ? SubjectOf(contexts.front()) : DigestSubjectOf(contexts, London()),
          alone ? TextOf(contexts.front(), London()) : DigestTextOf(contexts, London()),
          engine_.clock.Now()};
}

void Deliverer::Settle(const Message& message, SmtpAnswer::Kind answer) {
  switch (answer) {
    case SmtpAnswer::Kind::kAccepted:
      return records_.RecordSurely(message.delivery_id,
                                   ReportOf(message, {message.contact.staff, mail_sender_.channel(),
                                                      std::nullopt, engine_.clock.Now()}));
    case SmtpAnswer::Kind::kAddressRefused:
      return GiveUpOrRelease(message, FailureCause::kAddressRefused);
    case SmtpAnswer::Kind::kAddressWaits:
      if (message.refusals + 1 < settings_.max_attempts) return Release(message, /*refused=*/true);
      return GiveUpOrRelease(message, FailureCause::kTooManyAttempts);
    case SmtpAnswer::Kind::kMailWaits:
    case SmtpAnswer::Kind::kServerWaits:
      return Release(message);
  }
}

void Deliverer::Release(const Message& message, bool refused) {
  records_.RecordSurely(message.delivery_id,
                        {message.reference.alert,
                         ReleaseMessage{message.run, message.pending.level, message.pending.role,
                                        message.contact.staff, replica_, refused},
                         message.trace});
}

DeliveryRecords::Report Deliverer::ReportOf(const Message& message, const Settled& settled) const {
  return {message.reference.alert,
          RecordDeliveries{message.run,
                           message.pending.level,
                           message.pending.role,
                           {settled},
                           false,
                           message.holders,
                           message.digest},
          message.trace};
}

bool Deliverer::GiveUp(const Message& message, FailureCause cause) {
  return records_
      .Record(ReportOf(message, {message.contact.staff, std::nullopt, cause, engine_.clock.Now()}))
      .ok();
}

void Deliverer::GiveUpOrRelease(const Message& message, FailureCause cause) {
  if (!GiveUp(message, cause)) Release(message);
}

}  // namespace pepline::notifications
