// What is to be done next for a child's PEPs, by whom, and by when.
#include "services/scheduling/domain/work_items/work_on_peps.h"

#include <map>

#include "tests/unit/scheduling/plan_story.h"

namespace pepline::scheduling {
namespace {

using enum WorkStep;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Pair;

const std::set<Role> kSchoolsAndCouncils = {Role::kVirtualSchool, Role::kDesignatedTeacher};
const std::set<Role> kEverybodys = {Role::kVirtualSchool, Role::kDesignatedTeacher,
                                    Role::kSocialWorker};

std::vector<PepWorkItem> ItemsOf(const Story& story) {
  return WorkOn(story.state, story.facts.policy.get(), story.facts.now);
}
// The steps of a PEP (0: of none), each with the rule that waits for it first.
std::map<WorkStep, std::string> StepsOf(const Story& story, int pep) {
  std::map<WorkStep, std::string> steps;
  for (const PepWorkItem& item : ItemsOf(story)) {
    if ((item.pep == nullptr ? 0 : item.pep->number) != pep) continue;
    EXPECT_TRUE(steps.emplace(item.work.step, std::string(item.work.rule)).second)
        << "one line a PEP and step";
    EXPECT_EQ(item.work.pep, pep == 0 ? PepId() : story.Pep(pep));
    EXPECT_EQ(item.work.child, ChildId("chd-1"));
  }
  return steps;
}
Work The(WorkStep step, const Story& story, int pep = 1) {
  for (const PepWorkItem& item : ItemsOf(story)) {
    if (item.work.step == step && (item.pep == nullptr ? 0 : item.pep->number) == pep)
      return item.work;
  }
  ADD_FAILURE() << "step " << static_cast<int>(step) << " is not to be done";
  return {};
}
auto Step(WorkStep step, Rule rule) { return Pair(step, std::string(RuleId(rule))); }

// A PEP of the autumn of 2025.
Story InTerm(const std::function<void(Policy&)>& change = [](Policy&) {}) {
  Story story("2025-09-02 00:00");
  Policy policy = UsualPolicy();
  change(policy);
  story.facts.policy = std::make_shared<const Policy>(policy);
  story.InCareSince("2019-03-01");
  story.Until("2025-09-10 09:00");
  return story;
}
Story WithMeeting(const std::function<void(Policy&)>& change = [](Policy&) {}) {
  Story story = InTerm(change);
  story.Schedule("2025-10-15 14:00");
  return story;
}
void AskForCosts(Policy& policy) {
  policy.rules[Rule::kInterventionsCosted] = {
      -3, DayKind::kSchoolDays, {{1, 0, DayKind::kSchoolDays, {}}}};
}

TEST(PepWorkList, APepWithoutAMeetingWaitsForOne) {
  const Story story = InTerm();
  EXPECT_THAT(StepsOf(story, 1), ElementsAre(Step(kScheduleMeeting, Rule::kHeldByTermCutOff)));
  const Work work = The(kScheduleMeeting, story);
  EXPECT_EQ(work.due_at, EndOf("2025-11-28"));
  EXPECT_FALSE(work.late);
  EXPECT_FALSE(work.estimated);
  EXPECT_EQ(work.who, kSchoolsAndCouncils);
}

TEST(PepWorkList, AMeetingThatLiesAheadIsToBePreparedAndHeld) {
  const Story story = WithMeeting(AskForCosts);
  EXPECT_THAT(StepsOf(story, 1), ElementsAre(Step(kCapturePupilViews, Rule::kViewsCaptured),
                                             Step(kReturnSdq, Rule::kSdqScored),
                                             Step(kUpdateEpepDraft, Rule::kDraftReady),
                                             Step(kCostInterventions, Rule::kInterventionsCosted),
                                             Step(kHoldMeeting, Rule::kMeetingRecorded)));
  EXPECT_EQ(The(kHoldMeeting, story).due_at, EndOf("2025-10-16"))
      << "the first of the meeting's record and the term's cut-off";
  EXPECT_EQ(The(kUpdateEpepDraft, story).due_at, EndOf("2025-10-10"));
  EXPECT_EQ(The(kCapturePupilViews, story).who, kEverybodys);
  EXPECT_EQ(The(kReturnSdq, story).who, kEverybodys);
  EXPECT_EQ(The(kUpdateEpepDraft, story).who, kSchoolsAndCouncils);
  EXPECT_EQ(The(kCostInterventions, story).who, kSchoolsAndCouncils);
  EXPECT_EQ(The(kHoldMeeting, story).who, kSchoolsAndCouncils);
}

TEST(PepWorkList, WhatIsDoneIsOffTheList) {
  Story story = WithMeeting(AskForCosts);
  story.ViewsCaptured(story.facts.now);
  story.SdqScored(story.facts.now);
  for (const auto item : {ReadinessItem::kEpepDraft, ReadinessItem::kInterventionsCosted}) {
    story.Done(CompleteReadinessItem{PepId(), item, std::nullopt});
  }
  EXPECT_THAT(StepsOf(story, 1), ElementsAre(Step(kHoldMeeting, Rule::kMeetingRecorded)));
}

TEST(PepWorkList, AMeetingWhoseTimeHasComeIsToBePutOnRecord) {
  Story story = WithMeeting();
  story.Until("2025-10-15 13:59");
  EXPECT_TRUE(StepsOf(story, 1).contains(kHoldMeeting));
  story.Until("2025-10-15 14:00");
  EXPECT_FALSE(StepsOf(story, 1).contains(kHoldMeeting));
  EXPECT_EQ(The(kRecordMeeting, story).rule, RuleId(Rule::kMeetingRecorded));
  EXPECT_FALSE(The(kRecordMeeting, story).late);
  story.Until("2025-10-17 09:00");
  EXPECT_TRUE(The(kRecordMeeting, story).late);
}

TEST(PepWorkList, AHeldMeetingsEpepIsToBeFinalised) {
  Story story = WithMeeting();
  story.ViewsCaptured(story.facts.now);
  story.SdqScored(story.facts.now);
  story.Until("2025-10-15 16:00").Hold("2025-10-15");
  EXPECT_EQ(The(kFinaliseEpep, story).rule, RuleId(Rule::kFinalised));
  EXPECT_EQ(The(kFinaliseEpep, story).due_at, EndOf("2025-10-22"));
  EXPECT_EQ(The(kFinaliseEpep, story).who, kSchoolsAndCouncils);
  story.Done(FinaliseEpep{});
  EXPECT_THAT(StepsOf(story, 1), IsEmpty());
}

TEST(PepWorkList, ATermsCutOffThatRunsUntilTheEpepIsFinalisedWaitsForThat) {
  Story story = InTerm([](Policy& policy) {
    policy.rules.erase(Rule::kFinalised);
    policy.rules[Rule::kHeldByTermCutOff].until_finalised = true;
  });
  story.Until("2025-10-15 16:00").Hold("2025-10-15");
  EXPECT_EQ(The(kFinaliseEpep, story).rule, RuleId(Rule::kHeldByTermCutOff));
  EXPECT_EQ(The(kFinaliseEpep, story).due_at, EndOf("2025-11-28"));
}

TEST(PepWorkList, AMissedMeetingThatWasCalledOffWaitsForAnother) {
  Story story = WithMeeting();
  story.Until("2025-10-24 09:00");
  story.Done(CancelPepMeeting{PepId(), "nobody came"});
  EXPECT_EQ(The(kScheduleMeeting, story).rule, RuleId(Rule::kFinalised));
  EXPECT_TRUE(The(kScheduleMeeting, story).late) << "moving a meeting ends no lateness";
}

TEST(PepWorkList, AMeetingOfTheSchoolBeforeIsToBeConfirmedUntilItsTimeComes) {
  Story story = WithMeeting();
  story.Until("2025-09-20 09:00").MovesTo("123457", "2025-09-19");
  EXPECT_TRUE(StepsOf(story, 1).contains(kConfirmMeeting));
  EXPECT_FALSE(StepsOf(story, 1).contains(kHoldMeeting));
  EXPECT_EQ(The(kConfirmMeeting, story).due_at, EndOf("2025-10-03"))
      << "to be updated within ten working days of the move";
  story.Until("2025-10-15 15:00");
  EXPECT_FALSE(StepsOf(story, 1).contains(kConfirmMeeting));
  EXPECT_TRUE(StepsOf(story, 1).contains(kRecordMeeting));
}

TEST(PepWorkList, IsTheirsWhomTheProfileNames) {
  const auto change = [](Policy& policy) {
    policy.pep_work[PepWork::kArrange] = {MadeBy::kSocialWorker};
    policy.pep_work[PepWork::kFinalise] = {MadeBy::kVirtualSchool};
  };
  Story story = InTerm(change);
  EXPECT_EQ(The(kScheduleMeeting, story).who,
            (std::set<Role>{Role::kVirtualSchool, Role::kSocialWorker}));
  story.Until("2025-10-15 16:00").Hold("2025-10-15");
  EXPECT_EQ(The(kFinaliseEpep, story).who, std::set<Role>{Role::kVirtualSchool});
}

TEST(PepWorkList, IsTheDesignatedTeachersWhereNoProfileIsKnown) {
  Story story = InTerm();
  const auto items = WorkOn(story.state, nullptr, story.facts.now);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].work.who, kSchoolsAndCouncils);
}

TEST(PepWorkList, AnInterimPepWaitsForAMeetingAndTheSocialWorkerMaySetIt) {
  Story story("2025-07-28 09:00");
  story.InCareSince("2025-07-28");
  EXPECT_EQ(The(kScheduleMeeting, story).rule, RuleId(Rule::kInitialStarted));
  EXPECT_EQ(The(kScheduleMeeting, story).who, kSchoolsAndCouncils);
  story.Done(OpenInterimPep{});
  EXPECT_EQ(The(kScheduleMeeting, story).rule, RuleId(Rule::kInitialAvailable));
  EXPECT_EQ(The(kScheduleMeeting, story).who, kEverybodys);
  story.Done(SchedulePepMeeting{PepId(), At("2025-09-11 14:00")});
  EXPECT_EQ(The(kHoldMeeting, story).who, kEverybodys);
}

TEST(PepWorkList, AHeldPepBesideTheNewestIsFinalisedForItself) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-01 09:00").Schedule("2025-12-12 14:00");
  story.Until("2025-12-12 16:00").Hold("2025-12-12");
  story.Until("2026-01-09 09:00");
  ASSERT_EQ(story.cycle().number, 2);
  EXPECT_TRUE(StepsOf(story, 1).contains(kFinaliseEpep));
  EXPECT_TRUE(The(kFinaliseEpep, story, 1).late);
  EXPECT_TRUE(StepsOf(story, 2).contains(kScheduleMeeting));
}

TEST(PepWorkList, APepThatWasNeverHeldWaitsForWhatTheNewestWaitsFor) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2026-01-09 09:00");
  ASSERT_EQ(story.cycle().number, 2);
  EXPECT_THAT(StepsOf(story, 1), ElementsAre(Step(kScheduleMeeting, Rule::kHeldByTermCutOff)));
  EXPECT_TRUE(The(kScheduleMeeting, story, 1).late);
  EXPECT_FALSE(The(kScheduleMeeting, story, 2).late);
  story.Schedule("2026-01-20 14:00");
  EXPECT_THAT(StepsOf(story, 1), ElementsAre(Step(kHoldMeeting, Rule::kHeldByTermCutOff)));
  story.Until("2026-01-20 15:00");
  EXPECT_THAT(StepsOf(story, 1), ElementsAre(Step(kRecordMeeting, Rule::kHeldByTermCutOff)));
}

TEST(PepWorkList, AnEarlierMeetingThatNobodyPutOnRecordIsStillToBe) {
  Story story("2025-09-02 00:00");
  story.InCareSince("2019-03-01");
  story.Until("2025-12-01 09:00").Schedule("2025-12-10 14:00");
  story.Until("2026-01-09 09:00");
  ASSERT_EQ(story.cycle().number, 2);
  EXPECT_TRUE(StepsOf(story, 1).contains(kRecordMeeting));
  EXPECT_TRUE(The(kRecordMeeting, story, 1).late);
  EXPECT_FALSE(StepsOf(story, 1).contains(kScheduleMeeting));
  EXPECT_TRUE(StepsOf(story, 2).contains(kScheduleMeeting));
}

TEST(PepWorkList, AChildWithoutAPepIsForTheCouncilToSeeInto) {
  Story story("2025-09-15 09:00");
  story.facts.policy = nullptr;
  story.InCareSince("2019-03-01");
  story.Until("2025-09-17 09:00");
  ASSERT_TRUE(story.state.pep_open.has_value());
  EXPECT_THAT(StepsOf(story, 0), ElementsAre(Step(kSeeWhyNoPepIsOpen, Rule::kPepOpen)));
  const Work work = The(kSeeWhyNoPepIsOpen, story, 0);
  EXPECT_EQ(work.who, (std::set<Role>{Role::kVirtualSchool, Role::kSocialWorker}));
  EXPECT_EQ(work.due_at, EndOf("2025-09-16"));
  EXPECT_TRUE(work.late);
}

TEST(PepWorkList, ADayThatWasCountedWithoutTermDatesIsAnEstimate) {
  Story story("2025-09-15 09:00");
  story.facts.calendar = std::make_shared<const Calendar>(
      London(), BankHolidays(), std::vector<TermPart>(), std::vector<TermPart>(),
      std::set<absl::CivilDay>(), OxfordshireTerms());
  story.InCareSince("2019-03-01", "");
  story.Until("2025-09-16 09:00");
  EXPECT_TRUE(The(kScheduleMeeting, story).estimated);
}

TEST(PepWorkList, IsEmptyWhenCareHasCeased) {
  Story story = WithMeeting();
  story.facts.child->in_care = false;
  story.facts.child->care_recorded_at = story.facts.now;
  story.Wake();
  EXPECT_THAT(ItemsOf(story), IsEmpty());
}

}  // namespace
}  // namespace pepline::scheduling
