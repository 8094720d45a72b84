// Who does which part of the work, and when a term's PEP is done, are the profile's.
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

Story InTerm(const std::function<void(Policy&)>& change) {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  change(policy);
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00");
  return story;
}
SchedulePepMeeting Arranging(MadeBy by) {
  return {.pep = PepId(), .meeting_at = At("2025-10-01 14:00"), .by = by};
}

TEST(PepWork, IsTheDesignatedTeachersWhereTheProfileSaysNothing) {
  Story story = InTerm([](Policy&) {});
  EXPECT_EQ(story.Refused(Arranging(MadeBy::kSocialWorker)), plan_refusals::kNotAnInterimPep);
  story.Done(Arranging(MadeBy::kSchool));
}

TEST(PepWork, IsWhoseTheProfileSays) {
  Story story = InTerm([](Policy& policy) {
    policy.pep_work[PepWork::kArrange] = {MadeBy::kSocialWorker};
    policy.pep_work[PepWork::kFinalise] = {MadeBy::kVirtualSchool};
  });
  EXPECT_EQ(story.Refused(Arranging(MadeBy::kSchool)), plan_refusals::kNotTheSchoolsWork);
  story.Done(Arranging(MadeBy::kSocialWorker));
  const ReschedulePepMeeting moving{PepId(), At("2025-10-02 14:00"), "the carer is away"};
  EXPECT_EQ(story.Refused(moving), plan_refusals::kNotTheSchoolsWork) << "moving is arranging";
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  const auto no = story.Do(FinaliseEpep{});
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, plan_refusals::kNotTheSchoolsWork);
  EXPECT_THAT(no->advice, testing::HasSubstr("the Virtual School does this"));
  EXPECT_EQ(story.Refused(FinaliseEpep{PepId(), MadeBy::kSocialWorker}),
            plan_refusals::kNotAnInterimPep);
  story.Done(FinaliseEpep{PepId(), MadeBy::kVirtualSchool});
}

TEST(PepWork, IsNeverRefusedToTheVirtualSchool) {
  Story story =
      InTerm([](Policy& policy) { policy.pep_work[PepWork::kArrange] = {MadeBy::kSocialWorker}; });
  story.Done(Arranging(MadeBy::kVirtualSchool));
}

TEST(UntilFinalised, ATermsPepIsDueCompleteWhereTheProfileSaysSo) {
  Story story =
      InTerm([](Policy& policy) { policy.rules[Rule::kHeldByTermCutOff].until_finalised = true; });
  story.Until("2025-11-26 16:00").Hold("2025-11-26");
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kRunning);
  story.Until("2025-12-01 09:00");
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMissed)
      << "held, and not complete by 28 November";
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMet);
  EXPECT_TRUE(story.deadline(Rule::kHeldByTermCutOff).late);
}

TEST(UntilFinalised, EndsWithTheMeetingElsewhere) {
  Story story = InTerm([](Policy&) {});
  story.Until("2025-11-26 16:00").Hold("2025-11-26");
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).status, DeadlineStatus::kMet);
}

TEST(SeveralReminders, TheFirstIsSaidAndTheOthersTravelWithIt) {
  Story story = InTerm([](Policy& policy) {
    auto& levels = policy.rules[Rule::kHeldByTermCutOff].levels;
    levels.insert(levels.begin(), {-1, -30, DayKind::kSchoolDays, {}});
  });
  story.Until("2025-11-27 09:00");
  const auto reached = story.WhenEmitted<DeadlineReminderReached>(Rule::kHeldByTermCutOff);
  EXPECT_EQ(reached, At("2025-10-10 08:00")) << "thirty school days before 28 November";
  EXPECT_EQ(story.CountOf<DeadlineReminderReached>(Rule::kHeldByTermCutOff), 1);
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).instants.levels.size(), 4u);
}

}  // namespace
}  // namespace pepline::scheduling
