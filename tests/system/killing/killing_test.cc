// An autumn term in which somebody kills a random process of the stack with SIGKILL about every
// second: services, Redis, the broker, the mail server. At the end the checker, a program of its
// own that reads the topics and the mails from the outside, finds every promise kept.
// PEPLINE_KILLS says how many kills (100 when it is not set).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/system/killing/group_offsets.h"
#include "tests/system/killing/school_work.h"
#include "tests/system/support/system_stack.h"
#include "tools/client/text_forms.h"
#include "tools/story/performer.h"
#include "tools/story/settling.h"

namespace pepline {
namespace {

constexpr absl::Duration kBetweenKills = absl::Milliseconds(1000);
constexpr absl::Duration kRestBound = absl::Seconds(240);
constexpr int kWorkers = 6;
constexpr int kCopies = 3;  // of the demo's children, each under its own id
const absl::CivilSecond kStart(2025, 9, 1, 7, 0, 0);
const absl::CivilSecond kEnd(2026, 1, 9, 18, 0, 0);

int KillsWanted() {
  const char* wanted = std::getenv("PEPLINE_KILLS");
  int kills = 100;
  if (wanted != nullptr && !absl::SimpleAtoi(wanted, &kills)) kills = 100;
  return kills;
}

// Who is killed next. The broker seldom: it takes some seconds to come back, and it is to be up
// most of the time, or nothing else would be tested.
std::string Victim(std::mt19937& random, bool has_kafka) {
  static const std::vector<std::pair<std::string, int>> kShares = {
      {"registry", 12},      {"scheduling", 20}, {"assessments", 14}, {"funding", 8},
      {"notifications", 20}, {"redis", 16},      {"smtp", 6},         {"kafka", 4}};
  int all = 0;
  for (const auto& [name, share] : kShares) all += has_kafka || name != "kafka" ? share : 0;
  int drawn = std::uniform_int_distribution<>(0, all - 1)(random);
  for (const auto& [name, share] : kShares) {
    if (!has_kafka && name == "kafka") continue;
    if (drawn < share) return name;
    drawn -= share;
  }
  return "scheduling";
}

class KillingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stack = StartSystemStack(folder_.path(), absl::FromCivil(kStart, client::London()));
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = *std::move(stack);
    auto caller = client::Caller::Create({.stack_folder = stack_->folder(), .attempts = 8});
    ASSERT_TRUE(caller.ok()) << caller.status();
    caller_ = *std::move(caller);
    people_ = std::make_unique<story::People>(*caller_);
    auto follower = story::TopicFollower::Start(stack_->bootstrap());
    ASSERT_TRUE(follower.ok()) << follower.status();
    follower_ = *std::move(follower);
    auto settling = story::Settling::Create(*stack_, *follower_);
    ASSERT_TRUE(settling.ok()) << settling.status();
    settling_ = *std::move(settling);
  }

  // The demo's children several times over.
  std::string ManyChildren() {
    const std::string path = absl::StrCat(folder_.path(), "/children.csv");
    std::ifstream given(absl::StrCat(SourceFolder(), "/tools/demo/data/children.csv"));
    std::ofstream many(path);
    std::string line;
    std::getline(given, line);
    many << line << "\n";
    while (std::getline(given, line)) {
      std::vector<std::string> cells = absl::StrSplit(line, ',');
      const std::string own_id = cells[0];
      for (int copy = 0; copy < kCopies; ++copy) {
        cells[0] = absl::StrCat(own_id, "-", copy);
        if (copy > 0) cells[4].clear();  // a UPN is one child's alone
        many << absl::StrJoin(cells, ",") << "\n";
      }
    }
    return path;
  }

  void ImportEverything() {
    story::Performer performer(*caller_, *people_);
    using registry::v1::ImportKind;
    const std::string data = absl::StrCat(SourceFolder(), "/deploy/data/");
    for (const auto& [kind, path] : std::vector<std::pair<ImportKind, std::string>>{
             {registry::v1::IMPORT_KIND_BANK_HOLIDAYS, data + "bank-holidays.json"},
             {registry::v1::IMPORT_KIND_TERM_DATES, data + "oxfordshire-term-dates.csv"},
             {registry::v1::IMPORT_KIND_POLICY, data + "oxfordshire-policy.yaml"},
             {registry::v1::IMPORT_KIND_SCHOOLS, data + "oxfordshire-schools.csv"},
             {registry::v1::IMPORT_KIND_STAFF,
              absl::StrCat(SourceFolder(), "/tools/demo/data/staff.csv")},
             {registry::v1::IMPORT_KIND_CHILDREN, ManyChildren()}}) {
      const absl::Status done =
          performer.Perform({.at = kStart, .child = "", .deed = story::ImportFile{kind, path}});
      ASSERT_TRUE(done.ok()) << path << ": " << done;
    }
  }

  std::vector<std::string> ChildIds() {
    std::vector<std::string> ids;
    registry::v1::ListChildrenRequest request;
    request.set_authority_code(story::kAuthority);
    request.set_page_size(1000);
    registry::v1::ListChildrenResponse page;
    do {
      const grpc::Status status = caller_->Call(request, page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const auto& child : page.children()) ids.push_back(child.child_id());
      request.set_page_token(page.next_page_token());
    } while (!page.next_page_token().empty());
    return ids;
  }

  // Everything said has been read by everybody, and nothing is due or untold. Twice, since what was
  // read last may have brought new work about.
  std::string WhoIsBehind() {
    for (int look = 0; look < 2; ++look) {
      if (std::string waiting = settling_->WaitingInStores(); !waiting.empty()) return waiting;
      for (const std::string& service : stack_->Services()) {
        std::vector<std::string> topics;
        for (const auto& reader : settling_->readers()) {
          if (reader.service == service) topics.push_back(reader.topic);
        }
        if (topics.empty()) continue;
        const auto behind =
            RecordsBehind(stack_->bootstrap(), absl::StrCat("pepline.", service), topics);
        if (!behind.ok()) return std::string(behind.status().message());
        if (*behind > 0) return absl::StrCat(service, " is ", *behind, " records behind");
      }
    }
    return "";
  }
  void AwaitRest() {
    std::string waiting;
    ASSERT_TRUE(WaitUntil([&] { return (waiting = WhoIsBehind()).empty(); }, kRestBound))
        << waiting << "; see the logs in " << stack_->folder();
  }

  void MoveClock(absl::Time to) {
    const absl::Status moved = stack_->clock()->Set(std::max(to, stack_->clock()->Now()));
    ASSERT_TRUE(moved.ok()) << moved;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Stack> stack_;
  std::unique_ptr<client::Caller> caller_;
  std::unique_ptr<story::People> people_;
  std::unique_ptr<story::TopicFollower> follower_;
  std::unique_ptr<story::Settling> settling_;
};

TEST_F(KillingTest, NothingIsLostDoubledEarlyOrMissingWhateverIsKilled) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  const std::vector<std::string> children = ChildIds();
  ASSERT_GE(children.size(), 100u);

  const int wanted = KillsWanted();
  const std::vector<std::string> names = stack_->Names();
  const bool has_kafka = std::find(names.begin(), names.end(), "kafka") != names.end();
  const absl::Time start = absl::FromCivil(kStart, client::London());
  const absl::Time end = absl::FromCivil(kEnd, client::London());
  absl::Notification over;

  SchoolWork work(*caller_, *stack_->clock(), children);
  work.Start(kWorkers);
  // The term passes evenly while the killing goes on.
  std::thread days([&] {
    const absl::Time began = absl::Now();
    const double last = absl::ToDoubleSeconds(kBetweenKills) * wanted;
    while (!over.WaitForNotificationWithTimeout(absl::Milliseconds(20))) {
      const double share = std::min(1.0, absl::ToDoubleSeconds(absl::Now() - began) / last);
      MoveClock(start + share * (end - start));
    }
  });
  std::mt19937 random(2025);
  std::map<std::string, int> killed;
  for (int kills = 0; kills < wanted; ++kills) {
    const std::string victim = Victim(random, has_kafka);
    absl::Status back = stack_->Kill(victim);
    back.Update(stack_->Restart(victim));
    EXPECT_TRUE(back.ok()) << victim << ": " << back;
    ++killed[victim];
    over.WaitForNotificationWithTimeout(kBetweenKills);
  }
  const absl::Status ready = stack_->WaitReady(absl::Seconds(120));
  EXPECT_TRUE(ready.ok()) << ready;
  work.Stop();
  over.Notify();
  days.join();
  EXPECT_THAT(work.surprises(), testing::IsEmpty());

  MoveClock(end + absl::Hours(24));
  ASSERT_NO_FATAL_FAILURE(AwaitRest());

  std::cout << "Killed and started again:";
  for (const auto& [name, times] : killed) std::cout << "  " << name << " " << times;
  std::cout << "\n" << std::flush;
  const std::string commands = absl::StrCat(folder_.path(), "/commands.jsonl");
  ASSERT_TRUE(work.WriteCommands(commands).ok());
  EXPECT_EQ(RunChecker(*stack_, commands), 0) << "the checker's lines above say which promise";
}

}  // namespace
}  // namespace pepline
