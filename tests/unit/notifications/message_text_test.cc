// What people read, and what they must not be able to read on a locked screen.
#include "services/notifications/delivery/message_text.h"

#include "absl/strings/str_split.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRules[] = {"initial-pep-started-within-10-working-days",
                                  "initial-pep-available-within-20-working-days",
                                  "termly-pep-held-by-term-cut-off",
                                  "pep-held-within-4-months",
                                  "pep-updated-within-10-working-days-of-move",
                                  "epep-draft-ready-3-school-days-before-meeting",
                                  "finalise-within-5-school-days",
                                  "sdq-scored-3-school-days-before-meeting",
                                  "designated-teacher-vacancy",
                                  "meeting-recorded",
                                  "pep-open",
                                  "pupil-views-captured-before-meeting",
                                  "interventions-costed-before-meeting",
                                  "a-rule-of-a-later-version"};

MessageContext ContextOf(const std::string& rule, int level) {
  MessageContext context{UsualReference(),
                         UsualInstants().due_at,
                         level,
                         RecipientRole::kDesignatedTeacher,
                         std::nullopt,
                         "A.B.",
                         "Larkmead School"};
  context.reference.rule_id = rule;
  return context;
}

// The text without its line breaks, which may fall anywhere.
std::string WordsOf(const MessageContext& context) {
  std::string text = TextOf(context, London());
  std::ranges::replace(text, '\n', ' ');
  return text;
}

TEST(Wording, HoldsNothingPersonalInAnySubject) {
  std::set<std::string> subjects;
  for (const char* rule : kRules) {
    for (int level = 0; level <= 3; ++level) {
      const std::string subject = SubjectOf(ContextOf(rule, level));
      subjects.insert(subject);
      EXPECT_THAT(subject, Not(HasSubstr("A.B.")));
      EXPECT_THAT(subject, Not(HasSubstr("Larkmead")));
      EXPECT_THAT(subject, HasSubstr(UsualReference().alert.text()));
      for (char c : subject) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
    }
  }
  EXPECT_GE(subjects.size(), 25u) << "subjects tell occasions apart";
}

TEST(Wording, SaysWhatIsLateSinceWhenAndWhatToDo) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  EXPECT_EQ(SubjectOf(context),
            "PEP alert: ePEP not finalised in time (reference "
            "chd-abcdefghij0123456789.1.finalise-within-5-school-days)");
  const std::string text = WordsOf(context);
  EXPECT_THAT(text, HasSubstr("due by Monday 20 October 2025 and has not been done"));
  EXPECT_THAT(text, HasSubstr("Child: A.B. (initials) School: Larkmead School  "));
  EXPECT_THAT(text, HasSubstr("What to do: "));
  EXPECT_THAT(text, HasSubstr("as the Designated Teacher."));
  EXPECT_THAT(text, Not(HasSubstr("in place of")));
  context.level = 0;
  EXPECT_THAT(SubjectOf(context), HasSubstr("PEP reminder: "));
  EXPECT_THAT(WordsOf(context), HasSubstr("by Monday 20 October 2025."));
}

TEST(Wording, SaysWhereTheDayIsAnEstimateAndWhereNoSchoolIsOnRecord) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("an estimate")));
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("No school is on record")));
  context.estimated = true;
  context.reference.school = SchoolUrn();
  EXPECT_THAT(WordsOf(context),
              HasSubstr("That day is an estimate: the school's term dates are not known."));
  EXPECT_THAT(WordsOf(context), HasSubstr("No school is on record for the child"));
}

TEST(Wording, SaysWhereTheDayIsProvisionalAndWhatToDoFirst) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("provisional")));
  context.provisional = true;
  EXPECT_THAT(WordsOf(context),
              HasSubstr("it counts from the day for which the meeting was set. Put on record first "
                        "that it was held, or move it or call it off."));
}

TEST(Wording, SaysWhereAnInterimPepPutTheDayOff) {
  MessageContext context = ContextOf("initial-pep-available-within-20-working-days", 1);
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("interim PEP stood in")));
  context.after_interim = true;
  EXPECT_THAT(WordsOf(context), HasSubstr("that day counts from when the school reopened."));
}

TEST(Wording, ReadsDatesOnTheClockOfLondon) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  context.due_at = At("2026-06-01 23:59:59");  // 22:59:59 UTC
  EXPECT_THAT(WordsOf(context), HasSubstr("Monday 1 June 2026"));
}

TEST(Wording, SaysInWhosePlaceAndWhyAtWhichLevel) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 2);
  context.role = RecipientRole::kVirtualSchoolCaseworker;
  context.instead_of = RecipientRole::kDesignatedTeacher;
  const std::string text = WordsOf(context);
  EXPECT_THAT(text, HasSubstr("in place of the Designated Teacher"));
  EXPECT_THAT(text, HasSubstr("It is level 2"));
  EXPECT_THAT(SubjectOf(context), HasSubstr("escalated"));
}

TEST(Wording, NamesNoSchoolWhereRegistryGivesNone) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  context.school_name.clear();
  EXPECT_THAT(TextOf(context, London()), Not(HasSubstr("School:")));
}

TEST(Wording, SaysNewsWithItsDayAndWhatToDoAndThatNobodyWaits) {
  std::set<std::string> subjects;
  for (const CataloguedNotice& notice : kNoticeCatalogue) {
    MessageContext context = ContextOf(std::string(notice.id), 0);
    const std::string subject = SubjectOf(context);
    subjects.insert(subject);
    EXPECT_THAT(subject, HasSubstr("PEP notice: "));
    EXPECT_THAT(subject, Not(HasSubstr("A.B.")));
    EXPECT_THAT(subject, Not(HasSubstr("Larkmead")));
    const std::string text = WordsOf(context);
    EXPECT_THAT(text, HasSubstr(" Monday 20 October 2025."));
    EXPECT_THAT(text, HasSubstr("Child: A.B. (initials) School: Larkmead School  "));
    EXPECT_THAT(text, HasSubstr("What to do: "));
    EXPECT_THAT(text, HasSubstr("as the Designated Teacher."));
    EXPECT_THAT(text, HasSubstr("it is sent once"));
    EXPECT_THAT(text, Not(HasSubstr("acknowledge")));
    EXPECT_THAT(text, Not(HasSubstr("has not been done")));
    context.school_name.clear();
    EXPECT_THAT(WordsOf(context), Not(HasSubstr("School:"))) << "a restricted location";
  }
  EXPECT_EQ(subjects.size(), kNoticeCatalogue.size());
}

TEST(Wording, KeepsLinesShortAndWhatRegistryTellsOnOneLine) {
  for (const char* rule : kRules) {
    MessageContext context = ContextOf(rule, 2);
    context.school_name = "Evil\r\nSubject: other";
    const std::string text = TextOf(context, London());
    EXPECT_THAT(text, HasSubstr("School: Evil  Subject: other\n"));
    for (absl::string_view line : absl::StrSplit(text, '\n')) EXPECT_LE(line.size(), 78u) << line;
  }
}

}  // namespace
}  // namespace pepline::notifications
