#include "tests/system/replicas/two_replicas_fixture.h"

#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pepline {
namespace {

constexpr int kWorkers = 3;  // for each replica

// Calls the process "<service>-2" of every service.
absl::StatusOr<std::unique_ptr<client::Caller>> CallerOfSecondReplicas(Stack& stack) {
  client::CallerOptions options{.stack_folder = stack.folder(), .attempts = 8};
  for (const std::string& service : stack.Services()) {
    options.addresses[service] = stack.service(absl::StrCat(service, "-2")).grpc_address();
  }
  return client::Caller::Create(std::move(options));
}

}  // namespace

StackOptions TwoReplicasTest::Options() {
  StackOptions options;
  options.replicas = 2;
  return options;
}

void TwoReplicasTest::SchoolsWorkWhile(absl::Duration lasts,
                                       const std::function<void()>& meanwhile) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  auto second_caller = CallerOfSecondReplicas(*stack_);
  ASSERT_TRUE(second_caller.ok()) << second_caller.status();
  const std::vector<std::string> children = ChildIds();
  ASSERT_GE(children.size(), 100u);
  const auto middle = children.begin() + static_cast<std::ptrdiff_t>(children.size() / 2);
  SchoolWork first(*caller_, *stack_->clock(), {children.begin(), middle}, kWorkers);
  SchoolWork second(**second_caller, *stack_->clock(), {middle, children.end()}, kWorkers);
  if (ClocksMayBeWrong()) {
    first.ExpectWrongClocks();
    second.ExpectWrongClocks();
  }
  WhileTheTermPasses(lasts, [&] {
    first.Start();
    second.Start();
    meanwhile();
    first.Stop();
    second.Stop();
  });
  EXPECT_FALSE(first.Commands().empty());
  EXPECT_FALSE(second.Commands().empty());
  ExpectPromisesKept({&first, &second});
}

double SumOf(ServiceProcess& process, const std::string& metric, const std::string& label) {
  double sum = 0;
  const std::string text = process.Metrics().value_or("");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, metric + "{") && !absl::StartsWith(line, metric + " ")) continue;
    if (!absl::StrContains(line, label)) continue;
    double value = 0;
    if (absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) sum += value;
  }
  return sum;
}

}  // namespace pepline
