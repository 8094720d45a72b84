// Slots, redirects and the map of a Redis Cluster, by the examples of its specification.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "shared/redis/redis_topology.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;

// An answer to CLUSTER SLOTS, as hiredis would hold it.
class Answer {
 public:
  Answer& Range(int first, int last, const char* host, int port) {
    redisReply* owner = Array({host == nullptr ? Nil() : Text(host), Number(port), Text("id")});
    ranges_.push_back(Array({Number(first), Number(last), owner}));
    return *this;
  }
  redisReply& reply() { return *Array(ranges_); }

 private:
  redisReply* Make(int type) {
    made_.push_back(std::make_unique<redisReply>());
    made_.back()->type = type;
    return made_.back().get();
  }
  redisReply* Nil() { return Make(REDIS_REPLY_NIL); }
  redisReply* Number(int number) {
    redisReply* reply = Make(REDIS_REPLY_INTEGER);
    reply->integer = number;
    return reply;
  }
  redisReply* Text(const char* text) {
    redisReply* reply = Make(REDIS_REPLY_STRING);
    reply->str = const_cast<char*>(text);
    reply->len = std::string_view(text).size();
    return reply;
  }
  redisReply* Array(std::vector<redisReply*> elements) {
    redisReply* reply = Make(REDIS_REPLY_ARRAY);
    arrays_.push_back(std::make_unique<std::vector<redisReply*>>(std::move(elements)));
    reply->element = arrays_.back()->data();
    reply->elements = arrays_.back()->size();
    return reply;
  }

  std::vector<std::unique_ptr<redisReply>> made_;
  std::vector<std::unique_ptr<std::vector<redisReply*>>> arrays_;
  std::vector<redisReply*> ranges_;
};

TEST(RedisSlotTest, IsTheRuleOfRedis) {
  EXPECT_EQ(RedisSlot("123456789"), 0x31C3 % 16384);
  EXPECT_EQ(RedisSlot("somekey"), 11058);
  EXPECT_EQ(RedisSlot("foo{hash_tag}"), 2515);
  EXPECT_EQ(RedisSlot("{hash_tag}:other"), 2515);
  EXPECT_EQ(RedisSlot(""), 0);
}

TEST(RedisSlotTest, OnlyTheFirstTagThatIsNotEmptyCounts) {
  EXPECT_EQ(RedisSlot("{user}{other}"), RedisSlot("user"));
  EXPECT_NE(RedisSlot("a{}b"), RedisSlot("c{}b")) << "an empty tag is no tag";
  EXPECT_NE(RedisSlot("a{b"), RedisSlot("c{b")) << "an open tag is no tag";
}

TEST(ParseRedirectTest, ReadsMovedAndAskAndNothingElse) {
  const auto moved = ParseRedirect("MOVED 3999 127.0.0.1:6381", "seed");
  ASSERT_TRUE(moved.has_value());
  EXPECT_FALSE(moved->ask);
  EXPECT_EQ(moved->slot, 3999);
  EXPECT_EQ(moved->to, (RedisAddress{"127.0.0.1", 6381}));
  const auto ask = ParseRedirect("ASK 1 ::1:6381", "seed");
  ASSERT_TRUE(ask.has_value());
  EXPECT_TRUE(ask->ask);
  EXPECT_EQ(ask->to, (RedisAddress{"::1", 6381}));
  EXPECT_EQ(ParseRedirect("MOVED 1 :6381", "seed")->to, (RedisAddress{"seed", 6381}));
  for (const char* other : {"", "ERR no", "MOVED", "MOVED x 1:1", "MOVED 1 host", "ASK 1 h:p"}) {
    EXPECT_FALSE(ParseRedirect(other, "seed").has_value()) << other;
  }
}

TEST(RedisTopologyTest, FindsTheOwnerOfEverySlotThatHasOne) {
  Answer answer;
  answer.Range(0, 99, "a", 1).Range(200, 16383, nullptr, 2);
  auto topology = RedisTopology::Parse(answer.reply(), "seed");
  ASSERT_TRUE(topology.has_value());
  EXPECT_EQ(*topology->Owner(0), (RedisAddress{"a", 1}));
  EXPECT_EQ(*topology->Owner(99), (RedisAddress{"a", 1}));
  EXPECT_EQ(topology->Owner(100), nullptr);
  EXPECT_EQ(topology->Owner(199), nullptr);
  EXPECT_EQ(*topology->Owner(16383), (RedisAddress{"seed", 2}));
  topology->SetOwner(100, {"b", 3});
  EXPECT_EQ(*topology->Owner(100), (RedisAddress{"b", 3}));
  EXPECT_THAT(topology->Owners(),
              ElementsAre(RedisAddress{"a", 1}, RedisAddress{"b", 3}, RedisAddress{"seed", 2}));
}

TEST(RedisTopologyTest, AnAnswerOfAnotherShapeIsNone) {
  redisReply number{};
  number.type = REDIS_REPLY_INTEGER;
  EXPECT_FALSE(RedisTopology::Parse(number, "seed").has_value());
  redisReply* elements[] = {&number};
  redisReply array{};
  array.type = REDIS_REPLY_ARRAY;
  array.element = elements;
  array.elements = 1;
  EXPECT_FALSE(RedisTopology::Parse(array, "seed").has_value());
}

}  // namespace
}  // namespace pepline
