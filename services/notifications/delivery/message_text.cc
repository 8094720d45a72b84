#include "services/notifications/delivery/message_text.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/notifications/domain/due_day.h"
#include "shared/domain/notice_catalogue.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/observability/log.h"

namespace pepline::notifications {
namespace {

constexpr std::size_t kLineWidth = 74;

// A newer version may run a rule that this one does not know; the alert is told all the same.
constexpr CataloguedRule kAnyRule = {
    .rule = Rule(),
    .id = "",
    .soon_subject = "PEP work due soon",
    .late_subject = "PEP work not done in time",
    .duty = "Work on a PEP has to be done",
    .advice = "Look the PEP up by its reference and complete what is open.",
    .work = "",
    .not_yet = "",
    .not_done = ""};

const CataloguedRule& WordsOf(const std::string& rule_id) {
  const CataloguedRule* found = FindRule(rule_id);
  return found == nullptr ? kAnyRule : *found;
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

std::string WhoAndWhere(const MessageContext& context) {
  std::string text;
  if (!context.child_initials.empty()) {
    absl::StrAppend(&text, "Child: ", OneLine(context.child_initials), " (initials)\n");
  }
  if (!context.school_name.empty()) {
    absl::StrAppend(&text, "School: ", OneLine(context.school_name), "\n");
  }
  return text.empty() ? text : absl::StrCat(text, "\n");
}

std::string WhereNoSchoolIsKnown(const MessageContext& context) {
  if (context.reference.child.empty() || !context.reference.school.empty() ||
      IsOfRequest(context.reference)) {
    return "";
  }
  return " No school is on record for the child, so the Virtual School and the social worker do "
         "the "
         "school's part.";
}

// A school's office has no role in Pepline; everybody else who is told may read the alert there.
bool HasRoleInPepline(RecipientRole role) { return role != RecipientRole::kSchoolOffice; }

std::string WhyYou(const MessageContext& context) {
  std::string why = absl::StrCat("You receive this as ", std::string(InWords(context.role)), ".");
  if (context.level > 1) {
    absl::StrAppend(&why, " It is level ", context.level,
                    ": the work was not done after those before you were told.");
  }
  if (context.instead_of) {
    absl::StrAppend(&why, " You are told in place of ", std::string(InWords(*context.instead_of)),
                    ", who could not be reached by mail; please see to it that somebody is.");
  }
  return why;
}

// What any mail tells: the news or the duty, who and where, and how it ends.
std::string Part(const MessageContext& context, const std::string& lead, std::string_view advice,
                 const std::string& end) {
  return absl::StrCat(
      Paragraph(absl::StrCat(lead, WhereNoSchoolIsKnown(context))), WhoAndWhere(context),
      Paragraph(absl::StrCat("What to do: ", std::string(advice))), Paragraph(WhyYou(context)),
      Paragraph(end), "Reference: ", context.reference.alert.text(), "\n\n");
}

std::string Closing() {
  return Paragraph("Please do not send names or other details of a child by mail.");
}

bool IsNotice(const MessageContext& context) {
  return FindNotice(context.reference.rule_id) != nullptr;
}

// "PEP reminder: ePEP to be finalised soon"
std::string HeadingOf(const MessageContext& context) {
  if (const CataloguedNotice* notice = FindNotice(context.reference.rule_id)) {
    return absl::StrCat("PEP notice: ", std::string(notice->subject));
  }
  const CataloguedRule& words = WordsOf(context.reference.rule_id);
  if (&words == &kAnyRule) {
    LogWarning("a mail speaks in general words of a rule that this version does not know",
               {{LogField::kKind, context.reference.rule_id}});
  }
  const std::string_view kind = IsReminder(context.level) ? "PEP reminder: "
                                : context.level == 1      ? "PEP alert: "
                                                          : "PEP alert, escalated: ";
  return absl::StrCat(
      std::string(kind),
      std::string(IsReminder(context.level) ? words.soon_subject : words.late_subject));
}

std::string PartOf(const MessageContext& context, const absl::TimeZone& london) {
  const std::string day = DayOf(context.instants.due_at, london);
  if (const CataloguedNotice* notice = FindNotice(context.reference.rule_id)) {
    return Part(context, absl::StrCat(std::string(notice->news), " ", day, "."), notice->advice,
                "This is a notice: it is sent once, and Pepline waits for no answer to it.");
  }
  const CataloguedRule& words = WordsOf(context.reference.rule_id);
  std::string lead(words.duty);
  if (IsReminder(context.level)) {
    absl::StrAppend(&lead, " by ", day, ".");
  } else {
    absl::StrAppend(&lead, ". It was due by ", day, " and has not been done.");
  }
  const std::string remarks = RemarksOnDueDay(context.reference.rule_id, context.instants);
  if (!remarks.empty()) absl::StrAppend(&lead, " ", remarks);
  if (context.reference.stays_with_school) {
    absl::StrAppend(&lead, " The child has left the school since. The PEP stays with it until its ",
                    "ePEP is finalised or the Virtual School hands it over.");
  }
  std::string end = "When it is done, this alert resolves by itself.";
  if (HasRoleInPepline(context.role)) {
    absl::StrAppend(&end, " You can acknowledge it in Pepline meanwhile.");
  }
  return Part(context, lead, words.advice, end);
}

// "1 reminder", "3 reminders"
std::string Counted(std::ptrdiff_t count, std::string_view one) {
  return absl::StrCat(count, " ", std::string(one), count == 1 ? "" : "s");
}

}  // namespace

std::string SubjectOf(const MessageContext& context) {
  return absl::StrCat(HeadingOf(context), " (reference ", context.reference.alert.text(), ")");
}

std::string TextOf(const MessageContext& context, const absl::TimeZone& london) {
  return absl::StrCat(PartOf(context, london), Closing());
}

std::string DigestSubjectOf(const std::vector<MessageContext>& contexts,
                            const absl::TimeZone& london) {
  const auto notices = std::ranges::count_if(contexts, IsNotice);
  const auto reminders = std::ssize(contexts) - notices;
  std::string subject = "PEP digest: ";
  if (reminders > 0) {
    absl::Time first = absl::InfiniteFuture();
    for (const MessageContext& context : contexts) {
      if (!IsNotice(context)) first = std::min(first, context.instants.due_at);
    }
    absl::StrAppend(&subject, Counted(reminders, "reminder"),
                    reminders > 1 ? ", the first due by " : ", due by ", DayOf(first, london),
                    notices > 0 ? ", and " : "");
  }
  if (notices > 0) absl::StrAppend(&subject, Counted(notices, "notice"));
  return subject;
}

std::string DigestTextOf(std::vector<MessageContext> contexts, const absl::TimeZone& london) {
  std::ranges::stable_sort(contexts, [](const MessageContext& a, const MessageContext& b) {
    if (IsNotice(a) != IsNotice(b)) return IsNotice(b);
    return a.instants.due_at < b.instants.due_at;
  });
  std::string text =
      Paragraph(absl::StrCat("Pepline tells you of ", contexts.size(),
                             " things in one mail. Each has a reference of its own."));
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    const std::string heading = absl::StrCat(i + 1, ". ", HeadingOf(contexts[i]));
    absl::StrAppend(&text, heading, "\n", std::string(heading.size(), '-'), "\n\n",
                    PartOf(contexts[i], london));
  }
  return absl::StrCat(text, Closing());
}

}  // namespace pepline::notifications
