// What an alert or a notice says to a person: subject and text of its mail, or its part of a
// digest. Promises: the subject holds no personal data, neither initials nor school: it shows in
// lists and on locked screens; the text names the child by initials alone, and the school unless
// the child's location is restricted (then registry gives none). That a child comes names no school
// that the child comes from, nor that one went where to. Dates are Europe/London. Rules that this
// version does not know get words that are true of any. Threads: pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MESSAGE_TEXT_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MESSAGE_TEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "services/notifications/domain/alert.h"

namespace pepline::notifications {

struct MessageContext {
  AlertReference reference;
  Instants instants;  // of a notice: due_at is the day that its news is about
  int level = 0;
  RecipientRole role = RecipientRole::kDesignatedTeacher;
  std::optional<RecipientRole> instead_of;
  std::string child_initials;  // empty: not known
  std::string school_name;     // empty: restricted, or not known
};

std::string SubjectOf(const MessageContext& context);
std::string TextOf(const MessageContext& context, const absl::TimeZone& london);

// Of one mail that tells the same person of several things: reminders by the day that they are due
// by, then notices.
std::string DigestSubjectOf(const std::vector<MessageContext>& contexts,
                            const absl::TimeZone& london);
std::string DigestTextOf(std::vector<MessageContext> contexts, const absl::TimeZone& london);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_MESSAGE_TEXT_H_
