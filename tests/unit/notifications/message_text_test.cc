// What people read, and what they must not be able to read on a locked screen.
#include "services/notifications/delivery/message_text.h"

#include "absl/strings/match.h"
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
                                  "funding-decided",
                                  "funding-released",
                                  "a-rule-of-a-later-version"};

MessageContext ContextOf(const std::string& rule, int level) {
  MessageContext context{
      UsualReference(), UsualInstants(),  level, RecipientRole::kDesignatedTeacher, std::nullopt,
      "A.B.",           "Larkmead School"};
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
  context.instants.estimated = true;
  context.reference.school = SchoolUrn();
  EXPECT_THAT(WordsOf(context),
              HasSubstr("That day is an estimate: the school's term dates are not known"));
  EXPECT_THAT(WordsOf(context), HasSubstr("No school is on record for the child"));
}

TEST(Wording, OfAnEstimateSaysWhatWasAssumedAndWhatToDo) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  context.instants.estimated = true;
  EXPECT_THAT(WordsOf(context),
              HasSubstr("every weekday that is no bank holiday was taken for a school day"));
  EXPECT_THAT(WordsOf(context), HasSubstr("have the Virtual School import its term dates; the day "
                                          "is then counted anew."));
  context.reference.rule_id = "pep-open";
  EXPECT_THAT(WordsOf(context), HasSubstr("every weekday was taken for a working day. Have whoever "
                                          "runs Pepline import the bank holidays;"));
  context.reference.rule_id = "funding-decided";
  EXPECT_THAT(WordsOf(context), HasSubstr("every weekday was taken for a working day. Have whoever "
                                          "runs Pepline import the bank holidays;"));
  context.reference.rule_id = std::string(kVacancyRule);
  EXPECT_THAT(WordsOf(context), HasSubstr("have the Virtual School import its term dates."));
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("counted anew")))
      << "registry says a vacancy's levels once";
}

TEST(Wording, SaysWhereTheDayIsProvisionalAndWhatToDoFirst) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("provisional")));
  context.instants.provisional = true;
  EXPECT_THAT(WordsOf(context),
              HasSubstr("it counts from the day for which the meeting was set. Put on record first "
                        "that it was held, or move it or call it off."));
}

TEST(Wording, SaysWhereAnInterimPepPutTheDayOff) {
  MessageContext context = ContextOf("initial-pep-available-within-20-working-days", 1);
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("interim PEP stood in")));
  context.instants.after_interim = true;
  EXPECT_THAT(WordsOf(context), HasSubstr("that day counts from when the school reopened."));
}

TEST(Wording, PromisesNothingThatItsReaderMayNotDo) {
  for (const RecipientRole role : kAllRecipientRoles) {
    MessageContext context = ContextOf("designated-teacher-vacancy", 0);
    context.role = role;
    const bool promises = absl::StrContains(WordsOf(context), "You can acknowledge it in Pepline");
    EXPECT_EQ(promises, role != RecipientRole::kSchoolOffice) << RecipientName(role);
  }
}

TEST(Wording, ReadsDatesOnTheClockOfLondon) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  context.instants.due_at = At("2026-06-01 23:59:59");  // 22:59:59 UTC
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

TEST(Wording, SaysThatThePepStaysWithTheSchool) {
  MessageContext context = ContextOf("finalise-within-5-school-days", 1);
  EXPECT_THAT(WordsOf(context), Not(HasSubstr("has left the school")));
  context.reference.stays_with_school = true;
  EXPECT_THAT(WordsOf(context), HasSubstr("The child has left the school since. The PEP stays with "
                                          "it until its ePEP is finalised"));
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

std::vector<MessageContext> RemindersAndANotice() {
  std::vector<MessageContext> contexts = {ContextOf("finalise-within-5-school-days", 0),
                                          ContextOf("child-coming", 0),
                                          ContextOf("pep-held-within-4-months", -1)};
  contexts[2].instants.due_at = At("2025-10-17 23:59:59");
  contexts[2].child_initials = "C.D.";
  return contexts;
}

TEST(DigestWording, CountsWhatThereIsAndNamesTheFirstDayInTheSubject) {
  auto contexts = RemindersAndANotice();
  EXPECT_EQ(DigestSubjectOf(contexts, London()),
            "PEP digest: 2 reminders, the first due by Friday 17 October 2025, and 1 notice");
  contexts.pop_back();
  EXPECT_EQ(DigestSubjectOf(contexts, London()),
            "PEP digest: 1 reminder, due by Monday 20 October 2025, and 1 notice");
  contexts.front() = contexts.back();
  EXPECT_EQ(DigestSubjectOf(contexts, London()), "PEP digest: 2 notices");
}

TEST(DigestWording, TellsEachThingAsItsOwnMailWouldByTheDayThatItIsDue) {
  const auto contexts = RemindersAndANotice();
  const std::string text = DigestTextOf(contexts, London());
  const auto at = [&](std::string_view words) { return text.find(words); };
  EXPECT_LT(at("1. PEP reminder: "), at("Friday 17 October 2025"));
  EXPECT_LT(at("C.D."), at("2. PEP reminder: "));
  EXPECT_LT(at("2. PEP reminder: "), at("3. PEP notice: "));
  EXPECT_NE(at("3. PEP notice: "), std::string::npos);
  for (const MessageContext& context : contexts) {
    const std::string alone = TextOf(context, London());
    const std::string part = alone.substr(0, alone.find("Please do not send"));
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_EQ(at("Please do not send"), text.rfind("Please do not send")) << "said once";
}

}  // namespace
}  // namespace pepline::notifications
