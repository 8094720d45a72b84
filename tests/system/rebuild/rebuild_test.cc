// Redis is lost in the middle of a term: scheduling and funding are stopped, what they had stored
// is wiped, both are made again from the topics as the handbook says, and the term goes on. At the
// end the checker finds every promise kept, before and after. Then the same again with many more
// children, for the number of events a second.
#include <gmock/gmock.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "tests/system/killing/term_fixture.h"
#include "tests/system/rebuild/many_more.h"
#include "tools/story/runner.h"

namespace pepline {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::Not;

constexpr absl::CivilSecond kMiddle{2025, 10, 20, 18, 0, 0};
constexpr absl::Duration kHalfLasts = absl::Seconds(8);
constexpr absl::Duration kReadyBound = absl::Seconds(60);
constexpr int kWorkers = 6;
constexpr std::int64_t kPence = 45'000;
constexpr char kApproved[] = "C-001-0", kWaiting[] = "C-002-0";
// Of every child, so that there are over 100,000 events.
constexpr int kCopies = 60;

std::vector<std::string> DigestLines(const std::string& output) {
  std::vector<std::string> lines = absl::StrSplit(output, '\n');
  std::erase_if(lines, [](const std::string& line) { return !absl::StartsWith(line, "digest "); });
  return lines;
}

class RebuildTest : public TermTest {
 protected:
  void WorkUntil(absl::CivilSecond until, SchoolWork& work) {
    WhileTimePasses(until, kHalfLasts, [&] {
      absl::Notification never;
      work.Start();
      never.WaitForNotificationWithTimeout(kHalfLasts);
      work.Stop();
    });
  }
  void Do(const std::string& own_id, story::Action action) {
    const absl::CivilSecond now = absl::ToCivilSecond(stack_->clock()->Now(), London());
    const absl::Status done =
        runner_->Run({.at = now, .child = own_id, .action = std::move(action)});
    EXPECT_TRUE(done.ok()) << done;
  }
  // Money for funding to remember: a request that is approved, and one that waits.
  void AskForMoney() {
    runner_ = std::make_unique<story::Runner>(*caller_, *people_);
    const absl::Status known = people_->Refresh();
    ASSERT_TRUE(known.ok()) << known;
    Do("", story::OpenFundLine{"2025-26", 1'000'000});
    for (const char* child : {kApproved, kWaiting}) {
      Do(child, story::AskForFunding{kPence, "one to one tuition"});
    }
    Do(kApproved, story::ApproveFunding{kPence});
  }
  Ended Pepctl(const std::string& operation, const std::string& service) {
    return RunProgram({"pepctl", operation, service, "--stack", stack_->folder()});
  }
  // All that the service has in its Redis. The stack's Redis is that of the other services too.
  void Wipe(const std::string& service) {
    redisContext* context = redisConnect("127.0.0.1", stack_->redis().port());
    for (const std::string& pattern :
         {absl::StrCat("{", service, ".*"), absl::StrCat("{", service, "}:*")}) {
      auto* reply = static_cast<redisReply*>(
          redisCommand(context, "EVAL %s 0 %s",
                       "local n = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do "
                       "n = n + redis.call('DEL', key) end return n",
                       pattern.c_str()));
      ASSERT_NE(reply, nullptr);
      EXPECT_EQ(reply->type, REDIS_REPLY_INTEGER) << (reply->str == nullptr ? "" : reply->str);
      freeReplyObject(reply);
    }
    redisFree(context);
  }
  // Steps 1 to 6 of the handbook.
  void RebuildAsTheHandbookSays(const std::string& service) {
    ASSERT_EQ(stack_->service(service).Stop(), 0);
    const Ended before = Pepctl("digest", service);
    EXPECT_THAT(DigestLines(before.output), Not(IsEmpty()));
    ASSERT_NO_FATAL_FAILURE(Wipe(service));
    const Ended rebuilt = Pepctl("rebuild", service);
    ASSERT_EQ(rebuilt.code, 0) << rebuilt.output;
    EXPECT_THAT(DigestLines(rebuilt.output), ElementsAreArray(DigestLines(before.output)));
    ASSERT_TRUE(stack_->Restart(service).ok());
    const absl::Status ready = stack_->service(service).WaitReady(kReadyBound);
    ASSERT_TRUE(ready.ok()) << ready;
  }
  // Everything about many more children; nobody serves meanwhile.
  void RebuildManyMore() {
    for (const std::string& service : stack_->Services()) stack_->service(service).Stop();
    const absl::Status emitted = EmitManyMore(
        stack_->bootstrap(), {story::TopicOf("registry"), story::TopicOf("scheduling")}, kCopies);
    ASSERT_TRUE(emitted.ok()) << emitted;
    const int plans = PlansIn(Pepctl("digest", "scheduling").output);
    EXPECT_GE(plans, 100);
    ASSERT_NO_FATAL_FAILURE(Wipe("scheduling"));
    const Ended rebuilt = Pepctl("rebuild", "scheduling");
    ASSERT_EQ(rebuilt.code, 0) << rebuilt.output;
    EXPECT_EQ(PlansIn(rebuilt.output), plans * (kCopies + 1));
    EXPECT_EQ(Pepctl("check", "scheduling").code, 0);
  }
  // As "digest scheduling plan 111 <sha-256>" says.
  static int PlansIn(const std::string& output) {
    int plans = 0;
    for (const std::string& line : DigestLines(output)) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      if (words.size() == 5 && words[2] == "plan" && absl::SimpleAtoi(words[3], &plans)) break;
    }
    return plans;
  }

  std::unique_ptr<story::Runner> runner_;
};

TEST_F(RebuildTest, WhatRedisLostComesBackFromTheTopicsAndTheTermGoesOn) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  const std::vector<std::string> children = ChildIds();
  ASSERT_GE(children.size(), 100u);
  SchoolWork work(*caller_, *stack_->clock(), children, kWorkers);
  WorkUntil(kMiddle, work);
  ASSERT_NO_FATAL_FAILURE(AskForMoney());
  ASSERT_NO_FATAL_FAILURE(AwaitRest());

  ASSERT_NO_FATAL_FAILURE(RebuildAsTheHandbookSays("scheduling"));
  ASSERT_NO_FATAL_FAILURE(RebuildAsTheHandbookSays("funding"));
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  for (const char* service : {"scheduling", "funding"}) {
    EXPECT_EQ(Pepctl("check", service).code, 0);
  }

  // Work goes on, and is checked together with what was before.
  Do(kApproved, story::ReleaseFunding{});
  Do(kWaiting, story::ApproveFunding{kPence});
  const auto acknowledged = [&work] {
    return std::ranges::count(work.Commands(), true, &SentCommand::acknowledged);
  };
  const auto before = acknowledged();
  WorkUntil(kEnd, work);
  EXPECT_GT(acknowledged(), before);
  ASSERT_NO_FATAL_FAILURE(ExpectPromisesKept({&work}));

  const std::vector<std::string> names = stack_->Names();
  if (std::ranges::find(names, "kafka") == names.end()) {
    std::cout << "*** NOT with many more children: the development broker forgets the oldest "
                 "records of a flood ***\n";
    return;
  }
  RebuildManyMore();
}

}  // namespace
}  // namespace pepline
