#include "shared/engine/envelopes.h"

#include <utility>

namespace pepline {

absl::StatusOr<std::vector<Envelope>> OpenEnvelopes(const Loaded& loaded) {
  std::vector<Envelope> envelopes;
  envelopes.reserve(loaded.records.size());
  for (const auto& stored : loaded.records) {
    Envelope& envelope = envelopes.emplace_back();
    if (!stored) continue;
    envelope.revision = stored->revision;
    if (!envelope.record.ParseFromString(stored->bytes)) {
      return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
    }
  }
  return envelopes;
}

absl::StatusOr<std::vector<Envelope>> LoadEnvelopes(Store& store, int partition,
                                                    const std::vector<RecordKey>& keys) {
  const auto loaded = store.Load(partition, keys, "");
  if (!loaded.ok()) return loaded.status();
  return OpenEnvelopes(*loaded);
}

RecordStates StatesOf(const std::vector<Envelope>& envelopes) {
  RecordStates states;
  states.reserve(envelopes.size());
  for (const Envelope& envelope : envelopes) {
    const std::string& state = envelope.record.state();
    states.push_back(state.empty() ? std::nullopt : std::optional(state));
  }
  return states;
}

absl::StatusOr<RecordStates> LoadStates(Store& store, int partition,
                                        const std::vector<RecordKey>& keys) {
  const auto envelopes = LoadEnvelopes(store, partition, keys);
  if (!envelopes.ok()) return envelopes.status();
  return StatesOf(*envelopes);
}

absl::StatusOr<std::optional<std::string>> LoadState(Store& store, std::string_view routing_id,
                                                     const RecordKey& key) {
  auto states = LoadStates(store, PartitionOf(routing_id, store.partitions()), {key});
  if (!states.ok()) return states.status();
  return std::move(states->front());
}

absl::StatusOr<std::string> TraceOf(Store& store, const Target& target) {
  const auto envelopes =
      LoadEnvelopes(store, PartitionOf(target.routing_id, store.partitions()), target.keys);
  if (!envelopes.ok()) return envelopes.status();
  return envelopes->front().record.traceparent();
}

}  // namespace pepline
