#include "shared/admin/after_restore.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "pepline/runtime/v1/any_event.pb.h"
#include "shared/kafka/kafka_topics.h"

namespace pepline {
namespace {

absl::StatusOr<Target> TargetOf(const CheckedService& service, const RecordKey& key) {
  const auto kind = std::ranges::find(service.kinds, key.kind, &RecordKind::kind);
  if (kind == service.kinds.end()) {
    return absl::DataLossError(
        absl::StrCat("the topic has events of ", key.kind, ", which this version does not know"));
  }
  const auto target = kind->target(key.id);
  if (target) return *target;
  return absl::DataLossError(absl::StrCat("the topic has events of ", key.kind, " ", key.id,
                                          ", which is no id of that kind"));
}

}  // namespace

std::vector<std::string> TopicsReadBy(const std::string& service) {
  std::vector<std::string> read;
  for (const NeededTopic& topic : NeededTopics()) {
    // What a service cannot read of a topic has a topic of its own.
    const std::string letters = DeadLetterTopic(topic.name, service);
    if (std::ranges::find(NeededTopics(), letters, &NeededTopic::name) != NeededTopics().end()) {
      read.push_back(topic.name);
    }
  }
  return read;
}

absl::Status LastNumbers::Receive(const InboundRecord& record) {
  runtime::v1::AnyEvent event;
  const bool readable = event.ParseFromString(record.value);
  absl::string_view rest = readable ? absl::string_view(event.header().aggregate_id()) : "";
  const std::size_t slash =
      absl::ConsumePrefix(&rest, service_ + "/") ? rest.find('/') : std::string::npos;
  if (slash == std::string::npos) {
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", record.topic, ", partition ", record.partition, ", offset ",
                     record.offset, " holds something that is no event of this service"));
  }
  std::uint64_t& last =
      last_[{std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))}];
  last = std::max<std::uint64_t>(last, event.header().aggregate_version());
  return absl::OkStatus();
}

absl::StatusOr<LastNumbers::Raised> LastNumbers::Raise(const CheckedService& service) const {
  Raised raised;
  for (const auto& [key, number] : last_) {
    const auto target = TargetOf(service, key);
    if (!target.ok()) return target.status();
    const int partition = PartitionOf(target->routing_id, service.store.partitions());
    auto envelopes = LoadEnvelopes(service.store, partition, {key});
    if (!envelopes.ok()) return envelopes.status();
    Envelope& envelope = envelopes->front();
    if (envelope.record.events_said() >= number) continue;
    ++(envelope.revision == 0 ? raised.missing : raised.in_copy);
    envelope.record.set_events_said(number);
    Commit commit{.partition = partition};
    commit.writes.push_back({.key = key,
                             .expected_revision = envelope.revision,
                             .bytes = envelope.record.SerializeAsString()});
    const absl::Status applied = service.store.Apply(commit).status();
    if (absl::IsAborted(applied)) {
      return absl::FailedPreconditionError(
          "somebody writes to this Redis; stop every replica of the service, and say --restored "
          "again");
    }
    if (!applied.ok()) return applied;
  }
  return raised;
}

}  // namespace pepline
