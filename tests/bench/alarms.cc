// P1 and P2: how late a due deadline is handled, and a storm of deadlines at one instant.
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "shared/engine/waker.h"
#include "tests/bench/measures.h"
#include "tests/bench/surroundings.h"
#include "tests/bench/timer_rules.h"

namespace pepline::bench {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(120);

// Timers on a private Redis, as a service keeps its aggregates.
struct Timers {
  static absl::StatusOr<std::unique_ptr<Timers>> Start(const std::string& folder,
                                                       const Clock& clock) {
    auto redis = RedisServer::Start(folder);
    if (!redis.ok()) return redis.status();
    auto timers = std::unique_ptr<Timers>(new Timers(*std::move(redis), clock));
    if (!WaitUntil([&] { return timers->store->CheckLayout().ok(); }, absl::Seconds(10))) {
      return timers->store->CheckLayout();
    }
    return timers;
  }
  Timers(std::unique_ptr<RedisServer> started, const Clock& clock)
      : redis(std::move(started)),
        store(RedisStore::Create({.port = redis->port(), .service = "bench"}, &metrics)),
        engine{.store = *store,
               .clock = clock,
               .metrics = metrics,
               .topic = "pepline.scheduling.events.v1",
               .source = "/pepline/bench"} {}

  absl::Status HandleCommand(const std::string& id, const Timer::Command& command,
                             std::optional<absl::Time> fired = std::nullopt) const {
    Inputs<TimerCodec> inputs;
    inputs.facts = [this](const Timer::State&, const RecordStates&) {
      return Timer::Facts{engine.clock.Now()};
    };
    return Execute<TimerCodec>(engine, {id, {{"timer", id}}}, command, Origin::Alarm(fired), inputs)
        .status();
  }
  absl::Status SetAll(int count, const std::function<absl::Time(int)>& at) {
    absl::Mutex mutex;
    absl::Status trouble;
    std::vector<std::function<void()>> tasks;
    for (int i = 0; i < count; ++i) {
      tasks.push_back([&, i] {
        absl::Status status = HandleCommand(absl::StrCat("timer-", i), Timer::Set{at(i)});
        absl::MutexLock lock(&mutex);
        trouble.Update(status);
      });
    }
    pool.RunAll(std::move(tasks));
    return trouble;
  }

  std::unique_ptr<RedisServer> redis;
  Metrics metrics;
  std::unique_ptr<RedisStore> store;
  Engine engine;
  WorkerPool pool{kWorkers, kWorkers * 16};
};

// P99 in milliseconds.
absl::StatusOr<double> Lateness(int timers_count) {
  constexpr absl::Duration kApart = absl::Milliseconds(5);  // 200 a second
  const SystemClock clock;
  TemporaryFolder folder;
  auto timers = Timers::Start(folder.path(), clock);
  if (!timers.ok()) return timers.status();
  const absl::Time first = absl::Now() + absl::Seconds(4);
  absl::Status set = (*timers)->SetAll(timers_count, [&](int i) { return first + i * kApart; });
  if (!set.ok()) return set;
  if (absl::Now() >= first) return absl::InternalError("the timers were set too slowly");

  absl::Mutex mutex;
  // By timer: one that the waker had read before its commit goes off again, without effect.
  std::map<std::string, double> late;
  Waker waker(*(*timers)->store, clock, (*timers)->metrics, (*timers)->pool,
              [&](const DueAlarm& alarm) {
                const absl::Duration lateness = clock.Now() - alarm.due_at;
                {
                  absl::MutexLock lock(&mutex);
                  late.emplace(alarm.key.id, absl::ToDoubleMilliseconds(lateness));
                }
                return (*timers)->HandleCommand(alarm.key.id, Timer::Wake{}, alarm.due_at);
              });
  waker.Start();
  WaitUntil(
      [&] {
        const auto earliest = (*timers)->store->EarliestAlarm();
        return earliest.ok() && !earliest->has_value();
      },
      kPatience);
  waker.Stop();
  if (late.size() != static_cast<std::size_t>(timers_count)) {
    return absl::InternalError(absl::StrCat(late.size(), " timers went off"));
  }
  std::vector<double> millis;
  for (const auto& [id, one] : late) millis.push_back(one);
  return Percentile(std::move(millis), 99);
}

// How fast the alarms that are due at `instant` come to say their events.
absl::StatusOr<double> Storm(Store& store, FakeClock& clock, absl::Time instant, int count) {
  const auto before = store.MeasureOutbox();
  if (!before.ok()) return before.status();
  const absl::Time start = absl::Now();
  clock.Set(instant);
  std::int64_t emitted = 0;
  const bool done = WaitUntil(
      [&] {
        const auto depth = store.MeasureOutbox();
        if (depth.ok()) emitted = depth->entries - before->entries;
        return emitted >= count;
      },
      kPatience);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  if (!done || emitted != count) {
    return absl::InternalError(absl::StrCat(emitted, " events of ", count, " deadlines"));
  }
  return count / seconds;
}

absl::StatusOr<double> StormOfTimers(int count) {
  FakeClock clock(TermBegins());
  TemporaryFolder folder;
  auto timers = Timers::Start(folder.path(), clock);
  if (!timers.ok()) return timers.status();
  const absl::Time instant = clock.Now() + absl::Hours(1);
  if (absl::Status set = (*timers)->SetAll(count, [&](int) { return instant; }); !set.ok()) {
    return set;
  }
  Waker waker(*(*timers)->store, clock, (*timers)->metrics, (*timers)->pool,
              [&](const DueAlarm& alarm) {
                return (*timers)->HandleCommand(alarm.key.id, Timer::Wake{}, alarm.due_at);
              });
  waker.Start();
  return Storm(*(*timers)->store, clock, instant, count);
}

// The reminders of as many PEPs, all due on the same morning, by the rules of scheduling.
absl::StatusOr<double> StormOfReminders(int count) {
  FakeClock clock(TermBegins());
  TemporaryFolder folder;
  auto redis = RedisServer::Start(folder.path());
  if (!redis.ok()) return redis.status();
  Scheduling scheduling((*redis)->port(), clock);
  if (absl::Status status = scheduling.AwaitRedis(); !status.ok()) return status;
  if (absl::Status status = scheduling.PutChildren(ChildrenOf(1, count)); !status.ok()) {
    return status;
  }
  WorkerPool pool(kWorkers, kWorkers * 16);
  Waker waker(scheduling.store(), clock, scheduling.metrics(), pool,
              [&](const DueAlarm& alarm) { return scheduling.inbound().OnAlarm(alarm); });
  waker.Start();
  // The new facts have everybody look again first; that is another storm.
  absl::StatusOr<std::optional<absl::Time>> instant;
  WaitUntil(
      [&] {
        instant = scheduling.store().EarliestAlarm();
        return instant.ok() && (!instant->has_value() || **instant > clock.Now());
      },
      kPatience);
  if (!instant.ok() || !instant->has_value()) return absl::InternalError("no deadline runs");
  return Storm(scheduling.store(), clock, **instant, count);
}

}  // namespace

absl::Status MeasureAlarms(const Options& options, const Floors& floors, std::vector<Row>& rows) {
  auto lateness = MedianOf(options.rounds, [&] { return Lateness(options.Of(1600)); });
  if (!lateness.ok()) return lateness.status();
  rows.push_back(
      {"P1", "lateness p99 of a deadline, 200 due per second", "ms", {}, *lateness, "<= 7 ms"});
  const int count = options.Of(20'000);
  auto bare = MedianOf(options.rounds, [&] { return StormOfTimers(count); });
  if (!bare.ok()) return bare.status();
  rows.push_back({"P2", absl::StrCat("storm of ", count, " deadlines, the runtime alone"), "1/s",
                  floors.script_deep_per_second, *bare, ">= 0.55, >= 45000/s"});
  auto storm = MedianOf(options.rounds, [&] { return StormOfReminders(count); });
  if (!storm.ok()) return storm.status();
  rows.push_back({"P2", absl::StrCat("storm of ", count, " deadlines, scheduling's rules"), "1/s",
                  floors.script_deep_per_second, *storm, ">= 0.55, >= 45000/s"});
  return absl::OkStatus();
}

}  // namespace pepline::bench
