// Sections of an ePEP written, completed and reopened: by whom, of which PEP, and over which text.
#include "services/scheduling/domain/epep/epep.h"

#include <memory>
#include <string>

#include "services/scheduling/domain/epep/form.h"
#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kNeeds[] = "needs-and-support";
constexpr char kCare[] = "care-arrangements";
constexpr char kCarer[] = "carer-contribution";
constexpr char kPupil[] = "pupil-contribution";
constexpr char kComments[] = "virtual-school-comments";

// The content of the newest PEP of a child at a school, of whom it is not known when it is 18.
class EpepStory : public DeciderRunner<Epep> {
 public:
  EpepStory() : plan("2025-09-02 00:00") {
    plan.InCareSince("2019-03-01");
    Look();
  }
  // Looks at the plan as it is now.
  void Look() {
    facts.now = plan.facts.now;
    facts.child = plan.facts.child_id;
    facts.pep = plan.Pep(plan.cycle().number);
    facts.plan = plan.state;
    facts.form = FormOf(plan.state, plan.cycle(), plan.facts);
  }
  EpepCommand Write(std::string section, std::string text, int revision = 0,
                    MadeBy by = MadeBy::kSchool) {
    return WriteEpepSection{std::move(section), std::move(text), revision, by};
  }
  EpepCommand Complete(std::string section, int revision = 1, MadeBy by = MadeBy::kSchool) {
    return CompleteEpepSection{std::move(section), revision, by};
  }

  Story plan;
};

TEST(EpepSections, AreWrittenCompletedAndReopened) {
  EpepStory story;
  story.Done(story.Write(kNeeds, "reads slowly"));
  EXPECT_EQ(story.state.pep, story.facts.pep);
  EXPECT_EQ(story.state.sections.at(kNeeds).revision, 1);
  story.Idle(story.Write(kNeeds, "reads slowly", 1));
  story.Done(story.Write(kNeeds, "reads slowly, has a tutor", 1));
  story.Done(story.Complete(kNeeds, 2));
  const auto completed = story.All<EpepSectionCompleted>();
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].section, kNeeds);
  EXPECT_EQ(completed[0].mandatory_complete, 1);
  EXPECT_EQ(completed[0].mandatory, 3);
  EXPECT_EQ(completed[0].owner.school, SchoolUrn("123456"));
  EXPECT_EQ(story.Refused(story.Complete(kNeeds, 2), "section"), epep_refusals::kSectionComplete);
  EXPECT_EQ(story.Refused(story.Write(kNeeds, "more", 2), "section"),
            epep_refusals::kSectionComplete);
  story.Done(ReopenEpepSection{kNeeds});
  EXPECT_EQ(story.All<EpepSectionReopened>().at(0).mandatory_complete, 0);
  EXPECT_EQ(story.Refused(ReopenEpepSection{kNeeds}, "section"),
            epep_refusals::kSectionNotComplete);
  story.Done(story.Write(kNeeds, "more", 2));
  EXPECT_EQ(story.state.sections.at(kNeeds).text, "more");
  EXPECT_EQ(story.Folded(), story.state);
}

TEST(EpepSections, NobodyWritesOverATextThatTheyHaveNotRead) {
  EpepStory story;
  story.Done(story.Write(kCarer, "of the social worker", 0, MadeBy::kSocialWorker));
  const auto no = story.Do(story.Write(kCarer, "of the school", 0));
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, epep_refusals::kWrittenMeanwhile);
  EXPECT_EQ(no->field, "revision");
  EXPECT_THAT(no->advice, HasSubstr("revision 1"));
  EXPECT_EQ(story.state.sections.at(kCarer).text, "of the social worker");
  EXPECT_EQ(story.Refused(story.Complete(kCarer, 0), "revision"), epep_refusals::kWrittenMeanwhile);
  EXPECT_EQ(story.Refused(story.Write(kCarer, "of the school", 2), "revision"),
            epep_refusals::kWrittenMeanwhile);
  story.Done(story.Write(kCarer, "of both", 1));
}

TEST(EpepSections, AreTheirOwnersAndTheVirtualSchools) {
  struct Case {
    const char* section;
    MadeBy by;
    bool may;
  };
  using enum MadeBy;
  for (const Case& one :
       {Case{kNeeds, kSchool, true}, Case{kNeeds, kSocialWorker, false},
        Case{kCare, kSchool, false}, Case{kCare, kSocialWorker, true}, Case{kCarer, kSchool, true},
        Case{kCarer, kSocialWorker, true}, Case{kPupil, kSchool, true},
        Case{kPupil, kSocialWorker, false}, Case{kComments, kSchool, false},
        Case{kComments, kSocialWorker, false}, Case{kNeeds, kVirtualSchool, true},
        Case{kCare, kVirtualSchool, true}, Case{kComments, kVirtualSchool, true}}) {
    EpepStory story;
    const auto command = story.Write(one.section, "text", 0, one.by);
    if (one.may) {
      story.Done(command);
    } else {
      EXPECT_EQ(story.Refused(command, "section"), epep_refusals::kNotTheSectionsOwner)
          << one.section;
      EXPECT_EQ(story.Refused(story.Complete(one.section, 0, one.by), "section"),
                epep_refusals::kNotTheSectionsOwner);
      EXPECT_EQ(story.Refused(ReopenEpepSection{one.section, one.by}, "section"),
                epep_refusals::kNotTheSectionsOwner);
    }
  }
}

TEST(EpepSections, HaveTheirBounds) {
  EpepStory story;
  std::string longest;
  for (std::size_t i = 0; i < kLongestSection; ++i) longest += "\u00e9";
  story.Done(story.Write(kNeeds, longest));
  EXPECT_EQ(story.Refused(story.Write(kNeeds, longest + "x", 1), "text"),
            epep_refusals::kTextTooLong);
  const auto no = story.Do(story.Write("hobbies", "chess"));
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, epep_refusals::kNoSuchSection);
  EXPECT_THAT(no->advice, HasSubstr(kNeeds)) << "it says which there are";
  EXPECT_EQ(story.Refused(story.Complete(kPupil, 0), "section"), epep_refusals::kSectionEmpty);
  story.Done(story.Write(kPupil, " \n"));
  EXPECT_EQ(story.Refused(story.Complete(kPupil, 1), "section"), epep_refusals::kSectionEmpty);
  EXPECT_TRUE(HasContent(story.state));
  story.Done(story.Write(kNeeds, "", 1));
  EXPECT_FALSE(HasContent(story.state)) << "what was written is taken out";
}

TEST(EpepSections, StandStillOnceTheEpepIsFinalisedAndWhenThePepIsOver) {
  EpepStory story;
  story.Done(story.Write(kNeeds, "reads slowly"));
  story.plan.Until("2025-10-01 16:00").Hold("2025-10-01");
  story.Look();
  story.Done(story.Write(kNeeds, "reads", 1));
  story.plan.Done(FinaliseEpep{});
  story.Look();
  EXPECT_EQ(story.Refused(story.Write(kNeeds, "later", 2), ""), plan_refusals::kAlreadyFinalised);
  EXPECT_EQ(story.Refused(story.Complete(kNeeds, 2), ""), plan_refusals::kAlreadyFinalised);
  story.plan.Done(TakeBackFinalisation{PepId(), "typed wrongly"});
  story.Look();
  story.Done(story.Write(kNeeds, "later", 2));
  story.facts.pep = story.plan.Pep(7);
  EXPECT_EQ(story.Refused(story.Write(kNeeds, "of none", 3), "pep_id"), plan_refusals::kOtherPep);
  story.facts.pep = PepId("chd-2.1");
  EXPECT_EQ(story.Refused(story.Write(kNeeds, "of another", 3), "pep_id"),
            plan_refusals::kOtherPep);
  story.plan.facts.child->in_care = false;
  story.plan.facts.child->care_recorded_at = story.plan.facts.now;
  story.plan.Wake();
  story.Look();
  EXPECT_EQ(story.Refused(story.Write(kNeeds, "too late", 3), "child_id"),
            plan_refusals::kNoCurrentPep);
}

TEST(EpepSections, OneThatTheFormHasNoMoreStaysAndIsWrittenNoMore) {
  EpepStory story;
  story.Done(story.Write(kNeeds, "reads slowly"));
  story.Done(story.Complete(kNeeds));
  Policy policy = UsualPolicy();
  policy.epep_forms[EpepPhase::kNotKnown] = {{"progress", SectionOwner::kDesignatedTeacher, true},
                                             {"hobbies", SectionOwner::kPupil, false}};
  story.plan.facts.policy = std::make_shared<const Policy>(policy);
  story.Look();
  EXPECT_EQ(story.Refused(ReopenEpepSection{kNeeds}, "section"), epep_refusals::kNoSuchSection);
  const auto sections = AsItStands(story.facts.form, story.state).sections;
  ASSERT_EQ(sections.size(), 3u);
  EXPECT_EQ(sections[2].form.code, kNeeds);
  EXPECT_FALSE(sections[2].on_form);
  EXPECT_EQ(sections[2].content.text, "reads slowly");
  const Completeness so_far = CompletenessOf(sections);
  EXPECT_EQ(so_far.complete, 0) << "of the form as it is now";
  EXPECT_THAT(so_far.missing, ElementsAre("progress"));
  EXPECT_EQ(so_far.per_cent(), 0);
  EXPECT_EQ(Completeness().per_cent(), 100);
}

}  // namespace
}  // namespace pepline::scheduling
