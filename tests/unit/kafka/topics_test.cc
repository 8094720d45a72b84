// The topics that are compiled in are those of deploy/topics.yaml.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "shared/kafka/kafka_topics.h"

namespace pepline {
namespace {

TEST(KafkaTopics, AreThoseOfTheFile) {
  const YAML::Node file = YAML::LoadFile(PEPLINE_SOURCE "/deploy/topics.yaml")["topics"];
  ASSERT_EQ(NeededTopics().size(), file.size());
  ASSERT_GT(file.size(), 5u);
  for (std::size_t i = 0; i < file.size(); ++i) {
    EXPECT_EQ(NeededTopics()[i].name, file[i]["name"].as<std::string>());
    EXPECT_EQ(NeededTopics()[i].partitions, file[i]["partitions"].as<int>());
    EXPECT_EQ(NeededTopics()[i].retention_ms, file[i]["retention_ms"].as<std::string>());
    EXPECT_EQ(NeededTopics()[i].cleanup_policy, file[i]["cleanup_policy"].as<std::string>());
  }
}

TEST(KafkaTopics, EveryConsumerOfATopicHasItsDeadLetters) {
  for (const YAML::Node& topic : YAML::LoadFile(PEPLINE_SOURCE "/deploy/topics.yaml")["topics"]) {
    for (const YAML::Node& consumer : topic["consumers"]) {
      const std::string wanted =
          DeadLetterTopic(topic["name"].as<std::string>(), consumer.as<std::string>());
      EXPECT_NE(std::ranges::find(NeededTopics(), wanted, &NeededTopic::name), NeededTopics().end())
          << wanted;
    }
  }
}

}  // namespace
}  // namespace pepline
