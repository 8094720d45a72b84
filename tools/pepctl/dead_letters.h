// Reads dead letters (dead_letter.h) from their topics, and writes down what is done about them.
// A replayed record goes back to the topic it came from, for one way in: services that have
// received the event pass over its number, and one that still cannot read it puts it here again.
// Errors: Unavailable with the reason; NotFound for an id that is not there. Threads: one at a
// time.
#ifndef PEPLINE_TOOLS_PEPCTL_DEAD_LETTERS_H_
#define PEPLINE_TOOLS_PEPCTL_DEAD_LETTERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/kafka/kafka_options.h"
#include "tools/pepctl/dead_letter.h"

namespace pepline::pepctl {

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
