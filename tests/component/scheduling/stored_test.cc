// What Redis holds beside the states follows from the states: index and alarms, rebuilt from the
// stored plans, equal the stored ones.
#include <hiredis/hiredis.h>

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/scheduling/facts.h"
#include "tests/component/scheduling/scheduling_fixture.h"

namespace pepline::scheduling {
namespace {

using Members = std::map<std::string, std::set<std::string>>;  // by key
using Alarms = std::map<std::string, std::int64_t>;            // by key and member

// A bare look into Redis, past the store.
class BareRedis {
 public:
  explicit BareRedis(int port) : context_(redisConnect("127.0.0.1", port)) {
    EXPECT_TRUE(context_ != nullptr && context_->err == 0);
  }
  ~BareRedis() { redisFree(context_); }
  std::vector<std::string> Ask(const std::vector<std::string>& arguments) {
    std::vector<const char*> texts;
    for (const std::string& argument : arguments) texts.push_back(argument.c_str());
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(context_, static_cast<int>(texts.size()), texts.data(), nullptr));
    std::vector<std::string> answers;
    for (std::size_t i = 0; i < reply->elements; ++i) {
      answers.emplace_back(reply->element[i]->str, reply->element[i]->len);
    }
    freeReplyObject(reply);
    return answers;
  }

 private:
  redisContext* context_;
};

class SchedulingStoredTest : public SchedulingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }
  std::string Key(const std::string& child, const std::string& rest) const {
    return absl::StrFormat("{scheduling.%02d}:%s", PartitionOf(child, store_->partitions()), rest);
  }

  void Rebuild(const std::vector<std::string>& children, Members& index, Alarms& alarms) {
    ReferenceData reference(*store_);
    const FactsLoader facts_of(*store_, service_->clock(), reference);
    for (const std::string& child : children) {
      auto state = Read<PlanCodec>(*store_, PlanOf(ChildId(child)));
      auto facts = facts_of.Load(ChildId(child));
      ASSERT_TRUE(state.ok() && state->has_value() && facts.ok()) << child;
      for (const IndexEntry& entry : Plan::Index(**state)) {
        index[Key(child, absl::StrCat("ix:", entry.name, ":", entry.value))].insert(child);
      }
      if (auto wake = Plan::NextWake(**state, *facts)) {
        alarms[Key(child, absl::StrCat("alarms plan:", child))] = absl::ToUnixMicros(*wake);
      }
    }
  }
  void ReadStored(Members& index, Alarms& alarms) {
    BareRedis redis(service_->redis().port());
    for (const std::string& key : redis.Ask({"KEYS", "{scheduling.*}:ix:*"})) {
      // What finds children when reference data changes is not the plans' own index.
      if (absl::StrContains(key, ":ix:child")) continue;
      for (std::string& member : redis.Ask({"ZRANGE", key, "0", "-1"})) {
        index[key].insert(std::move(member));
      }
    }
    for (const std::string& key : redis.Ask({"KEYS", "{scheduling.*}:alarms"})) {
      const auto pairs = redis.Ask({"ZRANGE", key, "0", "-1", "WITHSCORES"});
      for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        alarms[absl::StrCat(key, " ", pairs[i])] = std::stoll(pairs[i + 1]);
      }
    }
  }
  void ExpectStoredEqualsRebuilt(const std::vector<std::string>& children) {
    Settle();
    Members rebuilt, stored;
    Alarms rebuilt_alarms, stored_alarms;
    Rebuild(children, rebuilt, rebuilt_alarms);
    ReadStored(stored, stored_alarms);
    EXPECT_FALSE(stored.empty());
    EXPECT_EQ(rebuilt, stored);
    EXPECT_EQ(rebuilt_alarms, stored_alarms);
  }
};

TEST_F(SchedulingStoredTest, IndexAndAlarmsRebuiltFromTheStatesEqualTheStoredOnes) {
  constexpr int kChildren = 8;
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
  std::vector<std::string> children;
  for (int i = 0; i < kChildren; ++i) {
    children.push_back(ChildOf(i));
    SayInCare(ChildOf(i), i < 6 ? "2019-03-01" : "2025-08-29");
  }
  Settle();
  ExpectStoredEqualsRebuilt(children);

  for (int i = 0; i < 5; ++i) {
    auto meeting = Meeting("2025-10-20 14:00");
    meeting.set_child_id(ChildOf(i));
    Done(&Stub::SchedulePepMeeting, meeting);
  }
  auto moved = MovedMeeting("2025-11-12 09:00");
  moved.set_child_id(ChildOf(1));
  Done(&Stub::ReschedulePepMeeting, moved);
  SayClosedDays(kSchool, {"2025-10-17"});
  MoveClockTo("2025-10-13 09:00");
  SayMoved(ChildOf(2), kSchool, kOtherSchool, "2025-10-13");
  SayCareCeased(ChildOf(3), "2025-10-13");
  Say(ChildOf(0), events_.SdqScored(ChildOf(0), ChildOf(0) + ".1", At("2025-10-10 09:00")));
  ExpectStoredEqualsRebuilt(children);

  MoveClockTo("2025-10-20 18:00");
  auto held = Holding("2025-10-20");
  held.set_child_id(ChildOf(0));
  Done(&Stub::HoldPepMeeting, held);
  ExpectStoredEqualsRebuilt(children);

  v1::FinaliseEpepRequest finalise;
  finalise.set_child_id(ChildOf(0));
  Done(&Stub::FinaliseEpep, finalise);
  MoveClockTo("2026-01-12 09:00");
  ExpectStoredEqualsRebuilt(children);
}

}  // namespace
}  // namespace pepline::scheduling
