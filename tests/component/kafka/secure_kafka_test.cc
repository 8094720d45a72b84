// Relay and consumer on a real Apache Kafka that wants TLS and to know who they are: a password by
// SCRAM (PLAIN where the installed librdkafka cannot), OAUTHBEARER with a signed token from a file,
// or a client certificate, given as an operator gives them. Skipped, with the reason, where java or
// the fetched jars are missing (`make kafka`).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include "absl/strings/str_cat.h"
#include "shared/kafka/consumer.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/kafka/outbox_relay.h"
#include "shared/security/auth.h"
#include "shared/store/memory_store.h"
#include "tools/stack/environment.h"
#include "tools/stack/servers/kafka_server.h"

namespace pepline {
namespace {

using ::testing::ContainsRegex;
using ::testing::IsEmpty;
using ::testing::Value;

constexpr char kTopic[] = "pepline.scheduling.events.v1";
constexpr char kJars[] = PEPLINE_SOURCE "/.cache/kafka";
constexpr char kPassword[] = "not-a-real-password";

class SecureKafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status status = KafkaServer::Available(kJars); !status.ok()) {
      GTEST_SKIP() << status.message();
    }
    auto keys = FindOrMakeKeys(folder_.path() + "/keys");
    ASSERT_TRUE(keys.ok()) << keys.status();
    keys_ = *std::move(keys);
    auto kafka =
        KafkaServer::StartSecured(kJars, folder_.path(), PEPLINE_SOURCE "/deploy/topics.yaml",
                                  {.user = "scheduling",
                                   .password = kPassword,
                                   .jwks_file = keys_.jwks_file,
                                   .issuer = keys_.issuer,
                                   .audience = keys_.audience});
    ASSERT_TRUE(kafka.ok()) << kafka.status();
    kafka_ = *std::move(kafka);
  }
  // As PEPLINE_KAFKA_SETTINGS and PEPLINE_KAFKA_SASL_PASSWORD are read.
  static KafkaOptions Options(const std::string& bootstrap, const std::string& settings,
                              const std::string& password) {
    GivenKafkaSettings given = ReadKafkaSettings(settings, password);
    EXPECT_THAT(given.mistakes, IsEmpty());
    return {bootstrap, "scheduling", std::move(given.settings)};
  }
  KafkaOptions Password(const std::string& password, const std::string& authority = "authority") {
    // librdkafka before 2.6.1 (Debian 12) cannot do SCRAM with Kafka 3.9 and newer.
    const char* mechanism = rd_kafka_version() >= 0x02060100 ? "SCRAM-SHA-512" : "PLAIN";
    return Options(kafka_->password_bootstrap(),
                   absl::StrCat("security.protocol=sasl_ssl,sasl.mechanism=", mechanism,
                                ",sasl.username=scheduling,ssl.ca.location=", folder_.path(), "/",
                                authority, ".pem"),
                   password);
  }
  // A token that is signed with `key`; the broker knows the key of keys_.
  KafkaOptions Token(const std::string& key) {
    const auto signer = TokenSigner::Create(key, keys_.issuer, keys_.audience);
    EXPECT_TRUE(signer.ok()) << signer.status();
    Actor actor;
    actor.subject = "scheduling";
    actor.role = Role::kService;
    const auto token = (*signer)->Sign(actor, absl::Minutes(5));
    EXPECT_TRUE(token.ok()) << token.status();
    const std::string file = absl::StrCat(folder_.path(), "/token");
    EXPECT_TRUE(WriteFile(file, *token).ok());
    return Options(kafka_->token_bootstrap(),
                   absl::StrCat("security.protocol=sasl_ssl,sasl.mechanism=OAUTHBEARER,"
                                "sasl.oauthbearer.config=file=",
                                file, ",ssl.ca.location=", folder_.path(), "/authority.pem"),
                   "");
  }
  KafkaOptions NoCertificate() { return Options(kafka_->certificate_bootstrap(), Ssl(), ""); }
  // A certificate that the authority in the folder signs.
  KafkaOptions Certificate(const std::string& folder) {
    const absl::Status made = MakeCertificate(folder, "scheduling", "authority");
    EXPECT_TRUE(made.ok()) << made;
    return Options(kafka_->certificate_bootstrap(),
                   absl::StrCat(Ssl(), ",ssl.certificate.location=", folder,
                                "/scheduling.pem,ssl.key.location=", folder, "/scheduling.key"),
                   "");
  }
  std::string Ssl() const {
    return absl::StrCat("security.protocol=ssl,ssl.ca.location=", folder_.path(), "/authority.pem");
  }
  void Write(const std::string& value) {
    Commit commit{.partition = PartitionOf("child-1", 16)};
    commit.outbox.push_back({kTopic, "child-1", value, {}});
    ASSERT_TRUE(store_.Apply(commit).ok());
  }
  static bool Eventually(const std::function<bool()>& condition) {
    return WaitUntil(condition, absl::Seconds(30));
  }
  // What is in the outbox gets to Kafka, and all of the topic from there to a consumer.
  void ExpectAllGoesThrough(const KafkaOptions& options, int records) {
    OutboxRelay relay(store_, metrics_, options, kTopic);
    relay.Start();
    EXPECT_TRUE(Eventually([&] { return store_.MeasureOutbox()->entries == 0; })) << relay.Ready();
    std::atomic<int> handled = 0;
    Consumer consumer(options, {.group = "pepline.notifications", .topics = {kTopic}}, metrics_,
                      pool_, [&](const InboundRecord&) {
                        ++handled;
                        return absl::OkStatus();
                      });
    consumer.Start();
    EXPECT_TRUE(Eventually([&] { return handled == records; })) << consumer.Ready();
    EXPECT_TRUE(consumer.Ready().ok()) << consumer.Ready();
    consumer.Stop();  // stores its offsets
  }
  // Relay and consumer are not ready, say why (a regular expression: some words differ with the
  // versions of Java and OpenSSL), and the outbox keeps what it has.
  void ExpectNobodyComesIn(const KafkaOptions& options, const std::string& why) {
    const std::size_t before = store_.MeasureOutbox()->entries;
    OutboxRelay relay(store_, metrics_, options, kTopic);
    relay.Start();
    Consumer consumer(options, {.group = "pepline.notifications", .topics = {kTopic}}, metrics_,
                      pool_, [&](const InboundRecord&) { return absl::OkStatus(); });
    consumer.Start();
    const auto says_why = [&](const absl::Status& status) {
      return absl::IsUnavailable(status) &&
             Value(std::string(status.message()), ContainsRegex(why));
    };
    EXPECT_TRUE(Eventually([&] { return says_why(relay.Ready()); })) << relay.Ready();
    EXPECT_TRUE(Eventually([&] { return says_why(consumer.Ready()); })) << consumer.Ready();
    relay.Stop();
    EXPECT_EQ(store_.MeasureOutbox()->entries, before);
  }

  TemporaryFolder folder_;
  StackKeys keys_;
  std::unique_ptr<KafkaServer> kafka_;
  MemoryStore store_{16, 1'000'000};
  Metrics metrics_;
  WorkerPool pool_{4, 64};
};

// One test, since a Kafka takes its time to start.
TEST_F(SecureKafkaTest, EventsGoThroughWithTheRightSecretAndWaitWhileItIsWrong) {
  Write("1");
  ExpectNobodyComesIn(Password("a wrong password"), "uthentication failed");
  ASSERT_TRUE(MakeAuthority(folder_.path(), "stranger").ok());
  ExpectNobodyComesIn(Password(kPassword, "stranger"), "certificate verify failed");
  const auto others = FindOrMakeKeys(folder_.path() + "/others");
  ASSERT_TRUE(others.ok()) << others.status();
  ExpectNobodyComesIn(Token(others->signing_key_file), "invalid_token");
  // Java 17 and 21 say the first; the second is what TLS 1.3 has for it.
  ExpectNobodyComesIn(NoCertificate(), "alert (bad certificate|certificate required)");
  // Strangers that take our authority's name: librdkafka 2.8 shows no certificate of another name.
  const TemporaryFolder strangers;
  ASSERT_TRUE(MakeAuthority(strangers.path(), "authority").ok());
  ExpectNobodyComesIn(Certificate(strangers.path()), "alert certificate unknown");
  // Mended: nothing was lost.
  ExpectAllGoesThrough(Password(kPassword), 1);
  Write("2");
  ExpectAllGoesThrough(Token(keys_.signing_key_file), 1);
  Write("3");
  ExpectAllGoesThrough(Certificate(folder_.path()), 1);
}

}  // namespace
}  // namespace pepline
