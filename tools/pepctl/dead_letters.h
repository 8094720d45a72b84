// Records that a service could not read, as they lie on its dead-letter topics
// (shared/kafka/dead_letters.h), and what was done about them.
// A topic cannot lose single records, so what is handled is written behind it on the same topic: a
// record without a value whose headers name the handled one and say how. The topic tells the whole
// story, also who looks later, and two people who handle the same one do no harm.
// A replayed record goes back to the topic it came from, for one way in: services that have
// received the event pass over its number, and one that still cannot read it puts it here again.
// Errors: Unavailable with the reason; NotFound for an id that is not there. Threads: one at a
// time.
#ifndef PEPLINE_TOOLS_PEPCTL_DEAD_LETTERS_H_
#define PEPLINE_TOOLS_PEPCTL_DEAD_LETTERS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/kafka/kafka_options.h"

namespace pepline::pepctl {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct DeadLetter {
  std::string topic;  // the dead-letter topic
  int partition = 0;
  std::int64_t offset = 0;
  absl::Time at;  // when it was put there
  std::string key;
  std::string value;
  Headers headers;      // the original ones, without ours
  std::string service;  // that could not read it
  std::string reason;
  std::string source_topic;
  std::string source_place;  // "<partition>/<offset>"
  std::string type;          // ce_type
  std::string outcome;       // "replayed" or "dropped"; empty: to be handled
  // The value's size when it was too large for the dead-letter topic: FetchValue gets it.
  std::optional<std::size_t> by_reference;

  // "registry.scheduling.0.17": of registry's topic, not read by scheduling, partition, offset.
  std::string Id() const;
};

// All dead letters of these services (empty: of all), oldest first within a topic.
absl::StatusOr<std::vector<DeadLetter>> ReadDeadLetters(const KafkaOptions& kafka,
                                                        const std::vector<std::string>& services);

// Gets key, value and headers of a letter by reference from the place that it came from; nothing to
// do for others. NotFound when the topic has that place no more.
absl::Status FetchValue(const KafkaOptions& kafka, DeadLetter& letter);

// Puts the record back as it was, and writes down that it was replayed. The value of one by
// reference was fetched before.
absl::Status Replay(const KafkaOptions& kafka, const DeadLetter& letter);
// Writes down that nothing is to be done about it. The record itself stays on the topic.
absl::Status Drop(const KafkaOptions& kafka, const DeadLetter& letter);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_DEAD_LETTERS_H_
