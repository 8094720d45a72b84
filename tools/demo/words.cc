#include "tools/demo/words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tools/client/event_words.h"
#include "tools/client/text_forms.h"
#include "tools/demo/screen.h"

namespace pepline::demo {
namespace {

struct AlertWords {
  absl::string_view rule_id;
  absl::string_view soon;
  absl::string_view late;
};
constexpr AlertWords kAlertWords[] = {
    {"initial-pep-started-within-10-working-days", "initial PEP not yet begun",
     "initial PEP not begun in 10 working days"},
    {"initial-pep-available-within-20-working-days", "initial PEP not yet finalised",
     "no initial PEP in 20 working days"},
    {"termly-pep-held-by-term-cut-off", "PEP meeting not yet held",
     "PEP meeting not held by the cut-off"},
    {"pep-held-within-4-months", "next PEP meeting to be held soon",
     "no PEP meeting for four months"},
    {"pep-updated-within-10-working-days-of-move", "PEP not yet updated after the move",
     "PEP not updated in 10 working days"},
    {"epep-draft-ready-3-school-days-before-meeting", "ePEP draft not yet ready",
     "ePEP draft not ready for the meeting"},
    {"finalise-within-5-school-days", "ePEP not yet finalised",
     "ePEP not finalised in 5 school days"},
    {"sdq-scored-3-school-days-before-meeting", "SDQ not yet back",
     "SDQ missing 3 days before the meeting"},
    {"designated-teacher-vacancy", "no Designated Teacher", "no Designated Teacher"},
};

}  // namespace

std::string ShortDate(absl::Time at) { return absl::FormatTime("%a %d %b", at, client::London()); }
std::string ShortInstant(const google::protobuf::Timestamp& at) {
  return absl::FormatTime("%a %d %b %H:%M", client::TimeOf(at), client::London());
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
  std::string text = client::RuleInWords(rule_id);
  for (const AlertWords& words : kAlertWords) {
    if (words.rule_id == rule_id) text = std::string(level == 0 ? words.soon : words.late);
  }
  if (level == 0) return absl::StrCat("reminder: ", text);
  if (level == 1) return absl::StrCat("ALERT: ", text);
  return absl::StrCat("ESCALATED (", level, "): ", text);
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
