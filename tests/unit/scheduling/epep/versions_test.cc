// Finalising makes a version of the content; where the profile says so, it needs the mandatory
// sections first.
#include <memory>

#include "services/scheduling/domain/epep/epep.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

using testing::HasSubstr;
using testing::Not;

Story Held(bool needs_sections, bool needs_outcomes = false) {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  policy.finalise_needs_sections = needs_sections;
  policy.finalise_needs_outcomes = needs_outcomes;
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
  return story;
}

// What was written of the section, and whether it is complete.
void Write(Story& story, const std::string& section, bool complete) {
  EpepState& epep = story.facts.content.epep;
  epep.child = story.facts.child_id;
  epep.pep = story.Pep(story.cycle().number);
  epep.sections[section] = {"text of " + section, 1, story.facts.now,
                            complete ? std::optional(story.facts.now) : std::nullopt};
}
void WriteAllMandatory(Story& story) {
  for (const char* code : {"care-arrangements", "attainment-and-progress", "needs-and-support"}) {
    Write(story, code, true);
  }
}

TEST(EpepVersions, WithoutContentThereIsNone) {
  Story story = Held(false);
  story.Done(FinaliseEpep{});
  const auto finalised = story.All<EpepFinalised>();
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_EQ(finalised[0].version, 0);
  EXPECT_FALSE(finalised[0].content.has_value());
  EXPECT_EQ(story.cycle().epep_versions, 0);
  EXPECT_TRUE(story.state.versions_made.empty());
}

TEST(EpepVersions, AreMadeAlsoWhereNothingIsAskedFor) {
  Story story = Held(false);
  Write(story, "needs-and-support", false);
  story.Done(FinaliseEpep{});
  const auto finalised = story.All<EpepFinalised>();
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_EQ(finalised[0].version, 1);
  EXPECT_EQ(finalised[0].sections_complete, 0);
  ASSERT_TRUE(finalised[0].content.has_value());
  EXPECT_EQ(finalised[0].content->pep, story.Pep(1));
  EXPECT_EQ(finalised[0].content->sections.size(), 6u) << "of the form, written or not";
  EXPECT_EQ(story.cycle().epep_versions, 1);
  ASSERT_EQ(story.state.versions_made.size(), 1u);
}

TEST(EpepVersions, CountUpAndLeaveTheClockAlone) {
  Story story = Held(false);
  Write(story, "needs-and-support", true);
  const absl::Time due_at = story.deadline(Rule::kFinalised).instants.due_at;
  story.Done(FinaliseEpep{});
  story.Done(TakeBackFinalisation{PepId(), "a page was missing"});
  EXPECT_EQ(story.cycle().epep_versions, 1) << "what was made stays";
  EXPECT_EQ(story.deadline(Rule::kFinalised).instants.due_at, due_at);
  story.facts.content.next_version = 2;
  Write(story, "carer-contribution", true);
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.All<EpepFinalised>().at(1).version, 2);
  EXPECT_EQ(story.All<EpepFinalised>().at(1).sections_complete, 2);
  EXPECT_EQ(story.cycle().epep_versions, 2);
}

TEST(EpepVersions, OfAnEarlierPepAreMadeToo) {
  Story story = Held(false);
  Write(story, "needs-and-support", true);
  story.Until("2026-01-12 09:00");
  ASSERT_EQ(story.cycle().number, 2);
  story.Done(FinaliseEpep{story.Pep(1)});
  ASSERT_EQ(story.AllOf<EpepFinalised>(1).size(), 1u);
  EXPECT_EQ(story.AllOf<EpepFinalised>(1)[0].version, 1);
  ASSERT_EQ(story.state.versions_made.size(), 1u);
  EXPECT_EQ(story.state.versions_made[0].pep, story.Pep(1));
}

TEST(FinaliseWithSections, NamesAllThatAreMissingAtOnce) {
  Story story = Held(true, true);
  Write(story, "attainment-and-progress", false);
  Write(story, "needs-and-support", true);
  const auto no = story.Do(FinaliseEpep{});
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, plan_refusals::kEpepNotComplete);
  EXPECT_THAT(no->advice, HasSubstr("SMART"));
  EXPECT_THAT(no->advice, HasSubstr("sections care-arrangements, attainment-and-progress"));
  EXPECT_THAT(no->advice, Not(HasSubstr("needs-and-support")));
  WriteAllMandatory(story);
  const auto outcomes = story.Do(FinaliseEpep{});
  ASSERT_TRUE(outcomes.has_value());
  EXPECT_THAT(outcomes->advice, Not(HasSubstr("section")));
  story.facts.outcomes[1].smart = 1;
  story.Done(FinaliseEpep{});
  EXPECT_EQ(story.All<EpepFinalised>().at(0).sections_complete, 3);
}

TEST(FinaliseWithSections, ASectionThatTheFormAsksForSinceIsMissingToo) {
  Story story = Held(true);
  WriteAllMandatory(story);
  Policy policy = *story.facts.policy;
  policy.epep_forms[EpepPhase::kNotKnown] = {
      {"needs-and-support", SectionOwner::kDesignatedTeacher, true},
      {"hobbies", SectionOwner::kPupil, true}};
  story.facts.policy = std::make_shared<const Policy>(policy);
  const auto no = story.Do(FinaliseEpep{});
  ASSERT_TRUE(no.has_value());
  EXPECT_THAT(no->advice, HasSubstr("complete the section hobbies of"));
  Write(story, "hobbies", true);
  story.Done(FinaliseEpep{});
  const EpepVersion& version = story.state.versions_made.at(0);
  ASSERT_EQ(version.sections.size(), 4u) << "and what stands on the form no more";
  EXPECT_FALSE(version.sections[3].on_form);
}

TEST(FinaliseWithSections, TheMeetingIsNeverHeldUp) {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  policy.finalise_needs_sections = true;
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-10-01 16:00").Hold("2025-10-01");
}

}  // namespace
}  // namespace pepline::scheduling
