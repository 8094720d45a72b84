#include "shared/redis/redis_store.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "redis/apply_lua.h"
#include "redis/heartbeat_lua.h"
#include "redis/wake_lua.h"
#include "shared/base/digest.h"
#include "shared/observability/metrics.h"
#include "shared/redis/redis_checks.h"
#include "shared/redis/redis_forms.h"
#include "shared/redis/redis_store_parts.h"

namespace pepline {
namespace {

// Of the call of a commit that changes a record, an alarm and a few lists, and says an event.
constexpr std::size_t kUsualArguments = 64;

std::string Micros(absl::Time at) { return std::to_string(absl::ToUnixMicros(at)); }

// An alarm's score.
absl::StatusOr<absl::Time> ParseInstant(const redisReply& score) {
  double micros = 0;
  if (!absl::SimpleAtod(Text(score), &micros)) {
    return absl::DataLossError("a stored alarm cannot be read; see `pepctl rebuild`");
  }
  return absl::FromUnixMicros(static_cast<std::int64_t>(micros));
}

}  // namespace

RedisStore::RedisStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RedisStore::~RedisStore() = default;

std::unique_ptr<RedisStore> RedisStore::Create(RedisStoreOptions options, Metrics* metrics) {
  return std::unique_ptr<RedisStore>(
      new RedisStore(std::make_unique<Parts>(std::move(options), metrics)));
}

int RedisStore::partitions() const { return parts_->options.partitions; }

absl::StatusOr<Loaded> RedisStore::Load(int partition, const std::vector<RecordKey>& keys,
                                        std::string_view command_id) {
  RedisArguments arguments = {"MGET"};
  for (const RecordKey& key : keys) arguments.push_back(parts_->Key(partition, key));
  if (!command_id.empty()) {
    arguments.push_back(parts_->Key(partition, absl::StrCat("seen:", std::string(command_id))));
  }
  auto reply = parts_->Call(partition, std::move(arguments));
  if (!reply.ok()) return reply.status();
  Loaded loaded;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const redisReply& value = At(**reply, i);
    if (value.type == REDIS_REPLY_NIL) {
      loaded.records.emplace_back();
      continue;
    }
    auto record = ParseRecord(value);
    if (!record.ok()) return record.status();
    loaded.records.push_back(*std::move(record));
  }
  if (!command_id.empty() && At(**reply, keys.size()).type != REDIS_REPLY_NIL) {
    auto seen = ParseSeen(At(**reply, keys.size()));
    if (!seen.ok()) return seen.status();
    loaded.seen = *std::move(seen);
  }
  return loaded;
}

absl::StatusOr<std::vector<std::uint64_t>> RedisStore::Revisions(const std::vector<Place>& places) {
  std::vector<RedisCommand> calls;
  for (const Place& place : places) {
    // As much as a revision and its end can be long.
    calls.push_back({parts_->SlotOf(place.partition),
                     {"GETRANGE", parts_->Key(place.partition, place.key), "0", "20"}});
  }
  std::vector<std::uint64_t> revisions;
  if (calls.empty()) return revisions;
  auto replies = parts_->nodes.CallAll(std::move(calls));
  if (!replies.ok()) return replies.status();
  for (const RedisReply& reply : *replies) {
    if (reply->len == 0) {
      revisions.push_back(0);
      continue;
    }
    auto record = ParseRecord(*reply);
    if (!record.ok()) return record.status();
    revisions.push_back(record->revision);
  }
  return revisions;
}

RedisArguments RedisStore::Parts::ApplyArguments(const Commit& commit, absl::Time clock) const {
  const int partition = commit.partition;
  RedisArguments arguments;
  arguments.reserve(kUsualArguments);
  arguments.push_back(std::to_string(4 + commit.writes.size() + commit.index.size()));
  arguments.push_back(Key(partition, "alarms"));
  arguments.push_back(Key(partition, "outbox"));
  arguments.push_back(commit.seen ? Key(partition, absl::StrCat("seen:", commit.seen->command_id))
                                  : arguments.back());
  arguments.push_back(MarkKey(partition));
  for (const auto& write : commit.writes) arguments.push_back(Key(partition, write.key));
  for (const auto& change : commit.index) arguments.push_back(Key(partition, change.entry));

  for (const std::size_t count :
       {commit.writes.size(), commit.alarms.size(), commit.index.size(), commit.outbox.size()}) {
    arguments.push_back(std::to_string(count));
  }
  arguments.push_back(std::to_string(options.outbox_limit));
  arguments.push_back(commit.seen ? std::to_string(std::max<std::int64_t>(
                                        1, absl::ToInt64Milliseconds(commit.seen->keep)))
                                  : "");
  arguments.push_back(commit.seen ? FormatSeen(commit.seen->command) : "");
  arguments.push_back(Micros(clock - kClocksMayDiffer));
  // Redis may come to the script only after a while.
  arguments.push_back(Micros(clock + kClocksMayDiffer + options.call_timeout));
  arguments.push_back(commit.now ? Micros(*commit.now + kDueAlready) : "");
  for (const auto& write : commit.writes) {
    arguments.push_back(std::to_string(write.expected_revision));
    arguments.push_back(write.bytes ? FormatRecord(write.expected_revision + 1, *write.bytes) : "");
  }
  for (const auto& alarm : commit.alarms) {
    arguments.push_back(absl::StrCat(alarm.key.kind, ":", alarm.key.id));
    arguments.push_back(alarm.at ? Micros(*alarm.at) : "");
    arguments.push_back(alarm.anew ? "anew" : alarm.fired ? Micros(*alarm.fired) : "");
  }
  for (const auto& change : commit.index) {
    arguments.push_back(change.member);
    arguments.push_back(change.add ? "1" : "0");
  }
  for (const OutboxRecord& record : commit.outbox) {
    auto fields = ToFields(record);
    arguments.push_back(std::to_string(fields.size()));
    arguments.insert(arguments.end(), std::make_move_iterator(fields.begin()),
                     std::make_move_iterator(fields.end()));
  }
  return arguments;
}

// Redis knows a script that it has seen by the SHA-1 of its text.
absl::StatusOr<RedisReply> RedisStore::Parts::RunScript(int slot, const char* script,
                                                        const std::string& digest,
                                                        RedisArguments arguments) {
  RedisArguments call = {"EVALSHA", digest};
  call.reserve(call.size() + arguments.size());
  call.insert(call.end(), std::make_move_iterator(arguments.begin()),
              std::make_move_iterator(arguments.end()));
  auto reply = nodes.CallAndReturn(slot, call);
  if (!absl::IsNotFound(reply.status())) return reply;
  call[0] = "EVAL";  // Redis has not seen the script, or forgot it
  call[1] = script;
  return nodes.Call(slot, std::move(call));
}

absl::StatusOr<std::optional<SeenCommand>> RedisStore::Apply(const Commit& commit) {
  static const std::string digest = Sha1InHex(kApplyLua);
  if (absl::Status trusted = parts_->guard.Trusted(); !trusted.ok()) return trusted;
  const absl::Time start = absl::Now();
  const absl::Time clock = parts_->options.machine_clock();
  auto reply = parts_->RunScript(parts_->SlotOf(commit.partition), kApplyLua, digest,
                                 parts_->ApplyArguments(commit, clock));
  if (!reply.ok()) return reply.status();
  if (parts_->metrics != nullptr) {
    parts_->metrics->Observe("pepline_store_commit_seconds", {}, absl::Now() - start);
  }
  switch (At(**reply, 0).integer) {
    case 0:
      return std::optional<SeenCommand>();
    case 1: {
      auto seen = ParseSeen(At(**reply, 1));
      if (!seen.ok()) return seen.status();
      return std::optional(*std::move(seen));
    }
    case 2:
      return absl::AbortedError("somebody else changed the record meanwhile");
    case 4:
      return EmptiedRedis();
    case 5:
      return CheckClock(clock - absl::FromUnixMicros(At(**reply, 1).integer));
    default:
      return absl::ResourceExhaustedError(
          "the outbox is full since Kafka does not take events; try again when it does");
  }
}

absl::StatusOr<std::vector<DueAlarm>> RedisStore::DueAlarms(int partition, absl::Time now,
                                                            int limit) {
  auto reply =
      parts_->Call(partition, {"ZRANGEBYSCORE", parts_->Key(partition, "alarms"), "-inf",
                               Micros(now), "WITHSCORES", "LIMIT", "0", std::to_string(limit)});
  if (!reply.ok()) return reply.status();
  std::vector<DueAlarm> alarms;
  for (std::size_t i = 0; i + 1 < (*reply)->elements; i += 2) {
    const std::string member = Text(At(**reply, i));
    const auto colon = member.find(':');
    const auto at = ParseInstant(At(**reply, i + 1));
    if (colon == std::string::npos || !at.ok()) {
      return absl::DataLossError("a stored alarm cannot be read; see `pepctl rebuild`");
    }
    alarms.push_back({{member.substr(0, colon), member.substr(colon + 1)}, *at});
  }
  return alarms;
}

// Whoever asks for alarms must not hear of one while this machine's clock is off.
std::vector<Store::Earliest> RedisStore::EarliestAlarms() {
  std::vector<Earliest> all;
  for (const auto& reply : parts_->CallPartitionsOnTime([this](int partition) {
         return RedisArguments{"ZRANGE", parts_->Key(partition, "alarms"), "0", "0", "WITHSCORES"};
       })) {
    if (!reply.ok()) {
      all.emplace_back(reply.status());
    } else if ((*reply)->elements < 2) {
      all.emplace_back(std::nullopt);
    } else {
      const auto at = ParseInstant(At(**reply, 1));
      all.push_back(at.ok() ? Earliest(*at) : Earliest(at.status()));
    }
  }
  return all;
}

absl::StatusOr<std::string> RedisStore::WakeListed(int partition, const WakeUp& wake,
                                                   std::string_view after, int limit) {
  static const std::string digest = Sha1InHex(kWakeLua);
  const std::string listed = parts_->Key(partition, wake.listed);
  auto reply = parts_->RunScript(
      parts_->SlotOf(partition), kWakeLua, digest,
      {"3", parts_->Key(partition, "alarms"), listed,
       wake.resting ? parts_->Key(partition, *wake.resting) : listed, absl::StrCat(wake.kind, ":"),
       Micros(wake.at), after.empty() ? "-" : absl::StrCat("(", std::string(after)),
       std::to_string(limit), wake.resting ? "1" : "0"});
  if (!reply.ok()) return reply.status();
  return Text(**reply);
}

absl::StatusOr<std::vector<OutboxEntry>> RedisStore::ReadOutbox(int partition, int limit,
                                                                std::string_view after) {
  auto reply = parts_->Call(partition, {"XRANGE", parts_->Key(partition, "outbox"),
                                        after.empty() ? "-" : absl::StrCat("(", std::string(after)),
                                        "+", "COUNT", std::to_string(limit)});
  if (!reply.ok()) return reply.status();
  std::vector<OutboxEntry> entries;
  for (std::size_t i = 0; i < (*reply)->elements; ++i) {
    const redisReply& entry = At(**reply, i);
    entries.push_back({Text(At(entry, 0)), FromFields(At(entry, 1))});
  }
  return entries;
}

absl::Status RedisStore::DeleteOutbox(int partition, const std::vector<std::string>& entry_ids) {
  if (entry_ids.empty()) return absl::OkStatus();
  RedisArguments arguments = {"XDEL", parts_->Key(partition, "outbox")};
  arguments.insert(arguments.end(), entry_ids.begin(), entry_ids.end());
  return parts_->Call(partition, std::move(arguments)).status();
}

std::vector<absl::StatusOr<OutboxDepth>> RedisStore::MeasureOutboxes() {
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < partitions(); ++partition) {
    const int slot = parts_->SlotOf(partition);
    calls.push_back({slot, {"XLEN", parts_->Key(partition, "outbox")}});
    calls.push_back({slot, {"XRANGE", parts_->Key(partition, "outbox"), "-", "+", "COUNT", "1"}});
  }
  const auto replies = parts_->nodes.CallEach(std::move(calls));
  std::vector<absl::StatusOr<OutboxDepth>> all;
  for (std::size_t i = 0; i < replies.size(); i += 2) {
    if (!replies[i].ok() || !replies[i + 1].ok()) {
      all.emplace_back(replies[replies[i].ok() ? i + 1 : i].status());
      continue;
    }
    OutboxDepth depth{.entries = (*replies[i])->integer, .oldest = {}};
    const redisReply& first = **replies[i + 1];
    if (first.elements > 0) {
      // An entry's id starts with the milliseconds of Redis's clock.
      const std::string id = Text(At(At(first, 0), 0));
      std::int64_t millis = 0;
      std::from_chars(id.data(), id.data() + id.size(), millis);
      depth.oldest = absl::FromUnixMillis(millis);
    }
    all.emplace_back(depth);
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> RedisStore::ListIndex(int partition,
                                                               const IndexEntry& entry,
                                                               std::string_view after, int limit) {
  auto reply = parts_->Call(partition, {"ZRANGEBYLEX", parts_->Key(partition, entry),
                                        after.empty() ? "-" : absl::StrCat("(", std::string(after)),
                                        "+", "LIMIT", "0", std::to_string(limit)});
  if (!reply.ok()) return reply.status();
  return Texts(**reply);
}

absl::StatusOr<std::vector<std::string>> RedisStore::Heartbeat(const std::string& replica,
                                                               absl::Duration lives_on,
                                                               Presence presence) {
  static const std::string digest = Sha1InHex(kHeartbeatLua);
  const std::string key = parts_->ServiceKey("replicas");
  auto reply =
      parts_->RunScript(RedisSlot(key), kHeartbeatLua, digest,
                        {"1", key, replica, std::to_string(absl::ToInt64Milliseconds(lives_on)),
                         presence == Presence::kLives ? "1" : "0"});
  if (!reply.ok()) return reply.status();
  std::vector<std::string> living = Texts(**reply);
  std::sort(living.begin(), living.end());
  return living;
}

}  // namespace pepline
