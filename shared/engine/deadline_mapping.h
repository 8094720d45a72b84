// A deadline of a record as the contract shows it, in events and answers
// (proto/pepline/common/v1/deadline.proto). Errors: what cannot be read fails the FieldReader.
// Threads: pure functions.
#ifndef PEPLINE_SHARED_ENGINE_DEADLINE_MAPPING_H_
#define PEPLINE_SHARED_ENGINE_DEADLINE_MAPPING_H_

#include <string>

#include "absl/time/time.h"
#include "pepline/common/v1/deadline.pb.h"
#include "shared/domain/deadline.h"
#include "shared/domain/fields.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/engine/field_mapping.h"

namespace pepline {

// `whose` is the id of what the deadline is of; its own is that one, a dot and the rule's.
common::v1::DeadlineReference ToReference(const std::string& whose, Rule rule,
                                          const DeadlineInstants& instants);

// The same read back into an event that holds instants (deadline_events.h); nothing for any other.
template <class Event>
void ReadInstants(const common::v1::DeadlineReference& said, absl::Time occurred_at, Event& event,
                  FieldReader& reader) {
  if constexpr (requires { event.instants; }) {
    event.instants = ReadFields<DeadlineInstants>(said, reader);
    event.reminder_passed = occurred_at >= MissedFrom(event.instants.due_at);
  }
}

// As a deadline is after a rebuild: no event says whether a reminder is passed of one that has no
// reminder, which it holds back from nothing.
inline void ForgetReminderWithoutLevel(Deadline& deadline) {
  if (!ReminderAt(deadline.instants)) deadline.reminded = false;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_DEADLINE_MAPPING_H_
