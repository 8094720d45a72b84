// Two processes of every service at once, on the same Redis and Kafka, through an autumn term: no
// state or event is doubled, no wake is lost, and both do their share. The checker looks from the
// outside. Nobody is killed, so mails come once.
#include <gmock/gmock.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/system/killing/term_fixture.h"
#include "tests/system/replicas/replica_numbers.h"

namespace pepline {
namespace {

constexpr absl::Duration kTermLasts = absl::Seconds(30);
constexpr int kWorkers = 3;  // for each replica

class ReplicasTest : public TermTest {
 protected:
  StackOptions Options() const override {
    StackOptions options;
    options.replicas = 2;
    return options;
  }
  double OfBoth(const std::string& service, const std::string& metric,
                const std::string& label = "") {
    return SumOf(stack_->service(service), metric, label) +
           SumOf(stack_->service(absl::StrCat(service, "-2")), metric, label);
  }
  // What both processes did, for people and for the test: both did something of it.
  void ExpectShared(const std::string& service, const std::string& metric) {
    const double first = SumOf(stack_->service(service), metric);
    const double second = SumOf(stack_->service(absl::StrCat(service, "-2")), metric);
    std::cout << service << "  " << metric << "  " << first << " + " << second << "\n";
    EXPECT_GT(first, 0) << service << " " << metric;
    EXPECT_GT(second, 0) << service << " " << metric;
  }
};

TEST_F(ReplicasTest, ShareTheWorkAndTogetherKeepEveryPromise) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  ASSERT_NO_FATAL_FAILURE(AwaitRest());
  auto second_caller = CallerOfSecondReplicas(*stack_);
  ASSERT_TRUE(second_caller.ok()) << second_caller.status();
  const std::vector<std::string> children = ChildIds();
  ASSERT_GE(children.size(), 100u);
  const auto middle = children.begin() + static_cast<std::ptrdiff_t>(children.size() / 2);
  SchoolWork first(*caller_, *stack_->clock(), {children.begin(), middle});
  SchoolWork second(**second_caller, *stack_->clock(), {middle, children.end()});
  WhileTheTermPasses(kTermLasts, [&] {
    first.Start(kWorkers);
    second.Start(kWorkers);
    absl::Notification never;
    never.WaitForNotificationWithTimeout(kTermLasts);
    first.Stop();
    second.Stop();
  });
  ASSERT_NO_FATAL_FAILURE(ExpectPromisesKept({&first, &second}));
  const double sent = OfBoth("notifications", "pepline_notifications_send_seconds_count");
  const double wanted =
      OfBoth("notifications", "pepline_notifications_deliveries_total", "outcome=\"delivered\"");
  std::cout << "notifications  mails handed over " << sent << " for " << wanted << " deliveries\n";
  EXPECT_GE(sent, wanted);
  // A replica that the machine holds up for three seconds may find its alert taken by the other.
  EXPECT_LE(sent - wanted, wanted / 100);
  // Commands, records and wakes.
  for (const std::string& service : stack_->Services()) {
    ExpectShared(service, "pepline_consumer_records_total");
  }
  for (const char* service : {"scheduling", "assessments"}) {
    ExpectShared(service, "pepline_rpc_requests_total");
    ExpectShared(service, "pepline_alarms_fired_total");
  }
}

}  // namespace
}  // namespace pepline
