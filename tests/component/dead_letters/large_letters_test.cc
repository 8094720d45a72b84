// `pepctl dead-letters` on a real Apache Kafka with a record that is too large for the dead-letter
// topic. Skipped, with the reason, where java or the fetched jars are missing (`make kafka`).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/store/memory_store.h"
#include "tools/pepctl/command_line.h"
#include "tools/pepctl/invocation.h"
#include "tools/stack/servers/kafka_server.h"

namespace pepline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr char kJars[] = PEPLINE_SOURCE "/.cache/kafka";

TEST(LargeLetters, AreShownAndReplayedFromThePlaceTheyCameFrom) {
  if (const absl::Status status = KafkaServer::Available(kJars); !status.ok()) {
    GTEST_SKIP() << status.message();
  }
  const TemporaryFolder folder;
  auto server = KafkaServer::Start(kJars, folder.path(), PEPLINE_SOURCE "/deploy/topics.yaml");
  ASSERT_TRUE(server.ok()) << server.status();
  const KafkaOptions kafka{(*server)->bootstrap(), "test", {{"message.max.bytes", "2000000"}}};
  const auto eventually = [](const std::function<bool()>& condition) {
    return WaitUntil(condition, absl::Seconds(60));
  };
  const auto pepctl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--kafka", (*server)->bootstrap(), "dead-letters"});
    std::ostringstream text;
    pepctl::RunCommandLine(arguments, text, text);
    return text.str();
  };

  MemoryStore store;
  Metrics metrics;
  WorkerPool pool(4, 64);
  const std::string value(1'048'450, 'x');
  std::atomic<bool> mended = false;
  std::atomic<int> read = 0;
  Consumer consumer(kafka, {.group = "pepline.notifications", .topics = {kTopic}}, metrics, pool,
                    [&](const InboundRecord& record) {
                      if (!mended) return absl::InvalidArgumentError("not an event");
                      if (record.value == value && record.key == "child-1" &&
                          record.headers.contains("ce_type")) {
                        ++read;
                      }
                      return absl::OkStatus();
                    });
  consumer.Start();
  Commit commit{.partition = PartitionOf("child-1", 16)};
  commit.outbox.push_back({kTopic, "child-1", value, {{"ce_type", "test"}}});
  ASSERT_TRUE(store.Apply(commit).ok());
  OutboxRelay relay(store, metrics, kafka, kTopic);
  relay.Start();
  ASSERT_TRUE(eventually([&] {
    return metrics.Value("pepline_consumer_dead_letters_total", {{"topic", kTopic}}) == 1;
  }));

  const std::string list = pepctl({"list", "--output", "json"});
  EXPECT_THAT(list, AllOf(HasSubstr("\"bytes\": 1048450"), HasSubstr("\"by_reference\": true")));
  const auto from = list.find("scheduling.notifications.");
  ASSERT_NE(from, std::string::npos);
  const std::string id = list.substr(from, list.find('"', from) - from);
  EXPECT_THAT(pepctl({"show", id}),
              AllOf(HasSubstr("1048450 bytes, too large for the dead-letter topic"),
                    HasSubstr("header   ce_type: test")));
  mended = true;
  EXPECT_THAT(pepctl({"replay", id}), HasSubstr("was replayed"));
  EXPECT_TRUE(eventually([&] { return read == 1; }));
}

}  // namespace
}  // namespace pepline
