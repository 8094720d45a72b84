#include "services/notifications/deliverer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/notifications/numbers.h"
#include "services/notifications/reasons.h"
#include "services/notifications/wording.h"
#include "shared/runtime/inbound_event.h"
#include "shared/runtime/trace.h"

namespace pepline::notifications {
namespace {

constexpr int kThreads = 8;
constexpr int kQueue = 4096;
constexpr absl::Duration kLookAgain = absl::Milliseconds(100);
constexpr std::size_t kMostCounted = 100'000;
constexpr int kRounds = 8;  // each may bring somebody who is told in another's place
// Real time between attempts, so that a fast simulated clock does not use them up.
constexpr absl::Duration kShortestPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(2);
// How long one call goes on trying; what is left then is the alarm's.
constexpr absl::Duration kPatience = absl::Seconds(4);
// How long a telling is left to the replica that took it: twice what one mail may take
// (smtp_client.cc). What a dead one had taken is told after that.
constexpr absl::Duration kHeld = absl::Seconds(20);
// For so long after it took it a replica may begin to tell it.
constexpr absl::Duration kMayBegin = absl::Seconds(5);
// One connection that fails speaks for all mail for this long.
constexpr absl::Duration kServerPause = absl::Milliseconds(500);

std::string_view OutcomeOf(SmtpAnswer::Kind kind) {
  switch (kind) {
    case SmtpAnswer::Kind::kAccepted:
      return "accepted";
    case SmtpAnswer::Kind::kRefusedForGood:
      return "refused-for-good";
    case SmtpAnswer::Kind::kRefusedForNow:
      return "refused-for-now";
    case SmtpAnswer::Kind::kServerAway:
      return "mail-server-away";
  }
  return "";
}

std::string MarkOf(const AlertState& state, const Telling& telling) {
  return absl::StrCat("deliver/", state.reference.alert.text(), "/", state.run, "/", telling.level,
                      "/", std::string(RecipientName(telling.role)));
}

}  // namespace

// Holds one alert for this thread; waits while another has it.
class Deliverer::Claim {
 public:
  Claim(Deliverer& owner, const AlertId& alert) : owner_(owner), alert_(alert) {
    absl::MutexLock lock(&owner_.mutex_);
    const auto is_free = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return !owner_.at_work_.contains(alert_);
    };
    owner_.mutex_.Await(absl::Condition(&is_free));
    owner_.at_work_.insert(alert_);
  }
  ~Claim() {
    absl::MutexLock lock(&owner_.mutex_);
    owner_.at_work_.erase(alert_);
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

 private:
  Deliverer& owner_;
  const AlertId alert_;
};

Deliverer::Deliverer(const Spine& spine, const FactsLoader& facts, ContactBook& contacts,
                     Hearing& hearing, const MailSettings& settings, const Shares& shares)
    : spine_(spine),
      facts_(facts),
      contacts_(contacts),
      hearing_(hearing),
      settings_(settings),
      shares_(shares),
      smtp_(settings.smtp_url),
      copies_(settings.folder),
      pool_(kThreads, kQueue),
      safety_net_(
          spine.store, shares, hearing, [this](const AlertId& alert) { return IsSeenTo(alert); },
          [this](const AlertId& alert) { Post(alert); }) {
  // tzdata is a dependency of the package; without it every date would be wrong.
  if (!absl::LoadTimeZone("Europe/London", &london_)) std::abort();
  safety_net_.Start();
}

Deliverer::~Deliverer() { Stop(); }

void Deliverer::Stop() {
  {
    absl::MutexLock lock(&mutex_);  // so that those who wait look
    stopping_ = true;
  }
  smtp_.Stop();
  pool_.Stop();
  safety_net_.Stop();
}

void Deliverer::Post(const AlertId& alert) {
  {
    absl::MutexLock lock(&mutex_);
    if (!posted_.insert(alert).second) return;
  }
  const auto begin = [this, alert] {
    absl::MutexLock lock(&mutex_);
    posted_.erase(alert);
  };
  const bool taken = pool_.TrySubmit([this, alert, begin] {
    while (!hearing_.Await(kLookAgain)) {
      if (stopping_) return;
    }
    begin();  // what is raised from here on is news
    if (stopping_) return;
    if (const absl::Status status = Deliver(alert); !status.ok()) {
      LogWarning("a delivery could not be put on record; that is tried again",
                 {{LogField::kAggregateId, alert.text()},
                  {LogField::kCause, std::string(status.message())}});
    }
  });
  if (!taken) begin();
}

bool Deliverer::IsSeenTo(const AlertId& alert) {
  absl::MutexLock lock(&mutex_);
  if (posted_.contains(alert) || at_work_.contains(alert)) return true;
  const AttemptKey first{alert.text(), 0, 0, RecipientRole::kDesignatedTeacher};
  for (auto it = attempts_.lower_bound(first);
       it != attempts_.end() && std::get<0>(it->first) == alert.text(); ++it) {
    if (it->second.failed > 0) return true;
  }
  return false;
}

absl::Status Deliverer::Deliver(const AlertId& alert) {
  const absl::Time start = absl::Now();
  absl::Duration pause = kShortestPause;
  while (true) {
    auto left = TryOnce(alert);
    if (!left.ok()) return left.status();
    if (*left == Left::kNothing) return absl::OkStatus();
    const absl::Duration patience = *left == Left::kWithOther ? kHeld + kPatience : kPatience;
    if (absl::Now() + pause > start + patience) return absl::OkStatus();  // it is come back to
    absl::MutexLock lock(&mutex_);
    const auto stopping = [this] { return stopping_.load(); };
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping), pause)) return absl::OkStatus();
    pause = std::min(2 * pause, kLongestPause);
  }
}

absl::StatusOr<Deliverer::Left> Deliverer::TryOnce(const AlertId& alert) {
  const Claim claim(*this, alert);
  std::string mark;  // of the telling that this process has taken
  for (int round = 0; round < kRounds; ++round) {
    auto state = Read<AlertCodec>(spine_.store, AlertOf(alert));
    if (!state.ok()) return state.status();
    if (!*state) return Left::kNothing;
    std::vector<Telling> ready = Ready(**state);
    if (ready.empty()) return (*state)->Waiting().empty() ? Left::kNothing : Left::kLater;
    if (!shares_.Alone()) {
      // One at a time, so that a mark covers no more than its own mails.
      const auto mine = std::ranges::find_if(
          ready, [&](const Telling& telling) { return MarkOf(**state, telling) == mark; });
      if (mine == ready.end()) {
        auto taken = TakeOne(**state, ready);
        if (!taken.ok()) return taken.status();
        if (taken->empty()) return Left::kWithOther;
        mark = *std::move(taken);
        continue;  // what another replica put on record until now counts
      }
      ready = {*mine};
    }
    // It goes on with what raised the alert, however long that is ago.
    const auto trace = TraceOf(spine_.store, AlertOf(alert));
    if (!trace.ok()) return trace.status();
    Span span(SpanKind::kInternal, "deliver alert", *trace);
    // Two levels that are told together may have a role in common; it is asked for once, or its
    // people would be there twice.
    std::vector<RecipientRole> roles;
    for (const Telling& telling : ready) {
      if (std::ranges::find(roles, telling.role) == roles.end()) roles.push_back(telling.role);
    }
    auto contacts = contacts_.LookUp((*state)->reference, roles);
    if (absl::IsNotFound(contacts.status())) {
      contacts = Contacts();  // registry does not know of anybody
    } else if (!contacts.ok()) {
      Failed("registry-away");
      LogWarning("registry does not tell who to write to; deliveries wait",
                 {{LogField::kCause, absl::StatusCodeToString(contacts.status().code())}});
      for (const Telling& telling : ready) PutOff(**state, telling, /*tried=*/false);
      return Left::kLater;
    }
    bool news = false;
    for (const Telling& telling : ready) {
      auto told = Tell(**state, telling, *contacts);
      if (!told.ok()) return told.status();
      news |= *told;
    }
    if (!news) return Left::kLater;
  }
  return Left::kLater;
}

// The expiring memory of a command serves as the mark: the store sets it once or shows who did, and
// when by that one's clock.
absl::StatusOr<std::string> Deliverer::TakeOne(const AlertState& state,
                                               const std::vector<Telling>& ready) {
  for (const Telling& telling : ready) {
    const std::string mark = MarkOf(state, telling);
    const absl::Time now = absl::Now();
    Commit commit{.partition = PartitionOf(AlertOf(state.reference.alert).routing_id,
                                           spine_.store.partitions())};
    commit.seen = {mark, {shares_.replica(), std::to_string(absl::ToUnixMillis(now))}, kHeld};
    const auto before = spine_.store.Apply(commit);
    if (!before.ok()) return before.status();
    if (!before->has_value()) return mark;
    std::int64_t millis = 0;
    if ((*before)->fingerprint == shares_.replica() &&
        absl::SimpleAtoi((*before)->answer, &millis) &&
        now - absl::FromUnixMillis(millis) < kMayBegin) {
      return mark;
    }
  }
  return "";
}

std::vector<Telling> Deliverer::Ready(const AlertState& state) {
  std::vector<Telling> ready = state.Waiting();
  absl::MutexLock lock(&mutex_);
  const std::string& alert = state.reference.alert.text();
  if (ready.empty()) {
    // Nothing of this alert is waiting, so nothing of it is being counted any more.
    auto it = attempts_.lower_bound({alert, 0, 0, RecipientRole::kDesignatedTeacher});
    while (it != attempts_.end() && std::get<0>(it->first) == alert) it = attempts_.erase(it);
    return ready;
  }
  std::erase_if(ready, [&](const Telling& telling) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const auto found = attempts_.find({alert, state.run, telling.level, telling.role});
    return found != attempts_.end() && absl::Now() < found->second.not_before;
  });
  return ready;
}

absl::StatusOr<bool> Deliverer::Tell(const AlertState& state, const Telling& telling,
                                     const Contacts& contacts) {
  Occasion occasion{state.reference,    state.instants.due_at,   telling.level,       telling.role,
                    telling.instead_of, contacts.child_initials, contacts.school_name};
  const absl::Time now = spine_.clock.Now();
  RecordDeliveries record{state.run, telling.level, telling.role, {}, true};
  std::vector<StaffId> later;
  std::vector<std::string> handed;  // delivery ids
  bool tried = false;
  for (const Contact& contact : contacts.In(telling.role)) {
    if (telling.IsSettled(contact.staff)) continue;
    const Mail mail{
        DeliveryId(state.reference.alert, state.run, telling.level, telling.role, contact.staff),
        settings_.from,
        contact.email,
        SubjectOf(occasion),
        TextOf(occasion, london_),
        now};
    switch (HandOnce(mail)) {
      case Handed::kAccepted:
        handed.push_back(mail.delivery_id);
        record.settled.push_back({contact.staff,
                                  settings_.smtp_url.empty() ? Channel::kFile : Channel::kSmtp,
                                  std::nullopt, now});
        break;
      case Handed::kRefused:
        record.settled.push_back({contact.staff, std::nullopt, FailureCause::kAddressRefused, now});
        break;
      case Handed::kLater:
        tried = true;
        later.push_back(contact.staff);
        break;
      case Handed::kNotTried:
        later.push_back(contact.staff);
        break;
    }
  }
  if (!later.empty()) {
    record.finished = PutOff(state, telling, tried) >= settings_.max_attempts;
  }
  if (record.finished) {
    for (const StaffId& staff : later) {
      record.settled.push_back({staff, std::nullopt, FailureCause::kTooManyAttempts, now});
    }
  } else if (record.settled.empty()) {
    return false;
  }
  Hooks<AlertCodec> hooks;
  hooks.facts = [&](const AlertState&) { return facts_.Load(state.reference.alert); };
  absl::Status carried =
      CarryInbound<AlertCodec>(spine_, AlertOf(state.reference.alert), record,
                               Origin::Alarm(std::nullopt), hooks, &CodeOf, &CountEvents);
  if (!carried.ok()) return carried;
  absl::MutexLock lock(&mutex_);
  for (const std::string& id : handed) unrecorded_.erase(id);
  return true;
}

Deliverer::Handed Deliverer::HandOnce(const Mail& mail) {
  {
    absl::MutexLock lock(&mutex_);
    if (unrecorded_.contains(mail.delivery_id)) return Handed::kAccepted;
  }
  const Handed handed = Hand(mail);
  if (handed == Handed::kAccepted) {
    absl::MutexLock lock(&mutex_);
    if (unrecorded_.size() > kMostCounted) unrecorded_.clear();  // only repeats come of it
    unrecorded_.insert(mail.delivery_id);
  }
  return handed;
}

Deliverer::Handed Deliverer::Hand(const Mail& mail) {
  if (!IsMailAddress(mail.to) || !IsDomainAllowed(mail.to, settings_.allowed_domains)) {
    return Handed::kRefused;
  }
  if (!settings_.smtp_url.empty()) {
    {
      absl::MutexLock lock(&mutex_);
      if (absl::Now() < server_not_before_) return Handed::kNotTried;
    }
    const absl::Time start = absl::Now();
    Span span(SpanKind::kClient, "send mail", CurrentTraceparent());
    const SmtpAnswer answer = smtp_.Send(mail);
    span.Note(SpanNote::kOutcome, std::string(OutcomeOf(answer.kind)));
    if (answer.kind != SmtpAnswer::Kind::kAccepted) span.Fail(std::string(OutcomeOf(answer.kind)));
    spine_.metrics.Observe("pepline_notifications_send_seconds", {}, absl::Now() - start);
    switch (answer.kind) {
      case SmtpAnswer::Kind::kAccepted:
        break;
      case SmtpAnswer::Kind::kRefusedForGood:
        return Handed::kRefused;
      case SmtpAnswer::Kind::kRefusedForNow:
        Failed("refused-for-now");
        return Handed::kLater;
      case SmtpAnswer::Kind::kServerAway: {
        Failed("mail-server-away");
        LogWarning(
            "the mail server cannot be reached; deliveries wait",
            {{LogField::kCause, answer.cause}, {LogField::kCount, std::to_string(answer.code)}});
        absl::MutexLock lock(&mutex_);
        server_not_before_ = absl::Now() + kServerPause;
        return Handed::kNotTried;
      }
    }
  }
  if (settings_.folder.empty()) return Handed::kAccepted;
  const absl::Status kept = copies_.Keep(mail);
  if (kept.ok()) return Handed::kAccepted;
  Failed("folder");
  LogWarning("a mail could not be copied", {{LogField::kCause, std::string(kept.message())}});
  // With a mail server the copy is only a copy; without one it is the delivery.
  return settings_.smtp_url.empty() ? Handed::kLater : Handed::kAccepted;
}

int Deliverer::PutOff(const AlertState& state, const Telling& telling, bool tried) {
  absl::MutexLock lock(&mutex_);
  // Alerts that were resolved while they waited leave their count behind; far above what can wait
  // at once, counting starts anew.
  if (attempts_.size() > kMostCounted) attempts_.clear();
  Attempts& attempts =
      attempts_[{state.reference.alert.text(), state.run, telling.level, telling.role}];
  const int doublings = std::min(attempts.put_off++, 10);
  if (tried) ++attempts.failed;
  attempts.not_before =
      absl::Now() + std::min(kLongestPause, kShortestPause * (std::int64_t{1} << doublings));
  return attempts.failed;
}

void Deliverer::Failed(std::string_view cause) {
  spine_.metrics.Count("pepline_notifications_delivery_attempts_failed_total", {{"cause", cause}});
}

}  // namespace pepline::notifications
