// What an operator runs with pepline-funding itself: check, repair, digest and rebuild.
#include "absl/strings/str_cat.h"
#include "services/funding/storage/codec.h"
#include "shared/redis/redis_nodes.h"
#include "tests/component/funding/funding_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::funding {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class FundingOperationsTest : public FundingTest {
 protected:
  void Live() {
    ASSERT_NO_FATAL_FAILURE(Begin());
    Done(&Stub::ChangeFundLine, Changing(900'000));
    for (int i = 0; i < 5; ++i) requests_.push_back(Submitted());
    Done(&Stub::ApproveFundingRequest, Approving(requests_[0], 20'000));
    Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(requests_[0]), Finance());
    Done(&Stub::ApproveFundingRequest, Approving(requests_[1], 10'000));
    Done(&Stub::DeclineFundingRequest, Declining(requests_[2]));
    Done(&Stub::WithdrawFundingRequest, Of<v1::WithdrawFundingRequestRequest>(requests_[3]));
    Settle();
    operate_.emplace(service_->process());
  }
  OperationRunner::Ended Operate(const std::vector<std::string>& arguments) {
    return operate_->Run(arguments);
  }

  std::vector<v1::FundingRequest> requests_;
  std::optional<OperationRunner> operate_;
};

TEST_F(FundingOperationsTest, CheckFindsExactlyWhatWasBrokenAndRepairMendsIt) {
  ASSERT_NO_FATAL_FAILURE(Live());
  const auto well = Operate({"--check"});
  ASSERT_EQ(well.code, 0) << well.output;
  const std::string id = requests_[0].funding_request_id();
  Commit broken{.partition = PartitionOf(kLine, store_->partitions())};
  broken.index = {{RequestsFor(ChildId(kChild)), id, false},
                  {RequestsFor(ChildId("chd-another0000000000001")), id, true}};
  broken.alarms = {{{"funding-request", id}, absl::Now() + absl::Hours(100'000)}};
  ASSERT_TRUE(store_->Apply(broken).ok());
  const auto found = Operate({"--check"});
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.Lines("index entry missing: funding-request " + id), SizeIs(1)) << found.output;
  EXPECT_THAT(found.Lines("index entry too many: funding-request " + id), SizeIs(1));
  EXPECT_THAT(found.Lines("alarm for nothing: funding-request " + id), SizeIs(1));
  EXPECT_THAT(Operate({"--check", "--repair"}).output, HasSubstr("3 differences, 3 mended"));
  EXPECT_EQ(Operate({"--check"}).code, 0);
}

TEST_F(FundingOperationsTest, AnEmptyRedisIsRebuiltFromTheTopicsAndLifeGoesOn) {
  ASSERT_NO_FATAL_FAILURE(Live());
  const auto before = Operate({"--digest"});
  ASSERT_EQ(before.code, 0) << before.output;
  const v1::FundLine line = FundLine();

  service_->process().Stop();
  RedisNodes redis({.port = service_->redis().port(), .service = "funding"}, nullptr);
  ASSERT_TRUE(WaitUntil([&] { return redis.Call(0, {"FLUSHALL"}).ok(); }, kPatience));
  const auto rebuilt = Operate({"--rebuild"});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.output;
  EXPECT_EQ(rebuilt.Lines("digest "), before.Lines("digest "));
  EXPECT_THAT(rebuilt.Lines("restored without: "), SizeIs(6));
  EXPECT_EQ(Operate({"--check"}).code, 0);

  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  EXPECT_EQ(FundLine().SerializeAsString(), line.SerializeAsString());
  Done(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(requests_[1]), Finance());
  EXPECT_EQ(Refused(&Stub::ReleaseFunding, Of<v1::ReleaseFundingRequest>(requests_[0]), Finance()),
            "ALREADY_RELEASED");
  Done(&Stub::ApproveFundingRequest, Approving(requests_[4], 10'000));
  Submitted();
  EXPECT_FALSE(Emitted().empty());  // without a gap in the numbers
  EXPECT_EQ(Operate({"--check"}).code, 0);
}

}  // namespace
}  // namespace pepline::funding
