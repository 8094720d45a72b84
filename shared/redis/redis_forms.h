// How records, the memory of commands and outbox entries look in Redis, both ways. DataLoss when
// what is stored cannot be read. Threads: pure functions.
#ifndef PEPLINE_SHARED_REDIS_REDIS_FORMS_H_
#define PEPLINE_SHARED_REDIS_REDIS_FORMS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/redis/redis_connections.h"
#include "shared/store/store.h"

namespace pepline {

// Of a reply that is a text, and of one that is a list.
std::string Text(const redisReply& reply);
std::vector<std::string> Texts(const redisReply& reply);
inline const redisReply& At(const redisReply& reply, std::size_t i) { return *reply.element[i]; }

// "<revision>\n<bytes>"
std::string FormatRecord(std::uint64_t revision, std::string_view bytes);
absl::StatusOr<StoredRecord> ParseRecord(const redisReply& reply);

// "<length of the fingerprint>\n<fingerprint><answer>"
std::string FormatSeen(const SeenCommand& seen);
absl::StatusOr<SeenCommand> ParseSeen(const redisReply& reply);

// Fields and values of a stream's entry; header names carry a prefix, so that none can be taken for
// the topic, key or value.
std::vector<std::string> ToFields(const OutboxRecord& record);
OutboxRecord FromFields(const redisReply& fields);

}  // namespace pepline

#endif  // PEPLINE_SHARED_REDIS_REDIS_FORMS_H_
