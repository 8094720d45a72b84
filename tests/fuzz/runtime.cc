// What the runtime is told by those who run it and by what it talks to: settings, addresses,
// traces, the answers of Redis and of mail servers.
#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/notifications/delivery/smtp_answer.h"
#include "shared/base/listen_address.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/observability/trace.h"
#include "shared/process/config.h"
#include "shared/redis/redis_forms.h"
#include "shared/redis/redis_refusal.h"
#include "shared/redis/redis_topology.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {
namespace {

constexpr char kSecret[] = "a-secret-that-is-shown-nowhere";

// Bytes that hold the secret themselves say nothing about who tells it: a name is told.
bool HoldsSecret(std::string_view bytes) { return bytes.find(kSecret) != std::string_view::npos; }

// Settings come as "NAME=value" lines; a secret stands wherever one may stand.
void ReadSettings(std::string_view bytes) {
  if (HoldsSecret(bytes)) return;
  std::map<std::string, std::string> environment;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(bytes.data(), bytes.size()), '\n')) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(line, absl::MaxSplits('=', 1));
    environment.insert(pair);
  }
  environment["PEPLINE_REDIS_PASSWORD"] = kSecret;
  environment["PEPLINE_KAFKA_SASL_PASSWORD"] = kSecret;
  environment["PEPLINE_KAFKA_SETTINGS"] = absl::StrCat("ssl.key.password=", kSecret, ",acks=0");
  Settings settings(environment);
  ReadCommonConfig("scheduling", settings);
  const absl::Status checked = settings.Check();
  Expect(checked.ok() || absl::IsInvalidArgument(checked), "settings are refused for no reason");
  Expect(!absl::StrContains(settings.Print(), kSecret), "a secret is printed");
  Expect(!absl::StrContains(checked.message(), kSecret), "a refusal tells a secret");
}

// What is wrong is told without a secret. One mistake is there always, so that librdkafka makes no
// client of the settings: that takes it a tenth of a second, and may ask the network.
void ReadKafka(std::string_view bytes) {
  if (HoldsSecret(bytes)) return;
  const GivenKafkaSettings given = ReadKafkaSettings(
      absl::StrCat("acks=0,", absl::string_view(bytes.data(), bytes.size())), kSecret);
  Expect(!given.mistakes.empty(), "what may not be set is set");
  for (const auto& [name, value] : given.settings) {
    Expect(name != "acks", "what may not be set is set");
  }
  for (const std::string& mistake : given.mistakes) {
    Expect(!mistake.empty(), "a mistake says nothing");
    Expect(!absl::StrContains(mistake, kSecret), "a mistake tells a secret");
  }
}

// Numbers alone, since a name would be asked of the network.
void ReadAddress(std::string_view bytes) {
  if (bytes.find_first_not_of("0123456789.:[]") != std::string_view::npos) return;
  ResolveListenAddress(std::string(bytes));
}

std::vector<std::string> SettingSeeds() {
  return {
      "PEPLINE_GRPC_ADDRESS=127.0.0.1:0\nPEPLINE_METRICS_ADDRESS=[::1]:9090\n"
      "PEPLINE_REDIS_PORT=6379\nPEPLINE_JWKS_FILE=/keys\nPEPLINE_TOKEN_ISSUER=people\n"
      "PEPLINE_KAFKA_BOOTSTRAP=127.0.0.1:9092\nPEPLINE_GRPC_PLAIN_TEXT=true",
      "PEPLINE_REDIS_USER=u\nPEPLINE_REDIS_TLS=true\nPEPLINE_REDIS_TLS_CA_FILE=/ca\n"
      "PEPLINE_OTLP_ENDPOINT=http://collector:4318\nPEPLINE_CLOCK=simulated:/clock\n"
      "PEPLINE_ALLOW_SIMULATED_CLOCK=true\nPEPLINE_WORKERS=64\nPEPLINE_REDIS_PRT=1"};
}

std::vector<std::string> KafkaSeeds() {
  return {"security.protocol=SASL_SSL,sasl.mechanism=SCRAM-SHA-512,sasl.username=u",
          "linger.ms=5,compression.codec=lz4,fetch.wait.max.ms=10,session.timeout.ms=9000",
          "security.protocol=SASL_PLAINTEXT,sasl.mechanism=OAUTHBEARER,"
          "sasl.oauthbearer.config=file=/nowhere",
          "acks=1",
          "group.instance.id=a,client.rack=b",
          "=,a=,=b,,"};
}

// ---- traces, and what others answer ----

void ReadTrace(std::string_view bytes) {
  const std::string child = ChildTraceparent(bytes);
  Expect(IsTraceparent(child), "a child of any trace is one");
  Expect(TraceIdOf(bytes).empty() == !IsTraceparent(bytes), "a trace has an id");
  Expect(!IsTraceparent(bytes) || TraceIdOf(child) == TraceIdOf(bytes), "a child keeps its trace");
}

void ReadMailAnswer(std::string_view bytes) {
  using namespace notifications;
  if (bytes.size() < 3) return;
  const auto stage = static_cast<SmtpStage>(static_cast<unsigned char>(bytes[0]) % 9);
  const int code = static_cast<unsigned char>(bytes[1]) * 4 + static_cast<unsigned char>(bytes[2]);
  const SmtpAnswer answer = ReadReply(stage, code, bytes.substr(3));
  Expect(answer.kind != SmtpAnswer::Kind::kAccepted, "a refusal accepts a mail");
  Expect(answer.kind != SmtpAnswer::Kind::kAddressRefused ||
             (stage == SmtpStage::kRecipient && code >= 500),
         "an address is refused by what is not about it");
}

// hiredis 0.14 takes memory for as many elements as a list says it has, before they are there.
bool ClaimsMoreElementsThanBytes(std::string_view bytes) {
  for (std::size_t at = bytes.find('*'); at != std::string_view::npos;
       at = bytes.find('*', at + 1)) {
    const std::string_view rest = bytes.substr(at + 1);
    const std::size_t digits = rest.find_first_not_of("0123456789");
    std::size_t elements = 0;
    const std::string number(rest.substr(0, digits));
    if (!number.empty() && (!absl::SimpleAtoi(number, &elements) || elements > bytes.size())) {
      return true;
    }
  }
  return false;
}

// What a Redis sends, as everything that reads it takes it. It is ours, so that only what it may
// say in good faith is read.
void ReadRedis(std::string_view bytes) {
  if (ClaimsMoreElementsThanBytes(bytes)) return;
  const std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader(redisReaderCreate(),
                                                                        redisReaderFree);
  redisReaderFeed(reader.get(), bytes.data(), bytes.size());
  void* read = nullptr;
  if (redisReaderGetReply(reader.get(), &read) != REDIS_OK || read == nullptr) return;
  const RedisReply reply(static_cast<redisReply*>(read));
  if (reply->type == REDIS_REPLY_ERROR) {
    const std::string_view text(reply->str, reply->len);
    Expect(!RedisRefusal(text).ok(), "a refusal is none");
    ParseRedirect(text, "127.0.0.1");
  }
  if (reply->type == REDIS_REPLY_STRING) {
    const auto record = ParseRecord(*reply);
    Expect(record.ok() || absl::IsDataLoss(record.status()), "a record is refused for no reason");
    if (const auto seen = ParseSeen(*reply); seen.ok()) {
      Expect(FormatSeen(*seen).size() <= reply->len, "a remembered command grows");
    }
    RedisSlot({reply->str, reply->len});
  }
  if (reply->type != REDIS_REPLY_ARRAY) return;
  if (auto topology = RedisTopology::Parse(*reply, "127.0.0.1")) {
    for (const int slot : {0, 1, 8000, 16383}) topology->Owner(slot);
    topology->Owners();
  }
  for (std::size_t i = 0; i < reply->elements; ++i) {
    if (At(*reply, i).type != REDIS_REPLY_STRING) return;
  }
  FromFields(*reply);
}

std::vector<std::string> RedisSeeds() {
  return {"$9\r\n12\nrecord\r\n",
          "$12\r\n5\nprintanswer\r\n",
          "-MOVED 3999 127.0.0.1:6381\r\n",
          "-OOM command not allowed\r\n",
          "*1\r\n*3\r\n:0\r\n:5460\r\n*3\r\n$9\r\n127.0.0.1\r\n:30001\r\n$2\r\nid\r\n",
          "*8\r\n$1\r\nt\r\n$5\r\ntopic\r\n$1\r\nk\r\n$3\r\nkey\r\n$1\r\nv\r\n$5\r\nvalue\r\n"
          "$7\r\nh:ce_id\r\n$2\r\nid\r\n"};
}

}  // namespace

std::vector<Target> Targets() {
  return {Sharing("settings", {{.name = "settings", .run = &ReadSettings, .seeds = &SettingSeeds},
                               {.name = "kafka", .run = &ReadKafka, .seeds = &KafkaSeeds},
                               {.name = "address",
                                .run = &ReadAddress,
                                .seeds =
                                    [] {
                                      return std::vector<std::string>{"127.0.0.1:0", "[::1]:9090"};
                                    }}}),
          Sharing("answers", {{.name = "trace",
                               .run = &ReadTrace,
                               .seeds =
                                   [] {
                                     return std::vector<std::string>{
                                         "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
                                   }},
                              {.name = "mail",
                               .run = &ReadMailAnswer,
                               .seeds =
                                   [] {
                                     return std::vector<std::string>{
                                         "\x06\x89\x02"
                                         "5.1.1 no such user",
                                         "\x06\x70\x02 4.2.1 later"};
                                   }},
                              {.name = "redis", .run = &ReadRedis, .seeds = &RedisSeeds}})};
}

}  // namespace pepline::fuzz
