// The answer to every command in every state of an alert.
#include <algorithm>
#include <utility>

#include "services/notifications/domain/alert.h"
#include "services/notifications/domain/substitutes.h"

namespace pepline::notifications {
namespace {

using Progress = pepline::Progress<Alert>;

Refusal NoSuchAlert() {
  return {alert_refusals::kNoSuchAlert, "alert_id", "there is no such alert; list the alerts"};
}

// The next level that time alone brings, and when.
struct NextLevel {
  int level = 0;
  absl::Time at;
};
std::optional<NextLevel> NextLevelOf(const AlertState& state) {
  if (!state.IsOpen()) return std::nullopt;
  for (const LevelInstant& instant : state.instants.levels) {
    if (instant.level <= state.level()) continue;
    // That it is late is the sender's to say.
    if (!state.late && !IsReminder(instant.level)) return std::nullopt;
    absl::Time earliest = state.reached.rbegin()->second + kBetweenLevels;
    // Those before them may be told in the same morning; whoever is told later than that is not
    // waited for.
    for (const PendingDelivery& pending : state.deliveries) {
      if (pending.level != state.level() || pending.since > instant.at) continue;
      earliest = std::max(earliest, pending.since + kBetweenLevels);
    }
    return NextLevel{instant.level, std::max(instant.at, earliest)};
  }
  return std::nullopt;
}

void Raise(Progress& progress, const AlertReference& reference, const Instants& instants, int level,
           bool late, absl::Time now) {
  const int run = progress.state.IsOpen() ? progress.state.run : progress.state.run + 1;
  progress.Emit(AlertRaised{reference, instants, run, level, late, now});
}

// The last reminder that was reached; null where none was. Those before it are not told any more.
const LevelInstant* LastReminder(const Instants& instants, absl::Time now) {
  const LevelInstant* last = nullptr;
  for (const LevelInstant& instant : instants.levels) {
    if (IsReminder(instant.level) && instant.at <= now) last = &instant;
  }
  return last;
}

// What registry says of the school's Designated Teacher, against what the alert says.
void FollowVacancy(Progress& progress, const AlertFacts& facts) {
  if (!facts.vacancy) return;
  const Vacancy& vacancy = *facts.vacancy;
  if (!vacancy.vacant) {
    const auto cause =
        vacancy.nobody_needed ? ResolvedCause::kWithdrawn : ResolvedCause::kAppointed;
    if (progress.state.IsOpen()) progress.Emit(AlertResolved{cause, facts.now});
    return;
  }
  // The school is another authority's by now: the alert of the former one is withdrawn, whatever of
  // the move was heard, and the vacancy goes on as an alert of the new one.
  if (progress.state.IsOpen() &&
      vacancy.reference.authority != progress.state.reference.authority) {
    progress.Emit(AlertResolved{ResolvedCause::kWithdrawn, facts.now});
  }
  if (progress.state.IsOpen()) {
    if (vacancy.instants != progress.state.instants) {
      progress.Emit(AlertMoved{vacancy.reference, vacancy.instants});
    }
    return;
  }
  const LevelInstant* first = LastReminder(vacancy.instants, facts.now);
  for (const LevelInstant& instant : vacancy.instants.levels) {
    if (!first && instant.at <= facts.now) first = &instant;
  }
  if (!first) return;
  Raise(progress, vacancy.reference, vacancy.instants, first->level, true, facts.now);
}

// Says what became due by now. One level at most: the one after it is not due before
// kBetweenLevels have passed.
void CatchUp(Progress& progress, const AlertFacts& facts) {
  FollowVacancy(progress, facts);
  if (!facts.caught_up) return;
  const auto next = NextLevelOf(progress.state);
  if (!next || next->at > facts.now) return;
  if (next->level <= 1) {
    Raise(progress, progress.state.reference, progress.state.instants, next->level,
          progress.state.late, facts.now);
  } else {
    progress.Emit(AlertEscalated{next->level, facts.now});
  }
}

MaybeRefusal On(const RemindOfDeadline& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.IsOpen()) return std::nullopt;
  const bool has_any =
      std::ranges::any_of(command.instants.levels, IsReminder, &LevelInstant::level);
  const LevelInstant* reminder = LastReminder(command.instants, facts.now);
  if (has_any && !reminder) {
    return Refusal{alert_refusals::kLevelNotReached, "",
                   "the reminder's instant lies ahead; check the clocks"};
  }
  Raise(progress, command.reference, command.instants, reminder ? reminder->level : 0, false,
        facts.now);
  return std::nullopt;
}

MaybeRefusal On(const RaiseMissedDeadline& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.IsOpen() && progress.state.late) return std::nullopt;
  if (facts.now <= command.instants.due_at) {
    return Refusal{alert_refusals::kLevelNotReached, "",
                   "the deadline's instant lies ahead; check the clocks"};
  }
  Raise(progress, command.reference, command.instants, 1, true, facts.now);
  return std::nullopt;
}

MaybeRefusal On(const ResolveMetDeadline& command, Progress& progress, const AlertFacts& facts) {
  if (progress.state.IsOpen()) {
    progress.Emit(
        AlertResolved{command.late ? ResolvedCause::kMetLate : ResolvedCause::kMet, facts.now});
  }
  return std::nullopt;
}

MaybeRefusal On(const ResolveWithdrawnDeadline& command, Progress& progress,
                const AlertFacts& facts) {
  if (progress.state.IsOpen()) {
    progress.Emit(AlertResolved{command.waived ? ResolvedCause::kWaived : ResolvedCause::kWithdrawn,
                                facts.now});
  }
  return std::nullopt;
}

MaybeRefusal On(const MoveDeadline& command, Progress& progress, const AlertFacts& facts) {
  if (!progress.state.IsOpen()) return std::nullopt;
  if (command.miss_withdrawn && progress.state.late) {
    progress.Emit(AlertResolved{ResolvedCause::kMissWithdrawn, facts.now});
    return std::nullopt;
  }
  // People were reminded of another day. The new one is reminded of when that is reached.
  if (!progress.state.late && command.instants.due_at != progress.state.instants.due_at) {
    progress.Emit(AlertResolved{ResolvedCause::kWithdrawn, facts.now});
    return std::nullopt;
  }
  const AlertReference& reference = progress.state.reference;
  const bool other_school =
      command.reference.stays_with_school != reference.stays_with_school ||
      (reference.stays_with_school && command.reference.school != reference.school);
  if (command.instants != progress.state.instants || other_school) {
    progress.Emit(AlertMoved{command.reference, command.instants});
  }
  CatchUp(progress, facts);
  return std::nullopt;
}

MaybeRefusal On(const FollowToSchool& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (!progress.state.IsOpen() || progress.state.reference.stays_with_school ||
      progress.state.reference.school == command.school) {
    return std::nullopt;
  }
  AlertReference reference = progress.state.reference;
  reference.school = command.school;
  progress.Emit(AlertMoved{std::move(reference), progress.state.instants});
  return std::nullopt;
}

MaybeRefusal On(const GiveNotice& command, Progress& progress, const AlertFacts& facts) {
  if (progress.state.run > 0) return std::nullopt;  // it was given when the news came first
  progress.Emit(NoticeGiven{command, facts.now});
  return std::nullopt;
}

MaybeRefusal On(const Wake&, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  return std::nullopt;
}

MaybeRefusal On(const AcknowledgeAlert& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  const AlertState& state = progress.state;
  if (state.run == 0) return NoSuchAlert();
  if (state.IsNotice()) {
    return Refusal{alert_refusals::kAlreadyResolved, "",
                   "this is a notice; it waits for nothing and is not acknowledged"};
  }
  if (!state.IsOpen()) {
    return Refusal{alert_refusals::kAlreadyResolved, "",
                   "the alert is resolved; there is nothing left to acknowledge"};
  }
  const auto before = state.acknowledgements.find(command.role);
  if (before != state.acknowledgements.end() && before->second.level >= state.level()) {
    return std::nullopt;
  }
  progress.Emit(AlertAcknowledged{command.role, facts.now});
  return std::nullopt;
}

MaybeRefusal On(const RedeliverFailed&, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.run == 0) return NoSuchAlert();
  if (!progress.state.IsTold()) {
    return Refusal{alert_refusals::kAlreadyResolved, "",
                   "the alert is resolved; nobody is told of it any more"};
  }
  for (const PendingDelivery& pending : progress.state.GivenUp()) {
    progress.Emit(AlertRedeliveryRequested{pending.level, pending.role, facts.now});
  }
  return std::nullopt;
}

// What left in a run that is over.
void RecordEarlier(const RecordDeliveries& command, Progress& progress, absl::Time now) {
  for (const Settled& one : command.settled) {
    const EarlierDelivery delivery{command.run, command.level, command.role, one.staff};
    const auto& known = progress.state.earlier;
    if (!one.channel || std::ranges::find(known, delivery) != known.end()) continue;
    progress.Emit(AlertDelivered{command.level, command.role, one.staff, *one.channel, now, false,
                                 command.run, command.digest});
  }
}

bool AreAllSettled(const std::vector<StaffId>& holders, const PendingDelivery& pending,
                   const std::vector<Settled>& news) {
  return !holders.empty() && std::ranges::all_of(holders, [&](const StaffId& staff) {
    return pending.IsSettled(staff) ||
           std::ranges::find(news, staff, &Settled::staff) != news.end();
  });
}

MaybeRefusal On(const RecordDeliveries& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.run == 0) return NoSuchAlert();
  if (command.run >= 1 && command.run < progress.state.run) {
    RecordEarlier(command, progress, facts.now);
    return std::nullopt;
  }
  const PendingDelivery* pending = progress.state.Find(command.level, command.role);
  if (command.run != progress.state.run || !pending) {
    return Refusal{alert_refusals::kNoSuchDelivery, "",
                   "this delivery belongs to no level of the alert's present run"};
  }
  const bool waiting = pending->state == DeliveryState::kWaiting;
  std::vector<Settled> news;
  bool reached = pending->AnyoneReached();
  for (const Settled& one : command.settled) {
    if (pending->IsSettled(one.staff)) continue;
    const bool named_twice =
        std::ranges::any_of(news, [&](const Settled& other) { return other.staff == one.staff; });
    if (named_twice) continue;
    // What was dropped meanwhile and left all the same is on record; what did not leave is not.
    if (!waiting && !one.channel) continue;
    reached |= one.channel.has_value();
    news.push_back(one);
  }
  const bool finished =
      waiting && (command.finished || AreAllSettled(command.holders, *pending, news));
  if (finished && news.empty()) {
    news.push_back({StaffId(), std::nullopt, FailureCause::kNobodyInRole, facts.now});
  }
  // A role is finished with its last event, and that says who is told instead.
  std::stable_sort(news.begin(), news.end(), [](const Settled& a, const Settled& b) {
    return a.channel.has_value() && !b.channel.has_value();
  });
  for (std::size_t i = 0; i < news.size(); ++i) {
    const Settled& one = news[i];
    const bool last = finished && i + 1 == news.size();
    if (one.channel) {
      progress.Emit(AlertDelivered{command.level, command.role, one.staff, *one.channel, facts.now,
                                   last, 0, command.digest});
      continue;
    }
    const bool nobody_reached = last && !reached && progress.state.IsTold();
    progress.Emit(AlertDeliveryFailed{
        command.level, command.role, one.staff, one.cause.value_or(FailureCause::kNobodyInRole),
        facts.now, last,
        nobody_reached ? SubstituteFor(command.role, command.level, progress.state)
                       : std::nullopt});
  }
  return std::nullopt;
}

// The pending delivery that somebody still waits in; nothing where it is over, or of another run.
const PendingDelivery* FindWaiting(const AlertState& state, int run, int level,
                                   RecipientRole role) {
  const PendingDelivery* pending = run == state.run ? state.Find(level, role) : nullptr;
  return pending && pending->state == DeliveryState::kWaiting ? pending : nullptr;
}

MaybeRefusal On(const ClaimMessage& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.run == 0) return NoSuchAlert();
  const auto* pending = FindWaiting(progress.state, command.run, command.level, command.role);
  if (!pending || pending->IsSettled(command.staff)) return std::nullopt;
  const Attempt* attempt = pending->Find(command.staff);
  const std::string holder = attempt ? attempt->claimed_by : "";
  const bool is_free =
      holder.empty() || std::ranges::find(facts.gone_replicas, holder) != facts.gone_replicas.end();
  if (is_free) {
    progress.Emit(MessageClaimed{command.level, command.role, command.staff, command.replica});
  }
  return std::nullopt;
}

MaybeRefusal On(const ReleaseMessage& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.run == 0) return NoSuchAlert();
  const auto* pending = FindWaiting(progress.state, command.run, command.level, command.role);
  const Attempt* attempt = pending ? pending->Find(command.staff) : nullptr;
  if (attempt && attempt->claimed_by == command.replica) {
    progress.Emit(MessageReleased{command.level, command.role, command.staff, command.refused});
  }
  return std::nullopt;
}

MaybeRefusal On(const HoldDelivery& command, Progress& progress, const AlertFacts& facts) {
  CatchUp(progress, facts);
  if (progress.state.run == 0) return NoSuchAlert();
  const auto* pending = FindWaiting(progress.state, command.run, command.level, command.role);
  if (!pending || pending->held || command.until <= facts.now) return std::nullopt;
  const bool is_under_way = std::ranges::any_of(
      pending->attempts, [](const Attempt& attempt) { return !attempt.claimed_by.empty(); });
  if (is_under_way) return std::nullopt;
  // Once: what does not leave with the first digest is seen to wait.
  if (command.gathers && facts.now - pending->since >= kGathers) return std::nullopt;
  DeliveryHeld held{command};
  held.hold.until = std::min(command.until, facts.now + kLongestHold);
  progress.Emit(held);
  return std::nullopt;
}

// The alarm has come back to what is due by now, whichever command finds that out: it is tried once
// more, and the alarm is set anew.
void PutOffWhatIsDue(Progress& progress, absl::Time now) {
  for (const PendingDelivery& pending : progress.state.Waiting()) {
    if (pending.not_before > now) continue;
    const absl::Duration pause = std::clamp(now - pending.since, kShortestRetry, kLongestRetry);
    progress.Emit(DeliveryPutOff{pending.level, pending.role, now + pause});
  }
}

}  // namespace

Decision<AlertEvent> Alert::Decide(const AlertState& state, const AlertCommand& command,
                                   const AlertFacts& facts) {
  Progress progress{state, {}};
  auto refusal = std::visit([&](const auto& one) { return On(one, progress, facts); }, command);
  if (refusal) return *std::move(refusal);
  PutOffWhatIsDue(progress, facts.now);
  return std::move(progress.events);
}

std::optional<absl::Time> Alert::NextWake(const AlertState& state, const AlertFacts& facts) {
  std::optional<absl::Time> next;
  auto consider = [&](absl::Time at) {
    if (!next || at < *next) next = at;
  };
  if (facts.vacancy && facts.vacancy->vacant && !state.IsOpen()) {
    for (const LevelInstant& instant : facts.vacancy->instants.levels) consider(instant.at);
  }
  if (const auto level = NextLevelOf(state)) {
    // A level that is due and held back is come back to.
    consider(facts.caught_up ? level->at : std::max(level->at, facts.now + kShortestRetry));
  }
  for (const PendingDelivery& pending : state.Waiting()) consider(pending.not_before);
  return next;
}

}  // namespace pepline::notifications
