// What Redis holds beside the states follows from the states: index and alarms, rebuilt from the
// stored SDQs, equal the stored ones. And what happens at the same moment agrees afterwards.
#include <hiredis/hiredis.h>

#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/assessments/codec.h"
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
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

class AssessmentsStoredTest : public AssessmentsTest {
 protected:
  static std::string ChildOf(int number) { return absl::StrFormat("chd-keep%016d", number); }
  static std::string SdqOf(int number, const char* informant = "teacher") {
    return absl::StrCat(ChildOf(number), ".1.pep.", informant);
  }
  void ExpectStoredEqualsRebuilt() {
    Settle();
    Members rebuilt, stored;
    Alarms rebuilt_alarms, stored_alarms;
    for (const std::string& id : Listed({})) {
      const auto key = ParseSdqId(id);
      ASSERT_TRUE(key.has_value());
      const auto state = Read<SdqCodec>(*store_, TargetOf(*key));
      ASSERT_TRUE(state.ok() && state->has_value());
      const std::string tag = absl::StrFormat("{assessments.%02d}:",
                                              PartitionOf(key->child.text(), store_->partitions()));
      for (const IndexEntry& entry : Sdq::Index(**state)) {
        rebuilt[absl::StrCat(tag, "ix:", entry.name, ":", entry.value)].insert(id);
      }
      if (auto wake = Sdq::NextWake(**state, {service_->clock().Now()})) {
        rebuilt_alarms[absl::StrCat(tag, "alarms sdq:", id)] = absl::ToUnixMicros(*wake);
      }
    }
    BareRedis redis(service_->redis().port());
    for (const std::string& key : redis.Ask({"KEYS", "{assessments.*}:ix:*"})) {
      for (std::string& member : redis.Ask({"ZRANGE", key, "0", "-1"})) {
        stored[key].insert(std::move(member));
      }
    }
    for (const std::string& key : redis.Ask({"KEYS", "{assessments.*}:alarms"})) {
      const auto pairs = redis.Ask({"ZRANGE", key, "0", "-1", "WITHSCORES"});
      for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        stored_alarms[absl::StrCat(key, " ", pairs[i])] = std::stoll(pairs[i + 1]);
      }
    }
    EXPECT_FALSE(stored.empty());
    EXPECT_EQ(rebuilt, stored);
    EXPECT_EQ(rebuilt_alarms, stored_alarms);
  }
};

TEST_F(AssessmentsStoredTest, IndexAndAlarmsRebuiltFromTheStatesEqualTheStoredOnes) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  for (int i = 0; i < 8; ++i) {
    SayInCare(ChildOf(i));
    SayPepOpened(ChildOf(i));
    if (i < 6) SayMeeting("2025-09-16", ChildOf(i));
  }
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());

  Send(&Stub::MarkSdqSent, Sending(SdqOf(0)));
  Send(&Stub::RecordSdqAnswers, Answering(kAllNought, SdqOf(1)));
  Send(&Stub::ReviewSdq, Reviewing("", SdqOf(1)));
  Send(&Stub::RecordSdqAnswers, Answering("00-0000-0000-000000000000", SdqOf(2)));
  Send(&Stub::RecordSdqNotObtained, NotObtaining(v1::SDQ_NOT_OBTAINED_REASON_SDQ5, SdqOf(3)));
  SayMeetingCancelled(ChildOf(4));
  SayMeetingMoved("2025-09-25", ChildOf(5));
  auto carers = Requesting(v1::SDQ_INFORMANT_CARER);
  carers.set_child_id(ChildOf(5));
  Send(&Stub::RequestSdq, carers);
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());

  MoveClockTo("2025-09-17 09:00");
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());
  SayPepClosed(ChildOf(0));
  SayPepOpened(ChildOf(0), 2);
  Send(&Stub::RecordSdqScores, Scoring(12, SdqOf(2)));
  ASSERT_NO_FATAL_FAILURE(ExpectStoredEqualsRebuilt());
  EXPECT_EQ(Listed({}).size(), 10u);
}

TEST_F(AssessmentsStoredTest, ACommandAndTheNewsOfAMovedMeetingNeverPassEachOtherUnseen) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  constexpr int kChildren = 40;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  for (int i = 0; i < kChildren; ++i) {
    SayInCare(ChildOf(i));
    SayPepOpened(ChildOf(i));
    contexts.push_back(service_->Context(VirtualSchool(), absl::Seconds(30)));
  }
  Settle();
  std::vector<grpc::Status> statuses(kChildren);
  std::thread caller([&] {
    for (int i = 0; i < kChildren; ++i) {
      auto request = Requesting(v1::SDQ_INFORMANT_CARER);
      request.set_child_id(ChildOf(i));
      request.set_request_id(absl::StrCat("at-the-same-moment-", i));
      v1::RequestSdqResponse response;
      const auto at = static_cast<std::size_t>(i);
      statuses[at] = stub_->RequestSdq(contexts[at].get(), request, &response);
    }
  });
  for (int i = 0; i < kChildren; ++i) SayMeeting("2025-09-16", ChildOf(i));
  caller.join();
  Settle();
  for (int i = 0; i < kChildren; ++i) {
    EXPECT_TRUE(statuses[static_cast<std::size_t>(i)].ok());
    for (const char* informant : {"teacher", "carer"}) {
      EXPECT_EQ(FromTimestamp(Content(SdqOf(i, informant)).sdq().required_by()),
                EndOf("2025-09-16"))
          << informant << " " << i;
    }
  }
}

}  // namespace
}  // namespace pepline::assessments
