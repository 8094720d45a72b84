// A development broker for one test, with the topics of the product.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_KAFKA_BROKER_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_KAFKA_BROKER_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "shared/kafka/kafka_options.h"
#include "shared/observability/metrics.h"
#include "tests/support/topic_reader.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/dev_broker.h"

namespace pepline {

inline constexpr char kTopic[] = "pepline.scheduling.events.v1";

class BrokerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto broker = DevBroker::Start(folder_.path(), PEPLINE_SOURCE "/deploy/topics.yaml");
    ASSERT_TRUE(broker.ok()) << broker.status();
    broker_ = *std::move(broker);
  }
  KafkaOptions Kafka(const std::string& client = "test") const {
    // The development broker knows no static membership: a member that stopped is missed for a
    // session, so sessions are short here; but not shorter than the 3 s that it gathers a new
    // group.
    return {broker_->bootstrap(),
            client,
            {{"fetch.wait.max.ms", "10"},
             {"session.timeout.ms", "4000"},
             {"heartbeat.interval.ms", "300"}}};
  }
  std::vector<ReadRecord> Records(const std::string& topic) const {
    auto records =
        ReadTopics(broker_->bootstrap(), {topic}, absl::Seconds(20), {{"fetch.wait.max.ms", "10"}});
    EXPECT_TRUE(records.ok()) << records.status();
    return records.ok() ? *records : std::vector<ReadRecord>();
  }
  static bool Eventually(const std::function<bool()>& condition) {
    return WaitUntil(condition, absl::Seconds(30));
  }

  TemporaryFolder folder_;
  std::unique_ptr<DevBroker> broker_;
  Metrics metrics_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_KAFKA_BROKER_FIXTURE_H_
