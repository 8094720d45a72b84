// The floor of every durable write: the bare atomic script with appendfsync always, driven by plain
// hiredis, with the bytes that a real command of scheduling writes.
#include <hiredis/hiredis.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/scheduling/api/answers.h"
#include "services/scheduling/storage/codec.h"
#include "shared/redis/redis_forms.h"
#include "tests/bench/measures.h"
#include "tests/bench/surroundings.h"
#include "tools/stack/environment.h"

namespace pepline::bench {
namespace {

constexpr int kRecords = 1000;  // each is written again and again
constexpr int kWindow = 64;
constexpr int kDeepWindow = 512;
constexpr std::int64_t kMicrosOff = 5'000'000;  // how far the clocks may be apart

// What one real command wrote.
struct Sample {
  std::string record;
  std::string seen;
  OutboxRecord event;
};

absl::StatusOr<Sample> TakeSample(int redis_port) {
  const FakeClock clock(TermBegins());
  Scheduling scheduling(redis_port, clock);
  if (absl::Status status = scheduling.AwaitRedis(); !status.ok()) return status;
  const std::string child = ChildrenOf(0, 1).front();
  if (absl::Status status = scheduling.PutChildren({child}); !status.ok()) return status;
  RedisStore& store = scheduling.store();
  const int partition = PartitionOf(child, store.partitions());
  auto loaded = store.Load(partition, {{"plan", child}}, "");
  auto outbox = store.ReadOutbox(partition, 1, "");
  auto state = Read<scheduling::PlanCodec>(store, scheduling::PlanOf(ChildId(child)));
  if (!loaded.ok()) return loaded.status();
  if (!outbox.ok() || outbox->empty() || !state.ok() || !*state) {
    return absl::InternalError("no PEP was opened");
  }
  scheduling::v1::CompleteReadinessItemResponse answer;
  *answer.mutable_pep() = scheduling::ToPep(**state);
  return Sample{loaded->records.front()->bytes, answer.SerializeAsString() + std::string(35, 'f'),
                outbox->front().record};
}

// Of the partition of the i-th commit: that it was begun.
std::string MarkOf(int i) { return absl::StrFormat("{bare.%02d}:mark", i % kRecords % 16); }

// The arguments of the i-th commit, as RedisStore sends them.
std::vector<std::string> Arguments(const std::string& digest, const Sample& sample, int i) {
  const std::string tag = absl::StrFormat("{bare.%02d}:", i % kRecords % 16);
  const std::string plan = absl::StrCat("plan:bare-", i % kRecords);
  std::vector<std::string> fields = {"t", sample.event.topic, "k", sample.event.key,
                                     "v", sample.event.value};
  for (const auto& [name, value] : sample.event.headers) {
    fields.push_back(absl::StrCat("h:", name));
    fields.push_back(value);
  }
  const std::int64_t now = absl::ToUnixMicros(absl::Now());
  std::vector<std::string> arguments = {"EVALSHA",
                                        digest,
                                        "5",
                                        tag + "alarms",
                                        tag + "outbox",
                                        absl::StrCat(tag, "seen:", i),
                                        MarkOf(i),
                                        tag + plan,
                                        "1",
                                        "1",
                                        "0",
                                        "1",
                                        "100000000",
                                        "3024000000",
                                        sample.seen,
                                        std::to_string(now - kMicrosOff),
                                        std::to_string(now + kMicrosOff),
                                        "",
                                        std::to_string(i / kRecords),
                                        FormatRecord(i / kRecords + 1, sample.record),
                                        plan,
                                        "1764288000000000",
                                        "",
                                        std::to_string(fields.size())};
  arguments.insert(arguments.end(), fields.begin(), fields.end());
  return arguments;
}

class Bare {
 public:
  explicit Bare(int port) : context_(redisConnect("127.0.0.1", port)) {}
  ~Bare() { redisFree(context_); }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  absl::StatusOr<std::string> LoadScript() {
    auto text = ReadFile(SourceFolder() + "/shared/redis/apply.lua");
    if (!text.ok()) return text.status();
    auto* reply = static_cast<redisReply*>(
        redisCommand(context_, "SCRIPT LOAD %b", text->data(), text->size()));
    std::string digest = reply == nullptr ? "" : std::string(reply->str, reply->len);
    freeReplyObject(reply);
    if (digest.size() != 40) return absl::InternalError("Redis does not take the script");
    return digest;
  }
  absl::Status Begin() {
    for (int i = 0; i < 16; ++i) {
      Send({"SET", MarkOf(i), "1"});
      void* reply = nullptr;
      if (redisGetReply(context_, &reply) != REDIS_OK) return absl::InternalError("Redis is away");
      freeReplyObject(reply);
    }
    return absl::OkStatus();
  }
  void Send(const std::vector<std::string>& arguments) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& argument : arguments) {
      texts.push_back(argument.data());
      sizes.push_back(argument.size());
    }
    redisAppendCommandArgv(context_, static_cast<int>(texts.size()), texts.data(), sizes.data());
  }
  // Was it written?
  bool Written() {
    void* reply = nullptr;
    if (redisGetReply(context_, &reply) != REDIS_OK) return false;
    auto* answer = static_cast<redisReply*>(reply);
    const bool written = answer->type == REDIS_REPLY_ARRAY && answer->element[0]->integer == 0;
    freeReplyObject(answer);
    return written;
  }

 private:
  redisContext* context_;
};

// Commits a second with `window` of them pipelined; `next` is the first commit's number and becomes
// the one after the last.
absl::StatusOr<double> Rate(Bare& bare, const std::string& digest, const Sample& sample, int window,
                            int total, int& next) {
  const int end = next + std::max(total / window, 1) * window;
  const int first = next;
  const absl::Time start = absl::Now();
  while (next < end) {
    for (int i = 0; i < window; ++i) bare.Send(Arguments(digest, sample, next + i));
    for (int i = 0; i < window; ++i) {
      if (!bare.Written()) return absl::InternalError("the bare script wrote nothing");
    }
    next += window;
  }
  return (end - first) / absl::ToDoubleSeconds(absl::Now() - start);
}

}  // namespace

absl::StatusOr<Floors> MeasureScript(const Options& options) {
  Floors floors;
  std::vector<double> rates, deep_rates, latencies;
  for (int round = 0; round < options.rounds; ++round) {
    TemporaryFolder folder;
    auto redis = RedisServer::Start(folder.path());
    if (!redis.ok()) return redis.status();
    auto sample = TakeSample((*redis)->port());
    if (!sample.ok()) return sample.status();
    Bare bare((*redis)->port());
    auto digest = bare.LoadScript();
    if (!digest.ok()) return digest.status();
    if (absl::Status begun = bare.Begin(); !begun.ok()) return begun;

    int next = 0;
    auto rate = Rate(bare, *digest, *sample, kWindow, options.Of(32'000), next);
    if (!rate.ok()) return rate.status();
    rates.push_back(*rate);
    rate = Rate(bare, *digest, *sample, kDeepWindow, options.Of(64'000), next);
    if (!rate.ok()) return rate.status();
    deep_rates.push_back(*rate);

    std::vector<double> micros;
    for (const int end = next + options.Of(2000); next < end; ++next) {
      const absl::Time start = absl::Now();
      bare.Send(Arguments(*digest, *sample, next));
      if (!bare.Written()) return absl::InternalError("the bare script wrote nothing");
      micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
    }
    latencies.push_back(Median(std::move(micros)));
  }
  floors.script_per_second = Median(std::move(rates));
  floors.script_deep_per_second = Median(std::move(deep_rates));
  floors.script_p50_micros = Median(std::move(latencies));
  return floors;
}

}  // namespace pepline::bench
