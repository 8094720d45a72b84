#include "services/notifications/delivery/deliverer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/notifications/delivery/message_text.h"
#include "shared/base/london.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline::notifications {
namespace {

constexpr int kLookers = 4;
constexpr int kSenders = 16;  // mails under way together, and connections to the mail server
constexpr int kMessagesWaiting = 1024;
constexpr std::size_t kMostCounted = 200'000;
// Real time, so that a fast simulated clock does not make a storm of it.
constexpr absl::Duration kSoon = absl::Seconds(1);
constexpr absl::Duration kAfterwards = absl::Seconds(2);
constexpr absl::Duration kLongestRegistryPause = absl::Seconds(30);
constexpr absl::Duration kLongestWait = absl::Seconds(1);  // until a loop says that it turns
const absl::Time kNever = absl::InfiniteFuture();

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
               {.on_more = [this](const AlertId& alert) { Post(alert); },
                .on_recorded =
                    [this](const AlertId& alert) {
                      agenda_.Post(alert, absl::Now() + kAfterwards);  // is anything left of it?
                    }}),
      senders_(kSenders, kMessagesWaiting),
      undelivered_scan_(
          engine.store, engine.metrics, gate,
          [this](const AlertId& alert) { return agenda_.Contains(alert); },
          [this](const AlertId& alert) { Post(alert); }) {
  records_.Start();
  for (int i = 0; i < kLookers; ++i) lookers_.emplace_back([this] { LookForEver(); });
  undelivered_scan_.Start();
}

Deliverer::~Deliverer() { Stop(); }

void Deliverer::Stop() {
  stopping_ = true;
  agenda_.Stop();
  undelivered_scan_.Stop();
  mail_sender_.Stop();
  for (std::thread& looker : lookers_) {
    if (looker.joinable()) looker.join();
  }
  senders_.Stop();
  records_.Stop(settings_.farewell);
}

void Deliverer::LookForEver() {
  const auto heartbeat = engine_.metrics.heartbeats().Begin("deliverer");
  while (!stopping_) {
    if (const auto alert = agenda_.Take(kLongestWait)) {
      const absl::Time again = Look(*alert);
      if (again != kNever) agenda_.Post(*alert, again);
      agenda_.Done(*alert);
    }
    heartbeat->SetOldest(OldestBegun());
    heartbeat->Turned();
  }
}

std::optional<SteadyTime> Deliverer::OldestBegun() const {
  absl::MutexLock lock(&mutex_);
  std::optional<SteadyTime> oldest;
  for (const auto& [alert, begun] : begun_) {
    if (!begun.patient) oldest = std::min(oldest.value_or(begun.since), begun.since);
  }
  return oldest;
}

absl::Time Deliverer::Look(const AlertId& alert) {
  // Whoever has its partition comes to it.
  if (gate_.Of(alert) == CatchUpGate::State::kElsewhere) {
    Forget(alert);
    return kNever;
  }
  const absl::Time now = absl::Now();
  const absl::Time not_before = std::max(mail_sender_.closed_until(), NotBefore(alert.text()));
  if (now < not_before) return not_before;
  const auto state = Read<AlertCodec>(engine_.store, AlertOf(alert));
  if (!state.ok()) return now + kSoon;
  const std::vector<PendingDelivery> waiting =
      *state ? (*state)->Waiting() : std::vector<PendingDelivery>();
  if (waiting.empty()) {
    Forget(alert);
    return kNever;
  }
  {
    absl::MutexLock lock(&mutex_);
    if (begun_.size() < kMostCounted) {
      begun_.try_emplace(alert, Begun{engine_.metrics.heartbeats().Now()});
    }
  }
  if (gate_.HoldBack(alert) != CatchUpGate::State::kCaughtUp) return now + kSoon;
  // It goes on with what raised the alert, however long that is ago.
  const auto trace = TraceOf(engine_.store, AlertOf(alert));
  if (!trace.ok()) return now + kSoon;
  Span span(SpanKind::kInternal, "deliver alert", *trace);
  // Two levels that are told together may have a role in common; it is asked for once, or its
  // people would be there twice.
  std::vector<RecipientRole> roles;
  for (const PendingDelivery& pending : waiting) {
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
    return PutOff(alert.text(), kLongestRegistryPause);
  }
  return SendWaiting(**state, waiting, *contacts, span.traceparent());
}

absl::Time Deliverer::SendWaiting(const AlertState& state,
                                  const std::vector<PendingDelivery>& waiting,
                                  const Contacts& contacts, const std::string& trace) {
  const AlertId& alert = state.reference.alert;
  absl::Time again = kNever;
  for (const PendingDelivery& pending : waiting) {
    const std::vector<Contact> people = contacts.In(pending.role);
    std::vector<StaffId> holders;
    for (const Contact& contact : people) holders.push_back(contact.staff);
    const bool is_anyone_left = std::ranges::any_of(
        holders, [&](const StaffId& staff) { return !pending.IsSettled(staff); });
    if (!is_anyone_left) {
      const RecordDeliveries nobody{state.run, pending.level, pending.role, {}, true};
      const absl::Status recorded = records_.Record({alert, nobody, trace});
      if (!recorded.ok()) again = std::min(again, absl::Now() + kSoon);
      continue;
    }
    for (const Contact& contact : people) {
      if (pending.IsSettled(contact.staff)) continue;
      again = std::min(
          again, Begin({DeliveryId(alert, state.run, pending.level, pending.role, contact.staff),
                        state.reference, state.instants, state.run, pending, contact, holders,
                        contacts.child_initials, contacts.school_name, trace}));
    }
  }
  return again;
}

absl::Time Deliverer::Begin(Message message) {
  const std::string id = message.delivery_id;
  const absl::Time not_before = NotBefore(id);
  if (absl::Now() < not_before) return not_before;
  if (records_.IsWaiting(id)) return kNever;
  if (!mail_sender_.MayGoTo(message.contact.email)) {
    return GiveUp(message, FailureCause::kAddressRefused);
  }
  {
    absl::MutexLock lock(&mutex_);
    if (!under_way_.insert(id).second) return kNever;
  }
  if (senders_.TrySubmit([this, message = std::move(message)] { Run(message); })) return kNever;
  absl::MutexLock lock(&mutex_);
  under_way_.erase(id);
  return absl::Now() + kSoon;
}

void Deliverer::Run(const Message& message) {
  const absl::Time again = stopping_ ? kNever : Try(message);
  {
    absl::MutexLock lock(&mutex_);
    under_way_.erase(message.delivery_id);
  }
  if (again != kNever) agenda_.Post(message.reference.alert, again);
}

absl::Time Deliverer::Try(const Message& message) {
  const AlertId& alert = message.reference.alert;
  if (const absl::Time until = mail_sender_.closed_until(); absl::Now() < until) return until;
  if (!gate_.IsOpen(alert)) return absl::Now() + kSoon;
  const auto state = records_.Claim(
      alert,
      {message.run, message.pending.level, message.pending.role, message.contact.staff, replica_},
      message.trace);
  if (!state.ok()) {
    // It may be ours without our knowing it.
    if (!absl::IsAborted(state.status())) Release(message);
    return absl::Now() + kSoon;
  }
  // What another replica put on record until now counts.
  const PendingDelivery* pending = state->run == message.run
                                       ? state->Find(message.pending.level, message.pending.role)
                                       : nullptr;
  const bool is_wanted = pending != nullptr && pending->state == DeliveryState::kWaiting &&
                         !pending->IsSettled(message.contact.staff);
  if (!is_wanted) return kNever;
  const Attempt* attempt = pending->Find(message.contact.staff);
  if (attempt == nullptr || attempt->claimed_by != replica_) return absl::Now() + kSoon;
  const MessageContext context{message.reference,
                               message.instants.due_at,
                               message.pending.level,
                               message.pending.role,
                               message.pending.instead_of,
                               message.child_initials,
                               message.school_name,
                               message.instants.estimated,
                               message.instants.provisional,
                               message.instants.after_interim};
  const Mail mail{message.delivery_id,       settings_.from,
                  message.contact.email,     SubjectOf(context),
                  TextOf(context, London()), engine_.clock.Now()};
  const SmtpAnswer::Kind answer = mail_sender_.Send(mail, message.trace);
  if (answer == SmtpAnswer::Kind::kAccepted) {
    records_.RecordSent(message.delivery_id,
                        ReportOf(message, {message.contact.staff, mail_sender_.channel(),
                                           std::nullopt, engine_.clock.Now()}));
    return kNever;
  }
  return Settle(message, answer, attempt->refusals);
}

absl::Time Deliverer::Settle(const Message& message, SmtpAnswer::Kind answer, int refusals) {
  switch (answer) {
    case SmtpAnswer::Kind::kAccepted:
      return kNever;
    case SmtpAnswer::Kind::kAddressRefused:
      return GiveUpOrRelease(message, FailureCause::kAddressRefused);
    case SmtpAnswer::Kind::kAddressWaits: {
      if (refusals + 1 >= settings_.max_attempts) {
        return GiveUpOrRelease(message, FailureCause::kTooManyAttempts);
      }
      Release(message, /*refused=*/true);
      {
        absl::MutexLock lock(&mutex_);
        const auto begun = begun_.find(message.reference.alert);
        if (begun != begun_.end()) begun->second.patient = true;
      }
      return PutOff(message.delivery_id);
    }
    case SmtpAnswer::Kind::kMailWaits:
      Release(message);
      return PutOff(message.delivery_id);
    case SmtpAnswer::Kind::kServerWaits:
      Release(message);
      return mail_sender_.closed_until();
  }
  return kNever;
}

void Deliverer::Release(const Message& message, bool refused) {
  records_.Release(message.delivery_id,
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
                           message.holders},
          message.trace};
}

absl::Time Deliverer::GiveUp(const Message& message, FailureCause cause) {
  const absl::Status recorded = records_.Record(
      ReportOf(message, {message.contact.staff, std::nullopt, cause, engine_.clock.Now()}));
  if (!recorded.ok()) return absl::Now() + kSoon;
  absl::MutexLock lock(&mutex_);
  waits_.erase(message.delivery_id);  // who is told again later begins anew
  return kNever;
}

absl::Time Deliverer::GiveUpOrRelease(const Message& message, FailureCause cause) {
  const absl::Time again = GiveUp(message, cause);
  if (again != kNever) Release(message);
  return again;
}

absl::Time Deliverer::PutOff(const std::string& key, absl::Duration longest) {
  absl::MutexLock lock(&mutex_);
  // Far above what can wait at once, counting starts anew.
  if (waits_.size() > kMostCounted) waits_.clear();
  Waits& waits = waits_[key];
  waits.not_before = absl::Now() + PauseAfter(++waits.put_off, kShortestPause, longest);
  return waits.not_before;
}

absl::Time Deliverer::NotBefore(const std::string& key) const {
  absl::MutexLock lock(&mutex_);
  const auto found = waits_.find(key);
  return found == waits_.end() ? absl::InfinitePast() : found->second.not_before;
}

// Nothing of this alert waits, so nothing of it is being counted any more.
void Deliverer::Forget(const AlertId& alert) {
  const std::string inside = absl::StrCat(alert.text(), "/");
  absl::MutexLock lock(&mutex_);
  begun_.erase(alert);
  waits_.erase(alert.text());
  auto it = waits_.lower_bound(inside);
  while (it != waits_.end() && absl::StartsWith(it->first, inside)) it = waits_.erase(it);
}

}  // namespace pepline::notifications
