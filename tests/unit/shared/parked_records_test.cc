// When parked records are tried again, and how much of one key may be parked.
#include "shared/kafka/reception/parked_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/store/memory_store.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ParkedRecordsTest : public testing::Test {
 protected:
  static InboundRecord Record(std::int64_t offset, const std::string& value = "v") {
    return {.topic = "t",
            .partition = 0,
            .offset = offset,
            .key = "child-1",
            .value = value,
            .headers = {}};
  }
  // The offsets that are tried at this time; none of them is mended.
  std::vector<std::int64_t> Tried(absl::Time at) {
    std::vector<std::int64_t> offsets;
    const ParkedRecords::Hands hands = {.handle =
                                            [&](const InboundRecord& record, bool) {
                                              offsets.push_back(record.offset);
                                              return mended_ ? absl::OkStatus()
                                                             : absl::InternalError("still broken");
                                            },
                                        .give_up = [](const InboundRecord&, bool) {}};
    parked_.TryDue(
        at, [](const KafkaPlace&) { return true; }, hands);
    return offsets;
  }

  MemoryStore store_;
  Metrics metrics_;
  ParkedRecords parked_{store_, metrics_};
  bool mended_ = false;
};

TEST_F(ParkedRecordsTest, AreTriedAfterThirtySecondsAndThenAtGrowingPausesUpToTenMinutes) {
  absl::Time not_before = absl::Now();
  ASSERT_TRUE(parked_.Park(Record(1), absl::InternalError("broken")).ok());
  for (const int seconds : {30, 60, 120, 240, 480, 600, 600}) {
    // What is measured lies between these two, as the clock goes on meanwhile.
    const absl::Time at_latest = absl::Now() + absl::Seconds(seconds);
    EXPECT_THAT(Tried(not_before + absl::Seconds(seconds) - absl::Milliseconds(1)), IsEmpty());
    not_before = absl::Now();
    EXPECT_THAT(Tried(at_latest), ElementsAre(1)) << "after " << seconds << " s";
  }
  mended_ = true;
  ASSERT_TRUE(ParkedRecords::Release(store_, "t/key/child-1").ok());
  parked_.Learn();
  EXPECT_THAT(Tried(absl::Now()), ElementsAre(1)) << "an operator need not wait";
  EXPECT_FALSE((*parked_.Holds(Record(2))).has_value());
}

TEST_F(ParkedRecordsTest, OfOneKeyAreAThousandAndThenItsPartitionWaits) {
  ASSERT_TRUE(parked_.Park(Record(0), absl::InternalError("broken")).ok());
  for (int i = 1; i < ParkedRecords::kMostRecords; ++i) {
    const auto behind = parked_.Append(Record(i));
    ASSERT_TRUE(behind.ok() && *behind) << behind.status();
  }
  const auto one_more = parked_.Append(Record(ParkedRecords::kMostRecords));
  EXPECT_TRUE(absl::IsResourceExhausted(one_more.status())) << one_more.status();
  EXPECT_THAT(one_more.status().message(), HasSubstr("dead-letters parked"));
  // What is parked already is no more than it was.
  const auto again = parked_.Append(Record(5));
  EXPECT_TRUE(again.ok() && *again) << again.status();
  const auto all = *ParkedRecords::ListAll(store_);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().records.records_size(), ParkedRecords::kMostRecords);
  // Once it is mended, all of it goes on in order, and there is room again.
  mended_ = true;
  const std::vector<std::int64_t> tried = Tried(absl::Now() + ParkedRecords::kFirstPause);
  ASSERT_EQ(tried.size(), static_cast<std::size_t>(ParkedRecords::kMostRecords));
  EXPECT_TRUE(std::ranges::is_sorted(tried));
  const auto after = parked_.Append(Record(ParkedRecords::kMostRecords));
  EXPECT_TRUE(after.ok() && !*after) << "nothing is parked that it could wait behind";
}

// The topic has got more partitions, and the key is in another one since.
TEST_F(ParkedRecordsTest, OfTwoPartitionsAreEachHandledOnce) {
  ASSERT_TRUE(parked_.Park(Record(5), absl::InternalError("broken")).ok());
  InboundRecord of_another_partition = Record(5);
  of_another_partition.partition = 1;
  ASSERT_TRUE(*parked_.Append(of_another_partition));
  ASSERT_TRUE(*parked_.Append(Record(6)));
  mended_ = true;
  EXPECT_THAT(Tried(absl::InfiniteFuture()), ElementsAre(5, 5, 6));
  EXPECT_THAT(*ParkedRecords::ListAll(store_), IsEmpty());
}

TEST_F(ParkedRecordsTest, OfOneKeyAreFourMebibytesButTheFirstIsAlwaysTaken) {
  const std::string large(ParkedRecords::kMostBytes + 1, 'x');
  ASSERT_TRUE(parked_.Park(Record(1, large), absl::InternalError("broken")).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(parked_.Append(Record(2)).status()));
}

TEST_F(ParkedRecordsTest, ComeBackWithHeadersWhoseNamesAreNoUtf8) {
  InboundRecord record = Record(1);
  record.headers = {{"ce_type", "t"}, {"Zo\xeb", "\xff"}};
  ASSERT_TRUE(parked_.Park(record, absl::InternalError("broken")).ok());
  ParkedRecords of_another_replica(store_, metrics_);
  of_another_replica.Learn();
  const auto held = of_another_replica.Holds(record);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_TRUE(held->has_value());
  std::map<std::string, std::string> headers;
  of_another_replica.TryDue(absl::InfiniteFuture(), [](const KafkaPlace&) { return true; },
                            {.handle =
                                 [&](const InboundRecord& again, bool) {
                                   headers = again.headers;
                                   return absl::OkStatus();
                                 },
                             .give_up = [](const InboundRecord&, bool) {}});
  EXPECT_EQ(headers, record.headers);
}

}  // namespace
}  // namespace pepline
