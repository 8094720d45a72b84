// Any event of the five topics as a sentence that a person would want to read.
//   auto words = InWords("pepline.scheduling.events.v1", value, {});
//   words->Sentence() == "chd-…, school 123240: PEP meeting set for Thu 25 Sep 2025 14:00; …"
// Promises: words for every event of every contract; ids as they are unless `Names` gives others,
// so that a demo may show invented initials and a school's name; instants as London's clock shows
// them. Errors: InvalidArgument for another topic or for bytes that are not an event. An event that
// is newer than this program is said to be one. Threads: pure functions.
#ifndef PEPLINE_TOOLS_CLIENT_EVENT_WORDS_H_
#define PEPLINE_TOOLS_CLIENT_EVENT_WORDS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "tools/client/text_forms.h"

namespace pepline::client {

// What ids are called. A function that is not given leaves the id as it is.
struct Names {
  std::function<std::string(const std::string& child_id)> child;     // "A.B."
  std::function<std::string(const std::string& school_urn)> school;  // "Larkmead School"
  std::function<std::string(const std::string& staff_id)> staff;
};

struct EventWords {
  absl::Time at;           // when it happened
  std::string type;        // "PepMeetingScheduled"; empty for one that is newer than this program
  std::string child_id;    // empty where no child is concerned
  std::string school_urn;  // empty where the event names none
  std::string subject;     // "A.B., Larkmead School"
  std::string text;        // "PEP meeting set for Thu 25 Sep 2025 14:00; SDQ to be scored by …"

  // On one line (text_forms.h), whatever the event holds.
  std::string Sentence() const { return OneLine(subject + ": " + text + "."); }
};

// "pepline.<service>.events.v1" of all services.
const std::vector<std::string>& EventTopics();

absl::StatusOr<EventWords> InWords(std::string_view topic, std::string_view value,
                                   const Names& names);
// `event` is a RegistryEvent, SchedulingEvent, AssessmentsEvent, FundingEvent or
// NotificationsEvent.
EventWords InWords(const google::protobuf::Message& event, const Names& names);

// What a deadline's rule asks for: "finalising the ePEP within 5 school days". A rule that this
// program does not know gives its id.
std::string RuleInWords(std::string_view rule_id);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_EVENT_WORDS_H_
