// Outcomes of a PEP: what they lack to be SMART, and what each command answers.
#include "services/assessments/domain/outcomes.h"

#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

namespace R = outcome_refusals;
using testing::ElementsAre;
using testing::IsEmpty;

const ChildId kOutcomesChild("chd-1");
const PepId kFirst("chd-1.1");
const PepId kSecond("chd-1.2");

OutcomeContent Smart() {
  return {.category = OutcomeCategory::kAcademic,
          .description = "reads aloud without help",
          .measure = "pages of the reading diary",
          .baseline = "2 pages a week",
          .target = "10 pages a week",
          .due_on = Day("2025-12-12"),
          .responsible = "the tutor",
          .need = "fluency",
          .evidence = "paired reading has helped before",
          .cost = OutcomeCost::kNoCost};
}

class OutcomesTest : public DeciderRunner<Outcomes>, public testing::Test {
 protected:
  OutcomesTest() {
    facts.now = At("2025-09-08 09:00");
    facts.today = Day("2025-09-08");
    state.current_pep = PepStanding{kFirst, true, std::nullopt};
  }
  void Set(const OutcomeContent& content = Smart()) {
    Done(SetOutcome{kOutcomesChild, kFirst, content, {}});
  }
  RefusalReason RefusedToSet(const OutcomeContent& content, std::string_view field) {
    return Refused(SetOutcome{kOutcomesChild, kFirst, content, {}}, field);
  }
  std::vector<SmartPart> MissingOf(const OutcomeContent& content) {
    return PartsOf(GapsIn(content, Day("2025-09-08")));
  }
};

TEST_F(OutcomesTest, ACompleteOneLacksNothing) {
  EXPECT_THAT(GapsIn(Smart(), Day("2025-09-08")), IsEmpty());
}

TEST_F(OutcomesTest, WhatIsMissingIsFoundByItsPartFieldAndMend) {
  const auto lacks = [&](auto change, SmartPart part, std::string_view field) {
    OutcomeContent content = Smart();
    change(content);
    const auto gaps = GapsIn(content, Day("2025-09-08"));
    ASSERT_EQ(gaps.size(), 1u) << field;
    EXPECT_EQ(gaps[0].part, part) << field;
    EXPECT_EQ(gaps[0].field, field);
    EXPECT_FALSE(gaps[0].advice.empty());
  };
  using enum SmartPart;
  lacks([](auto& c) { c.description = "Reading, better"; }, kSpecific, "description");
  lacks([](auto& c) { c.measure = " "; }, kMeasurable, "measure");
  lacks([](auto& c) { c.baseline = ""; }, kMeasurable, "baseline");
  lacks([](auto& c) { c.target = ""; }, kMeasurable, "target");
  lacks([](auto& c) { c.target = "reads better"; }, kMeasurable, "target");
  lacks([](auto& c) { c.responsible = "\n"; }, kAchievable, "responsible");
  lacks([](auto& c) { c.cost.reset(); }, kAchievable, "cost");
  lacks([](auto& c) { c.need = ""; }, kRelevant, "need");
  lacks([](auto& c) { c.evidence = ""; }, kRelevant, "evidence");
  lacks([](auto& c) { c.due_on.reset(); }, kTimeBound, "due_on");
  lacks([](auto& c) { c.due_on = Day("2025-09-08"); }, kTimeBound, "due_on");
  lacks([](auto& c) { c.due_on = Day("2026-09-10"); }, kTimeBound, "due_on");
}

TEST_F(OutcomesTest, ANumberOrALevelMayBeInWordsAndInTheMeasure) {
  for (const char* target : {"ten pages", "every morning", "Expected standard", "grade 5",
                             "greater depth", "twice a week"}) {
    OutcomeContent content = Smart();
    content.target = target;
    EXPECT_THAT(MissingOf(content), IsEmpty()) << target;
  }
  OutcomeContent content = Smart();
  content.target = "more often";
  content.measure = "how many of 5 mornings";
  EXPECT_THAT(MissingOf(content), IsEmpty());
  content.measure = "what the class teacher, someone, says";
  EXPECT_THAT(MissingOf(content), ElementsAre(SmartPart::kMeasurable)) << "'one' is in no word";
}

TEST_F(OutcomesTest, AreNumberedInTheirOrderAndSayWhatTheyLack) {
  Set();
  Set({.description = "likes school more"});
  ASSERT_EQ(state.outcomes.size(), 2u);
  EXPECT_EQ(std::get<OutcomeSet>(log[0].second).missing, std::vector<SmartPart>());
  EXPECT_THAT(std::get<OutcomeSet>(log[1].second).missing,
              ElementsAre(SmartPart::kMeasurable, SmartPart::kAchievable, SmartPart::kRelevant,
                          SmartPart::kTimeBound));
  EXPECT_EQ(NumberOf(log[1].second), 2);
  facts.now += absl::Hours(1);
  Done(RefineOutcome{2, Smart()});
  EXPECT_EQ(Find(state, 2)->content, Smart());
  EXPECT_EQ(Find(state, 2)->stated_at, facts.now);
  EXPECT_EQ(Refused(RefineOutcome{2, Smart()}), R::kNothingRefined);
  OutcomesState begun;
  begun.current_pep = state.current_pep;
  EXPECT_EQ(Folded(begun), state);
}

TEST_F(OutcomesTest, AreReviewedOnceWithWhatShowsIt) {
  Set();
  EXPECT_EQ(Refused(ReviewOutcome{1, OutcomeResult::kMet, " "}, "words"), R::kReasonRequired);
  facts.now += absl::Hours(1);
  Done(ReviewOutcome{1, OutcomeResult::kPartlyMet, "6 pages"});
  EXPECT_EQ(Find(state, 1)->result, OutcomeResult::kPartlyMet);
  EXPECT_EQ(Find(state, 1)->closed_at, facts.now);
  EXPECT_EQ(Refused(ReviewOutcome{1, OutcomeResult::kMet, "10 pages"}), R::kAlreadyReviewed);
  EXPECT_EQ(Refused(RefineOutcome{1, {.description = "anything"}}), R::kAlreadyReviewed);
  EXPECT_EQ(Refused(DropOutcome{1, "no time"}), R::kAlreadyReviewed);
}

TEST_F(OutcomesTest, AreDroppedWithAReasonAndKeepTheirNumber) {
  Set();
  EXPECT_EQ(Refused(DropOutcome{1, ""}, "reason"), R::kReasonRequired);
  Done(DropOutcome{1, "another one comes first"});
  EXPECT_EQ(Refused(ReviewOutcome{1, OutcomeResult::kMet, "10 pages"}), R::kDropped);
  Set();
  EXPECT_EQ(NumberOf(log.back().second), 2);
}

TEST_F(OutcomesTest, ThatEndedInErrorWaitAgainAndWhatStoodThereIsKept) {
  Set();
  EXPECT_EQ(Refused(ReopenOutcome{1, "it was another child"}, "outcome_id"), R::kNotEnded);
  EXPECT_EQ(Refused(ReopenOutcome{2, "it was another child"}, "outcome_id"), R::kNoSuchOutcome);
  Done(ReviewOutcome{1, OutcomeResult::kMet, "10 pages"});
  EXPECT_EQ(Refused(ReopenOutcome{1, " "}, "reason"), R::kReasonRequired);
  facts.now += absl::Hours(1);
  Done(ReopenOutcome{1, "it was another child"});
  EXPECT_EQ(Find(state, 1)->stage, OutcomeStage::kSet);
  EXPECT_EQ(Find(state, 1)->result, std::nullopt);
  EXPECT_EQ(
      Find(state, 1)->reopened,
      (std::vector<ReopenedOutcome>{{facts.now, "it was another child", OutcomeStage::kReviewed,
                                     OutcomeResult::kMet, "10 pages"}}));
  for (std::size_t i = 0; i < kMostReopenings; ++i) {
    Done(DropOutcome{1, "no time"});
    Done(ReopenOutcome{1, "there is"});
  }
  EXPECT_EQ(Find(state, 1)->reopened.size(), kMostReopenings);
  EXPECT_EQ(Find(state, 1)->reopened.front().stage, OutcomeStage::kDropped) << "the oldest is gone";
}

TEST_F(OutcomesTest, AreReviewedButNotWrittenWhenTheirPepIsOver) {
  Set();
  state.current_pep = PepStanding{kSecond, true, std::nullopt};
  EXPECT_EQ(Refused(SetOutcome{kOutcomesChild, kFirst, Smart(), {}}, "pep_id"), R::kOtherPep);
  EXPECT_EQ(Refused(RefineOutcome{1, {.description = "anything"}}, "pep_id"), R::kOtherPep);
  Done(ReviewOutcome{1, OutcomeResult::kMet, "10 pages"});
  state.current_pep->open = false;
  EXPECT_EQ(Refused(SetOutcome{kOutcomesChild, kSecond, Smart(), {}}, "child_id"), R::kNoOpenPep);
  // One that is open beside the newest is still worked on.
  state.current_pep = PepStanding{kSecond, true, std::nullopt, {OpenPep{kFirst, std::nullopt}}};
  Set();
}

TEST_F(OutcomesTest, GoOnInALaterPepWhereTheirReviewSaysSo) {
  OutcomesState later;
  later.current_pep = PepStanding{kSecond, true, std::nullopt};
  state = later;
  const auto carry = [](const char* from) {
    return SetOutcome{kOutcomesChild, kSecond, Smart(), OutcomeId(from)};
  };
  EXPECT_EQ(Refused(carry("chd-1.1.o1"), "carried_from"), R::kNotCarriedOn);
  facts.carried_on = true;
  EXPECT_EQ(Refused(carry("chd-2.1.o1"), "carried_from"), R::kOfAnotherChild);
  EXPECT_EQ(Refused(carry("chd-1.2.o1"), "carried_from"), R::kNotCarriedOn) << "of this PEP";
  EXPECT_EQ(Refused(carry("chd-1.3.o1"), "carried_from"), R::kNotCarriedOn);
  for (const char* none : {"chd-1.1", "chd-1.1.o0", "chd-1.1.o01", "chd-1.1.x1", ""}) {
    EXPECT_EQ(Refused(carry(none), "carried_from"), R::kOfAnotherChild) << none;
  }
  Done(carry("chd-1.1.o1"));
  EXPECT_EQ(Find(state, 1)->carried_from, OutcomeId("chd-1.1.o1"));
}

TEST_F(OutcomesTest, RestOnViewsOfTheChildThatAreOnRecord) {
  OutcomeContent content = Smart();
  content.views_of_pep = PepId("chd-2.1");
  EXPECT_EQ(RefusedToSet(content, "content.views_of_pep_id"), R::kOfAnotherChild);
  content.views_of_pep = kFirst;
  EXPECT_EQ(RefusedToSet(content, "content.views_of_pep_id"), R::kNoSuchViews);
  facts.cited_views_on_record = true;
  Set(content);
  EXPECT_EQ(CitedBy(SetOutcome{kOutcomesChild, kFirst, content, {}}), kFirst);
  EXPECT_EQ(CitedBy(RefineOutcome{1, content}), kFirst);
  EXPECT_EQ(CitedBy(DropOutcome{1, "no time"}), std::nullopt);
}

TEST_F(OutcomesTest, SayWhichTextIsTooLongOrMissing) {
  EXPECT_EQ(RefusedToSet({.description = " \t"}, "content.description"), R::kOutcomeTextRequired);
  OutcomeContent content = Smart();
  content.evidence = std::string(100'000, 'x');
  EXPECT_EQ(RefusedToSet(content, "content.evidence"), R::kTextTooLong);
  content = Smart();
  content.responsible = std::string(201, 'x');
  EXPECT_EQ(RefusedToSet(content, "content.responsible"), R::kTextTooLong);
  content.responsible.pop_back();
  Set(content);
  EXPECT_EQ(Refused(DropOutcome{1, std::string(501, 'x')}, "reason"), R::kTextTooLong);
}

TEST_F(OutcomesTest, AreBoundedAndFoundByTheirNumberAlone) {
  EXPECT_EQ(Refused(RefineOutcome{1, Smart()}, "outcome_id"), R::kNoSuchOutcome);
  for (std::size_t i = 0; i < kMostOutcomes; ++i) Set();
  EXPECT_EQ(Refused(SetOutcome{kOutcomesChild, kFirst, Smart(), {}}), R::kTooManyOutcomes);
  for (const int none : {0, -1, static_cast<int>(kMostOutcomes) + 1}) {
    EXPECT_EQ(Refused(DropOutcome{none, "no time"}, "outcome_id"), R::kNoSuchOutcome) << none;
  }
}

}  // namespace
}  // namespace pepline::assessments
