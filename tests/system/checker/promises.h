// What the product promises, checked from the outside: from the records on Kafka, the list of
// acknowledged commands, and the mails that were delivered. Pure; knows no service's inside.
// Every broken promise becomes one line that says which and where.
// Threads: values only.
#ifndef PEPLINE_TESTS_SYSTEM_CHECKER_PROMISES_H_
#define PEPLINE_TESTS_SYSTEM_CHECKER_PROMISES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tests/support/topic_reader.h"

namespace pepline {

// One command that a client sent. `acknowledged`: an OK came back.
struct SentCommand {
  // The event it causes, of scheduling or assessments: "PepMeetingHeld"; an item of the checklist
  // with its name: "PepReadinessItemCompleted.READINESS_ITEM_EPEP_DRAFT".
  std::string event;
  std::string pep_id;
  bool acknowledged = false;
};

// One delivered mail, by its headers.
struct DeliveredMail {
  std::string delivery_id;
  std::string message_id;
  std::string subject;
};

// Topic, partition, offset.
using RecordPlace = std::tuple<std::string, int, std::int64_t>;

struct Evidence {
  std::vector<ReadRecord> records;  // of all event topics, in offset order within each partition
  std::vector<SentCommand> commands;
  std::vector<DeliveredMail> mails;
  absl::Time until;  // the stack's clock when everything had come to rest
  // The stack's clock when somebody who followed the topics saw a record; records that are not here
  // were not watched. A process's own word is no proof where its clock may be wrong.
  std::map<RecordPlace, absl::Time> arrivals;
  // How often something happened that may come between a mail and its record: so many mails may
  // have been sent again, or be without a record. Nothing: it is counted and not judged.
  std::optional<std::int64_t> interruptions;
  // The mail server refuses nobody for good: whoever has a role can be told in the end.
  bool everybody_reachable = false;
};

struct Verdict {
  std::vector<std::string> broken;             // empty: every promise was kept
  std::map<std::string, std::int64_t> counts;  // what was looked at, by name
};

Verdict CheckPromises(const Evidence& evidence);

// {"event": ..., "pep": ..., "acknowledged": true} one a line. InvalidArgument with the line.
absl::StatusOr<std::vector<SentCommand>> ReadCommands(const std::string& path);
// [topic, partition, offset, microseconds since 1970] one a line. InvalidArgument with the line.
absl::StatusOr<std::map<RecordPlace, absl::Time>> ReadArrivals(const std::string& path);
// Reads a maildir (new/ and cur/) or a folder of .eml files.
absl::StatusOr<std::vector<DeliveredMail>> ReadMails(const std::string& folder);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_CHECKER_PROMISES_H_
