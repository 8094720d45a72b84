// Whom a late ePEP reaches while the school is closed.
#include <algorithm>

#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

using enum DayKind;
using enum RecipientRole;

// A termly PEP of the summer of 2026, its meeting held on Monday 13 July. Its ePEP is due on the
// last day of the term.
Story HeldInJuly(const RuleTerms& finalised) {
  Policy policy = UsualPolicy();
  policy.rules[Rule::kFinalised] = finalised;
  Story story("2026-04-13 00:00");
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2026-07-13 16:00").Hold("2026-07-13");
  return story;
}

// The first instant at which a role is told.
absl::Time ToldAt(const Story& story, RecipientRole role) {
  absl::Time first = absl::InfiniteFuture();
  for (const AlertInstant& level : story.deadline(Rule::kFinalised).instants.levels) {
    const bool told = std::ranges::find(level.recipients, role) != level.recipients.end();
    if (told) first = std::min(first, level.at);
  }
  return first;
}

TEST(CouncilLevels, ReachTheVirtualSchoolInJulyAfterAMeetingOf13July) {
  // As the shipped profile has it.
  const Story story =
      HeldInJuly({5,
                  kSchoolDays,
                  {{1,
                    0,
                    kSchoolDays,
                    {kDesignatedTeacher, kDeputyDesignatedTeacher, kVirtualSchoolCaseworker}},
                   {2, 2, kWorkingDays, {kVirtualSchoolCaseworker}},
                   {3, 5, kWorkingDays, {kHeadteacher, kVirtualSchoolHead}}}});
  ASSERT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2026-07-20"));
  EXPECT_EQ(ToldAt(story, kVirtualSchoolCaseworker), EndOf("2026-07-20"));
  EXPECT_EQ(ToldAt(story, kDesignatedTeacher), EndOf("2026-07-20"));
  EXPECT_EQ(ToldAt(story, kVirtualSchoolHead), At("2026-07-27 08:00"));
}

TEST(CouncilLevels, ReachTheVirtualSchoolInJulyWithAProfileOfBefore) {
  const Story story = HeldInJuly({5,
                                  kSchoolDays,
                                  {{1, 0, kSchoolDays, {kDesignatedTeacher}},
                                   {2, 1, kSchoolDays, {kVirtualSchoolCaseworker}},
                                   {3, 5, kSchoolDays, {kVirtualSchoolHead}}}});
  EXPECT_EQ(ToldAt(story, kVirtualSchoolCaseworker), At("2026-07-21 08:00"));
  EXPECT_EQ(ToldAt(story, kVirtualSchoolHead), At("2026-07-27 08:00"));
}

// A plan that the version before left has the instants of September.
TEST(CouncilLevels, OfADeadlineThatRunsAlreadyMoveWithoutMovingIt) {
  Story story = HeldInJuly({5,
                            kSchoolDays,
                            {{1, 0, kSchoolDays, {kDesignatedTeacher}},
                             {2, 1, kSchoolDays, {kVirtualSchoolCaseworker}}}});
  AlertInstant& level = story.state.cycle->deadlines.at(Rule::kFinalised).instants.levels.back();
  level.at = At("2026-09-02 08:00");
  story.Until("2026-07-21 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
  ASSERT_EQ(story.CountOf<DeadlineRecalculated>(Rule::kFinalised), 1);
  EXPECT_EQ(ToldAt(story, kVirtualSchoolCaseworker), At("2026-07-21 08:00"));
}

}  // namespace
}  // namespace pepline::scheduling
