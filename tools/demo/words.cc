#include "tools/demo/words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/notice_catalogue.h"
#include "shared/domain/rule_catalogue.h"
#include "tools/client/event_words.h"
#include "tools/client/text_forms.h"
#include "tools/demo/screen.h"

namespace pepline::demo {

std::string ShortDate(absl::Time at) { return absl::FormatTime("%a %d %b", at, London()); }
std::string ShortInstant(const google::protobuf::Timestamp& at) {
  return absl::FormatTime("%a %d %b %H:%M", client::TimeOf(at), London());
}

std::string ShortSchool(const std::string& name) {
  std::string text = absl::StrReplaceAll(name, {{"Church of England", "CofE"},
                                                {"Primary School", "Primary"},
                                                {"Community College", "College"}});
  if (Width(text) > kSchoolWidth) text = std::string(absl::StripSuffix(text, " School"));
  return text;
}

std::vector<std::string> Wrapped(const std::string& text, int width) {
  std::vector<std::string> lines;
  const std::vector<std::string> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  for (const std::string& word : words) {
    if (lines.empty() || Width(lines.back()) + 1 + Width(word) > width) {
      lines.push_back(word);
    } else {
      absl::StrAppend(&lines.back(), " ", word);
    }
  }
  return lines;
}

std::string AlertText(const std::string& rule_id, int level) {
  const CataloguedRule* rule = FindRule(rule_id);
  const std::string_view known = rule == nullptr     ? rule_id
                                 : IsReminder(level) ? rule->not_yet
                                                     : rule->not_done;
  const std::string text(known);
  if (IsReminder(level)) return absl::StrCat("reminder: ", text);
  if (level == 1) return absl::StrCat("ALERT: ", text);
  return absl::StrCat("ESCALATED (", level, "): ", text);
}

std::string NoticeText(const std::string& kind) {
  const CataloguedNotice* notice = FindNotice(kind);
  return std::string(notice == nullptr ? kind : notice->subject);
}

std::string RoleText(common::v1::RecipientRole role) {
  switch (static_cast<int>(role)) {
    case common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER:
      return "Designated Teacher";
    case common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER:
      return "deputy";
    case common::v1::RECIPIENT_ROLE_HEADTEACHER:
      return "headteacher";
    case common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER:
      return "Virtual School";
    case common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD:
      return "Virtual School head";
    case common::v1::RECIPIENT_ROLE_SOCIAL_WORKER:
      return "social worker";
    case common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER:
      return "IRO";
    case common::v1::RECIPIENT_ROLE_SCHOOL_OFFICE:
      return "school office";
  }
  return "somebody";
}

std::string MissingText(const google::protobuf::RepeatedField<int>& items) {
  std::vector<std::string> missing;
  if (std::count(items.begin(), items.end(), scheduling::v1::READINESS_ITEM_SDQ) > 0) {
    missing.push_back("SDQ");
  }
  if (std::count(items.begin(), items.end(), scheduling::v1::READINESS_ITEM_PUPIL_VIEWS) > 0) {
    missing.push_back("the child's views");
  }
  return missing.empty() ? "" : absl::StrCat(" without ", absl::StrJoin(missing, " and "));
}

}  // namespace pepline::demo
