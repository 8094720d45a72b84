#include "shared/admin/rebuild_fold.h"

#include <algorithm>

#include "absl/strings/numbers.h"

namespace pepline {

std::string FoldedId(const common::v1::EventHeader& header, std::string_view service,
                     std::string_view kind) {
  absl::string_view id = header.aggregate_id();
  if (!absl::ConsumePrefix(&id, absl::StrCat(std::string(service), "/", std::string(kind), "/"))) {
    return "";
  }
  return std::string(id);
}

absl::StatusOr<bool> NoteFolded(const common::v1::EventHeader& header,
                                runtime::v1::AggregateRecord& record) {
  const std::uint64_t version = header.aggregate_version();
  if (version <= record.events_said()) return false;
  if (version != record.events_said() + 1) {
    return absl::DataLossError(absl::StrCat(
        "the topic has event ", version, " of ", header.aggregate_id(), " and not event ",
        record.events_said() + 1,
        "; a topic that lost events cannot rebuild anything: restore the append-only file"));
  }
  record.set_events_said(version);
  const std::string& cause = header.caused_by();
  const auto colon = cause.rfind(':');
  std::uint64_t number = 0;
  if (colon != std::string::npos && absl::SimpleAtoi(cause.substr(colon + 1), &number)) {
    std::uint64_t& processed = (*record.mutable_marks())[cause.substr(0, colon)];
    processed = std::max(processed, number);
  }
  return true;
}

absl::Status KeepFolded(MemoryStore& memory, const std::string& routing_id, const RecordKey& key,
                        const runtime::v1::AggregateRecord& record) {
  Commit commit{.partition = PartitionOf(routing_id, memory.partitions())};
  commit.writes.push_back(
      {.key = key, .expected_revision = 0, .bytes = record.SerializeAsString()});
  return memory.Apply(commit).status();
}

}  // namespace pepline
