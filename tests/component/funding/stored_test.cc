// What Redis holds beside the states follows from the states: the index rebuilt from the stored
// requests equals the stored one, and nothing waits for an alarm.
#include <hiredis/hiredis.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/funding/codec.h"
#include "tests/component/funding/funding_fixture.h"

namespace pepline::funding {
namespace {

using Members = std::map<std::string, std::set<std::string>>;  // by key

// The answer to one question to Redis, past the store.
std::vector<std::string> AskRedis(int port, const std::vector<std::string>& arguments) {
  std::vector<std::string> answers;
  redisContext* context = redisConnect("127.0.0.1", port);
  EXPECT_TRUE(context != nullptr && context->err == 0);
  std::vector<const char*> texts;
  for (const std::string& argument : arguments) texts.push_back(argument.c_str());
  auto* reply = static_cast<redisReply*>(
      redisCommandArgv(context, static_cast<int>(texts.size()), texts.data(), nullptr));
  EXPECT_NE(reply, nullptr);
  for (std::size_t i = 0; reply != nullptr && i < reply->elements; ++i) {
    answers.emplace_back(reply->element[i]->str, reply->element[i]->len);
  }
  freeReplyObject(reply);
  redisFree(context);
  return answers;
}

class FundingStoredTest : public FundingTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }

  void ExpectStoredEqualsRebuilt(const std::vector<v1::FundingRequest>& requests) {
    Members rebuilt;
    for (const v1::FundingRequest& request : requests) {
      const FundingRequestId id(request.funding_request_id());
      const auto line = LineOf(id);
      ASSERT_TRUE(line.has_value());
      const auto state = Read<FundingCodec>(*store_, TargetOf(id, *line));
      ASSERT_TRUE(state.ok() && state->has_value()) << id.text();
      for (const IndexEntry& entry : FundingRules::Index(**state)) {
        rebuilt[absl::StrFormat("{funding.%02d}:ix:%s:%s",
                                PartitionOf(IdOf(*line).text(), store_->partitions()), entry.name,
                                entry.value)]
            .insert(id.text());
      }
    }
    Members stored;
    const int port = service_->redis().port();
    for (const std::string& key : AskRedis(port, {"KEYS", "{funding.*}:ix:*"})) {
      for (std::string& member : AskRedis(port, {"ZRANGE", key, "0", "-1"})) {
        stored[key].insert(std::move(member));
      }
    }
    EXPECT_FALSE(stored.empty());
    EXPECT_EQ(rebuilt, stored);
    EXPECT_TRUE(AskRedis(port, {"KEYS", "{funding.*}:alarms"}).empty());
  }
};

TEST_F(FundingStoredTest, TheIndexRebuiltFromTheStatesEqualsTheStoredOne) {
  constexpr int kRequests = 6;
  ASSERT_NO_FATAL_FAILURE(Begin());
  Done(&Stub::OpenFundLine, Opening(500'000, "2026-27"));
  std::vector<v1::FundingRequest> requests;
  for (int i = 0; i < kRequests; ++i) {
    SayInCare(ChildOf(i));
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
