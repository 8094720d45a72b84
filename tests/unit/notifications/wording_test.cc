// What people read, and what they must not be able to read on a locked screen.
#include "services/notifications/delivery/wording.h"

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
                                  "pep-open",
                                  "a-rule-of-a-later-version"};

Occasion OccasionOf(const std::string& rule, int level) {
  Occasion occasion{UsualReference(),
                    UsualInstants().due_at,
                    level,
                    RecipientRole::kDesignatedTeacher,
                    std::nullopt,
                    "A.B.",
                    "Larkmead School"};
  occasion.reference.rule_id = rule;
  return occasion;
}

// The text without its line breaks, which may fall anywhere.
std::string WordsOf(const Occasion& occasion) {
  std::string text = TextOf(occasion, London());
  std::ranges::replace(text, '\n', ' ');
  return text;
}

TEST(Wording, HoldsNothingPersonalInAnySubject) {
  std::set<std::string> subjects;
  for (const char* rule : kRules) {
    for (int level = 0; level <= 3; ++level) {
      const std::string subject = SubjectOf(OccasionOf(rule, level));
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
  Occasion occasion = OccasionOf("finalise-within-5-school-days", 1);
  EXPECT_EQ(SubjectOf(occasion),
            "PEP alert: ePEP not finalised in time (reference "
            "chd-abcdefghij0123456789.1.finalise-within-5-school-days)");
  const std::string text = WordsOf(occasion);
  EXPECT_THAT(text, HasSubstr("due by Monday 20 October 2025 and has not been done"));
  EXPECT_THAT(text, HasSubstr("Child: A.B. (initials) School: Larkmead School  "));
  EXPECT_THAT(text, HasSubstr("What to do: "));
  EXPECT_THAT(text, HasSubstr("as the Designated Teacher."));
  EXPECT_THAT(text, Not(HasSubstr("in place of")));
  occasion.level = 0;
  EXPECT_THAT(SubjectOf(occasion), HasSubstr("PEP reminder: "));
  EXPECT_THAT(WordsOf(occasion), HasSubstr("by Monday 20 October 2025."));
}

TEST(Wording, SaysWhereTheDayIsAnEstimateAndWhereNoSchoolIsOnRecord) {
  Occasion occasion = OccasionOf("finalise-within-5-school-days", 1);
  EXPECT_THAT(WordsOf(occasion), Not(HasSubstr("an estimate")));
  EXPECT_THAT(WordsOf(occasion), Not(HasSubstr("No school is on record")));
  occasion.estimated = true;
  occasion.reference.school = SchoolUrn();
  EXPECT_THAT(WordsOf(occasion),
              HasSubstr("That day is an estimate: the school's term dates are not known."));
  EXPECT_THAT(WordsOf(occasion), HasSubstr("No school is on record for the child"));
}

TEST(Wording, ReadsDatesOnTheClockOfLondon) {
  Occasion occasion = OccasionOf("finalise-within-5-school-days", 1);
  occasion.due_at = At("2026-06-01 23:59:59");  // 22:59:59 UTC
  EXPECT_THAT(WordsOf(occasion), HasSubstr("Monday 1 June 2026"));
}

TEST(Wording, SaysInWhosePlaceAndWhyAtWhichLevel) {
  Occasion occasion = OccasionOf("finalise-within-5-school-days", 2);
  occasion.role = RecipientRole::kVirtualSchoolCaseworker;
  occasion.instead_of = RecipientRole::kDesignatedTeacher;
  const std::string text = WordsOf(occasion);
  EXPECT_THAT(text, HasSubstr("in place of the Designated Teacher"));
  EXPECT_THAT(text, HasSubstr("It is level 2"));
  EXPECT_THAT(SubjectOf(occasion), HasSubstr("escalated"));
}

TEST(Wording, NamesNoSchoolWhereRegistryGivesNone) {
  Occasion occasion = OccasionOf("finalise-within-5-school-days", 1);
  occasion.school_name.clear();
  EXPECT_THAT(TextOf(occasion, London()), Not(HasSubstr("School:")));
}

TEST(Wording, KeepsLinesShortAndWhatRegistryTellsOnOneLine) {
  for (const char* rule : kRules) {
    Occasion occasion = OccasionOf(rule, 2);
    occasion.school_name = "Evil\r\nSubject: other";
    const std::string text = TextOf(occasion, London());
    EXPECT_THAT(text, HasSubstr("School: Evil  Subject: other\n"));
    for (absl::string_view line : absl::StrSplit(text, '\n')) EXPECT_LE(line.size(), 78u) << line;
  }
}

}  // namespace
}  // namespace pepline::notifications
