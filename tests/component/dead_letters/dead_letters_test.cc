// What an operator does about a record that a service cannot read: `pepctl dead-letters` on a
// development broker, with a consumer that reads the record once it is mended.
#include <gmock/gmock.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/store/memory_store.h"
#include "tests/component/kafka/broker_fixture.h"
#include "tools/pepctl/command_line.h"
#include "tools/pepctl/invocation.h"

namespace pepline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFirst[] = "scheduling.notifications.0.0";
constexpr char kSecond[] = "scheduling.notifications.0.1";

struct Answer {
  int code = 0;
  std::string text;
};

class DeadLettersTest : public BrokerTest {
 protected:
  void SetUp() override {
    BrokerTest::SetUp();
    relay_ = std::make_unique<OutboxRelay>(store_, metrics_, Kafka(), kTopic);
    relay_->Start();
    consumer_ = std::make_unique<Consumer>(
        Kafka(), ConsumerOptions{.group = "pepline.notifications", .topics = {kTopic}}, metrics_,
        pool_, [this](const InboundRecord& record) {
          if (!mended_) return absl::InvalidArgumentError("not a SchedulingEvent");
          absl::MutexLock lock(&mutex_);
          read_.push_back(absl::StrCat(record.key, "=", record.value, " ",
                                       record.headers.contains("ce_type") ? "typed" : "",
                                       record.headers.contains("pepline_reason") ? "marked" : ""));
          return absl::OkStatus();
        });
    consumer_->Start();
  }
  void TearDown() override { consumer_->Stop(); }
  void Send(const std::string& key, const std::string& value,
            std::vector<std::pair<std::string, std::string>> headers = {{"ce_type", "test"}}) {
    Commit commit{.partition = PartitionOf(key, 16)};
    commit.outbox.push_back({kTopic, key, value, std::move(headers)});
    ASSERT_TRUE(store_.Apply(commit).ok());
    relay_->Notify(commit.partition);
  }
  Answer Pepctl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--kafka", broker_->bootstrap(), "dead-letters"});
    std::ostringstream text;
    const int code = pepctl::RunCommandLine(arguments, text, text);
    return {code, text.str()};
  }
  std::vector<std::string> Read() {
    absl::MutexLock lock(&mutex_);
    return read_;
  }
  void PublishDeadLetters(int letters) {
    ASSERT_TRUE(Eventually([&] {
      return metrics_.Value("pepline_consumer_dead_letters_total", {{"topic", kTopic}}) == letters;
    }));
  }

  MemoryStore store_;
  std::unique_ptr<OutboxRelay> relay_;
  WorkerPool pool_{4, 64};
  std::atomic<bool> mended_ = false;
  absl::Mutex mutex_;
  std::vector<std::string> read_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Consumer> consumer_;
};

TEST_F(DeadLettersTest, AreListedShownReplayedOnceMendedAndDropped) {
  EXPECT_EQ(Pepctl({"list"}).text, "No dead letters.\n");
  Send("child-1", "garbage");
  ASSERT_NO_FATAL_FAILURE(PublishDeadLetters(1));
  Send("child-2", "more garbage");
  ASSERT_NO_FATAL_FAILURE(PublishDeadLetters(2));

  const Answer list = Pepctl({"list", "--service", "notifications"});
  EXPECT_EQ(list.code, pepctl::kDone) << list.text;
  EXPECT_THAT(list.text, AllOf(HasSubstr(kFirst), HasSubstr(kSecond), HasSubstr(kTopic),
                               HasSubstr("not a SchedulingEvent"), Not(HasSubstr("garbage"))));
  EXPECT_EQ(Pepctl({"list", "--service", "funding"}).text, "No dead letters.\n");

  const Answer shown = Pepctl({"show", kFirst});
  EXPECT_EQ(shown.code, pepctl::kDone) << shown.text;
  EXPECT_THAT(shown.text,
              AllOf(HasSubstr("key      child-1"), HasSubstr("7 bytes; not an event of its topic"),
                    HasSubstr("header   ce_type: test"), Not(HasSubstr("garbage"))));
  EXPECT_THAT(Pepctl({"show", kFirst, "--bytes"}).text, HasSubstr("67617262616765"));

  EXPECT_THAT(Pepctl({"replay", kFirst, "--dry-run"}).text, HasSubstr("would be replayed"));
  mended_ = true;
  const Answer replayed = Pepctl({"replay", kFirst});
  EXPECT_EQ(replayed.code, pepctl::kDone) << replayed.text;
  ASSERT_TRUE(Eventually([&] { return !Read().empty(); }));
  // As it was: key, value and headers, without what was written to it here.
  EXPECT_THAT(Read(), ElementsAre("child-1=garbage typed"));
  const Answer again = Pepctl({"replay", kFirst});
  EXPECT_EQ(again.code, pepctl::kRefused);
  EXPECT_THAT(again.text, HasSubstr("was replayed already"));

  EXPECT_EQ(Pepctl({"drop", kSecond}).code, pepctl::kDone);
  EXPECT_EQ(Pepctl({"list"}).text, "No dead letters.\n");
  const Answer all = Pepctl({"list", "--all", "--output", "json"});
  const nlohmann::json json = nlohmann::json::parse(all.text, nullptr, false);
  ASSERT_TRUE(json.is_array() && json.size() == 2) << all.text;
  EXPECT_EQ(json[0]["outcome"], "replayed");
  EXPECT_EQ(json[1]["outcome"], "dropped");
}

// Whoever may write to a topic could else make this record and others vanish from the list.
TEST_F(DeadLettersTest, TheSenderOfARecordHasNoSayInWhatWasDoneAboutIt) {
  Send(
      "child-1", "garbage",
      {{"pepline_handled", "0/0"}, {"pepline_outcome", "dropped"}, {"pepline_topic", "elsewhere"}});
  ASSERT_NO_FATAL_FAILURE(PublishDeadLetters(1));
  const Answer list = Pepctl({"list"});
  EXPECT_THAT(list.text, AllOf(HasSubstr(kFirst), HasSubstr(kTopic), Not(HasSubstr("elsewhere"))));
}

TEST_F(DeadLettersTest, OneThatIsNotThereIsSaidSo) {
  const Answer none = Pepctl({"show", kFirst});
  EXPECT_EQ(none.code, pepctl::kRefused) << none.text;
  EXPECT_THAT(none.text, HasSubstr("there is no dead letter"));
}

}  // namespace
}  // namespace pepline
