// A changed fact on the store in memory: its own alarm is due in the commit that keeps it, and from
// there the alarms of all that follow.
#include "shared/engine/changed_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "shared/projections/reference_data.h"
#include "shared/store/memory_store.h"

namespace pepline {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kChildren = 1000;  // some pages in every partition

class ChangedFactsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < kChildren; ++i) {
      const std::string child = absl::StrCat("c", i);
      Commit commit{.partition = PartitionOf(child, 16)};
      commit.index.push_back({wake_.listed, child});
      if (i % 2 == 0) commit.alarms.push_back({{"plan", child}, now() + absl::Hours(i)});
      ASSERT_TRUE(store_.Apply(commit).ok());
    }
  }
  absl::Time now() const { return clock_.Now(); }
  registry::v1::RegistryEvent Holidays(std::uint64_t version) const {
    registry::v1::RegistryEvent event;
    event.mutable_header()->set_aggregate_id("registry/bank-holidays/england-and-wales");
    event.mutable_header()->set_aggregate_version(version);
    event.mutable_bank_holidays_published()->set_division("england-and-wales");
    return event;
  }
  std::vector<DueAlarm> Due(std::string_view kind) {
    std::vector<DueAlarm> due;
    for (int partition = 0; partition < 16; ++partition) {
      const auto alarms = store_.DueAlarms(partition, now(), kChildren);
      for (const DueAlarm& alarm : *alarms) {
        if (alarm.key.kind == kind) due.push_back(alarm);
      }
    }
    return due;
  }
  // What the waker's handler of a plan does.
  void Answer(const DueAlarm& alarm) {
    Commit commit{.partition = PartitionOf(alarm.key.id, 16), .now = now()};
    commit.alarms.push_back(
        {.key = alarm.key, .at = now() + absl::Hours(1), .fired = alarm.due_at});
    ASSERT_TRUE(store_.Apply(commit).ok());
  }

  MemoryStore store_;
  FakeClock clock_{absl::FromUnixSeconds(1'760'000'000)};
  Metrics metrics_;
  std::vector<absl::Time> told_;
  const Engine engine_{.store = store_,
                       .clock = clock_,
                       .metrics = metrics_,
                       .topic = "pepline.test.events.v1",
                       .source = "/pepline/test",
                       .on_alarm = [this](absl::Time at) { told_.push_back(at); },
                       .on_outbox = {}};
  const WakeUp wake_{.listed = {"all", "children"}, .kind = "plan"};
  ReferenceData reference_{store_};
  ChangedFacts changed_{engine_};
};

TEST_F(ChangedFactsTest, WhoeverHearsOfAFactSetsItsAlarmInTheSameCommitAndWakesNobody) {
  ASSERT_TRUE(*reference_.Receive(Holidays(1), now()));
  EXPECT_THAT(Due(kBankHolidays), SizeIs(1));
  EXPECT_THAT(Due("plan"), SizeIs(1)) << "the one of now, as before";
}

TEST_F(ChangedFactsTest, WhenTheFactsAlarmFiresEverybodyIsDueAndTheAlarmIsGone) {
  ASSERT_TRUE(*reference_.Receive(Holidays(1), now()));
  ASSERT_TRUE(changed_.Spread(Due(kBankHolidays).front(), wake_).ok());
  EXPECT_THAT(Due("plan"), SizeIs(kChildren));
  EXPECT_THAT(Due(kBankHolidays), IsEmpty());
  EXPECT_FALSE(told_.empty()) << "and the waker is told";
}

TEST_F(ChangedFactsTest, AnEventThatComesAgainAfterItsReaderWasCutOffIsSpreadAgain) {
  ASSERT_TRUE(*reference_.Receive(Holidays(2), now()));
  ASSERT_TRUE(changed_.Spread(Due(kBankHolidays).front(), wake_).ok());
  ASSERT_TRUE(*reference_.Receive(Holidays(2), now()));
  EXPECT_THAT(Due(kBankHolidays), SizeIs(1));
  ASSERT_TRUE(changed_.Spread(Due(kBankHolidays).front(), wake_).ok());
  ASSERT_TRUE(*reference_.Receive(Holidays(1), now()));
  EXPECT_THAT(Due(kBankHolidays), IsEmpty()) << "an older one is no news";
}

TEST_F(ChangedFactsTest, AFactThatChangesWhileItIsSpreadIsSpreadOnceMore) {
  ASSERT_TRUE(*reference_.Receive(Holidays(1), now()));
  const DueAlarm first = Due(kBankHolidays).front();
  // Within the same microsecond of the clock, too.
  ASSERT_TRUE(*reference_.Receive(Holidays(2), now()));
  ASSERT_TRUE(changed_.Spread(first, wake_).ok());
  for (const DueAlarm& alarm : Due("plan")) Answer(alarm);
  ASSERT_THAT(Due(kBankHolidays), SizeIs(1));
  ASSERT_TRUE(changed_.Spread(Due(kBankHolidays).front(), wake_).ok());
  EXPECT_THAT(Due("plan"), SizeIs(kChildren));
  EXPECT_THAT(Due(kBankHolidays), IsEmpty());
}

TEST_F(ChangedFactsTest, APartitionThatIsAwayHoldsUpItsOwnRecordsAloneAndNobodyIsWokenTwice) {
  const int home = PartitionOf("england-and-wales", 16), away = (home + 1) % 16;
  ASSERT_TRUE(*reference_.Receive(Holidays(1), now()));
  const DueAlarm fact = Due(kBankHolidays).front();
  store_.away_partition = away;
  EXPECT_TRUE(absl::IsUnavailable(changed_.Spread(fact, wake_)));
  store_.away_partition = -1;
  const std::vector<DueAlarm> woken = Due("plan");
  EXPECT_GT(woken.size(), kChildren / 2U);
  for (const DueAlarm& alarm : woken) Answer(alarm);
  EXPECT_THAT(Due(kBankHolidays), SizeIs(1)) << "it is not done yet";
  ASSERT_TRUE(changed_.Spread(fact, wake_).ok());
  for (const DueAlarm& alarm : Due("plan")) {
    EXPECT_EQ(PartitionOf(alarm.key.id, 16), away) << alarm.key.id;
  }
  EXPECT_THAT(Due("plan"), testing::Not(IsEmpty()));
  EXPECT_THAT(Due(kBankHolidays), IsEmpty());
}

TEST_F(ChangedFactsTest, WhileTheNodeOfAFactIsAwayWhatWasReadLastCounts) {
  registry::v1::RegistryEvent adopted;
  adopted.mutable_header()->set_aggregate_id("registry/policy/931");
  adopted.mutable_header()->set_aggregate_version(1);
  adopted.mutable_policy_profile_adopted()->mutable_profile()->set_authority_code("931");
  ASSERT_TRUE(*reference_.Receive(Holidays(1), now()));
  ASSERT_TRUE(*reference_.Receive(adopted, now()));
  const auto load = [this](const std::string& school) {
    return reference_.Load(kEnglandAndWales, AuthorityCode("931"), SchoolUrn(school),
                           AuthorityCode("931"));
  };
  const auto before = load("123240");
  ASSERT_TRUE(before.ok()) << before.status();
  store_.away_partition = PartitionOf(kEnglandAndWales, 16);
  const auto last = load("123240");
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->calendar.calendar, before->calendar.calendar);
  EXPECT_EQ(last->policies, before->policies);
  EXPECT_TRUE(absl::IsUnavailable(load("123241").status())) << "never read: not guessed";
  store_.away_partition = -1;
  EXPECT_TRUE(load("123241").ok());
}

TEST_F(ChangedFactsTest, AFactOfNoRecordOfItsOwnHasAnAlarmAllTheSame) {
  ASSERT_TRUE(changed_.Note({"changed-policy", "931"}).ok());
  ASSERT_THAT(Due("changed-policy"), SizeIs(1));
  ASSERT_TRUE(changed_.Spread(Due("changed-policy").front(), wake_).ok());
  EXPECT_THAT(Due("plan"), SizeIs(kChildren));
  EXPECT_THAT(Due("changed-policy"), IsEmpty());
}

}  // namespace
}  // namespace pepline
