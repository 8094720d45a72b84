// The short words of the demo's narrow columns: dates, schools, alerts, roles.
// Promises: total; a rule or role that is newer than this program gets its id or "somebody".
// Does not: know names of people. Threads: pure functions.
#ifndef PEPLINE_TOOLS_DEMO_WORDS_H_
#define PEPLINE_TOOLS_DEMO_WORDS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"
#include "pepline/common/v1/policy_profile.pb.h"

namespace pepline::demo {

inline constexpr int kSchoolWidth = 26;

std::string ShortDate(absl::Time at);                             // "Mon 22 Sep"
std::string ShortInstant(const google::protobuf::Timestamp& at);  // "Mon 22 Sep 14:00"
std::string ShortSchool(const std::string& name);                 // near kSchoolWidth
std::string AlertText(const std::string& rule_id, int level);     // "ALERT: ePEP not ..."
std::string NoticeText(const std::string& kind);                  // "a PEP was opened"
std::string RoleText(common::v1::RecipientRole role);             // "deputy"
// " without SDQ and the child's views", of readiness items; empty when neither is among them.
std::string MissingText(const google::protobuf::RepeatedField<int>& items);
// Lines of at most this width, broken between words.
std::vector<std::string> Wrapped(const std::string& text, int width);

}  // namespace pepline::demo

#endif  // PEPLINE_TOOLS_DEMO_WORDS_H_
