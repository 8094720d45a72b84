// Whatever is redelivered, doubled or overtaken on the way, each level is raised once: the same
// path as in the service, on the store in memory.
#include <algorithm>
#include <random>
#include <set>

#include "services/notifications/storage/codec.h"
#include "shared/engine/execute.h"
#include "shared/store/memory_store.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

class Repeats : public testing::Test {
 protected:
  // scheduling's events of one deadline, with the versions of the plan that said them.
  struct EmittedEvent {
    std::uint64_t version;
    AlertCommand command;
  };
  static std::vector<EmittedEvent> History() {
    const AlertReference reference = UsualReference();
    return {{4, RemindOfDeadline{reference, UsualInstants()}},
            {7, RaiseMissedDeadline{reference, UsualInstants()}},
            {9, MoveDeadline{reference, MovedInstants(), true}},
            {12, RaiseMissedDeadline{reference, MovedInstants()}},
            {15, ResolveMetDeadline{true}}};
  }

  void Receive(const EmittedEvent& event) { Receive(engine_, event); }
  void Receive(const Engine& engine, const EmittedEvent& event) {
    common::v1::EventHeader header;
    header.set_aggregate_id("scheduling/plan/chd-abcdefghij0123456789");
    header.set_aggregate_version(event.version);
    HandleCommand(engine, event.command, Origin::Event(header));
  }
  void HandleCommand(const Engine& engine, const AlertCommand& command, const Origin& origin) {
    Inputs<AlertCodec> inputs;
    inputs.facts = [&](const AlertState&, const RecordStates&) {
      return AlertFacts{clock_.Now(), std::nullopt};
    };
    auto outcome =
        Execute<AlertCodec>(engine, AlertOf(UsualReference().alert), command, origin, inputs);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    if (const auto* done = std::get_if<Done<AlertCodec>>(&*outcome)) {
      for (const AlertEvent& event : done->events) emitted_.push_back(event);
    }
  }
  int RaisedAt(int level) const {
    return static_cast<int>(std::ranges::count_if(emitted_, [&](const AlertEvent& event) {
      const auto* raised = std::get_if<AlertRaised>(&event);
      return raised && raised->level == level;
    }));
  }
  int Resolved() const {
    return static_cast<int>(std::ranges::count_if(emitted_, [](const AlertEvent& event) {
      return std::holds_alternative<AlertResolved>(event);
    }));
  }

  Engine EngineOn(Store& store) {
    return {.store = store,
            .clock = clock_,
            .metrics = metrics_,
            .topic = "pepline.notifications.events.v1",
            .source = "/pepline/notifications",
            .on_alarm = {},
            .on_outbox = {}};
  }

  // An alarm that is answered, whichever stands.
  static Origin Answering(Store& store) { return Origin::Alarm(*store.EarliestAlarm()); }

  MemoryStore store_;
  FakeClock clock_{At("2025-10-24 09:00")};
  Metrics metrics_;
  Engine engine_ = EngineOn(store_);
  std::vector<AlertEvent> emitted_;
};

TEST_F(Repeats, EveryEventTwiceHasTheEffectOfOnce) {
  for (const EmittedEvent& event : History()) {
    Receive(event);
    Receive(event);
  }
  EXPECT_EQ(RaisedAt(0), 1);
  EXPECT_EQ(RaisedAt(1), 2) << "missed, withdrawn, missed again";
  EXPECT_EQ(Resolved(), 2);
}

TEST_F(Repeats, TheWholeStoryAgainHasNoEffect) {
  for (int round = 0; round < 3; ++round) {
    for (const EmittedEvent& event : History()) Receive(event);
  }
  EXPECT_EQ(RaisedAt(0), 1);
  EXPECT_EQ(RaisedAt(1), 2);
  EXPECT_EQ(Resolved(), 2);
}

TEST_F(Repeats, WhatComesAfterItsOwnEndIsSuppressed) {
  const std::vector<EmittedEvent> life = History();
  Receive(life[4]);
  for (const EmittedEvent& event : life) Receive(event);
  EXPECT_TRUE(emitted_.empty());
}

TEST_F(Repeats, AnyOrderRaisesNothingMoreThanTheRightOne) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    MemoryStore store;
    const Engine engine = EngineOn(store);
    emitted_.clear();
    std::mt19937 dice(seed);
    std::vector<EmittedEvent> events = History();
    for (int i = 0; i < 5; ++i) events.push_back(events[dice() % events.size()]);
    std::ranges::shuffle(events, dice);
    for (const EmittedEvent& event : events) {
      Receive(engine, event);
      if (dice() % 3 == 0) HandleCommand(engine, Wake{}, Answering(store));
    }
    Receive(engine, History().back());
    EXPECT_LE(RaisedAt(0), 1) << seed;
    EXPECT_LE(RaisedAt(1), 2) << seed;
    auto state = Read<AlertCodec>(store, AlertOf(UsualReference().alert));
    ASSERT_TRUE(state.ok());
    EXPECT_FALSE(*state && (*state)->IsOpen()) << "the last word was that the work is done";
  }
}

// What the store holds beside the states follows from the states.
TEST_F(Repeats, IndexAndAlarmRebuiltFromTheStateEqualTheStoredOnes) {
  const Target target = AlertOf(UsualReference().alert);
  const int partition = PartitionOf(target.routing_id, store_.partitions());
  std::set<IndexEntry> ever_seen;
  std::mt19937 dice(7);
  clock_.Set(At("2025-10-16 09:00"));
  for (int step = 0; step < 400; ++step) {
    clock_.Advance(absl::Minutes(dice() % 300));
    const std::vector<AlertCommand> commands = {
        RemindOfDeadline{UsualReference(), UsualInstants()},
        RaiseMissedDeadline{UsualReference(), UsualInstants()},
        MoveDeadline{UsualReference(), MovedInstants(), dice() % 2 == 0},
        FollowToSchool{SchoolUrn(dice() % 2 ? kSchool : kOtherSchool)},
        RecordDeliveries{1, 1, RecipientRole::kDesignatedTeacher, {}, true},
        AcknowledgeAlert{RecipientRole::kDeputyDesignatedTeacher},
        ResolveMetDeadline{true},
        Wake{}};
    HandleCommand(engine_, commands[dice() % commands.size()], Answering(store_));
    HandleCommand(engine_, Wake{},
                  Answering(store_));  // a refused command leaves the alarm as it was
    auto state = Read<AlertCodec>(store_, target);
    ASSERT_TRUE(state.ok());
    const AlertState now = state->value_or(AlertState());
    const auto index = Alert::Index(now);
    ever_seen.insert(index.begin(), index.end());
    for (const IndexEntry& entry : ever_seen) {
      const auto members = store_.ListIndex(partition, entry, "", 10);
      ASSERT_TRUE(members.ok());
      EXPECT_EQ(members->size(), std::ranges::count(index, entry)) << entry.name;
    }
    const auto alarms = store_.DueAlarms(partition, absl::InfiniteFuture(), 10);
    ASSERT_TRUE(alarms.ok());
    const auto wake = Alert::NextWake(now, {clock_.Now(), std::nullopt});
    ASSERT_EQ(alarms->size(), wake ? 1u : 0u);
    if (wake) {
      EXPECT_EQ(alarms->front().due_at, *wake);
    }
  }
  EXPECT_EQ(ever_seen, (std::set<IndexEntry>{{"all", "alerts"},
                                             {"open", "alerts"},
                                             {"school", kSchool},
                                             {"school", kOtherSchool},
                                             {"untold", "alerts"}}))
      << "the dice went everywhere";
}

}  // namespace
}  // namespace pepline::notifications
