// What Redis holds beside the states follows from the states: the index and the alarms rebuilt from
// the stored requests and fund lines equal the stored ones.
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/funding/storage/codec.h"
#include "tests/component/funding/funding_fixture.h"
#include "tests/component/support/stored_records.h"

namespace pepline::funding {
namespace {

class FundingStoredTest : public FundingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }

  void ExpectStoredEqualsRebuilt(const std::vector<v1::FundingRequest>& requests) {
    StoredRecords rebuilt;
    std::set<std::string> lines;
    for (const v1::FundingRequest& request : requests) {
      const FundingRequestId id(request.funding_request_id());
      const auto line = LineOf(id);
      ASSERT_TRUE(line.has_value());
      const auto state = Read<FundingCodec>(*store_, TargetOf(id, *line));
      ASSERT_TRUE(state.ok() && state->has_value()) << id.text();
      const int partition = PartitionOf(IdOf(*line).text(), store_->partitions());
      rebuilt.AddOf({"funding", partition, "funding-request", id.text()},
                    FundingRules::Index(**state), FundingRules::NextWake(**state, {}));
      const std::string line_id = IdOf(*line).text();
      if (!lines.insert(line_id).second) continue;
      const auto held = Read<FundLineCodec>(*store_, TargetOf(*line));
      ASSERT_TRUE(held.ok() && held->has_value()) << line_id;
      rebuilt.AddOf({"funding", partition, "", line_id}, FundLineRules::Index(**held),
                    std::nullopt);
    }
    const StoredRecords stored = ReadStored(service_->redis().port(), "funding");
    ExpectSame(rebuilt, stored);
    EXPECT_FALSE(stored.alarms.empty()) << "of those that are to be decided, or released";
  }
};

TEST_F(FundingStoredTest, TheIndexRebuiltFromTheStatesEqualsTheStoredOne) {
  constexpr int kRequests = 6;
  ASSERT_NO_FATAL_FAILURE(Begin());
  Done(&Stub::OpenFundLine, Opening(500'000, "2026-27"));
  std::vector<v1::FundingRequest> requests;
  for (int i = 0; i < kRequests; ++i) {
    EmitInCare(ChildOf(i));
    Settle();
    auto draft = Tutoring(ChildOf(i));
    if (i % 2 == 1) {
      draft.set_fund_line_id("931.2026-27");
      draft.set_start_on("2026-04-20");
      draft.set_end_on("2026-07-17");
    }
    requests.push_back(Submitted(draft));
  }
  ExpectStoredEqualsRebuilt(requests);
  Done(&Stub::ApproveFundingRequest, Approving(requests[0], 100));
  Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(requests[0]), Finance());
  Done(&Stub::ApproveFundingRequest, Approving(requests[1], 100));
  Done(&Stub::DeclineFundingRequest, Declining(requests[2]));
  Done(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(requests[3]));
  ExpectStoredEqualsRebuilt(requests);
}

}  // namespace
}  // namespace pepline::funding
