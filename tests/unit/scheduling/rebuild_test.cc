// Folding what was emitted gives the state again, but for what is never emitted.
#include "services/scheduling/rebuild.h"

#include <iterator>

#include "pepline/scheduling/storage/v1/plan.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/engine/envelopes.h"
#include "shared/rpc/request_fields.h"
#include "tests/unit/scheduling/plan_lives.h"

namespace pepline::scheduling {
namespace {

ChildFacts KnownAt(const Life& life, absl::Time at) {
  const auto later = life.known.upper_bound(at);
  return later == life.known.begin() ? later->second : std::prev(later)->second;
}

v1::SchedulingEvent Emit(const PlanState& after, const PlanEvent& event, absl::Time at) {
  common::v1::EventHeader header;
  *header.mutable_occurred_at() = ToTimestamp(at);
  v1::SchedulingEvent emitted;
  EXPECT_TRUE(emitted.ParseFromString(PlanCodec::EncodeEvent(after, event, header).value));
  return emitted;
}

// What is stored of a plan, field by field, so that a difference can be read.
std::string Text(const PlanState& state) {
  storage::v1::Plan plan;
  EXPECT_TRUE(plan.ParseFromString(PlanCodec::Encode(state).front()));
  return plan.DebugString();
}

class PlanRebuilt : public testing::TestWithParam<unsigned> {};

TEST_P(PlanRebuilt, FromItsEventsIsTheStateButForWhatIsNeverSaid) {
  std::size_t folded = 0;
  for (unsigned seed = GetParam(); seed < GetParam() + 100; ++seed) {
    SCOPED_TRACE(seed);
    const Life life = RandomLife(seed);
    PlanState state;
    PlanState rebuilt;
    for (const auto& [at, event] : life.story.log) {
      state = Plan::Evolve(std::move(state), event);
      const auto emitted = Emit(state, event, at);
      auto decoded = PlanCodec::DecodeEvent(rebuilt, KnownAt(life, at), emitted);
      ASSERT_TRUE(decoded.ok()) << emitted.ShortDebugString();
      ASSERT_EQ(decoded->index(), event.index());
      rebuilt = Plan::Evolve(std::move(rebuilt), *decoded);
      // Said once more, it is the same event again.
      EXPECT_EQ(Emit(rebuilt, *decoded, at).SerializeAsString(), emitted.SerializeAsString());
      ++folded;
    }
    ASSERT_EQ(Text(PlanCodec::PublishedFieldsOnly(rebuilt)),
              Text(PlanCodec::PublishedFieldsOnly(state)));
    ASSERT_EQ(PlanCodec::PublishedFieldsOnly(rebuilt), PlanCodec::PublishedFieldsOnly(state));
    EXPECT_EQ(Plan::Index(rebuilt), Plan::Index(state));
    EXPECT_EQ(Plan::NextWake(rebuilt, life.story.facts), Plan::NextWake(state, life.story.facts));
  }
  EXPECT_GT(folded, 2000u) << "the dice no longer make lives worth looking at";
}

TEST(PlanRebuilt, KnowsWhatWasPutRight) {
  Life life;
  Story& story = life.story;
  const auto know = [&] { life.known[story.facts.now] = *story.facts.child; };
  story.InCareSince("2025-08-22");
  know();
  story.Until("2025-09-09 09:00").MovesTo("654321", "2025-09-08");
  know();
  story.Until("2025-09-10 09:00").CareStartCorrected("2025-08-29");
  know();
  story.Until("2025-09-11 09:00").SchoolCorrected("123456", std::nullopt);
  know();
  PlanState rebuilt;
  PlanState state;
  for (const auto& [at, event] : story.log) {
    state = Plan::Evolve(std::move(state), event);
    auto decoded = PlanCodec::DecodeEvent(rebuilt, KnownAt(life, at), Emit(state, event, at));
    ASSERT_TRUE(decoded.ok());
    rebuilt = Plan::Evolve(std::move(rebuilt), *decoded);
  }
  EXPECT_EQ(PlanCodec::PublishedFieldsOnly(rebuilt), PlanCodec::PublishedFieldsOnly(story.state));
  EXPECT_EQ(rebuilt.cycle->care_started_on, Day("2025-08-29"));
  EXPECT_EQ(rebuilt.cycle->moved_on, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PlanRebuilt, testing::Values(0u, 100u, 200u));

TEST(PlanRebuilt, AnEventThatCannotBeReadIsRefused) {
  EXPECT_FALSE(PlanCodec::DecodeEvent({}, {}, v1::SchedulingEvent()).ok());
  v1::SchedulingEvent emitted;
  emitted.mutable_deadline_missed()->mutable_deadline()->set_rule_id("no-such-rule");
  EXPECT_TRUE(absl::IsInvalidArgument(PlanCodec::DecodeEvent({}, {}, emitted).status()));
}

// What is written in an ePEP is in no event; but the next one must have the next number.
TEST(EpepRebuilt, CountsItsEventsAndHoldsNothing) {
  MemoryStore memory;
  const FakeClock clock(absl::FromUnixSeconds(1'760'000'000));
  const auto rebuild = HowToRebuild().make(memory, clock);
  const EpepState epep{ChildId("chd-1"), PepId("chd-1.2")};
  const PlanOwner owner{ChildId("chd-1"), AuthorityCode("931"), SchoolUrn("123456")};
  common::v1::EventHeader header;
  header.set_aggregate_id("scheduling/epep/chd-1.2");
  *header.mutable_occurred_at() = ToTimestamp(clock.Now());
  const auto receive = [&](const EpepEvent& event, std::uint64_t version) {
    header.set_aggregate_version(version);
    return rebuild->Receive({.topic = "pepline.scheduling.events.v1",
                             .key = "chd-1",
                             .value = EpepCodec::EncodeEvent(epep, event, header).value});
  };
  const EpepSectionCompleted completed{{"needs-and-support", clock.Now(), owner, 1, 3}};
  const EpepSectionReopened reopened{{"needs-and-support", clock.Now(), owner, 0, 3}};
  EXPECT_TRUE(receive(completed, 1).ok());
  EXPECT_TRUE(receive(completed, 1).ok()) << "once more";
  EXPECT_TRUE(absl::IsDataLoss(receive(completed, 3))) << "one is missing";
  EXPECT_TRUE(receive(reopened, 2).ok());
  ASSERT_TRUE(rebuild->Finish().ok());
  const auto kept =
      LoadEnvelopes(memory, PartitionOf("chd-1", memory.partitions()), {EpepOf(PepId("chd-1.2"))});
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->front().record.events_said(), 2u);
  EXPECT_EQ(kept->front().record.state(), "");
}

TEST(PlanRebuilt, SaysWhatIsLost) {
  const RebuildRules rules = HowToRebuild();
  EXPECT_EQ(rules.topics.back(), "pepline.scheduling.events.v1");
  EXPECT_FALSE(rules.without.empty());
}

}  // namespace
}  // namespace pepline::scheduling
