// The program alone, before it serves anything: what it prints, and which settings it does not
// start with.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/component/rpc/rpc_server_fixture.h"

namespace pepline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// All that must be given. Nobody answers at these addresses.
std::map<std::string, std::string> Needed() {
  return {{"PEPLINE_GRPC_PLAIN_TEXT", "true"},
          {"PEPLINE_KAFKA_BOOTSTRAP", "127.0.0.1:9"},
          {"PEPLINE_JWKS_FILE", "/nowhere/keys.jwks"},
          {"PEPLINE_TOKEN_ISSUER", "pepline-stack"}};
}
std::map<std::string, std::string> NeededAnd(const std::map<std::string, std::string>& more) {
  std::map<std::string, std::string> all = Needed();
  for (const auto& [name, value] : more) all[name] = value;
  return all;
}

TEST(RpcProgram, HelpNamesEverySettingWithItsRange) {
  const Ended help = BareProgram({"--help"}, {});
  EXPECT_EQ(help.code, 0);
  for (const char* name :
       {"PEPLINE_GRPC_ADDRESS", "PEPLINE_METRICS_ADDRESS", "PEPLINE_REDIS_PASSWORD",
        "PEPLINE_PARTITIONS", "PEPLINE_KAFKA_BOOTSTRAP", "PEPLINE_JWKS_FILE", "PEPLINE_CLOCK"}) {
    EXPECT_THAT(help.output, HasSubstr(absl::StrCat(name, "="))) << name;
  }
  EXPECT_THAT(help.output, HasSubstr("1 to 1024"));
  EXPECT_THAT(help.output, HasSubstr("--print-config"));
}

TEST(RpcProgram, VersionIsOneLine) {
  const Ended version = BareProgram({"--version"}, {});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(absl::StartsWith(version.output, "pepline-funding "));
  const std::vector<std::string> lines =
      absl::StrSplit(version.output, '\n', absl::SkipWhitespace());
  EXPECT_EQ(lines.size(), 1u);
}

TEST(RpcProgram, AnUnknownArgumentEndsItWithTheOnesThereAre) {
  const Ended ended = BareProgram({"--serve"}, Needed());
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output, HasSubstr("--print-config"));
}

TEST(RpcProgram, PrintConfigMasksSecrets) {
  const Ended printed =
      BareProgram({"--print-config"},
                  NeededAnd({{"PEPLINE_REDIS_PASSWORD", "hunter2"},
                             {"PEPLINE_KAFKA_SETTINGS",
                              "security.protocol=ssl,client.rack=cell-1,ssl.key.password=hunter3"},
                             {"PEPLINE_KAFKA_SASL_PASSWORD", "hunter4"}}));
  EXPECT_EQ(printed.code, 0);
  EXPECT_THAT(printed.output, HasSubstr("PEPLINE_REDIS_PASSWORD=***"));
  EXPECT_THAT(printed.output, HasSubstr("ssl.key.password=***"));
  EXPECT_THAT(printed.output, HasSubstr("client.rack=cell-1"));
  EXPECT_THAT(printed.output, HasSubstr("PEPLINE_KAFKA_SASL_PASSWORD=***"));
  EXPECT_THAT(printed.output, HasSubstr("PEPLINE_TOKEN_ISSUER=pepline-stack"));
  EXPECT_THAT(printed.output, Not(HasSubstr("hunter")));
}

TEST(RpcProgram, AnUnknownSettingEndsItWithTheNearestName) {
  const Ended ended = BareProgram({}, NeededAnd({{"PEPLINE_KAFKA_BOOTSTRAPS", "localhost"}}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output, HasSubstr("PEPLINE_KAFKA_BOOTSTRAPS: no such setting; did you mean "
                                      "PEPLINE_KAFKA_BOOTSTRAP?"));
}

TEST(RpcProgram, AllMistakesAreToldTogetherAndNoValueIsRepeated) {
  const Ended ended = BareProgram({}, {{"PEPLINE_PARTITIONS", "0"},
                                       {"PEPLINE_WORKERS", "secret-in-the-wrong-place"},
                                       {"PEPLINE_ALLOW_SIMULATED_CLOCK", "perhaps"},
                                       {"PEPLINE_KAFKA_SETTINGS", "linger.ms"}});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("PEPLINE_PARTITIONS: "), HasSubstr("1 to 1024"),
                    HasSubstr("PEPLINE_WORKERS: "), HasSubstr("PEPLINE_ALLOW_SIMULATED_CLOCK: "),
                    HasSubstr("true, false"), HasSubstr("PEPLINE_KAFKA_SETTINGS: "),
                    HasSubstr("PEPLINE_KAFKA_BOOTSTRAP: must be set"),
                    HasSubstr("PEPLINE_JWKS_FILE: must be set"),
                    HasSubstr("PEPLINE_TOKEN_ISSUER: must be set")));
  EXPECT_THAT(ended.output, Not(HasSubstr("secret-in-the-wrong-place")));
}

TEST(RpcProgram, PeopleAndServicesHaveAnIssuerEach) {
  const Ended ended =
      BareProgram({}, NeededAnd({{"PEPLINE_SERVICE_TOKEN_ISSUER", "pepline-stack"},
                                 {"PEPLINE_TOKEN_LONGEST_LIFE_SECONDS", "31536000"}}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("PEPLINE_SERVICE_TOKEN_ISSUER: is the issuer of "
                              "people's tokens too"),
                    HasSubstr("PEPLINE_TOKEN_LONGEST_LIFE_SECONDS: "), HasSubstr("60 to 86400")));
}

TEST(RpcProgram, AKafkaSettingThatBreaksAPromiseIsRefusedByNameAndReason) {
  const Ended ended =
      BareProgram({}, NeededAnd({{"PEPLINE_KAFKA_SETTINGS", "acks=1,security.protocol=tls"}}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("PEPLINE_KAFKA_SETTINGS: acks cannot be given here: "),
                                  HasSubstr("PEPLINE_KAFKA_SETTINGS: security.protocol was given a "
                                            "value that librdkafka does not take")));
}

TEST(RpcProgram, ASimulatedClockIsRefusedUnlessAllowed) {
  const Ended ended = BareProgram({}, NeededAnd({{"PEPLINE_CLOCK", "simulated:/nowhere/clock"}}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output, HasSubstr("PEPLINE_ALLOW_SIMULATED_CLOCK=true"));
}

TEST(RpcProgram, AKeyFileThatCannotBeReadIsNamed) {
  const Ended ended = BareProgram({}, Needed());
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.output, HasSubstr("PEPLINE_JWKS_FILE: "));
  EXPECT_THAT(ended.output, HasSubstr("/nowhere/keys.jwks"));
}

}  // namespace
}  // namespace pepline
