// Which librdkafka settings an operator may give, and what is said of the others.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "shared/kafka/kafka_settings.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(KafkaSettings, WhatSaysHowTheBrokerIsReachedPassesThrough) {
  const auto given = ReadKafkaSettings(
      "security.protocol=sasl_ssl, sasl.mechanism=SCRAM-SHA-512,sasl.username=CN=scheduling,"
      "session.timeout.ms=20000,linger.ms=5",
      "hunter2");
  EXPECT_THAT(given.mistakes, IsEmpty());
  EXPECT_THAT(given.settings, AllOf(SizeIs(6), Contains(Pair("sasl.username", "CN=scheduling")),
                                    Contains(Pair("sasl.password", "hunter2"))));
  EXPECT_THAT(ForProducers(given.settings), Not(Contains(Key("session.timeout.ms"))));
  EXPECT_THAT(ForProducers(given.settings), Contains(Key("linger.ms")));
  EXPECT_THAT(ForConsumers(given.settings), Not(Contains(Key("linger.ms"))));
  EXPECT_THAT(ForConsumers(given.settings), Contains(Key("sasl.password")));
}

TEST(KafkaSettings, NothingGivenIsFine) {
  EXPECT_THAT(ReadKafkaSettings("", "").mistakes, IsEmpty());
}

class KafkaSettingRefused : public testing::TestWithParam<const char*> {};

TEST_P(KafkaSettingRefused, IsNamedWithTheReasonAndWithoutItsValue) {
  const auto given = ReadKafkaSettings(absl::StrCat(GetParam(), "=swordfish"), "");
  ASSERT_THAT(given.mistakes, SizeIs(1));
  EXPECT_THAT(given.mistakes[0], StartsWith(absl::StrCat(GetParam(), " cannot be given here: ")));
  EXPECT_THAT(given.mistakes[0], Not(HasSubstr("swordfish")));
  EXPECT_THAT(given.settings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, KafkaSettingRefused,
    testing::Values("acks", "enable.idempotence", "retries", "message.timeout.ms",
                    "delivery.timeout.ms", "partitioner", "transactional.id", "enable.auto.commit",
                    "enable.auto.offset.store", "auto.offset.reset", "isolation.level",
                    "partition.assignment.strategy", "group.id", "client.id", "bootstrap.servers",
                    "sasl.password", "enable.ssl.certificate.verification",
                    "ssl.endpoint.identification.algorithm", "enable.sasl.oauthbearer.unsecure.jwt",
                    "plugin.library.paths"));

TEST(KafkaSettings, AnUnknownNameIsSaidToBeNone) {
  EXPECT_THAT(ReadKafkaSettings("security.protocl=ssl", "").mistakes,
              ElementsAre(HasSubstr("security.protocl is none of the settings")));
}

TEST(KafkaSettings, AWrongValueIsFoundAtOnceAndNotRepeated) {
  const auto given = ReadKafkaSettings("security.protocol=tls,session.timeout.ms=soon", "");
  EXPECT_THAT(given.mistakes, ElementsAre(StartsWith("security.protocol was given a value"),
                                          StartsWith("session.timeout.ms was given a value")));
}

TEST(KafkaSettings, HalfAPairAndAPairTwiceAreMistakes) {
  EXPECT_THAT(ReadKafkaSettings("linger.ms", "").mistakes, ElementsAre(HasSubstr("name=value")));
  EXPECT_THAT(ReadKafkaSettings("linger.ms=1,linger.ms=2", "").mistakes,
              ElementsAre(HasSubstr("linger.ms is given twice")));
}

TEST(KafkaSettings, AFileThatIsNotThereIsFoundBeforeAnythingStarts) {
  EXPECT_THAT(
      ReadKafkaSettings("security.protocol=ssl,ssl.ca.location=/nowhere/ca.pem", "").mistakes,
      ElementsAre(HasSubstr("ssl.ca.location")));
}

TEST(KafkaSettings, AUserWithoutAPasswordIsFoundBeforeAnythingStarts) {
  EXPECT_THAT(ReadKafkaSettings("security.protocol=sasl_plaintext,sasl.mechanism=SCRAM-SHA-512,"
                                "sasl.username=scheduling",
                                "")
                  .mistakes,
              ElementsAre(HasSubstr("PEPLINE_KAFKA_SASL_PASSWORD")));
}

TEST(KafkaSettings, TimesThatContradictEachOtherAreFoundBeforeAnythingStarts) {
  EXPECT_THAT(ReadKafkaSettings("session.timeout.ms=20000,max.poll.interval.ms=10000", "").mistakes,
              ElementsAre(HasSubstr("max.poll.interval.ms")));
}

TEST(KafkaSettings, AnOauthbearerTokenFileIsLookedIntoAtTheStart) {
  EXPECT_THAT(ReadKafkaSettings("security.protocol=sasl_plaintext,sasl.mechanism=OAUTHBEARER,"
                                "sasl.oauthbearer.config=file=/nowhere/token",
                                "")
                  .mistakes,
              ElementsAre(HasSubstr("/nowhere/token cannot be read")));
  EXPECT_THAT(
      ReadKafkaSettings("security.protocol=sasl_plaintext,sasl.mechanism=OAUTHBEARER", "").mistakes,
      ElementsAre(HasSubstr("give file=")));
}

}  // namespace
}  // namespace pepline
