// By when a request is to be decided, and by when its money is to be released.
#include "services/funding/domain/funding_deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/funding/storage/codec.h"
#include "shared/base/type_name.h"
#include "tests/unit/funding/funding_story.h"

namespace pepline::funding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Rule kDecided = Rule::kFundingDecided;
constexpr Rule kReleased = Rule::kFundingReleased;

absl::CivilDay Day(int month, int day) {
  return absl::CivilDay(month < 9 ? 2026 : 2025, month, day);
}
absl::Time EndOf(int month, int day) { return UsualFacts().calendar->EndOf(Day(month, day)); }
absl::Time MorningOf(int month, int day) {
  return UsualFacts().calendar->StartOf(Day(month, day)) + absl::Hours(8);
}

// "DeadlineSet funding-decided", of the last command; events of the request by their names alone.
std::vector<std::string> Latest(const Story& story) {
  std::vector<std::string> names;
  for (const FundingEvent& event : story.latest) {
    std::visit(
        [&]<class Event>(const Event& one) {
          std::string name(TypeName<Event>());
          if constexpr (requires { one.rule; }) name += " " + std::string(RuleId(one.rule));
          names.push_back(std::move(name));
        },
        event);
  }
  return names;
}

DeadlineTerms Terms(int working_days) {
  DeadlineTerms terms = UsualTerms();
  terms.length = working_days;
  return terms;
}
// A profile that names the rule, in force from that day.
std::shared_ptr<const DeadlinePolicy> Profile(
    Rule rule, int working_days, absl::CivilDay effective_on,
    std::shared_ptr<const DeadlinePolicy> before = nullptr) {
  return std::make_shared<const DeadlinePolicy>(
      DeadlinePolicy{{{rule, Terms(working_days)}}, effective_on, std::move(before)});
}

// What each command that is carried out says in each stage, after the request's own event.
TEST(FundingDeadlines, BeginAndEndWithTheStepsOfTheRequest) {
  Story story;
  story.Done(DraftFundingRequest{Tutoring()});
  EXPECT_THAT(Latest(story), ElementsAre("FundingDrafted")) << "nothing is due yet";
  EXPECT_EQ(FundingRules::NextWake(story.state, story.facts), std::nullopt);
  story.Done(SubmitFundingRequest{kTeacher});
  EXPECT_THAT(Latest(story), ElementsAre("FundingSubmitted", "DeadlineSet funding-decided"));
  story.Done(ApproveFundingRequest{kVirtualSchool, {20'000}});
  EXPECT_THAT(Latest(story), ElementsAre("FundingApproved", "DeadlineMet funding-decided",
                                         "DeadlineSet funding-released"));
  story.Done(ReleaseFunding{kFinance});
  EXPECT_THAT(Latest(story), ElementsAre("FundingReleased", "DeadlineMet funding-released"));
  EXPECT_EQ(FundingRules::NextWake(story.state, story.facts), std::nullopt);
  for (const Rule rule : kDeadlineRules) {
    EXPECT_EQ(story.DeadlineOf(rule).status, DeadlineStatus::kMet);
    EXPECT_FALSE(story.DeadlineOf(rule).late);
  }
  EXPECT_EQ(story.DeadlineOf(kDecided).met_at, story.state.request->decided->at);
}

TEST(FundingDeadlines, ADeclinedRequestIsDecidedAndAWithdrawnOneIsAskedForNoMore) {
  Story declined;
  declined.In(RequestStage::kDeclined);
  EXPECT_THAT(Latest(declined), ElementsAre("FundingDeclined", "DeadlineMet funding-decided"));
  Story withdrawn;
  withdrawn.In(RequestStage::kSubmitted).Done(WithdrawFundingRequest{kTeacher});
  EXPECT_THAT(Latest(withdrawn),
              ElementsAre("FundingWithdrawn", "DeadlineWithdrawn funding-decided"));
  EXPECT_EQ(withdrawn.DeadlineOf(kDecided).status, DeadlineStatus::kWithdrawn);
  Story draft;
  draft.In(RequestStage::kWithdrawn);
  EXPECT_THAT(Latest(draft), ElementsAre("FundingWithdrawn"));
  EXPECT_THAT(draft.state.request->deadlines, IsEmpty());
}

TEST(FundingDeadlines, RunTenWorkingDaysFromTheDayOfTheirStep) {
  Story story;
  story.In(RequestStage::kSubmitted);  // on Friday, 10 October
  const DeadlineInstants& instants = story.DeadlineOf(kDecided).instants;
  EXPECT_EQ(instants.due_at, EndOf(10, 24));
  EXPECT_TRUE(instants.calendar_known);
  using enum RecipientRole;
  EXPECT_EQ(instants.levels,
            (std::vector<AlertInstant>{{0, MorningOf(10, 22), {kVirtualSchoolCaseworker}},
                                       {1, EndOf(10, 24), {kVirtualSchoolCaseworker}},
                                       {2, MorningOf(10, 31), {kVirtualSchoolHead}}}));
}

TEST(FundingDeadlines, AreRemindedOfAndMissedByTimeAlone) {
  Story story;
  story.In(RequestStage::kSubmitted);
  EXPECT_EQ(FundingRules::NextWake(story.state, story.facts), MorningOf(10, 22));
  story.Until(MorningOf(10, 22));
  EXPECT_THAT(Latest(story), ElementsAre("DeadlineReminderReached funding-decided"));
  EXPECT_EQ(FundingRules::NextWake(story.state, story.facts), EndOf(10, 24) + absl::Seconds(1));
  story.Until(EndOf(10, 24));
  EXPECT_EQ(story.DeadlineOf(kDecided).status, DeadlineStatus::kRunning) << "its day is not over";
  story.Until(EndOf(10, 24) + absl::Seconds(1));
  EXPECT_THAT(Latest(story), ElementsAre("DeadlineMissed funding-decided"));
  EXPECT_EQ(FundingRules::NextWake(story.state, story.facts), std::nullopt);
  story.Until(EndOf(11, 28)).Idle(Wake{});
  EXPECT_EQ(story.All<DeadlineMissed>().size(), 1u);

  story.Done(ApproveFundingRequest{kVirtualSchool, {20'000}});
  ASSERT_EQ(story.All<DeadlineMet>().size(), 1u);
  EXPECT_TRUE(story.All<DeadlineMet>()[0].late);
  EXPECT_TRUE(story.DeadlineOf(kDecided).late);
}

// Nobody was there to fire the alarm.
TEST(FundingDeadlines, AMissWhoseInstantPassedIsSaidBeforeTheCommandsOwnEvent) {
  const std::vector<std::pair<FundingCommand, std::string>> decisions = {
      {ApproveFundingRequest{kVirtualSchool, {20'000}}, "FundingApproved"},
      {DeclineFundingRequest{kVirtualSchool, "no"}, "FundingDeclined"},
      {WithdrawFundingRequest{kTeacher}, "FundingWithdrawn"}};
  for (const auto& [command, name] : decisions) {
    Story story;
    story.In(RequestStage::kSubmitted);
    story.facts.now = EndOf(11, 3);
    story.Done(command);
    const auto latest = Latest(story);
    ASSERT_GE(latest.size(), 4u);
    EXPECT_EQ(latest[0], "DeadlineReminderReached funding-decided");
    EXPECT_EQ(latest[1], "DeadlineMissed funding-decided");
    EXPECT_EQ(latest[2], name);
    const bool withdrawn = name == "FundingWithdrawn";
    EXPECT_EQ(latest[3],
              withdrawn ? "DeadlineWithdrawn funding-decided" : "DeadlineMet funding-decided");
    EXPECT_EQ(story.DeadlineOf(kDecided).late, !withdrawn);
  }
  Story story;
  story.In(RequestStage::kApproved);
  story.facts.now = EndOf(11, 3);
  story.Done(ReleaseFunding{kFinance});
  EXPECT_THAT(Latest(story), ElementsAre("DeadlineReminderReached funding-released",
                                         "DeadlineMissed funding-released", "FundingReleased",
                                         "DeadlineMet funding-released"));
}

TEST(FundingDeadlines, ARefusedCommandLeavesTheMissToTheAlarm) {
  Story story;
  story.In(RequestStage::kSubmitted);
  const FundingState before = story.state;
  story.facts.now = EndOf(11, 3);
  EXPECT_EQ(story.Refused(ReleaseFunding{kFinance}), funding_refusals::kNotApproved);
  EXPECT_EQ(story.state, before);
  story.Done(Wake{});
  EXPECT_THAT(Latest(story), ElementsAre("DeadlineReminderReached funding-decided",
                                         "DeadlineMissed funding-decided"));
}

TEST(FundingDeadlines, CountByTheProfileThatWasInForceWhenTheyBegan) {
  Story story;
  story.facts.policy = Profile(kDecided, 5, Day(9, 1));
  story.In(RequestStage::kSubmitted);
  EXPECT_EQ(story.DeadlineOf(kDecided).instants.due_at, EndOf(10, 17));
  // One that comes into force later is nothing to it, but to what begins from then on.
  story.facts.policy = Profile(kDecided, 3, Day(10, 13), story.facts.policy);
  story.Idle(Wake{});
  Story later;
  later.facts = story.facts;
  later.facts.now = MorningOf(10, 13);
  later.Done(DraftFundingRequest{Tutoring()}).Done(SubmitFundingRequest{kTeacher});
  EXPECT_EQ(later.DeadlineOf(kDecided).instants.due_at, EndOf(10, 17));
  // A correction of the one that was in force moves it.
  story.facts.policy = Profile(kDecided, 7, Day(9, 1), story.facts.policy);
  story.facts.policy = Profile(kDecided, 8, Day(9, 1));
  story.Done(Wake{});
  EXPECT_THAT(Latest(story), ElementsAre("DeadlineRecalculated funding-decided"));
  EXPECT_EQ(story.DeadlineOf(kDecided).instants.due_at, EndOf(10, 22));
}

TEST(FundingDeadlines, OneThatBeginsBehindItsReminderIsRemindedOfAtOnce) {
  Story story;
  story.facts.policy = Profile(kDecided, 2, Day(9, 1));
  story.In(RequestStage::kSubmitted);  // due on Tuesday, reminded of on the Friday of that day
  EXPECT_THAT(Latest(story), ElementsAre("FundingSubmitted", "DeadlineSet funding-decided",
                                         "DeadlineReminderReached funding-decided"));
}

TEST(FundingDeadlines, RunByTheUsualTermsWhereTheProfileNamesAnotherRuleAlone) {
  Story story;
  story.facts.policy = Profile(kReleased, 3, Day(9, 1));
  story.In(RequestStage::kApproved);  // on Saturday, 11 October
  EXPECT_EQ(story.All<DeadlineSet>()[0].instants.due_at, EndOf(10, 24));
  EXPECT_EQ(story.DeadlineOf(kReleased).instants.due_at, EndOf(10, 15));
}

TEST(FundingDeadlines, FollowBankHolidaysThatBecomeKnown) {
  Story story;
  story.facts.bank_holidays_known = false;
  story.facts.calendar = std::make_shared<const Calendar>(London(), std::set<absl::CivilDay>(),
                                                          std::vector<TermPart>());
  story.facts.now = MorningOf(12, 19);  // Friday
  story.Done(DraftFundingRequest{Tutoring()}).Done(SubmitFundingRequest{kTeacher});
  EXPECT_EQ(story.DeadlineOf(kDecided).instants.due_at, EndOf(1, 3) - absl::Hours(24))
      << "weekdays, from Monday, 22 December: Friday, 2 January";
  EXPECT_FALSE(story.DeadlineOf(kDecided).instants.calendar_known);
  story.facts.bank_holidays_known = true;
  story.facts.calendar = UsualFacts().calendar;
  story.Done(Wake{});
  EXPECT_THAT(Latest(story), ElementsAre("DeadlineRecalculated funding-decided"));
  EXPECT_EQ(story.DeadlineOf(kDecided).instants.due_at, EndOf(1, 7));
  EXPECT_TRUE(story.DeadlineOf(kDecided).instants.calendar_known);
  EXPECT_EQ(story.All<DeadlineRecalculated>()[0].old_due_at, EndOf(1, 2));
}

TEST(FundingDeadlines, AMissByAWrongDayIsWithdrawnWhereTheRightOneIsNotPast) {
  Story story;
  story.facts.policy = Profile(kDecided, 2, Day(9, 1));
  story.In(RequestStage::kSubmitted).Until(EndOf(10, 15));
  EXPECT_EQ(story.DeadlineOf(kDecided).status, DeadlineStatus::kMissed);
  story.facts.policy = Profile(kDecided, 10, Day(9, 1));
  story.Done(Wake{});
  ASSERT_EQ(story.All<DeadlineRecalculated>().size(), 1u);
  EXPECT_TRUE(story.All<DeadlineRecalculated>()[0].miss_withdrawn);
  EXPECT_EQ(story.DeadlineOf(kDecided).status, DeadlineStatus::kRunning);
  EXPECT_EQ(FundingRules::NextWake(story.state, story.facts), MorningOf(10, 22));
}

// The bytes of a request as a version without deadlines stored them.
FundingState OfAnEarlierVersion(const Story& story) {
  storage::v1::FundingRequest stored;
  EXPECT_TRUE(stored.ParseFromString(FundingCodec::Encode(story.state)[0]));
  stored.clear_deadlines();
  auto state =
      FundingCodec::Decode({stored.SerializeAsString(), FundingCodec::Encode(story.state)[1]});
  EXPECT_TRUE(state.ok()) << state.status();
  return state.value_or(FundingState());
}

TEST(FundingDeadlines, ARequestOfAnEarlierVersionGetsItsDeadlineFromTheDayOfItsStep) {
  for (const RequestStage stage : kAllStages) {
    Story story;
    story.In(stage);
    const FundingState whole = story.state;
    story.state = OfAnEarlierVersion(story);
    ASSERT_THAT(story.state.request->deadlines, IsEmpty());
    const auto wake = FundingRules::NextWake(story.state, story.facts);
    const bool waits = stage == RequestStage::kSubmitted || stage == RequestStage::kApproved;
    EXPECT_EQ(wake.has_value(), waits) << StageName(stage);
    if (!waits) {
      story.Idle(Wake{});
      continue;
    }
    EXPECT_LE(*wake, story.facts.now) << "its alarm is due at once";
    story.Done(Wake{});
    const Rule rule = stage == RequestStage::kSubmitted ? kDecided : kReleased;
    EXPECT_THAT(Latest(story), ElementsAre("DeadlineSet " + std::string(RuleId(rule))));
    EXPECT_EQ(story.DeadlineOf(rule), whole.request->deadlines.at(rule));
  }
}

TEST(FundingDeadlines, ARequestOfAnEarlierVersionThatIsLateIsSaidSoAtOnce) {
  Story story;
  story.In(RequestStage::kSubmitted);
  story.state = OfAnEarlierVersion(story);
  story.facts.now = EndOf(11, 3);
  story.Done(Wake{});
  EXPECT_THAT(Latest(story),
              ElementsAre("DeadlineSet funding-decided", "DeadlineMissed funding-decided"))
      << "nobody is reminded of a day that is past";
  // And by any command, where that comes first.
  Story decided;
  decided.In(RequestStage::kSubmitted);
  decided.state = OfAnEarlierVersion(decided);
  decided.Done(ApproveFundingRequest{kVirtualSchool, {20'000}});
  EXPECT_THAT(Latest(decided),
              ElementsAre("DeadlineSet funding-decided", "FundingApproved",
                          "DeadlineMet funding-decided", "DeadlineSet funding-released"));
}

TEST(FundingDeadlines, RulesOfOtherServicesAreNoneOfFundings) {
  EXPECT_EQ(ParseRule("funding-decided"), kDecided);
  EXPECT_EQ(ParseRule("funding-released"), kReleased);
  EXPECT_EQ(ParseRule("finalise-within-5-school-days"), std::nullopt);
  EXPECT_EQ(ParseRule(""), std::nullopt);
}

}  // namespace
}  // namespace pepline::funding
