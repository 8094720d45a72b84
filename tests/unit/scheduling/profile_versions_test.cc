// A deadline counts by the policy profile that was in force when it began, whatever was adopted
// since.
#include <random>

#include "tests/unit/scheduling/plan_lives.h"

namespace pepline::scheduling {
namespace {

// A profile with other terms for everything, in force from that day.
std::shared_ptr<const Policy> Other(std::string_view effective_on,
                                    std::shared_ptr<const Policy> before) {
  Policy policy = UsualPolicy();
  for (auto& [rule, terms] : policy.rules) {
    terms.length += terms.length < 0 ? -2 : terms.day_kind == DayKind::kCalendarMonths ? 1 : 5;
    terms.levels.push_back({3, 9, DayKind::kWorkingDays, {RecipientRole::kVirtualSchoolHead}});
  }
  for (auto& [term, cut_off] : policy.cut_offs) cut_off -= 7;
  policy.effective_on = Day(effective_on);
  policy.before = std::move(before);
  return std::make_shared<const Policy>(std::move(policy));
}

// A termly PEP of the autumn of 2025, its meeting set for Monday 20 October.
Story ScheduledStory() {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-09-22 10:00").Schedule("2025-10-20 14:00");
  return story;
}

TEST(ProfileVersions, ADeadlineThatRunsDoesNotMoveByALaterProfile) {
  Story story = ScheduledStory();
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Until("2025-10-22 00:00");
  story.facts.policy = Other("2025-10-22", story.facts.policy);
  story.Wake();
  EXPECT_TRUE(story.latest.empty()) << "nothing begins on that day";
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-11-03"));
  story.Until("2025-11-04 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kFinalised), 1);
  EXPECT_EQ(story.CountOf<DeadlineRecalculated>(Rule::kFinalised), 1) << "held, not provisional";
}

TEST(ProfileVersions, AMissedDeadlineStaysMissedByALaterProfile) {
  Story story = ScheduledStory();
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Until("2025-11-04 00:00");
  ASSERT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.facts.policy = Other("2025-11-04", story.facts.policy);
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kMissed);
  story.Until("2025-11-06 09:00").Done(FinaliseEpep{});
  EXPECT_TRUE(story.deadline(Rule::kFinalised).late);
}

TEST(ProfileVersions, OneThatBeginsOnOrAfterTheDayFollowsTheNewProfile) {
  Story story = ScheduledStory();
  story.Until("2025-10-20 00:00");
  story.facts.policy = Other("2025-10-20", story.facts.policy);
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-11-10"))
      << "ten school days from the day held";
  story.Until("2025-10-21 09:00").Done(FinaliseEpep{});
  story.Until("2026-01-12 10:00");
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).instants.due_at, EndOf("2026-03-13"));
  story.Schedule("2026-02-09 10:00");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2026-02-02"));
}

TEST(ProfileVersions, ADeadlineBeforeAMeetingBeginsWhenTheMeetingIsSet) {
  Story story = ScheduledStory();
  EXPECT_EQ(story.deadline(Rule::kSdqScored).set_on, Day("2025-09-22"));
  EXPECT_EQ(story.deadline(Rule::kHeldByTermCutOff).set_on, std::nullopt);
  EXPECT_EQ(story.Folded(), story.state);
}

TEST(ProfileVersions, AMeetingThatIsMovedIsPreparedForByTheProfileOfTheDayItWasSet) {
  Story story = ScheduledStory();
  story.Until("2025-10-01 00:00");
  story.facts.policy = Other("2025-10-01", story.facts.policy);
  story.Wake();
  EXPECT_TRUE(story.latest.empty());
  story.Until("2025-10-02 10:00");
  story.Done(ReschedulePepMeeting{PepId(), At("2025-10-23 14:00"), "the carer is away"});
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-10-20"));
  story.Done(CancelPepMeeting{PepId(), "called off"});
  story.Schedule("2025-10-23 14:00");
  EXPECT_EQ(story.deadline(Rule::kSdqScored).instants.due_at, EndOf("2025-10-16"))
      << "another meeting, so other deadlines";
}

TEST(ProfileVersions, ARuleThatALaterProfileSwitchesOffRunsToItsEnd) {
  Story story = ScheduledStory();
  story.Until("2025-10-01 00:00");
  Policy policy = UsualPolicy();
  policy.rules.erase(Rule::kSdqScored);
  policy.rules.erase(Rule::kFinalised);
  policy.effective_on = Day("2025-10-01");
  policy.before = story.facts.policy;
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.Wake();
  EXPECT_TRUE(story.latest.empty());
  story.Until("2025-10-16 00:00");
  EXPECT_EQ(story.CountOf<DeadlineMissed>(Rule::kSdqScored), 1);
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  EXPECT_EQ(FindDeadline(story.state, Rule::kFinalised), nullptr) << "that one never began";
}

TEST(ProfileVersions, AMistakeIsPutRightByAProfileOfTheSameDay) {
  Story story = ScheduledStory();
  story.Until("2025-10-20 16:00").Hold("2025-10-20");
  story.Until("2025-11-04 00:00");
  story.facts.policy = Other("2025-09-01", nullptr);
  story.Wake();
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, EndOf("2025-11-10"));
  EXPECT_EQ(story.deadline(Rule::kFinalised).status, DeadlineStatus::kRunning);
}

TEST(ProfileVersions, BeforeTheFirstOneThatIsKnownThatOneCounts) {
  const auto first = Other("2025-09-01", nullptr);
  const auto second = Other("2025-10-01", first);
  EXPECT_EQ(&PolicyOn(*second, Day("2024-01-01")), first.get());
  EXPECT_EQ(&PolicyOn(*second, Day("2025-09-30")), first.get());
  EXPECT_EQ(&PolicyOn(*second, Day("2025-10-01")), second.get());
  const auto same_day = Other("2025-10-01", second);
  EXPECT_EQ(&PolicyOn(*same_day, Day("2025-10-01")), same_day.get());
}

// Whatever happened before: a profile whose day is tomorrow moves, misses and ends nothing.
TEST(ProfileVersions, OverRandomLivesALaterProfileTouchesNothingThatBegan) {
  int lives_with_deadlines = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 dice(seed);
    const absl::Time end =
        At("2025-09-10 00:00") + absl::Hours(24 * static_cast<int>(dice() % 300));
    Story story = RandomLife(seed, end).story;
    if (!story.facts.policy) story.facts.policy = std::make_shared<const Policy>(UsualPolicy());
    story.Wake();
    const absl::CivilDay tomorrow = story.facts.calendar->DayOf(story.facts.now) + 1;
    if (IsOpen(story.state)) {
      for (const auto& [rule, deadline] : story.cycle().deadlines) {
        lives_with_deadlines += IsLive(deadline);
      }
    }
    story.facts.policy = Other(FormatDate(tomorrow), story.facts.policy);
    story.Wake();
    EXPECT_TRUE(story.latest.empty()) << "event " << story.latest.front().index();
    // A day later those that began before it are as they were.
    const PlanState before = story.state;
    story.facts.now += absl::Hours(24);
    story.Wake();
    for (const PlanEvent& event : story.latest) {
      if (const auto* moved = std::get_if<DeadlineRecalculated>(&event)) {
        ADD_FAILURE() << RuleId(moved->rule) << " moved";
      }
    }
  }
  EXPECT_GT(lives_with_deadlines, 500);
}

}  // namespace
}  // namespace pepline::scheduling
