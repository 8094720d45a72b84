// Who does which part of the work, when a term's PEP is done, and whether it is finalised with
// outcomes alone, are the profile's.
#include "absl/strings/str_cat.h"
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

using testing::HasSubstr;
using testing::Not;

Story Held(bool needs_outcomes) {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  policy.finalise_needs_outcomes = needs_outcomes;
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  return story;
}

TEST(FinaliseWithOutcomes, IsNotAskedForWhereTheProfileSaysNothing) {
  Story story = Held(false);
  story.Done(FinaliseEpep{});
}

TEST(FinaliseWithOutcomes, NeedsOneThatIsSmart) {
  Story story = Held(true);
  const int pep = story.cycle().number;
  const auto no = story.Do(FinaliseEpep{});
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, plan_refusals::kEpepNotComplete);
  EXPECT_THAT(no->advice, HasSubstr("SMART"));
  story.facts.outcomes[pep] = {.smart = 0, .waiting = 2};
  EXPECT_EQ(story.Refused(FinaliseEpep{}), plan_refusals::kEpepNotComplete);
  story.facts.outcomes[pep] = {.smart = 1, .waiting = 2};
  story.Done(FinaliseEpep{});
}

TEST(FinaliseWithOutcomes, NeedsTheReviewOfEarlierOnesAndSaysAllThatIsMissingAtOnce) {
  Story story = Held(true);
  const int pep = story.cycle().number;
  story.facts.outcomes[pep - 1] = {.smart = 2, .waiting = 1};
  story.facts.outcomes[pep + 1] = {.smart = 0, .waiting = 5};
  const auto no = story.Do(FinaliseEpep{});
  ASSERT_TRUE(no.has_value());
  EXPECT_THAT(no->advice, HasSubstr("SMART"));
  EXPECT_THAT(no->advice, HasSubstr(absl::StrCat("1 outcome of PEP ", story.Pep(pep - 1).text())));
  EXPECT_THAT(no->advice, Not(HasSubstr(story.Pep(pep + 1).text()))) << "of a later PEP";
  story.facts.outcomes[pep].smart = 1;
  EXPECT_EQ(story.Refused(FinaliseEpep{}), plan_refusals::kEpepNotComplete);
  story.facts.outcomes[pep - 1].waiting = 0;
  story.Done(FinaliseEpep{});
}

TEST(FinaliseWithOutcomes, TheMeetingIsNeverHeldUp) {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  policy.finalise_needs_outcomes = true;
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00").Schedule("2025-10-01 14:00");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
}

}  // namespace
}  // namespace pepline::scheduling
