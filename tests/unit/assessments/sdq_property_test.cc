// Laws that hold over thousands of generated lives of an SDQ.
#include <random>
#include <set>

#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

// Does one thing that may happen to an SDQ; most are refused in most stages, as in life.
void AnythingHappens(Story& story, std::mt19937& dice) {
  auto roll = [&](int sides) { return static_cast<int>(dice() % static_cast<unsigned>(sides)); };
  std::vector<int> answers;
  for (int i = 0; i < kItems; ++i) answers.push_back(roll(6) == 0 ? kOpen : roll(3));
  SdqScores scores;
  if (roll(2) == 0) scores.total = roll(45);
  if (roll(2) == 0) scores.conduct = roll(11);
  switch (roll(13)) {
    case 0:
      (void)story.Do(RequestSdq{TeachersSdq(), roll(2) == 0});
      break;
    case 1:
      (void)story.Do(MarkSdqSent{});
      break;
    case 2:
      (void)story.Do(RecordSdqAnswers{Form::kT4_10, roll(2) == 0, answers, {}, "folder 1"});
      break;
    case 3:
      (void)story.Do(RecordSdqScores{Form::kT11_17, false, scores, ""});
      break;
    case 4:
      (void)story.Do(ReviewSdq{roll(2) == 0 ? "" : "a quiet place"});
      break;
    case 5:
      if (roll(4) == 0) {
        (void)story.Do(
            RecordSdqNotObtained{kAllNotObtainedReasons[static_cast<std::size_t>(roll(6))], ""});
      } else if (roll(4) == 0) {
        (void)story.Do(ConfirmSdqNotObtained{std::nullopt, "in words"});
      }
      break;
    case 6:
    case 7:
    case 8:
      if (story.state.current_pep->open) {
        story.Wants(story.facts.now + absl::Hours(24 * (roll(20) - 5)));
      }
      break;
    case 9:
      story.Wants(std::nullopt);
      break;
    case 10:
      if (roll(20) == 0) story.PepCloses();
      break;
    case 11:
      story.Wake();
      break;
    case 12:
      (void)story.Do(CorrectSdq{RecordSdqAnswers{Form::kT4_10, false, answers, {}, ""}, "why"});
      break;
  }
}

Story RandomLife(unsigned seed) {
  std::mt19937 dice(seed);
  Story story;
  if (dice() % 2 == 0) {
    // Comes of the age, or grows out of it, somewhere in the term.
    const absl::CivilDay turn(absl::CivilMonth(2025, 9) + static_cast<int>(dice() % 4));
    story.facts.ages = dice() % 2 == 0 ? ChildsAges{{turn, Day("2039-01-31"), 4}, London()}
                                       : ChildsAges{{Day("2012-01-01"), turn - 1, 4}, London()};
  }
  while (story.facts.now < At("2025-12-01 09:00") && !testing::Test::HasFailure()) {
    AnythingHappens(story, dice);
    const absl::Time then = story.facts.now + absl::Minutes(dice() % 2880);
    story.PlayUntil(then, Wake{});
    // Or a gap would not be found among the open ones.
    EXPECT_TRUE(IsAwaited(story.state) || !story.state.missing) << "seed " << seed;
  }
  return story;
}

class SdqLives : public testing::TestWithParam<unsigned> {};

TEST_P(SdqLives, EvolveOfAllEventsReproducesTheState) {
  for (unsigned seed = GetParam(); seed < GetParam() + 200; ++seed) {
    const Story story = RandomLife(seed);
    SdqState begun;
    begun.current_pep = story.state.current_pep;
    const SdqState rebuilt = story.Folded(begun);
    ASSERT_EQ(rebuilt, story.state) << "seed " << seed;
    EXPECT_EQ(Sdq::Index(rebuilt), Sdq::Index(story.state));
    EXPECT_EQ(Sdq::NextWake(rebuilt, story.facts), Sdq::NextWake(story.state, story.facts));
  }
}

TEST_P(SdqLives, SayEveryMissOnceNeverEarlyAndNeverForgotten) {
  std::size_t misses = 0;
  for (unsigned seed = GetParam(); seed < GetParam() + 200; ++seed) {
    const Story story = RandomLife(seed);
    std::optional<absl::Time> required_by;
    bool emitted = false;
    bool awaited = false;
    int scored = 0;
    for (const auto& [at, event] : story.log) {
      const absl::Time now = at;
      std::visit(Match{[&](const SdqRequested&) { awaited = true; },
                       [&](const SdqRequiredByMoved& moved) {
                         EXPECT_TRUE(awaited);
                         EXPECT_NE(moved.required_by, required_by) << "moved to where it was";
                         if (required_by && now >= MissedFrom(*required_by)) {
                           EXPECT_TRUE(emitted) << "an instant passed unsaid, seed " << seed;
                         }
                         required_by = moved.required_by;
                         emitted = false;
                       },
                       [&](const SdqBecameMissing& missing) {
                         ++misses;
                         EXPECT_TRUE(awaited && !emitted);
                         EXPECT_EQ(missing.required_by, required_by);
                         EXPECT_GE(now, MissedFrom(missing.required_by));
                         emitted = true;
                       },
                       [&](const SdqScored&) {
                         awaited = false;
                         ++scored;
                       },
                       [&](const SdqNotObtained&) { awaited = false; },
                       [&](const SdqNotOfAge&) {
                         if (required_by && now >= MissedFrom(*required_by)) {
                           EXPECT_TRUE(emitted) << "an instant passed unsaid, seed " << seed;
                         }
                         awaited = false;
                         required_by.reset();
                         emitted = false;
                       },
                       [](const auto&) {}},
                 event);
    }
    EXPECT_LE(scored, 1) << "one score for one request";
    if (awaited && required_by && story.facts.now >= MissedFrom(*required_by)) {
      EXPECT_TRUE(emitted) << "seed " << seed;
    }
  }
  EXPECT_GT(misses, 20u) << "the dice no longer make lives worth looking at";
}

INSTANTIATE_TEST_SUITE_P(Seeds, SdqLives, testing::Values(0u, 200u, 400u, 600u, 800u));

}  // namespace
}  // namespace pepline::assessments
