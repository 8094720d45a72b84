// What the runtime is told by those who run it and by what it talks to: settings, addresses,
// traces, the answers of Redis and of mail servers, and the requests that come to the metrics port.
#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/notifications/delivery/smtp_answer.h"
#include "shared/base/listen_address.h"
#include "shared/engine/command_memory.h"
#include "shared/kafka/kafka_settings.h"
#include "shared/observability/metrics_port.h"
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
      Expect(CommandMemory::AnswerIn(*seen).size() <= seen->answer.size(), "an answer grows");
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

// ---- the metrics port ----

constexpr int kPatienceMilliseconds = 10'000;

int PortOfMetrics() {
  static auto* const metrics = new Metrics;
  static const auto* const port = [] {
    const auto* made =
        MetricsPort::Start("127.0.0.1:0", *metrics,
                           {.before_scrape = {},
                            .health = [] { return absl::OkStatus(); },
                            .ready = [] { return absl::UnavailableError("not ready yet"); },
                            .details = [] { return std::string("relay: turns\n"); }})
            ->release();
    // libFuzzer's timer would break off what waits here; the port's threads take it instead.
    sigset_t timer;
    sigemptyset(&timer);
    sigaddset(&timer, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &timer, nullptr);
    return made;
  }();
  return port->port();
}

// A connection from an address of its own, since the port takes a number from each, and ports of
// one address that were used a moment ago are not to be had again.
int Connect() {
  static std::uint32_t visitors = 0;
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7f000002 + visitors++ % 0xfffff0);
  Expect(bind(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0,
         "an address of this machine is to be had");
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(PortOfMetrics()));
  const bool taken =
      connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  Expect(taken, taken ? "" : absl::StrCat("the port takes no connection: ", strerror(errno)));
  return connection;
}

// What is there to be read; with patience, all of it, to the end of the connection.
std::string Read(int connection, bool patient) {
  std::string text;
  std::array<char, 4096> part;
  while (true) {
    pollfd readable{connection, POLLIN, 0};
    const bool any = poll(&readable, 1, patient ? kPatienceMilliseconds : 0) == 1;
    Expect(any || !patient, "another request waits for its answer");
    const ssize_t size = any ? recv(connection, part.data(), part.size(), 0) : 0;
    if (size <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
}

// Whatever is sent, the next to ask is answered; and what was answered until then is HTTP and tells
// of no fault of ours. The connection itself may last for some seconds of silence.
void AskMetricsPort(std::string_view bytes) {
  const int connection = Connect();
  send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  const int next = Connect();
  constexpr std::string_view kProbe = "GET /healthz HTTP/1.0\r\n\r\n";
  send(next, kProbe.data(), kProbe.size(), MSG_NOSIGNAL);
  Expect(absl::StrContains(Read(next, true), " 200 "), "a probe finds no health");
  const std::string answer = Read(connection, false);
  close(next);
  close(connection);
  if (answer.empty()) return;
  Expect(absl::StartsWith(answer, "HTTP/1."), "an answer is not HTTP");
  const std::string code = answer.substr(9, 3);
  // 503 is what /readyz says here, and who scrapes too often.
  Expect(code[0] != '5' || code == "501" || code == "503" || code == "505",
         "a request is a fault of the server");
}

std::vector<std::string> HttpSeeds() {
  return {"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "GET /readyz HTTP/1.0\r\n\r\n",
          "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics?a=%41 HTTP/1.1\r\n\r\n",
          "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
          "3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nCookie: a=b; c\r\nX:\r\n folded\r\n\r\n"};
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
                              {.name = "redis", .run = &ReadRedis, .seeds = &RedisSeeds}}),
          {.name = "metrics-port", .run = &AskMetricsPort, .seeds = &HttpSeeds}};
}

}  // namespace pepline::fuzz
