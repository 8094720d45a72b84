#include "shared/redis/redis_forms.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pepline {

std::string Text(const redisReply& reply) { return std::string(reply.str, reply.len); }
std::vector<std::string> Texts(const redisReply& reply) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < reply.elements; ++i) texts.push_back(Text(At(reply, i)));
  return texts;
}

std::string FormatRecord(std::uint64_t revision, std::string_view bytes) {
  return std::to_string(revision).append("\n").append(bytes);
}

absl::StatusOr<StoredRecord> ParseRecord(const redisReply& reply) {
  StoredRecord record;
  const char* const end = reply.str + reply.len;
  const auto [rest, error] = std::from_chars(reply.str, end, record.revision);
  if (error != std::errc() || rest == end || *rest != '\n') {
    return absl::DataLossError("a stored record has no revision; see `pepctl rebuild`");
  }
  record.bytes.assign(rest + 1, end);
  return record;
}

std::string FormatSeen(const SeenCommand& seen) {
  return absl::StrCat(seen.fingerprint.size(), "\n", seen.fingerprint, seen.answer);
}

absl::StatusOr<SeenCommand> ParseSeen(const redisReply& reply) {
  std::size_t length = 0;
  const char* const end = reply.str + reply.len;
  const auto [rest, error] = std::from_chars(reply.str, end, length);
  if (error != std::errc() || rest == end || *rest != '\n' ||
      static_cast<std::size_t>(end - rest - 1) < length) {
    return absl::DataLossError("the memory of a command cannot be read");
  }
  return SeenCommand{std::string(rest + 1, length), std::string(rest + 1 + length, end)};
}

namespace {
constexpr std::string_view kHeader = "h:";
}  // namespace

std::vector<std::string> ToFields(const OutboxRecord& record) {
  std::vector<std::string> fields = {"t", record.topic, "k", record.key, "v", record.value};
  for (const auto& [name, value] : record.headers) {
    fields.push_back(absl::StrCat(kHeader.data(), name));
    fields.push_back(value);
  }
  return fields;
}

OutboxRecord FromFields(const redisReply& fields) {
  OutboxRecord record;
  for (std::size_t i = 0; i + 1 < fields.elements; i += 2) {
    const std::string name = Text(At(fields, i));
    std::string value = Text(At(fields, i + 1));
    if (name == "t") {
      record.topic = std::move(value);
    } else if (name == "k") {
      record.key = std::move(value);
    } else if (name == "v") {
      record.value = std::move(value);
    } else if (name.starts_with(kHeader)) {  // what is none of ours is nobody's
      record.headers.emplace_back(name.substr(kHeader.size()), std::move(value));
    }
  }
  return record;
}

}  // namespace pepline
