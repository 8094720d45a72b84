// What the fixtures of the services' component tests share: the service as a process, what the
// others said to it, the wait until it has done everything, and what it said.
//   class FundingTest : public ServiceFixture { ... };
//   ASSERT_NO_FATAL_FAILURE(StartService("funding", now));
//   EmitTo(kRegistryTopic, child, event);
//   Settle();
// Promises: after Settle everything said is handled, no alarm is due and nothing waits for Kafka.
// Does not know any service's words. Errors are failures of the running test. Threads: one.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_SERVICE_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_SERVICE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/redis/redis_store.h"
#include "tests/component/support/pod_memory.h"
#include "tests/component/support/service_under_test.h"

namespace pepline {

class ServiceFixture : public testing::Test {
 protected:
  static constexpr absl::Duration kPatience = absl::Seconds(60);

  // Of a test that failed, the end of the service's log is told: its folder goes with the test.
  void TearDown() override;

  void StartService(const std::string& service, absl::Time now,
                    std::map<std::string, std::string> environment = {});
  // Before the start: the service runs with the memory of a pod, as the kernel holds it to, and
  // ExpectNoKillInPod says after it that nothing was killed. Where the machine does not let us, why
  // is printed and the service runs without.
  void RunInPod();
  void ExpectNoKillInPod() const;

  // The header of the aggregate's next event.
  common::v1::EventHeader NextHeader(const std::string& aggregate);
  template <class Event>
  void EmitTo(std::string_view topic, const std::string& key, const Event& event) {
    CountEmitted(topic, service_->Publish(std::string(topic), key, event));
  }
  void EmitBytesTo(std::string_view topic, const std::string& key, const std::string& bytes);

  virtual void Settle();
  void SettleAt(absl::Time at);  // moves the clock there first
  // SIGKILL, then ready again. What was said before no longer counts for Settle.
  virtual void KillAndRestart();

  // What the service said on the topic under the key so far, each aggregate's events in order and
  // without a gap.
  template <class Event>
  std::vector<Event> EmittedUnder(const std::string& topic, const std::string& key) {
    Settle();
    std::vector<Event> events;
    std::map<std::string, std::uint64_t> heard;  // by aggregate
    auto records = service_->Events(topic);
    EXPECT_TRUE(records.ok()) << records.status();
    if (!records.ok()) return events;
    for (const ReadRecord& record : *records) {
      if (record.key != key) continue;
      Event event;
      EXPECT_TRUE(event.ParseFromString(record.value));
      // What a killed relay said without hearing the answer is said again; as every consumer, pass
      // it over. Otherwise an aggregate's events come in order and without a gap.
      std::uint64_t& version = heard[event.header().aggregate_id()];
      if (event.header().aggregate_version() <= version) continue;
      EXPECT_EQ(event.header().aggregate_version(), ++version) << event.header().aggregate_id();
      events.push_back(std::move(event));
    }
    return events;
  }

  // What the service could not read of a topic: counted, and each in its dead letters, which say
  // where it stood and why it is there.
  std::vector<ReadRecord> Buried(std::string_view topic);

  std::string NextRequestId();

  std::unique_ptr<PodMemory> pod_;  // null: none; goes after what runs in it
  std::unique_ptr<ServiceUnderTest> service_;
  std::unique_ptr<RedisStore> store_;  // a second reader of the service's store

 private:
  void CountEmitted(std::string_view topic, const absl::Status& published);

  std::string name_;                               // of the service
  std::map<std::string, std::uint64_t> versions_;  // by aggregate
  std::map<std::string, int> emitted_;             // by topic, since the last start
  int requests_ = 0;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_SERVICE_FIXTURE_H_
