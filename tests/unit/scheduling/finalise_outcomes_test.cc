// Where the profile says so, an ePEP is finalised with a SMART outcome, and once the outcomes of
// the PEPs before it are reviewed.
#include "absl/strings/str_cat.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

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
