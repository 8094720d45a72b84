#include "shared/runtime/redis_store.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "runtime/apply_lua.h"
#include "runtime/beat_lua.h"
#include "shared/runtime/digest.h"
#include "shared/runtime/log.h"
#include "shared/runtime/metrics.h"
#include "shared/runtime/redis_checks.h"
#include "shared/runtime/redis_forms.h"
#include "shared/runtime/redis_nodes.h"

namespace pepline {
namespace {

constexpr int kLayoutVersion = 1;

void LogUntold(const std::string& demand) {
  LogWarning("Redis does not tell this setting; whoever runs it must see that it is right",
             {{LogField::kSetting, demand}});
}

}  // namespace

struct RedisStore::Parts {
  Parts(RedisStoreOptions given, Metrics* given_metrics)
      : options(std::move(given)), metrics(given_metrics), nodes(options, metrics) {
    for (int partition = 0; partition < options.partitions; ++partition) {
      slots.push_back(RedisSlot(Key(partition, "")));
    }
  }

  // A command whose keys are all of this partition.
  absl::StatusOr<RedisReply> Call(int partition, RedisArguments arguments) {
    return nodes.Call(SlotOf(partition), std::move(arguments));
  }
  int SlotOf(int partition) const { return slots[static_cast<std::size_t>(partition)]; }

  std::string Key(int partition, std::string_view rest) const {
    return absl::StrFormat("{%s.%02d}:%s", options.service, partition, rest);
  }
  std::string Key(int partition, const RecordKey& key) const {
    return Key(partition, absl::StrCat(key.kind, ":", key.id));
  }
  std::string Key(int partition, const IndexEntry& entry) const {
    return Key(partition, absl::StrCat("ix:", entry.name, ":", entry.value));
  }
  RedisArguments ScriptCall(const Commit& commit) const;
  // `arguments`: what follows the script's name.
  absl::StatusOr<RedisReply> RunScript(int slot, const char* script, const std::string& digest,
                                       RedisArguments arguments);

  const RedisStoreOptions options;
  Metrics* const metrics;
  RedisNodes nodes;
  std::vector<int> slots;  // of the partitions
};

RedisStore::RedisStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RedisStore::~RedisStore() = default;

std::unique_ptr<RedisStore> RedisStore::Create(RedisStoreOptions options, Metrics* metrics) {
  return std::unique_ptr<RedisStore>(
      new RedisStore(std::make_unique<Parts>(std::move(options), metrics)));
}

int RedisStore::partitions() const { return parts_->options.partitions; }

absl::Status RedisStore::CheckLayout() {
  if (absl::Status wrong = parts_->nodes.WrongSetting(); !wrong.ok()) return wrong;
  if (absl::Status status = Ping(); !status.ok()) return status;
  const std::string key = absl::StrCat("{", parts_->options.service, "}:layout");
  const int slot = RedisSlot(key);
  const std::string wanted =
      absl::StrCat("version=", kLayoutVersion, " partitions=", parts_->options.partitions);
  auto replies = parts_->nodes.CallAll({{slot, {"SET", key, wanted, "NX"}}, {slot, {"GET", key}}});
  if (!replies.ok()) return replies.status();
  if (const std::string found = Text(*(*replies)[1]); found != wanted) {
    return absl::FailedPreconditionError(absl::StrCat(
        "this Redis holds data of layout \"", found, "\", this program is set to \"", wanted,
        "\"; set PEPLINE_PARTITIONS to the number in it, or give the service an empty Redis"));
  }
  const auto slots = parts_->nodes.OnePerNode(parts_->slots);
  if (!slots.ok()) return slots.status();
  for (const int each : *slots) {
    const auto ask = [&](const RedisArguments& command) {
      return parts_->nodes.Call(each, command);
    };
    if (absl::Status status = CheckDurability(ask, LogUntold); !status.ok()) return status;
  }
  return absl::OkStatus();
}

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

RedisArguments RedisStore::Parts::ScriptCall(const Commit& commit) const {
  const int partition = commit.partition;
  RedisArguments keys = {Key(partition, "alarms"), Key(partition, "outbox")};
  keys.push_back(commit.seen ? Key(partition, absl::StrCat("seen:", commit.seen->command_id))
                             : keys[1]);
  for (const auto& write : commit.writes) keys.push_back(Key(partition, write.key));
  for (const auto& change : commit.index) keys.push_back(Key(partition, change.entry));

  const std::int64_t keep =
      commit.seen ? std::max<std::int64_t>(1, absl::ToInt64Milliseconds(commit.seen->keep)) : 0;
  RedisArguments arguments = {std::to_string(keys.size())};
  arguments.insert(arguments.end(), std::make_move_iterator(keys.begin()),
                   std::make_move_iterator(keys.end()));
  for (const std::size_t count :
       {commit.writes.size(), commit.outbox.size(), commit.alarms.size(), commit.index.size()}) {
    arguments.push_back(std::to_string(count));
  }
  arguments.push_back(std::to_string(options.outbox_limit));
  arguments.push_back(std::to_string(keep));
  arguments.push_back(commit.seen ? FormatSeen(commit.seen->command) : "");
  for (const auto& write : commit.writes) {
    arguments.push_back(std::to_string(write.expected_revision));
    arguments.push_back(write.bytes ? "1" : "0");
    arguments.push_back(write.bytes.value_or(""));
  }
  for (const OutboxRecord& record : commit.outbox) {
    auto fields = ToFields(record);
    arguments.push_back(std::to_string(fields.size()));
    arguments.insert(arguments.end(), std::make_move_iterator(fields.begin()),
                     std::make_move_iterator(fields.end()));
  }
  for (const auto& alarm : commit.alarms) {
    arguments.push_back(absl::StrCat(alarm.key.kind, ":", alarm.key.id));
    arguments.push_back(alarm.at ? std::to_string(absl::ToUnixMicros(*alarm.at)) : "");
  }
  for (const auto& change : commit.index) {
    arguments.push_back(change.member);
    arguments.push_back(change.add ? "1" : "0");
  }
  return arguments;
}

// Redis knows a script that it has seen by the SHA-1 of its text.
absl::StatusOr<RedisReply> RedisStore::Parts::RunScript(int slot, const char* script,
                                                        const std::string& digest,
                                                        RedisArguments arguments) {
  RedisArguments call = {"EVALSHA", digest};
  call.insert(call.end(), std::make_move_iterator(arguments.begin()),
              std::make_move_iterator(arguments.end()));
  auto reply = nodes.Call(slot, call);
  if (!absl::IsNotFound(reply.status())) return reply;
  call[0] = "EVAL";  // Redis has not seen the script, or forgot it
  call[1] = script;
  return nodes.Call(slot, std::move(call));
}

absl::StatusOr<std::optional<SeenCommand>> RedisStore::Apply(const Commit& commit) {
  static const std::string digest = Sha1InHex(kApplyLua);
  const absl::Time start = absl::Now();
  auto reply = parts_->RunScript(parts_->SlotOf(commit.partition), kApplyLua, digest,
                                 parts_->ScriptCall(commit));
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
    default:
      return absl::ResourceExhaustedError(
          "the outbox is full since Kafka does not take events; try again when it does");
  }
}

absl::StatusOr<std::vector<DueAlarm>> RedisStore::DueAlarms(int partition, absl::Time now,
                                                            int limit) {
  auto reply = parts_->Call(partition, {"ZRANGEBYSCORE", parts_->Key(partition, "alarms"), "-inf",
                                        std::to_string(absl::ToUnixMicros(now)), "WITHSCORES",
                                        "LIMIT", "0", std::to_string(limit)});
  if (!reply.ok()) return reply.status();
  std::vector<DueAlarm> alarms;
  for (std::size_t i = 0; i + 1 < (*reply)->elements; i += 2) {
    const std::string member = Text(At(**reply, i));
    const auto colon = member.find(':');
    double micros = 0;
    if (colon == std::string::npos || !absl::SimpleAtod(Text(At(**reply, i + 1)), &micros)) {
      return absl::DataLossError("a stored alarm cannot be read; see `pepctl rebuild`");
    }
    alarms.push_back({{member.substr(0, colon), member.substr(colon + 1)},
                      absl::FromUnixMicros(static_cast<std::int64_t>(micros))});
  }
  return alarms;
}

absl::StatusOr<std::optional<absl::Time>> RedisStore::EarliestAlarm() {
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < partitions(); ++partition) {
    calls.push_back({parts_->SlotOf(partition),
                     {"ZRANGE", parts_->Key(partition, "alarms"), "0", "0", "WITHSCORES"}});
  }
  // Whoever asks for alarms must not hear of one while this machine's clock is off.
  auto replies = parts_->nodes.CallAllOnTime(std::move(calls), parts_->slots);
  if (!replies.ok()) return replies.status();
  std::optional<absl::Time> earliest;
  for (const RedisReply& reply : *replies) {
    if (reply->elements < 2) continue;
    double micros = 0;
    if (!absl::SimpleAtod(Text(At(*reply, 1)), &micros)) {
      return absl::DataLossError("a stored alarm cannot be read; see `pepctl rebuild`");
    }
    const absl::Time at = absl::FromUnixMicros(static_cast<std::int64_t>(micros));
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
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

absl::StatusOr<OutboxDepth> RedisStore::MeasureOutbox() {
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < partitions(); ++partition) {
    const int slot = parts_->SlotOf(partition);
    calls.push_back({slot, {"XLEN", parts_->Key(partition, "outbox")}});
    calls.push_back({slot, {"XRANGE", parts_->Key(partition, "outbox"), "-", "+", "COUNT", "1"}});
  }
  auto replies = parts_->nodes.CallAll(std::move(calls));
  if (!replies.ok()) return replies.status();
  OutboxDepth depth;
  for (std::size_t i = 0; i < replies->size(); i += 2) {
    depth.entries += (*replies)[i]->integer;
    const redisReply& first = *(*replies)[i + 1];
    if (first.elements == 0) continue;
    // An entry's id starts with the milliseconds of Redis's clock.
    const std::string id = Text(At(At(first, 0), 0));
    std::int64_t millis = 0;
    std::from_chars(id.data(), id.data() + id.size(), millis);
    const absl::Time written = absl::FromUnixMillis(millis);
    if (!depth.oldest || written < *depth.oldest) depth.oldest = written;
  }
  return depth;
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

absl::Status RedisStore::Ping() {
  const auto slots = parts_->nodes.OnePerNode(parts_->slots);
  if (!slots.ok()) return slots.status();
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < partitions(); ++partition) {
    const int slot = parts_->SlotOf(partition);
    if (std::find(slots->begin(), slots->end(), slot) == slots->end()) continue;
    // Writes nothing, but is refused where a write would be: no memory, a replica, a full disk.
    calls.push_back({slot, {"SETRANGE", parts_->Key(partition, "room"), "0", ""}});
  }
  return parts_->nodes.CallAllOnTime(std::move(calls), parts_->slots).status();
}

absl::StatusOr<std::vector<std::string>> RedisStore::Beat(const std::string& replica,
                                                          absl::Duration lives_on,
                                                          Beating beating) {
  static const std::string digest = Sha1InHex(kBeatLua);
  const std::string key = absl::StrCat("{", parts_->options.service, "}:replicas");
  auto reply =
      parts_->RunScript(RedisSlot(key), kBeatLua, digest,
                        {"1", key, replica, std::to_string(absl::ToInt64Milliseconds(lives_on)),
                         beating == Beating::kLives ? "1" : "0"});
  if (!reply.ok()) return reply.status();
  std::vector<std::string> living = Texts(**reply);
  std::sort(living.begin(), living.end());
  return living;
}

}  // namespace pepline
