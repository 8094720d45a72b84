#include "shared/engine/waker.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/log.h"
#include "shared/observability/trace.h"

namespace pepline {
namespace {
// How long to wait before looking again while handlers fail or the store is away. Real time.
constexpr absl::Duration kTroublePause = absl::Milliseconds(100);
// The same while due alarms are left to another replica: one of ours may be due behind them.
constexpr absl::Duration kPauseForOthers = absl::Milliseconds(20);
// Thousands of alarms may wait for the same thing; the metric counts each.
constexpr absl::Duration kBetweenWarnings = absl::Seconds(1);

std::string NameOf(const DueAlarm& alarm) {
  return absl::StrCat(alarm.key.kind, ":", alarm.key.id, "@", absl::ToUnixMicros(alarm.due_at));
}
}  // namespace

struct Waker::Parts {
  Store& store;
  const Clock& clock;
  Metrics& metrics;
  WorkerPool& pool;
  const Handler handler;
  const WakerOptions options;
  std::thread thread = {};
  int first_partition = 0;  // rotates, so that no partition is always last
  // Due alarms that are left to another replica, since when (real time).
  using Left = std::map<std::pair<RecordKey, absl::Time>, absl::Time>;
  Left left = {};
  std::vector<HeadOfQueue> heads = std::vector<HeadOfQueue>(
      static_cast<std::size_t>(store.partitions()));  // of the due alarms of each partition

  absl::Mutex mutex = {};
  absl::Time next ABSL_GUARDED_BY(mutex) = absl::InfinitePast();  // in the stack's time
  bool changed ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::set<RecordKey> in_flight ABSL_GUARDED_BY(mutex) = {};
  // Handled since the last look began: what that look read of them may be old.
  std::set<RecordKey> handled ABSL_GUARDED_BY(mutex) = {};
  std::map<RecordKey, absl::Time> failed ABSL_GUARDED_BY(mutex) = {};  // not before, real time
  absl::Time warned_at ABSL_GUARDED_BY(mutex) = absl::InfinitePast();

  Heartbeats& heartbeats = metrics.heartbeats();

  void Run();
  // Since when the alarm that is due and not done for longest has been seen.
  std::optional<SteadyTime> OldestDue() const;
  // Alarms that are due, neither in flight nor held back after a failure, and not left to another
  // replica.
  absl::StatusOr<std::vector<DueAlarm>> Look();
  // Takes away what another replica may still come to, and notes it in `left`.
  void LeaveToOthers(std::vector<DueAlarm>& alarms, const Left& left_before);
  // Hands as many as may be at work together to the pool; the rest stays.
  void HandOut(std::deque<DueAlarm>& ready);
  void Fire(const DueAlarm& alarm);
  void LogFailure(const DueAlarm& alarm, const absl::Status& status);
  // Until something changed, the clock reached `next`, or `longest` of real time is over.
  void Sleep(absl::Duration longest);
};

Waker::Waker(Store& store, const Clock& clock, Metrics& metrics, WorkerPool& pool, Handler handler,
             WakerOptions options)
    : parts_(new Parts{.store = store,
                       .clock = clock,
                       .metrics = metrics,
                       .pool = pool,
                       .handler = std::move(handler),
                       .options = options}) {}

Waker::~Waker() { Stop(); }

void Waker::Start() {
  parts_->thread = std::thread([parts = parts_.get()] { parts->Run(); });
}

void Waker::Stop() {
  {
    absl::MutexLock lock(&parts_->mutex);
    parts_->stopping = true;
    parts_->changed = true;
  }
  if (parts_->thread.joinable()) parts_->thread.join();
  absl::MutexLock lock(&parts_->mutex);
  const auto idle = [parts = parts_.get()]()
                        ABSL_NO_THREAD_SAFETY_ANALYSIS { return parts->in_flight.empty(); };
  parts_->mutex.Await(absl::Condition(&idle));
}

void Waker::Notify(absl::Time at) {
  absl::MutexLock lock(&parts_->mutex);
  if (at >= parts_->next) return;
  parts_->next = at;
  parts_->changed = true;
}

void Waker::Parts::Fire(const DueAlarm& alarm) {
  metrics.Observe("pepline_alarm_lateness_seconds", {}, clock.Now() - alarm.due_at);
  // Nobody asked for it: what follows is a trace of its own.
  Span span(SpanKind::kInternal, absl::StrCat("alarm ", alarm.key.kind), "");
  span.Note(SpanNote::kRecordKind, alarm.key.kind);
  // Before it is handled, so that whoever sees the effect sees the count.
  metrics.Count("pepline_alarms_fired_total");
  const absl::Status status = handler(alarm);
  if (!status.ok()) {
    span.Fail(absl::StatusCodeToString(status.code()));
    metrics.Count("pepline_alarm_failures_total");
    LogFailure(alarm, status);
  }
  absl::MutexLock lock(&mutex);
  in_flight.erase(alarm.key);
  handled.insert(alarm.key);
  if (!status.ok()) failed[alarm.key] = absl::Now() + options.safety_poll;
  // In a storm the thread that hands out is woken once for a dozen, not once for each.
  if (in_flight.size() <= static_cast<std::size_t>(options.at_once) * 3 / 4) changed = true;
}

void Waker::Parts::LogFailure(const DueAlarm& alarm, const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex);
    if (absl::Now() < warned_at + kBetweenWarnings) return;
    warned_at = absl::Now();
  }
  LogWarning("an alarm could not be handled; it comes back",
             {{LogField::kKind, alarm.key.kind},
              {LogField::kAggregateId, alarm.key.id},
              {LogField::kCause, std::string(status.message())}});
}

absl::StatusOr<std::vector<DueAlarm>> Waker::Parts::Look() {
  const absl::Time now = clock.Now();
  std::size_t passed_over = 0;
  {
    absl::MutexLock lock(&mutex);
    next = absl::InfiniteFuture();  // Notify may lower it from here on
    handled.clear();
    std::erase_if(failed, [real = absl::Now()](const auto& entry) { return entry.second <= real; });
    passed_over = in_flight.size() + failed.size();
  }
  const Left left_before = std::exchange(left, {});
  // A partition that cannot be asked keeps its alarms and stops no other.
  const std::vector<Store::Earliest> earliest = store.EarliestAlarms();
  const SteadyTime looked_at = heartbeats.Now();
  const auto answered = [](const Store::Earliest& one) { return one.ok(); };
  if (std::ranges::none_of(earliest, answered)) return earliest.front().status();
  std::vector<DueAlarm> due;
  std::vector<std::vector<DueAlarm>> rows;
  std::size_t longest = 0;
  for (int i = 0; i < store.partitions(); ++i) {
    const int partition = (first_partition + i) % store.partitions();
    const Store::Earliest& first = earliest[static_cast<std::size_t>(partition)];
    if (!first.ok()) continue;
    HeadOfQueue& head = heads[static_cast<std::size_t>(partition)];
    if (!*first || **first > now) {
      head.See("", looked_at);
      absl::MutexLock lock(&mutex);
      next = std::min(next, first->value_or(absl::InfiniteFuture()));
      continue;
    }
    auto alarms = store.DueAlarms(partition, now, options.batch + static_cast<int>(passed_over));
    if (!alarms.ok()) continue;
    if (!alarms->empty()) head.See(NameOf(alarms->front()), looked_at);
    if (options.ownership != nullptr && !options.ownership->Owns(partition)) {
      LeaveToOthers(*alarms, left_before);
    }
    longest = std::max(longest, alarms->size());
    rows.push_back(*std::move(alarms));
  }
  first_partition = (first_partition + 1) % store.partitions();
  absl::MutexLock lock(&mutex);
  for (std::size_t column = 0; column < longest; ++column) {
    for (auto& row : rows) {
      if (column >= row.size()) continue;
      const RecordKey& key = row[column].key;
      if (in_flight.contains(key) || handled.contains(key) || failed.contains(key)) continue;
      due.push_back(std::move(row[column]));
    }
  }
  return due;
}

void Waker::Parts::LeaveToOthers(std::vector<DueAlarm>& alarms, const Left& left_before) {
  const absl::Time now = absl::Now();
  std::erase_if(alarms, [&](const DueAlarm& alarm) {
    const std::pair key(alarm.key, alarm.due_at);
    const auto before = left_before.find(key);
    const absl::Time since = before == left_before.end() ? now : before->second;
    if (now - since >= kLeftLying) return false;
    left[key] = since;
    return true;
  });
}

void Waker::Parts::HandOut(std::deque<DueAlarm>& ready) {
  while (!ready.empty()) {
    DueAlarm alarm = ready.front();
    {
      absl::MutexLock lock(&mutex);
      if (stopping || in_flight.size() >= static_cast<std::size_t>(options.at_once)) return;
      in_flight.insert(alarm.key);
    }
    if (!pool.TrySubmit([this, alarm] { Fire(alarm); })) {
      absl::MutexLock lock(&mutex);
      in_flight.erase(alarm.key);
      return;  // the pool is full; its work comes first
    }
    ready.pop_front();
  }
}

void Waker::Parts::Sleep(absl::Duration longest) {
  const absl::Time end = absl::Now() + longest;
  while (true) {
    absl::MutexLock lock(&mutex);
    const absl::Duration nap = std::min(end - absl::Now(), next - clock.Now());
    if (changed || stopping || nap <= absl::ZeroDuration()) break;
    const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return changed; };
    mutex.AwaitWithTimeout(absl::Condition(&woken), std::min(nap, clock.LongestNap()));
  }
  absl::MutexLock lock(&mutex);
  changed = false;
}

std::optional<SteadyTime> Waker::Parts::OldestDue() const {
  std::optional<SteadyTime> oldest;
  for (const HeadOfQueue& head : heads) {
    if (head.since() && (!oldest || *head.since() < *oldest)) oldest = head.since();
  }
  return oldest;
}

void Waker::Parts::Run() {
  const auto heartbeat = heartbeats.Begin("waker");
  std::deque<DueAlarm> ready;
  const auto stop = [this] {
    absl::MutexLock lock(&mutex);
    return stopping;
  };
  while (!stop()) {
    heartbeat->Turned();
    absl::Duration nap = options.safety_poll;
    if (ready.empty()) {
      auto due = Look();
      if (!due.ok()) {
        nap = kTroublePause;
      } else {
        ready.assign(std::make_move_iterator(due->begin()), std::make_move_iterator(due->end()));
      }
      absl::MutexLock lock(&mutex);
      // An alarm behind one that failed or is still at work cannot be seen as the earliest.
      const bool at_work = !(ready.empty() && in_flight.empty() && failed.empty());
      if (due.ok() && at_work) nap = kTroublePause;
      if (due.ok() && ready.empty() && !left.empty()) nap = kPauseForOthers;
    }
    heartbeat->SetOldest(OldestDue());
    HandOut(ready);
    Sleep(ready.empty() ? nap : kTroublePause);
  }
}

}  // namespace pepline
