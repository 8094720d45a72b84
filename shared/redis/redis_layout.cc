// Whether this Redis may be used: its settings, its clock, and whether what the service left in it
// is still there.
#include <algorithm>
#include <utility>

#include "shared/observability/log.h"
#include "shared/redis/redis_checks.h"
#include "shared/redis/redis_forms.h"
#include "shared/redis/redis_store_parts.h"

namespace pepline {
namespace {

// `partitions` 0: everything but some marks is gone.
absl::Status LostData(int partitions) {
  return absl::FailedPreconditionError(absl::StrCat(
      "this Redis has lost ",
      partitions == 0 ? std::string("the service's layout, or a rebuild was not finished")
                      : absl::StrCat("what ", partitions, " partitions of the service held"),
      "; stop every replica and put the data back as docs/operations/backup.md says"));
}

void LogUnknownSetting(const std::string& demand) {
  LogWarning("Redis does not tell this setting; whoever runs it must see that it is right",
             {{LogField::kSetting, demand}});
}

}  // namespace

absl::Status EmptiedRedis() {
  return absl::UnavailableError(
      "this Redis has lost what the service kept in it; nothing is written until it is back. See "
      "docs/operations/backup.md");
}

absl::StatusOr<bool> RedisStore::FindLayout() {
  if (absl::Status wrong = parts_->nodes.WrongSetting(); !wrong.ok()) return wrong;
  if (absl::Status trouble = Ping(); !trouble.ok()) return trouble;
  const auto slots = parts_->nodes.OnePerNode(parts_->slots);
  if (!slots.ok()) return slots.status();
  for (const int each : *slots) {
    const auto ask = [&](const RedisArguments& command) {
      return parts_->nodes.Call(each, command);
    };
    if (absl::Status status = CheckDurability(ask, LogUnknownSetting); !status.ok()) return status;
  }
  // A right that the access list of an older handbook does not give; better found now than by every
  // command.
  const absl::Status allowed = parts_->Call(0, {"ZSCORE", parts_->Key(0, "alarms"), "-"}).status();
  if (!allowed.ok()) return allowed;
  // In the opposite order of a first start's writing, so that one at work beside us is understood.
  const auto complete = parts_->Find(parts_->ServiceKey("marks"));
  if (!complete.ok()) return complete.status();
  const auto marked = parts_->CountMarks();
  if (!marked.ok()) return marked.status();
  const auto layout = parts_->Find(parts_->ServiceKey("layout"));
  if (!layout.ok()) return layout.status();
  const bool found = !layout->empty();
  if (found && *layout != parts_->Layout()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "this Redis holds data of layout \"", *layout, "\", this program is set to \"",
        parts_->Layout(),
        "\"; set PEPLINE_PARTITIONS to the number in it, or give the service an empty Redis"));
  }
  if (!found && (*marked > 0 || !complete->empty())) return LostData(0);
  if (!complete->empty() && *marked < partitions()) return LostData(partitions() - *marked);
  if (!found) return false;
  // A store of a version that knew no marks gets them now.
  if (complete->empty()) {
    if (absl::Status written = WriteMarks(); !written.ok()) return written;
  }
  parts_->marked = true;
  return true;
}

absl::StatusOr<std::string> RedisStore::Parts::Find(const std::string& key) {
  const auto reply = nodes.Call(RedisSlot(key), {"GET", key});
  if (!reply.ok()) return reply.status();
  return (*reply)->type == REDIS_REPLY_NIL ? std::string() : Text(**reply);
}

absl::StatusOr<int> RedisStore::Parts::CountMarks() {
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < options.partitions; ++partition) {
    calls.push_back({SlotOf(partition), {"GET", MarkKey(partition)}});
  }
  const auto replies = nodes.CallAll(std::move(calls));
  if (!replies.ok()) return replies.status();
  return static_cast<int>(std::ranges::count_if(
      *replies, [](const RedisReply& reply) { return reply->type != REDIS_REPLY_NIL; }));
}

absl::Status RedisStore::WriteMarks() {
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < partitions(); ++partition) {
    calls.push_back(
        {parts_->SlotOf(partition), {"SET", parts_->MarkKey(partition), parts_->Layout()}});
  }
  if (const auto replies = parts_->nodes.CallAll(std::move(calls)); !replies.ok()) {
    return replies.status();
  }
  const std::string marks = parts_->ServiceKey("marks");
  return parts_->nodes.Call(RedisSlot(marks), {"SET", marks, parts_->Layout()}).status();
}

absl::Status RedisStore::WriteLayout() {
  const std::string layout = parts_->ServiceKey("layout");
  return parts_->nodes.Call(RedisSlot(layout), {"SET", layout, parts_->Layout(), "NX"}).status();
}

absl::Status RedisStore::CheckLayout(const std::function<absl::Status()>& may_begin) {
  const auto found = FindLayout();
  if (!found.ok()) return found.status();
  if (*found) return absl::OkStatus();
  if (absl::Status may = may_begin ? may_begin() : absl::OkStatus(); !may.ok()) return may;
  // The layout first: a start that is cut off here is taken for a store without marks, and goes on.
  if (absl::Status written = WriteLayout(); !written.ok()) return written;
  return CheckLayout(may_begin);
}

absl::Status RedisStore::Ping() { return Served().trouble; }

RedisStore::Service RedisStore::Served() {
  // Writes nothing, but is refused where a write would be: no memory, a replica, a full disk.
  const auto room = parts_->CallPartitionsOnTime([this](int partition) {
    return RedisArguments{"SETRANGE", parts_->Key(partition, "room"), "0", ""};
  });
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < partitions(); ++partition) {
    calls.push_back({parts_->SlotOf(partition), {"GET", parts_->MarkKey(partition)}});
  }
  const auto marks = parts_->nodes.CallEach(std::move(calls));
  Service served;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    absl::Status trouble = room[i].ok() ? marks[i].status() : room[i].status();
    if (trouble.ok() && parts_->marked && (*marks[i])->type == REDIS_REPLY_NIL) {
      trouble = EmptiedRedis();
    }
    if (trouble.ok()) ++served.partitions;
    served.trouble.Update(trouble);
  }
  return served;
}

std::vector<absl::StatusOr<RedisReply>> RedisStore::Parts::CallPartitionsOnTime(
    const std::function<RedisArguments(int partition)>& command) {
  std::vector<RedisCommand> calls;
  for (int partition = 0; partition < options.partitions; ++partition) {
    calls.push_back({SlotOf(partition), command(partition)});
  }
  auto timed = nodes.CallEachOnTime(std::move(calls));
  std::vector<absl::Duration> ahead;
  for (const auto& one : timed) {
    if (one.ok()) ahead.push_back(one->ahead);
  }
  guard.Learn(std::move(ahead));
  const absl::Status trusted = guard.Trusted();
  std::vector<absl::StatusOr<RedisReply>> replies;
  for (auto& one : timed) {
    absl::Status status = one.status();
    if (status.ok()) status = trusted;
    if (status.ok()) status = CheckClock(one->ahead);
    if (status.ok()) {
      replies.emplace_back(std::move(one->reply));
    } else {
      replies.emplace_back(std::move(status));
    }
  }
  return replies;
}

}  // namespace pepline
