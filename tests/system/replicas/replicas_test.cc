// Two processes of every service at once, on the same Redis and Kafka, through an autumn term: no
// state or event is doubled, no wake is lost, and both do their share. The checker looks from the
// outside. Nobody is killed, so mails come once.
#include <gmock/gmock.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/system/replicas/two_replicas_fixture.h"

namespace pepline {
namespace {

constexpr absl::Duration kTermLasts = absl::Seconds(30);

class ReplicasTest : public TwoReplicasTest {
 protected:
  std::vector<std::string> CheckerArguments() override {
    return {"--everybody-reachable", "--interruptions", "0"};
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
  ASSERT_NO_FATAL_FAILURE(SchoolsWorkWhile(kTermLasts, [] {
    absl::Notification never;
    never.WaitForNotificationWithTimeout(kTermLasts);
  }));
  const double sent = OfBoth("notifications", "pepline_notifications_send_seconds_count");
  const double wanted =
      OfBoth("notifications", "pepline_notifications_deliveries_total", "outcome=\"delivered\"");
  std::cout << "notifications  mails handed over " << sent << " for " << wanted << " deliveries\n";
  const double saved = OfBoth("notifications", "pepline_notifications_mails_saved_total");
  std::cout << "notifications  " << saved << " of them left in the mail of another\n";
  EXPECT_EQ(sent, wanted - saved);
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
