// The phrases that the sentences of event_words are made of, and the sentences by service.
// Promises: total. Threads: pure functions.
#ifndef PEPLINE_TOOLS_CLIENT_PHRASES_H_
#define PEPLINE_TOOLS_CLIENT_PHRASES_H_

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "google/protobuf/repeated_field.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/common/v1/deadline.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tools/client/event_words.h"
#include "tools/client/text_forms.h"

namespace pepline::client {

inline std::string Child(const Names& names, const std::string& id) {
  return names.child ? names.child(id) : id;
}
inline std::string School(const Names& names, const std::string& urn) {
  if (urn.empty()) return "no school";
  return names.school ? names.school(urn) : "school " + urn;
}
inline std::string Staff(const Names& names, const std::string& id) {
  return names.staff ? names.staff(id) : id;
}
inline std::string Authority(const std::string& code) { return "authority " + code; }

inline std::string Spoken(const google::protobuf::Timestamp& at) {
  return SpokenInstant(TimeOf(at));
}

// "the headteacher", without the article: "headteacher".
std::string RoleInWords(common::v1::RecipientRole role);
std::string RolesInWords(const google::protobuf::RepeatedField<int>& roles);
// "pupil views" of READINESS_ITEM_PUPIL_VIEWS.
std::string ItemInWords(scheduling::v1::ReadinessItem item);

// What the events of deadlines say, whichever service says them.
std::string SentenceOf(const common::v1::DeadlineSet& set);
std::string SentenceOf(const common::v1::DeadlineReminderReached& reached);
std::string SentenceOf(const common::v1::DeadlineMissed& missed);
std::string SentenceOf(const common::v1::DeadlineMet& met);
std::string SentenceOf(const common::v1::DeadlineRecalculated& moved);
std::string SentenceOf(const common::v1::DeadlineWithdrawn& withdrawn);

// What the event says, into subject, text, child_id and school_urn. Text stays empty for an event
// that is newer than this program.
void Describe(const registry::v1::RegistryEvent& event, const Names& names, EventWords& words);
void Describe(const scheduling::v1::SchedulingEvent& event, const Names& names, EventWords& words);
void Describe(const assessments::v1::AssessmentsEvent& event, const Names& names,
              EventWords& words);
void Describe(const funding::v1::FundingEvent& event, const Names& names, EventWords& words);
void Describe(const notifications::v1::NotificationsEvent& event, const Names& names,
              EventWords& words);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_PHRASES_H_
