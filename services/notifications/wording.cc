#include "services/notifications/wording.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pepline::notifications {
namespace {

constexpr std::size_t kLineWidth = 74;

struct RuleWords {
  std::string_view rule_id;
  std::string_view soon;  // subject of the reminder
  std::string_view late;  // subject from level 1 on
  std::string_view work;  // "... has to be done": what is waited for
  std::string_view advice;
};

constexpr RuleWords kWords[] = {
    {"initial-pep-started-within-10-working-days", "first PEP to be started soon",
     "first PEP not started in time", "The first PEP after entry into care has to be started",
     "Arrange the PEP meeting and begin its preparation. Where no school day lies within the "
     "limit, open an interim PEP."},
    {"initial-pep-available-within-20-working-days", "first PEP to be finalised soon",
     "first PEP not available in time", "The first PEP after entry into care has to be finalised",
     "Hold the PEP meeting and finalise the ePEP, so that it is there for the first review of "
     "the care plan."},
    {"termly-pep-held-by-term-cut-off", "PEP meeting to be held soon",
     "PEP meeting not held in time", "This term's PEP meeting has to be held",
     "Arrange the meeting with the child's social worker and carer and hold it."},
    {"pep-held-within-4-months", "PEP meeting to be held soon",
     "PEP meeting overdue since the last one", "The next PEP meeting has to be held",
     "Arrange the meeting with the child's social worker and carer and hold it."},
    {"pep-updated-within-10-working-days-of-move", "PEP to be updated soon after a move",
     "PEP not updated in time after a move", "The PEP has to be updated after the change of school",
     "Arrange a PEP meeting at the new school and finalise the updated ePEP."},
    {"epep-draft-ready-3-school-days-before-meeting", "ePEP draft to be ready soon",
     "ePEP draft not ready in time", "The draft of the ePEP has to be ready before the meeting",
     "Complete the draft and tick it in the readiness checklist."},
    {"finalise-within-5-school-days", "ePEP to be finalised soon", "ePEP not finalised in time",
     "The ePEP of the meeting that was held has to be finalised",
     "Complete what is open and finalise the ePEP."},
    {"sdq-scored-3-school-days-before-meeting", "SDQ to be returned before a PEP meeting",
     "SDQ missing before a PEP meeting", "The SDQ has to be scored before the PEP meeting",
     "Obtain the SDQ and record it, or put on record why it cannot be obtained."},
    {kVacancyRule, "Designated Teacher to be appointed", "no Designated Teacher in post",
     "A Designated Teacher for looked-after children has to be appointed",
     "Appoint a Designated Teacher and tell the Virtual School who it is."},
};
constexpr RuleWords kAnyRule = {"", "PEP work due soon", "PEP work not done in time",
                                "Work on a PEP has to be done",
                                "Look the PEP up by its reference and complete what is open."};

const RuleWords& WordsOf(const std::string& rule_id) {
  const auto found = std::ranges::find(kWords, rule_id, &RuleWords::rule_id);
  return found == std::end(kWords) ? kAnyRule : *found;
}

std::string_view InWords(RecipientRole role) {
  switch (role) {
    case RecipientRole::kDesignatedTeacher:
      return "the Designated Teacher";
    case RecipientRole::kDeputyDesignatedTeacher:
      return "the deputy Designated Teacher";
    case RecipientRole::kHeadteacher:
      return "the headteacher";
    case RecipientRole::kVirtualSchoolCaseworker:
      return "the Virtual School's caseworker";
    case RecipientRole::kVirtualSchoolHead:
      return "the head of the Virtual School";
    case RecipientRole::kSocialWorker:
      return "the social worker";
    case RecipientRole::kIndependentReviewingOfficer:
      return "the Independent Reviewing Officer";
    case RecipientRole::kSchoolOffice:
      return "the school office";
  }
  return "";
}

// What registry tells goes into the text as one line of words, whatever it holds.
std::string OneLine(const std::string& words) {
  std::string line = words.substr(0, 200);
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  return line;
}

// Breaks a paragraph into lines a mail reader need not break again.
std::string Paragraph(const std::string& words) {
  std::string out, line;
  for (absl::string_view word : absl::StrSplit(words, ' ', absl::SkipEmpty())) {
    if (!line.empty() && line.size() + 1 + word.size() > kLineWidth) {
      absl::StrAppend(&out, line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  return absl::StrCat(out, line, "\n\n");
}

std::string DayOf(absl::Time at, const absl::TimeZone& london) {
  // Without the leading zero: "Friday 3 October 2025".
  return absl::StrCat(absl::FormatTime("%A ", at, london), absl::ToCivilDay(at, london).day(),
                      absl::FormatTime(" %B %Y", at, london));
}

std::string WhoAndWhere(const Occasion& occasion) {
  std::string text;
  if (!occasion.child_initials.empty()) {
    absl::StrAppend(&text, "Child: ", OneLine(occasion.child_initials), " (initials)\n");
  }
  if (!occasion.school_name.empty()) {
    absl::StrAppend(&text, "School: ", OneLine(occasion.school_name), "\n");
  }
  return text.empty() ? text : absl::StrCat(text, "\n");
}

}  // namespace

std::string SubjectOf(const Occasion& occasion) {
  const RuleWords& words = WordsOf(occasion.reference.rule_id);
  const std::string_view kind = occasion.level == 0   ? "PEP reminder: "
                                : occasion.level == 1 ? "PEP alert: "
                                                      : "PEP alert, escalated: ";
  return absl::StrCat(std::string(kind), std::string(occasion.level == 0 ? words.soon : words.late),
                      " (reference ", occasion.reference.alert.text(), ")");
}

std::string TextOf(const Occasion& occasion, const absl::TimeZone& london) {
  const RuleWords& words = WordsOf(occasion.reference.rule_id);
  const std::string day = DayOf(occasion.due_at, london);
  std::string lead(words.work);
  if (occasion.level == 0) {
    absl::StrAppend(&lead, " by ", day, ".");
  } else {
    absl::StrAppend(&lead, ". It was due by ", day, " and has not been done.");
  }
  std::string why = absl::StrCat("You receive this as ", std::string(InWords(occasion.role)), ".");
  if (occasion.level > 1) {
    absl::StrAppend(&why, " It is level ", occasion.level,
                    ": the work was not done after those before you were told.");
  }
  if (occasion.instead_of) {
    absl::StrAppend(&why, " You are told in place of ", std::string(InWords(*occasion.instead_of)),
                    ", who could not be reached by mail; please see to it that somebody is.");
  }
  return absl::StrCat(
      Paragraph(lead), WhoAndWhere(occasion),
      Paragraph(absl::StrCat("What to do: ", std::string(words.advice))), Paragraph(why),
      Paragraph("When it is done, this alert resolves by itself. You can acknowledge it in "
                "Pepline meanwhile."),
      "Reference: ", occasion.reference.alert.text(), "\n\n",
      Paragraph("Please do not send names or other details of a child by mail."));
}

}  // namespace pepline::notifications
