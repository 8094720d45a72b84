#include "tests/system/killing/term_fixture.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "tests/system/killing/group_offsets.h"
#include "tools/stack/environment.h"

namespace pepline {
namespace {

constexpr absl::Duration kRestBound = absl::Seconds(240);
constexpr int kCopies = 3;  // of the demo's children, each under its own id

}  // namespace

void TermTest::SetUp() {
  StackOptions options = Options();
  options.folder = folder_.path();
  options.simulated_start = absl::FromCivil(Start(), London());
  options.tls = true;  // as in production
  auto stack = StartSystemStack(std::move(options));
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

std::string TermTest::ChildrenFile() {
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

void TermTest::Import(registry::v1::ImportKind kind, const std::string& path) {
  story::Runner runner(*caller_, *people_);
  const absl::CivilSecond now = absl::ToCivilSecond(stack_->clock()->Now(), London());
  const absl::Status done =
      runner.Run({.at = now, .child = "", .action = story::ImportFile{kind, path}});
  ASSERT_TRUE(done.ok()) << path << ": " << done;
}

void TermTest::ImportEverything() {
  using registry::v1::ImportKind;
  const std::string data = absl::StrCat(SourceFolder(), "/deploy/data/");
  for (const auto& [kind, path] : std::vector<std::pair<ImportKind, std::string>>{
           {registry::v1::IMPORT_KIND_BANK_HOLIDAYS, data + "bank-holidays.json"},
           {registry::v1::IMPORT_KIND_TERM_DATES, data + "oxfordshire-term-dates.csv"},
           {registry::v1::IMPORT_KIND_POLICY, data + "oxfordshire-policy.yaml"},
           {registry::v1::IMPORT_KIND_SCHOOLS, data + "oxfordshire-schools.csv"},
           {registry::v1::IMPORT_KIND_STAFF,
            absl::StrCat(SourceFolder(), "/tools/demo/data/staff.csv")},
           {registry::v1::IMPORT_KIND_CHILDREN, ChildrenFile()}}) {
    ASSERT_NO_FATAL_FAILURE(Import(kind, path));
  }
}

std::vector<std::string> TermTest::ChildIds() {
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

// Twice, since what was read last may have brought new work about. That work may be done again
// before the second look: only when nothing was written in between was there none.
std::string TermTest::WhoIsBehind() {
  std::int64_t written[2] = {0, 0};
  for (std::int64_t& end : written) {
    if (std::string waiting = settling_->WaitingInStores(); !waiting.empty()) return waiting;
    for (const std::string& service : stack_->Services()) {
      std::vector<std::string> topics;
      for (const auto& reader : settling_->readers()) {
        if (reader.service == service) topics.push_back(reader.topic);
      }
      if (topics.empty()) continue;
      const auto position =
          PositionOf(stack_->bootstrap(), absl::StrCat("pepline.", service), topics);
      if (!position.ok()) return std::string(position.status().message());
      if (position->behind > 0) {
        return absl::StrCat(service, " is ", position->behind, " records behind");
      }
      end += position->end;
    }
  }
  return written[0] == written[1] ? "" : "still at work";
}

void TermTest::AwaitRest() {
  std::string waiting;
  const auto is_at_rest = [&] {
    if ((waiting = WhoIsBehind()).empty()) return true;
    MoveClock(stack_->clock()->Now() + absl::Seconds(1));  // for what was put off
    return false;
  };
  ASSERT_TRUE(WaitUntil(is_at_rest, kRestBound))
      << waiting << "; see the logs in " << stack_->folder();
}

void TermTest::MoveClock(absl::Time to) {
  const absl::Time later = std::max(to, stack_->clock()->Now());
  const absl::Status moved = stack_->clock()->Set(later);
  ASSERT_TRUE(moved.ok()) << moved;
  ClockMoved(later);  // so that no process is ever ahead of the stack
}

void TermTest::WhileTimePasses(absl::CivilSecond to, absl::Duration lasts,
                               const std::function<void()>& what) {
  const absl::Time start = stack_->clock()->Now();
  const absl::Time end = absl::FromCivil(to, London());
  absl::Notification over;
  std::thread days([&] {
    const absl::Time began = absl::Now();
    while (!over.WaitForNotificationWithTimeout(absl::Milliseconds(20))) {
      MoveClock(start +
                std::min(1.0, absl::FDivDuration(absl::Now() - began, lasts)) * (end - start));
    }
  });
  what();
  over.Notify();
  days.join();
}

void TermTest::ExpectPromisesKept(const std::vector<const SchoolWork*>& works) {
  const std::string commands = absl::StrCat(folder_.path(), "/commands.jsonl");
  std::string all;
  for (const SchoolWork* work : works) {
    EXPECT_THAT(work->surprises(), testing::IsEmpty());
    ASSERT_TRUE(work->WriteCommands(commands).ok());
    all += ReadFile(commands).value_or("");
  }
  ASSERT_FALSE(all.empty());
  ASSERT_TRUE(WriteFile(commands, all).ok());
  MoveClock(absl::FromCivil(Afterwards(), London()));
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  // And on, so that nothing is kept for others to the same person either.
  MoveClock(stack_->clock()->Now() + absl::Minutes(5));
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  EXPECT_EQ(RunChecker(*stack_, commands, CheckerArguments()), 0)
      << "the checker's lines above say which promise";
}

}  // namespace pepline
