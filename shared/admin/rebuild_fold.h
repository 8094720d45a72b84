// The aggregates of one kind while their events are folded.
// Promises: an event folded before is passed over; a missing one is named. What the service had
// received is in the records' marks. Errors: DataLoss where the topic has a gap. Threads: one.
#ifndef PEPLINE_SHARED_ADMIN_REBUILD_FOLD_H_
#define PEPLINE_SHARED_ADMIN_REBUILD_FOLD_H_

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/engine/execute.h"
#include "shared/store/memory_store.h"

namespace pepline {

// The record id in a header's "<service>/<kind>/<id>"; empty where it is of another kind.
std::string FoldedId(const common::v1::EventHeader& header, std::string_view service,
                     std::string_view kind);
// Notes the event's number and what caused it. False: it was folded before. DataLoss: one before
// it is missing.
absl::StatusOr<bool> NoteFolded(const common::v1::EventHeader& header,
                                runtime::v1::AggregateRecord& record);
// Puts a folded record into the memory.
absl::Status KeepFolded(MemoryStore& memory, const std::string& routing_id, const RecordKey& key,
                        const runtime::v1::AggregateRecord& record);

template <class Codec>
class Fold {
 public:
  using State = typename RulesOf<Codec>::State;
  struct One {
    State state;
    runtime::v1::AggregateRecord record;
  };

  // `decode` makes the event from the state before it: StatusOr<Event>.
  template <class Decode>
  absl::Status Take(const std::string& id, const common::v1::EventHeader& header, Decode decode) {
    One& one = all_[id];
    auto fresh = NoteFolded(header, one.record);
    if (!fresh.ok()) return fresh.status();
    if (!*fresh) return absl::OkStatus();
    auto event = decode(one.state);
    if (!event.ok()) return event.status();
    one.state = RulesOf<Codec>::Evolve(std::move(one.state), *event);
    return absl::OkStatus();
  }
  std::map<std::string, One>& all() { return all_; }

 private:
  std::map<std::string, One> all_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ADMIN_REBUILD_FOLD_H_
