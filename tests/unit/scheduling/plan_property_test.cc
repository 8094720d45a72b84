// Laws that hold over thousands of generated lives of a plan.
#include <algorithm>
#include <map>
#include <random>

#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

// Does one thing that may happen to a plan; most are refused in most stages, as in life.
void AnythingHappens(Story& story, std::mt19937& dice) {
  auto roll = [&](int sides) { return static_cast<int>(dice() % static_cast<unsigned>(sides)); };
  const absl::Time meeting_at =
      absl::FromCivil(absl::CivilSecond(story.facts.calendar->DayOf(story.facts.now) + roll(40)) +
                          3600 * (7 + roll(13)),
                      London());
  const HeldMeeting meeting{story.facts.calendar->DayOf(story.facts.now) - roll(4),
                            Attendee::kDesignatedTeacher,
                            {Attendee::kDesignatedTeacher},
                            "away",
                            "away"};
  switch (roll(13)) {
    case 0:
    case 1:
      (void)story.Do(SchedulePepMeeting{PepId(), meeting_at});
      break;
    case 2:
      (void)story.Do(ReschedulePepMeeting{PepId(), meeting_at, "moved"});
      break;
    case 3:
      (void)story.Do(CancelPepMeeting{PepId(), "called off"});
      break;
    case 4:
      (void)story.Do(StartPepPreparation{});
      break;
    case 5:
      (void)story.Do(CompleteReadinessItem{
          PepId(), kAllItems[static_cast<std::size_t>(roll(4))],
          roll(2) == 0 ? std::nullopt : std::optional(story.facts.now - absl::Hours(roll(60)))});
      break;
    case 6:
    case 7:
      (void)story.Do(HoldPepMeeting{PepId(), meeting});
      break;
    case 8:
      (void)story.Do(FinaliseEpep{});
      break;
    case 9:
      (void)story.Do(OpenInterimPep{});
      break;
    case 10:
      if (story.facts.child) {
        story.facts.child->school = SchoolUrn(std::to_string(100000 + roll(3)));
        story.facts.child->school_recorded_at = story.facts.now - absl::Minutes(roll(3));
        story.facts.child->moved_on = story.facts.calendar->DayOf(story.facts.now);
      }
      story.Wake();
      break;
    case 11:
      story.facts.calendar =
          Oxfordshire({Day("2025-11-03") + roll(20), Day("2026-01-05") + roll(9)});
      story.Wake();
      break;
    case 12:
      if (story.facts.child && roll(4) == 0) {
        story.facts.child->in_care = !story.facts.child->in_care;
        story.facts.child->care_started_on = story.facts.calendar->DayOf(story.facts.now);
        story.facts.child->care_recorded_at = story.facts.now;
      }
      story.Wake();
      break;
  }
}

Story RandomLife(unsigned seed) {
  std::mt19937 dice(seed);
  Story story("2025-08-25 09:00");
  story.InCareSince(seed % 2 == 0 ? "2019-03-01" : "2025-08-22");
  const absl::Time end = At("2026-08-01 00:00");
  while (story.facts.now < end) {
    const absl::Time next = story.facts.now + absl::Minutes(static_cast<int>(dice() % 20000));
    // The service is down now and then, and its alarms fire late.
    if (dice() % 5 == 0) {
      story.facts.now = next;
    } else {
      story.Until(next);
    }
    AnythingHappens(story, dice);
  }
  story.Wake();
  return story;
}

class PlanLives : public testing::TestWithParam<unsigned> {};

TEST_P(PlanLives, KeepEveryLaw) {
  std::size_t said = 0;
  for (unsigned seed = GetParam(); seed < GetParam() + 100; ++seed) {
    SCOPED_TRACE(seed);
    const Story story = RandomLife(seed);  // checks the NextWake law after every command
    said += story.log.size();

    // The state is what its events make of nothing.
    PlanState folded;
    for (const auto& [at, event] : story.log) folded = Plan::Evolve(std::move(folded), event);
    ASSERT_EQ(folded, story.state);
    EXPECT_EQ(Plan::Index(folded), Plan::Index(story.state));

    // Nothing is due and unsaid, and looking again says nothing.
    Story again = story;
    again.Wake();
    EXPECT_TRUE(again.latest.empty());

    // Per deadline: set before anything else, missed at most once by an instant, never early,
    // reminded once, met once, and nothing after it ended.
    struct Life {
      bool running = false, missed = false, reminded = false;
      absl::Time due_at;
    };
    std::map<std::pair<int, Rule>, Life> lives;
    int number = 0;
    for (const auto& [at, event] : story.log) {
      const absl::Time now = at;
      std::visit(Match{[&](const PepCycleOpened& opened) {
                         EXPECT_EQ(opened.cycle.number, number + 1);
                         number = opened.cycle.number;
                       },
                       [&](const DeadlineSet& set) {
                         Life& life = lives[{number, set.rule}];
                         EXPECT_FALSE(life.running);
                         life = {true, false, false, set.instants.due_at};
                       },
                       [&](const DeadlineReminderReached& reached) {
                         Life& life = lives[{number, reached.rule}];
                         EXPECT_TRUE(life.running && !life.reminded && !life.missed);
                         life.reminded = true;
                       },
                       [&](const DeadlineMissed& missed) {
                         Life& life = lives[{number, missed.rule}];
                         EXPECT_TRUE(life.running && !life.missed);
                         EXPECT_GT(now, life.due_at);
                         life.missed = true;
                       },
                       [&](const DeadlineMet& met) {
                         Life& life = lives[{number, met.rule}];
                         EXPECT_TRUE(life.running);
                         EXPECT_EQ(met.late, met.met_at >= MissedFrom(life.due_at));
                         EXPECT_TRUE(life.missed || !met.late) << "late without ever being missed";
                         life.running = false;
                       },
                       [&](const DeadlineRecalculated& moved) {
                         Life& life = lives[{number, moved.rule}];
                         EXPECT_TRUE(life.running);
                         EXPECT_EQ(moved.old_due_at, life.due_at);
                         EXPECT_TRUE(life.missed || !moved.miss_withdrawn);
                         life.due_at = moved.instants.due_at;
                         if (moved.miss_withdrawn) life.missed = false;
                       },
                       [&](const DeadlineWithdrawn& withdrawn) {
                         Life& life = lives[{number, withdrawn.rule}];
                         EXPECT_TRUE(life.running);
                         life.running = false;
                       },
                       [](const auto&) {}},
                 event);
    }
    for (const auto& [key, life] : lives) {
      if (life.running && story.facts.now >= MissedFrom(life.due_at)) {
        EXPECT_TRUE(life.missed) << RuleId(key.second) << " of PEP " << key.first;
      }
      if (key.first < number) {
        EXPECT_FALSE(life.running) << "a deadline outlived its PEP";
      }
    }
  }
  EXPECT_GT(said, 2000u) << "the dice no longer make lives worth looking at";
}

INSTANTIATE_TEST_SUITE_P(Seeds, PlanLives, testing::Values(0u, 100u, 200u, 300u, 400u));

}  // namespace
}  // namespace pepline::scheduling
