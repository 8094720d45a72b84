#include "tests/component/support/stored_records.h"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pepline {
namespace {

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
    EXPECT_NE(reply, nullptr);
    std::vector<std::string> answers;
    for (std::size_t i = 0; reply != nullptr && i < reply->elements; ++i) {
      answers.emplace_back(reply->element[i]->str, reply->element[i]->len);
    }
    freeReplyObject(reply);
    return answers;
  }

 private:
  redisContext* context_;
};

}  // namespace

void StoredRecords::AddOf(const StoredPlace& place, const std::vector<IndexEntry>& entries,
                          std::optional<absl::Time> wake) {
  const std::string tag = absl::StrFormat("{%s.%02d}:", place.service, place.partition);
  for (const IndexEntry& entry : entries) {
    index[absl::StrCat(tag, "ix:", entry.name, ":", entry.value)].insert(place.id);
  }
  if (wake) {
    alarms[absl::StrCat(tag, "alarms ", place.kind, ":", place.id)] = absl::ToUnixMicros(*wake);
  }
}

StoredRecords ReadStored(int redis_port, std::string_view service) {
  StoredRecords stored;
  BareRedis redis(redis_port);
  const std::string tags = "{" + std::string(service) + ".*}:";
  for (const std::string& key : redis.Ask({"KEYS", tags + "ix:*"})) {
    for (std::string& member : redis.Ask({"ZRANGE", key, "0", "-1"})) {
      stored.index[key].insert(std::move(member));
    }
  }
  for (const std::string& key : redis.Ask({"KEYS", tags + "alarms"})) {
    const auto pairs = redis.Ask({"ZRANGE", key, "0", "-1", "WITHSCORES"});
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      stored.alarms[absl::StrCat(key, " ", pairs[i])] = std::stoll(pairs[i + 1]);
    }
  }
  return stored;
}

void ExpectSame(const StoredRecords& rebuilt, const StoredRecords& stored) {
  EXPECT_FALSE(stored.index.empty());
  EXPECT_EQ(rebuilt.index, stored.index);
  EXPECT_EQ(rebuilt.alarms, stored.alarms);
}

}  // namespace pepline
