// Records as the store keeps them: each state in an envelope with the versions of what it said and
// heard. Errors: DataLoss where the bytes cannot be read, and whatever the store answers. Threads:
// safe from any thread; what loads blocks on the store.
#ifndef PEPLINE_SHARED_ENGINE_ENVELOPES_H_
#define PEPLINE_SHARED_ENGINE_ENVELOPES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/engine/command.h"
#include "shared/store/store.h"

namespace pepline {

struct Envelope {
  std::uint64_t revision = 0;  // 0: nothing is stored
  runtime::v1::AggregateRecord record;
};

absl::StatusOr<std::vector<Envelope>> OpenEnvelopes(const Loaded& loaded);
absl::StatusOr<std::vector<Envelope>> LoadEnvelopes(Store& store, int partition,
                                                    const std::vector<RecordKey>& keys);
// The states for Codec::Decode; nullopt where there is none (a record may hold marks alone).
RecordStates StatesOf(const std::vector<Envelope>& envelopes);

// The states of records of one partition as they are at one instant.
absl::StatusOr<RecordStates> LoadStates(Store& store, int partition,
                                        const std::vector<RecordKey>& keys);
// The same of one record, which `routing_id` says the partition of.
absl::StatusOr<std::optional<std::string>> LoadState(Store& store, std::string_view routing_id,
                                                     const RecordKey& key);
// The traceparent of the first event in the trace that the record's last event belongs to; empty
// when it never said one. What follows later by itself (a mail that waits) goes on with it.
absl::StatusOr<std::string> TraceOf(Store& store, const Target& target);

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_ENVELOPES_H_
