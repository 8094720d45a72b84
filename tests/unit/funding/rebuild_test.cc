// Folding what was said gives the books again, but for what is never said.
#include "services/funding/rebuild.h"

#include "pepline/funding/v1/funding_events.pb.h"
#include "services/funding/config.h"
#include "services/funding/storage/codec.h"
#include "shared/rpc/request_fields.h"
#include "tests/unit/funding/random_books.h"

namespace pepline::funding {
namespace {

// The topic's records of generated books, one aggregate after the other.
class Topic {
 public:
  template <class Codec, class State, class Event>
  void Emit(const std::string& id, const State& after, const Event& event) {
    common::v1::EventHeader header;
    header.set_aggregate_id("funding/" + std::string(Codec::kKind) + "/" + id);
    header.set_aggregate_version(++versions_[id]);
    *header.mutable_occurred_at() = ToTimestamp(absl::FromUnixSeconds(1'760'000'000));
    header.set_caused_by("registry/child/chd-1:" + std::to_string(versions_[id]));
    const EncodedEvent emitted = Codec::EncodeEvent(after, event, header);
    records.push_back({.topic = kTopic, .key = emitted.key, .value = emitted.value});
  }
  TopicReader Reader() const {
    return [this](const auto&, const auto& receive) {
      for (const InboundRecord& record : records) {
        if (absl::Status received = receive(record); !received.ok()) return received;
      }
      return absl::OkStatus();
    };
  }
  std::vector<InboundRecord> records;

 private:
  std::map<std::string, std::uint64_t> versions_;
};

Topic EmitAll(const Books& books) {
  Topic topic;
  for (std::size_t i = 0; i < kRequests; ++i) {
    FundingState state;
    for (const FundingEvent& event : books.logs[i]) {
      state = FundingRules::Evolve(std::move(state), event);
      topic.Emit<FundingCodec>(state.request->costing.id.text(), state, event);
    }
  }
  FundLineState line;
  for (const FundLineEvent& event : books.line_log) {
    line = FundLineRules::Evolve(std::move(line), event);
    topic.Emit<FundLineCodec>(IdOf(line.line->name).text(), line, event);
  }
  return topic;
}

absl::StatusOr<std::unique_ptr<MemoryStore>> Rebuilt(const Topic& topic) {
  auto memory = std::make_unique<MemoryStore>();
  const SystemClock clock;
  const RebuildRules rules = HowToRebuild();
  const auto rebuild = rules.make(*memory, clock);
  if (absl::Status folded = FoldTopics(rules, topic.Reader(), *rebuild); !folded.ok()) {
    return folded;
  }
  return memory;
}

TEST(FundingRebuilt, BooksFromTheirEventsAreTheBooksButForWhatIsNeverSaid) {
  int compared = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomBooks random(seed);
    for (int step = 0; step < kSteps; ++step) random.Step();
    auto memory = Rebuilt(EmitAll(random.books));
    ASSERT_TRUE(memory.ok()) << memory.status();
    for (std::size_t i = 0; i < kRequests; ++i) {
      const auto& request = random.books.requests[i];
      if (!request) continue;
      auto state =
          Read<FundingCodec>(**memory, TargetOf(request->costing.id, request->costing.line));
      ASSERT_TRUE(state.ok() && state->has_value()) << state.status();
      EXPECT_EQ(FundingCodec::PublishedFieldsOnly(**state).request,
                FundingCodec::PublishedFieldsOnly({request, std::nullopt}).request);
      EXPECT_EQ(FundLineCodec::PublishedFieldsOnly({(*state)->line}),
                FundLineCodec::PublishedFieldsOnly({random.books.line}));
      EXPECT_EQ(FundingRules::Index(**state), FundingRules::Index({request, std::nullopt}));
      ++compared;
    }
  }
  EXPECT_GT(compared, 100) << "the books are too empty to tell";
}

TEST(FundingRebuilt, AnEventTwiceOnTheTopicCountsOnceAndAMissingOneIsNamed) {
  RandomBooks random(1);
  for (int step = 0; step < kSteps; ++step) random.Step();
  Topic topic = EmitAll(random.books);
  Topic twice = topic;
  twice.records.insert(twice.records.end(), topic.records.begin(), topic.records.end());
  auto once = Rebuilt(topic);
  auto again = Rebuilt(twice);
  ASSERT_TRUE(once.ok() && again.ok());
  const Target line = TargetOf(Line());
  const int partition = PartitionOf(line.routing_id, (*once)->partitions());
  EXPECT_EQ((*once)->Load(partition, line.keys, "")->records,
            (*again)->Load(partition, line.keys, "")->records);

  topic.records.erase(topic.records.begin());
  const auto gap = Rebuilt(topic);
  EXPECT_TRUE(absl::IsFailedPrecondition(gap.status())) << gap.status();
  EXPECT_NE(gap.status().message().find("and not event 1"), std::string::npos) << gap.status();
}

TEST(FundingRebuilt, WhatCausedAnEventIsAMark) {
  RandomBooks random(1);
  for (int step = 0; step < kSteps; ++step) random.Step();
  auto memory = Rebuilt(EmitAll(random.books));
  ASSERT_TRUE(memory.ok()) << memory.status();
  const Target line = TargetOf(Line());
  auto loaded =
      (*memory)->Load(PartitionOf(line.routing_id, (*memory)->partitions()), line.keys, "");
  runtime::v1::AggregateRecord record;
  ASSERT_TRUE(record.ParseFromString(loaded->records.front()->bytes));
  EXPECT_EQ(record.events_said(), random.books.line_log.size());
  EXPECT_EQ(record.marks().at("registry/child/chd-1"), random.books.line_log.size());
}

}  // namespace
}  // namespace pepline::funding
