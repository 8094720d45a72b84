// Every command in every stage of a request, and what a draft must hold.
#include "services/funding/domain/funding_request.h"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <vector>

#include "tests/unit/funding/funding_story.h"

namespace pepline::funding {
namespace {

using ::testing::UnorderedElementsAre;
using namespace funding_refusals;
using MaybeReason = std::optional<RefusalReason>;

struct Row {
  std::string command;
  FundingCommand given;
  MaybeReason none;  // where there is no request yet
  std::map<RequestStage, MaybeReason> answers;
};

// The whole table: what each command is answered in each stage; nullopt: carried out.
std::vector<Row> Table() {
  using enum RequestStage;
  constexpr auto kYes = std::nullopt;
  return {
      {"draft",
       DraftFundingRequest{Tutoring()},
       kYes,
       {{kDraft, kAlreadyDrafted},
        {kSubmitted, kAlreadyDrafted},
        {kApproved, kAlreadyDrafted},
        {kDeclined, kAlreadyDrafted},
        {kReleased, kAlreadyDrafted},
        {RequestStage::kWithdrawn, kAlreadyDrafted}}},
      {"submit",
       SubmitFundingRequest{kTeacher},
       kNoSuchRequest,
       {{kDraft, kYes},
        {kSubmitted, kAlreadySubmitted},
        {kApproved, kAlreadyDecided},
        {kDeclined, kAlreadyDecided},
        {kReleased, kAlreadyReleased},
        {RequestStage::kWithdrawn, funding_refusals::kWithdrawn}}},
      {"withdraw",
       WithdrawFundingRequest{kTeacher},
       kNoSuchRequest,
       {{kDraft, kYes},
        {kSubmitted, kYes},
        {kApproved, kAlreadyDecided},
        {kDeclined, kAlreadyDecided},
        {kReleased, kAlreadyReleased},
        {RequestStage::kWithdrawn, funding_refusals::kWithdrawn}}},
      {"approve",
       ApproveFundingRequest{kVirtualSchool, {30'000}},
       kNoSuchRequest,
       {{kDraft, kNotSubmitted},
        {kSubmitted, kYes},
        {kApproved, kAlreadyDecided},
        {kDeclined, kAlreadyDecided},
        {kReleased, kAlreadyReleased},
        {RequestStage::kWithdrawn, funding_refusals::kWithdrawn}}},
      {"decline",
       DeclineFundingRequest{kVirtualSchool, "no"},
       kNoSuchRequest,
       {{kDraft, kNotSubmitted},
        {kSubmitted, kYes},
        {kApproved, kAlreadyDecided},
        {kDeclined, kAlreadyDecided},
        {kReleased, kAlreadyReleased},
        {RequestStage::kWithdrawn, funding_refusals::kWithdrawn}}},
      {"wake",
       Wake{},
       kYes,
       {{kDraft, kYes},
        {kSubmitted, kYes},
        {kApproved, kYes},
        {kDeclined, kYes},
        {kReleased, kYes},
        {RequestStage::kWithdrawn, kYes}}},
      {"release",
       ReleaseFunding{kFinance},
       kNoSuchRequest,
       {{kDraft, kNotApproved},
        {kSubmitted, kNotApproved},
        {kApproved, kYes},
        {kDeclined, kNotApproved},
        {kReleased, kAlreadyReleased},
        {RequestStage::kWithdrawn, funding_refusals::kWithdrawn}}},
  };
}

MaybeReason AnswerTo(Story& story, const FundingCommand& command) {
  const FundingState before = story.state;
  const auto no = story.Do(command);
  if (!no) return std::nullopt;
  EXPECT_EQ(story.state, before) << "a refusal changes nothing";
  return no->reason;
}

TEST(FundingRequestRules, AnswerEveryCommandInEveryStage) {
  for (const Row& row : Table()) {
    Story nothing;
    EXPECT_EQ(AnswerTo(nothing, row.given), row.none) << row.command << " without a request";
    for (RequestStage stage : kAllStages) {
      Story story;
      story.In(stage);
      ASSERT_EQ(story.state.request->stage, stage);
      EXPECT_EQ(AnswerTo(story, row.given), row.answers.at(stage))
          << row.command << " in " << StageName(stage);
    }
  }
}

// The steps towards money, and the stage in which each is taken.
const std::vector<std::pair<RequestStage, FundingCommand>> kTowardsMoney = {
    {RequestStage::kDraft, SubmitFundingRequest{kTeacher}},
    {RequestStage::kSubmitted, ApproveFundingRequest{kVirtualSchool, {20'000}}},
    {RequestStage::kApproved, ReleaseFunding{kFinance}}};

TEST(FundingRequestRules, AfterThe31stOfMarchNothingIsDraftedSubmittedApprovedOrReleased) {
  for (const auto& [stage, command] : kTowardsMoney) {
    Story story;
    story.In(stage);
    story.facts.today = absl::CivilDay(2026, 4, 1);
    EXPECT_EQ(AnswerTo(story, command), kFinancialYearOver) << StageName(stage);
    story.facts.today = absl::CivilDay(2026, 3, 31);
    EXPECT_EQ(AnswerTo(story, command), std::nullopt) << StageName(stage);
  }
  Story late;
  late.facts.today = absl::CivilDay(2026, 4, 1);
  EXPECT_EQ(AnswerTo(late, DraftFundingRequest{Tutoring()}), kFinancialYearOver);
}

TEST(FundingRequestRules, NoStepTowardsMoneyIsTakenForAChildWhoLeftTheCareOfTheAuthority) {
  for (const auto& [stage, command] : kTowardsMoney) {
    Story story;
    story.In(stage);
    story.facts.child = ChildFacts{AuthorityCode("931"), false};
    EXPECT_EQ(AnswerTo(story, command), kChildNotLookedAfter) << StageName(stage);
    story.facts.child = ChildFacts{AuthorityCode("825"), true};
    EXPECT_EQ(AnswerTo(story, command), kFundLineOfAnotherAuthority) << StageName(stage);
    story.facts.child = ChildFacts{AuthorityCode("931"), true};
    EXPECT_EQ(AnswerTo(story, command), std::nullopt) << StageName(stage);
  }
}

TEST(FundingRequestRules, WhatIsOverIsDeclinedOrWithdrawnAtAnyTime) {
  for (const FundingCommand& command :
       {FundingCommand(WithdrawFundingRequest{kTeacher}),
        FundingCommand(DeclineFundingRequest{kVirtualSchool, "the year is over"})}) {
    EXPECT_FALSE(NeedsChild(command));
    Story story;
    story.In(RequestStage::kSubmitted);
    story.facts.today = absl::CivilDay(2026, 4, 1);
    story.facts.child.reset();
    EXPECT_EQ(AnswerTo(story, command), std::nullopt);
  }
}

TEST(FundingRequestRules, MoveMoneyFromLeftToApprovedToReleased) {
  Story story(Pence{50'000});
  story.In(RequestStage::kSubmitted);
  EXPECT_EQ(story.state.line->left(), Pence{50'000}) << "asking commits nothing";
  story.Done(ApproveFundingRequest{kVirtualSchool, {20'000}});
  EXPECT_EQ(story.state.line->approved, Pence{20'000});
  EXPECT_EQ(story.state.line->left(), Pence{30'000});
  story.Done(ReleaseFunding{kFinance});
  EXPECT_EQ(story.state.line->approved, Pence{0});
  EXPECT_EQ(story.state.line->released, Pence{20'000});
  EXPECT_EQ(story.state.line->left(), Pence{30'000});
  EXPECT_EQ(story.state.request->approved, Pence{20'000});
}

TEST(FundingRequestRules, RememberWhoDidWhatAndWhen) {
  Story story;
  const absl::Time drafted_at = story.facts.now;
  story.In(RequestStage::kReleased);
  const FundingRequest& request = *story.state.request;
  EXPECT_EQ(request.drafted_at, drafted_at);
  EXPECT_EQ(request.submitted, (Step{kTeacher, drafted_at + absl::Hours(24)}));
  EXPECT_EQ(request.decided, (Step{kVirtualSchool, drafted_at + absl::Hours(48)}));
  EXPECT_EQ(request.released, (Step{kFinance, drafted_at + absl::Hours(72)}));
  const auto released = story.All<FundingReleased>();
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released[0].since_submitted, absl::Hours(48));
  EXPECT_EQ(released[0].amount, Pence{20'000});
}

TEST(FundingRequestRules, SayHowARequestEndedWithoutMoney) {
  Story declined;
  declined.In(RequestStage::kDeclined);
  const auto no = declined.All<FundingDeclined>();
  ASSERT_EQ(no.size(), 1u);
  EXPECT_EQ(no[0].reason, declined.state.request->decline_reason);
  EXPECT_EQ(no[0].step, declined.state.request->decided);
  EXPECT_EQ(declined.state.line->committed(), Pence{0});
  Story taken_back;
  taken_back.In(RequestStage::kWithdrawn);
  const auto* back = std::get_if<FundingWithdrawn>(&taken_back.log.back().second);
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->step.by, kTeacher);
  EXPECT_EQ(taken_back.state.request->decided, back->step);
}

TEST(FundingRequestRules, LetNobodyApproveWhatTheySubmitted) {
  Story story;
  story.Done(DraftFundingRequest{Tutoring()}).Done(SubmitFundingRequest{kVirtualSchool});
  EXPECT_EQ(story.Refused(ApproveFundingRequest{kVirtualSchool, {100}}), kSubmittedBySamePerson);
  story.Done(ApproveFundingRequest{"stf-another", {100}});
}

TEST(FundingRequestRules, ApproveAtMostWhatIsAskedAndWhatIsLeft) {
  Story story(Pence{25'000});
  story.In(RequestStage::kSubmitted);
  EXPECT_EQ(story.Refused(ApproveFundingRequest{kVirtualSchool, {0}}, "approved_pence"),
            kNothingApproved);
  EXPECT_EQ(story.Refused(ApproveFundingRequest{kVirtualSchool, {-1}}), kNothingApproved);
  EXPECT_EQ(story.Refused(ApproveFundingRequest{kVirtualSchool, {30'001}}, "approved_pence"),
            kMoreThanAsked);
  EXPECT_EQ(story.Refused(ApproveFundingRequest{kVirtualSchool, {25'001}}, "approved_pence"),
            kFundLineExceeded);
  EXPECT_EQ(story.Refused(
                ApproveFundingRequest{kVirtualSchool, {std::numeric_limits<std::int64_t>::max()}}),
            kMoreThanAsked);
  story.Done(ApproveFundingRequest{kVirtualSchool, {25'000}});
  EXPECT_EQ(story.state.line->left(), Pence{0});
}

TEST(FundingRequestRules, WantAReasonForDeclining) {
  Story story;
  story.In(RequestStage::kSubmitted);
  EXPECT_EQ(story.Refused(DeclineFundingRequest{kVirtualSchool, ""}, "reason"), kTextRequired);
  EXPECT_EQ(story.Refused(DeclineFundingRequest{kVirtualSchool, std::string(501, 'x')}),
            kTextTooLong);
  story.Done(DeclineFundingRequest{kVirtualSchool, std::string(500, 'x')});
  EXPECT_EQ(story.state.line->committed(), Pence{0});
}

TEST(FundingRequestRules, MeasureATextInCharactersAndNotInBytes) {
  Story story;
  story.In(RequestStage::kSubmitted);
  std::string reason;
  for (int i = 0; i < 500; ++i) reason += "\u00e9";
  EXPECT_EQ(story.Refused(DeclineFundingRequest{kVirtualSchool, reason + "x"}), kTextTooLong);
  story.Done(DeclineFundingRequest{kVirtualSchool, reason});
}

TEST(FundingRequestRules, NeedAnOpenFundLine) {
  Story story(std::nullopt);
  EXPECT_EQ(story.Refused(DraftFundingRequest{Tutoring()}, "fund_line_id"), kFundLineNotOpen);
}

TEST(FundingRequestRules, DoNotTellWhetherAnotherAuthoritysFundLineIsOpen) {
  Costing costing = Tutoring();
  costing.line.authority = AuthorityCode("825");
  for (bool open : {false, true}) {
    Story story = open ? Story() : Story(std::nullopt);
    EXPECT_EQ(story.Refused(DraftFundingRequest{costing}, "fund_line_id"),
              kFundLineOfAnotherAuthority);
  }
}

// One wrong thing in a costing, and what a draft answers to it.
struct WrongDraft {
  void (*change)(Costing&);
  RefusalReason reason;
  std::string field;
};

TEST(FundingRequestRules, RefuseADraftForAPepThatTheChildDoesNotHave) {
  Story story;
  Costing costing = Tutoring();
  costing.pep = PepId("chd-1.4");
  costing.outcome = OutcomeId("chd-1.4.o1");
  EXPECT_EQ(story.Refused(DraftFundingRequest{costing}, "pep_id"), kPepNotOpened);
  story.facts.newest_pep = 4;
  story.Done(DraftFundingRequest{costing});
  Story none;
  none.facts.newest_pep = 0;
  EXPECT_EQ(none.Refused(DraftFundingRequest{Tutoring()}, "pep_id"), kPepNotOpened);
}

TEST(FundingRequestRules, RefuseADraftForAnOutcomeThatNobodySetWhereTheProfileAsksForOutcomes) {
  Story story;
  story.facts.outcome_is_pursued = false;
  EXPECT_EQ(story.Refused(DraftFundingRequest{Tutoring()}, "outcome_id"), kOutcomeNotSet);
  story.facts.outcome_is_pursued = true;
  story.Done(DraftFundingRequest{Tutoring()});
  Story not_asked;
  not_asked.Done(DraftFundingRequest{Tutoring()});
}

TEST(FundingRequestRules, RefuseADraftThatIsNotInOrderAndNameTheField) {
  const std::vector<WrongDraft> rows = {
      {[](Costing& c) { c.line.authority = AuthorityCode("825"); }, kFundLineOfAnotherAuthority,
       "fund_line_id"},
      {[](Costing& c) { c.pep = PepId("chd-2.2"); }, kPepOfAnotherChild, "pep_id"},
      {[](Costing& c) { c.pep = PepId("chd-1"); }, kPepOfAnotherChild, "pep_id"},
      {[](Costing& c) { c.pep = PepId("chd-1."); }, kPepOfAnotherChild, "pep_id"},
      {[](Costing& c) { c.pep = PepId("chd-1.0"); }, kPepOfAnotherChild, "pep_id"},
      {[](Costing& c) { c.pep = PepId("chd-1.2x"); }, kPepOfAnotherChild, "pep_id"},
      {[](Costing& c) { c.pep = PepId("chd-12"); }, kPepOfAnotherChild, "pep_id"},
      {[](Costing& c) { c.outcome = OutcomeId("chd-1.3.o1"); }, kOutcomeOfAnotherPep, "outcome_id"},
      {[](Costing& c) { c.outcome = OutcomeId("chd-1.2.1"); }, kOutcomeOfAnotherPep, "outcome_id"},
      {[](Costing& c) { c.outcome = OutcomeId("chd-1.2.o"); }, kOutcomeOfAnotherPep, "outcome_id"},
      {[](Costing& c) { c.description.clear(); }, kTextRequired, "description"},
      {[](Costing& c) { c.description.assign(2001, 'x'); }, kTextTooLong, "description"},
      {[](Costing& c) { c.exit_plan.assign(2001, 'x'); }, kTextTooLong, "exit_plan"},
      {[](Costing& c) { c.cost_lines.clear(); }, kCostLinesRequired, "cost_lines"},
      {[](Costing& c) {
         c.cost_lines.assign(21, {"tutor", {1}});
       },
       kTooManyCostLines, "cost_lines"},
      {[](Costing& c) { c.cost_lines[1].description.clear(); }, kTextRequired,
       "cost_lines[1].description"},
      {[](Costing& c) { c.cost_lines[0].description.assign(201, 'x'); }, kTextTooLong,
       "cost_lines[0].description"},
      {[](Costing& c) { c.cost_lines[1].amount = {0}; }, kCostOutOfRange,
       "cost_lines[1].amount_pence"},
      {[](Costing& c) { c.cost_lines[0].amount = {-5}; }, kCostOutOfRange,
       "cost_lines[0].amount_pence"},
      {[](Costing& c) { c.cost_lines[0].amount = {100'000'001}; }, kCostOutOfRange,
       "cost_lines[0].amount_pence"},
      {[](Costing& c) { c.start_on = absl::CivilDay(2025, 3, 31); }, kStartOutsideFinancialYear,
       "start_on"},
      {[](Costing& c) { c.start_on = absl::CivilDay(2026, 4, 1); }, kStartOutsideFinancialYear,
       "start_on"},
      {[](Costing& c) { c.end_on = c.start_on - 1; }, kEndBeforeStart, "end_on"},
      {[](Costing& c) { c.end_on = c.start_on + 367; }, kEndTooFarAhead, "end_on"},
  };
  for (const WrongDraft& row : rows) {
    Story story;
    Costing costing = Tutoring();
    row.change(costing);
    EXPECT_EQ(story.Refused(DraftFundingRequest{costing}, row.field), row.reason) << row.field;
  }
}

TEST(FundingRequestRules, TakeADraftAtTheEdgesOfWhatIsAllowed) {
  Costing costing = Tutoring();
  costing.description.assign(2000, 'x');
  costing.exit_plan.clear();
  costing.cost_lines.assign(20, {std::string(200, 'x'), {100'000'000}});
  costing.start_on = absl::CivilDay(2026, 3, 31);
  costing.end_on = costing.start_on + 366;
  Story story;
  story.Done(DraftFundingRequest{costing});
  EXPECT_EQ(story.state.request->costing.asked(), Pence{2'000'000'000});
}

TEST(FundingRequestRules, AreForChildrenWhoAreLookedAfterNow) {
  Story story;
  story.facts.child->looked_after = false;
  EXPECT_EQ(story.Refused(DraftFundingRequest{Tutoring()}, "child_id"), kChildNotLookedAfter);
  story.facts.child.reset();
  EXPECT_EQ(story.Refused(DraftFundingRequest{Tutoring()}), kChildNotLookedAfter);
}

TEST(FundingRequestRules, AreListedByChildAndWhileTheyWaitForSomething) {
  EXPECT_TRUE(FundingRules::Index(Story().state).empty());
  const IndexEntry all{"all", "requests"}, open{"open", "requests"}, child{"child", "chd-1"};
  const std::set<RequestStage> waiting = {RequestStage::kDraft, RequestStage::kSubmitted,
                                          RequestStage::kApproved};
  for (RequestStage stage : kAllStages) {
    Story story;
    story.In(stage);
    ASSERT_EQ(story.state.request->stage, stage);
    if (waiting.contains(stage)) {
      EXPECT_THAT(FundingRules::Index(story.state), UnorderedElementsAre(all, open, child));
    } else {
      EXPECT_THAT(FundingRules::Index(story.state), UnorderedElementsAre(all, child));
    }
  }
}

TEST(FundingRequestIds, BeginWithTheirAuthority) {
  EXPECT_EQ(RequestIdPrefix(AuthorityCode("931")), "req-931");
  EXPECT_EQ(RequestIdPrefix(AuthorityCode()), "req-");
  EXPECT_EQ(RequestIdOf(Line(), "").text(), "req-93125");
}

TEST(FundingRequestIds, SayTheirFundLine) {
  EXPECT_EQ(RequestIdOf(Line(), "k3v09xq2m41hdz7").text(), "req-93125k3v09xq2m41hdz7");
  EXPECT_EQ(LineOf(FundingRequestId("req-93125k3v09xq2m41hdz7")), Line());
  for (const char* wrong :
       {"", "req-", "req-93125k3v09xq2m41hdz", "req-93125k3v09xq2m41hdz77",
        "chd-93125k3v09xq2m41hdz7", "req-9x125k3v09xq2m41hdz7", "req-931x5k3v09xq2m41hdz7",
        "req-93125K3V09XQ2M41HDZ7", "req-931-5k3v09xq2m41hdz7", "req-93113k3v09xq2m41hdz7",
        "req-93125k3v09xq2m41hd.7"}) {
    EXPECT_EQ(LineOf(FundingRequestId(wrong)), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace pepline::funding
