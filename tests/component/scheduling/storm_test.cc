// A bank holiday concerns every child there is. Nobody else waits for them.
#include <iostream>

#include "absl/strings/str_format.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;
using testing::SizeIs;

constexpr int kChildren = 84'000;  // as many as are looked after in England
constexpr std::size_t kInACommit = 200;
// The fixture's own patience is for one child.
constexpr absl::Duration kPatienceWithAll = absl::Minutes(5);

class SchedulingStormTest : public SchedulingTest {
 protected:
  // Children for whom no PEP is required yet: each of them is to be looked at, and nothing is to be
  // said of them.
  void FillStore() {
    ASSERT_TRUE(store_->CheckLayout().ok());
    ChildFacts facts;
    facts.in_care = true;
    facts.care_started_on = absl::CivilDay(2019, 3, 1);
    facts.care_recorded_at = facts.school_recorded_at = At("2025-09-01 09:00");
    facts.authority = facts.school_authority = AuthorityCode("850");
    facts.school = SchoolUrn("116442");
    runtime::v1::AggregateRecord record;
    record.set_state(EncodeChild(facts));
    const std::string bytes = record.SerializeAsString();
    std::map<int, Commit> commits;
    const auto apply = [this](Commit& commit) {
      ASSERT_TRUE(store_->Apply(commit).ok());
      commit = Commit{.partition = commit.partition};
    };
    for (int i = 0; i < kChildren; ++i) {
      const std::string child = absl::StrFormat("chd-storm%015d", i);
      Commit& commit = commits[PartitionOf(child, store_->partitions())];
      commit.partition = PartitionOf(child, store_->partitions());
      commit.writes.push_back({{std::string(kChildKind), child}, 0, bytes});
      for (IndexEntry& entry : IndexOf(facts)) commit.index.push_back({std::move(entry), child});
      if (commit.writes.size() == kInACommit) {
        ASSERT_NO_FATAL_FAILURE(apply(commit));
      }
    }
    for (auto& [partition, commit] : commits) ASSERT_NO_FATAL_FAILURE(apply(commit));
  }
  double Commits() { return service_->Metric("pepline_store_commit_seconds_count"); }
};

TEST_F(SchedulingStormTest, ABankHolidayThatConcernsEverybodyHoldsUpNobodysEvent) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00"));
  ASSERT_NO_FATAL_FAILURE(FillStore());
  const double before = Commits();
  const absl::Time began = absl::Now();
  EmitBankHolidays();
  ASSERT_TRUE(WaitUntil([&] { return Commits() > before + 500; }, kPatienceWithAll))
      << "it has begun";
  const absl::Time asked = absl::Now();
  EmitInCare(kChild, "2019-03-01");
  const auto opened = service_->AwaitEventOf<Event>(
      kTopicOfScheduling, [](const Event& event) { return event.pep().child_id() == kChild; },
      kPatienceWithAll);
  const absl::Duration took = absl::Now() - asked;
  const double meanwhile = Commits() - before;
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_LT(meanwhile, kChildren) << "the others were not waited for";
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto earliest = store_->EarliestAlarm();
        return earliest.ok() && (!earliest->has_value() || **earliest > Now());
      },
      kPatienceWithAll));
  const double all = Commits() - before;
  EXPECT_GE(all, kChildren) << "and everybody was looked at";
  std::cout << "another child's PEP opened " << absl::FormatDuration(took) << " after its event, "
            << meanwhile << " commits into the storm; all " << kChildren << " had caught up after "
            << absl::FormatDuration(absl::Now() - began) << " and " << all << " commits\n";
}

TEST_F(SchedulingStormTest, AChildOutOfCareIsLeftAsleepByAChangedFact) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EmitCareCeased(kChild, "2025-09-02");
  Settle();
  ASSERT_THAT(EmittedWith(&Event::has_pep_cycle_closed), SizeIs(1));
  const double fired = service_->Metric("pepline_alarms_fired_total");
  EmitBankHolidays();
  Settle();
  EXPECT_EQ(service_->Metric("pepline_alarms_fired_total"), fired + 1) << "the fact's own alone";
}

}  // namespace
}  // namespace pepline::scheduling
