// What the records of dead-letter topics tell (shared/kafka/reception/dead_letters.h): letters, and
// what was done about some of them. A topic cannot lose single records, so what is handled is
// written behind it on the same topic: a record without a value whose headers name the handled one
// and say how. The topic tells the whole story, also who looks later, and two people who handle the
// same one do no harm. Promises: every record is a letter or an outcome, and can be shown: what it
// holds moves no cursor, and JSON is UTF-8, in which bytes that are none become U+FFFD. A value is
// shown only when its bytes are asked for, or as the event that it is. Threads: values and pure
// functions.
#ifndef PEPLINE_TOOLS_PEPCTL_DEAD_LETTER_H_
#define PEPLINE_TOOLS_PEPCTL_DEAD_LETTER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "shared/kafka/inbound_record.h"

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
  // The value's size when it was too large for the dead-letter topic: it is to be fetched.
  std::optional<std::size_t> by_reference;

  // "registry.scheduling.0.17": of registry's topic, not read by scheduling, partition, offset.
  std::string Id() const;
};

// The service that could not read what lies on this dead-letter topic.
std::string ReaderOf(const std::string& dead_letter_topic);

// The headers of a record that says what was done about a letter.
Headers OutcomeHeaders(const DeadLetter& letter, const std::string& outcome);

class DeadLetterTopics {
 public:
  // A record of a dead-letter topic, put there at `at`; those of a partition in order.
  void Add(InboundRecord record, absl::Time at);
  // Oldest first within a topic, with what was done about them.
  std::vector<DeadLetter> Letters() &&;

 private:
  std::vector<DeadLetter> letters_;
  std::map<std::pair<std::string, std::string>, std::string> outcomes_;  // by topic and place
};

// How `pepctl dead-letters` shows them: as a table, as JSON, as text.
std::string TableOf(const std::vector<DeadLetter>& letters);
std::string JsonOf(const std::vector<DeadLetter>& letters);
// One, with its headers; with `bytes` its value in hexadecimal, too.
std::string TextOf(const DeadLetter& letter, bool bytes);
std::string JsonOf(const DeadLetter& letter, bool bytes);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_DEAD_LETTER_H_
