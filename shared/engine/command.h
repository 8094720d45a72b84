// What every command is made of, whichever way it came: which records it is about, where it came
// from, and what its service is. Threads: values; safe from any thread.
#ifndef PEPLINE_SHARED_ENGINE_COMMAND_H_
#define PEPLINE_SHARED_ENGINE_COMMAND_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "pepline/common/v1/event_header.pb.h"
#include "shared/base/clock.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline {

// Everything Execute needs of its service. Outlives every call.
struct Engine {
  Store& store;
  const Clock& clock;
  Metrics& metrics;
  std::string topic;   // "pepline.scheduling.events.v1"
  std::string source;  // CloudEvents source: "/pepline/scheduling"
  // Called after a commit that set an alarm / wrote outbox entries. Must not block. May be empty.
  std::function<void(absl::Time)> on_alarm;
  std::function<void(int partition)> on_outbox;
  int max_attempts = 10;
  absl::Duration remember_commands = absl::Hours(24 * 35);
};

// Which records a command is about. keys[0] is the primary part: its alarm, index and version.
struct Target {
  std::string routing_id;  // the child's id where there is one, else the aggregate's own
  std::vector<RecordKey> keys;
  // Records of the same partition that the command does not write but wants to know (Inputs). They
  // are read at the same instant as the others, in the same round trip.
  std::vector<RecordKey> also = {};
  // The same, and the command decides on these: where another writer changes one before it commits,
  // it is tried again. Their states stand behind those of `also`.
  std::vector<RecordKey> held = {};
};

// The stored states of several records, in the order they were asked for; nullopt where there is
// none.
using RecordStates = std::vector<std::optional<std::string>>;

// Where a command came from. Exactly one of the three makers below.
struct Origin {
  std::string command_id;  // RPC: the caller's request_id
  std::string fingerprint;
  std::string source_aggregate;  // Kafka: whose event
  std::uint64_t source_version = 0;
  std::string traceparent;
  std::optional<absl::Time> fired = std::nullopt;  // alarm: its due_at
  std::string caller = {};                         // RPC: the subject of its token

  static Origin Request(std::string request_id, std::string fingerprint, std::string traceparent,
                        std::string caller = {}) {
    return {.command_id = std::move(request_id),
            .fingerprint = std::move(fingerprint),
            .source_aggregate = "",
            .traceparent = std::move(traceparent),
            .caller = std::move(caller)};
  }
  static Origin Event(const common::v1::EventHeader& header) {
    return {.command_id = "",
            .fingerprint = "",
            .source_aggregate = header.aggregate_id(),
            .source_version = header.aggregate_version(),
            .traceparent = header.traceparent()};
  }
  // A command that is idempotent by nature: from an alarm, which it answers and replaces; or, with
  // nullopt, from anything else that lets a record catch up: an alarm that is due stays.
  static Origin Alarm(std::optional<absl::Time> fired) {
    return {.command_id = "",
            .fingerprint = "",
            .source_aggregate = "",
            .traceparent = "",
            .fired = fired};
  }
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_COMMAND_H_
