// Whatever is commanded in whatever order, the money adds up.
#include <set>

#include "tests/unit/funding/random_books.h"

namespace pepline::funding {
namespace {

// What must hold after every step.
void ExpectTheMoneyAddsUp(const Books& books) {
  Pence approved;
  Pence released;
  for (const auto& request : books.requests) {
    if (!request) continue;
    EXPECT_LE(request->approved, request->costing.asked());
    if (request->stage == RequestStage::kApproved) approved = approved + request->approved;
    if (request->stage == RequestStage::kReleased) released = released + request->approved;
    if (request->stage == RequestStage::kApproved || request->stage == RequestStage::kReleased) {
      EXPECT_GT(request->approved, Pence{0});
      EXPECT_NE(request->decided->by, request->submitted->by) << "two persons";
    } else {
      EXPECT_EQ(request->approved, Pence{0});
    }
  }
  if (!books.line) {
    EXPECT_EQ(approved + released, Pence{0});
    return;
  }
  EXPECT_EQ(books.line->approved, approved);
  EXPECT_EQ(books.line->released, released);
  EXPECT_LE(books.line->committed(), books.line->amount);
  EXPECT_GE(books.line->left(), Pence{0});
}

TEST(FundingProperties, ApprovedAndReleasedAreNeverAboveTheFundLine) {
  std::set<RefusalReason> refused;
  int carried_out = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    RandomBooks random(seed);
    for (int step = 0; step < kSteps; ++step) {
      random.Step();
      ExpectTheMoneyAddsUp(random.books);
      if (testing::Test::HasFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
    refused.merge(random.refused);
    carried_out += random.carried_out;
  }
  EXPECT_GT(carried_out, 1000) << "the commands did something";
  EXPECT_TRUE(refused.contains(funding_refusals::kFundLineExceeded)) << "the line was reached";
  EXPECT_TRUE(refused.contains(funding_refusals::kSubmittedBySamePerson));
}

TEST(FundingProperties, EvolvingAllEventsGivesTheStateAgain) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    RandomBooks random(seed);
    for (int step = 0; step < kSteps; ++step) random.Step();
    for (std::size_t i = 0; i < kRequests; ++i) {
      FundingState state;
      for (const FundingEvent& event : random.books.logs[i]) {
        state = FundingRules::Evolve(std::move(state), event);
      }
      EXPECT_EQ(state.request, random.books.requests[i]) << "seed " << seed;
    }
    // The line follows from its own events and those of all its requests, in any order.
    FundLineState line;
    for (const FundLineEvent& event : random.books.line_log) {
      line = FundLineRules::Evolve(std::move(line), event);
    }
    FundingState together{std::nullopt, line.line};
    for (const auto& log : random.books.logs) {
      together.request.reset();
      for (const FundingEvent& event : log) together = FundingRules::Evolve(together, event);
    }
    EXPECT_EQ(together.line, random.books.line) << "seed " << seed;
  }
}

// What waits for a decision, or for its money, has a deadline that waits too, and an alarm; what is
// over has none.
TEST(FundingProperties, WhatWaitsForTheCouncilHasALiveDeadlineAndNothingElseHas) {
  std::set<DeadlineStatus> seen;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    RandomBooks random(seed);
    for (int step = 0; step < kSteps; ++step) {
      random.Step();
      for (const auto& request : random.books.requests) {
        if (!request) continue;
        std::set<Rule> live;
        for (const auto& [rule, deadline] : request->deadlines) {
          seen.insert(deadline.status);
          if (IsLive(deadline)) live.insert(rule);
        }
        std::set<Rule> wanted;
        if (request->stage == RequestStage::kSubmitted) wanted = {Rule::kFundingDecided};
        if (request->stage == RequestStage::kApproved) wanted = {Rule::kFundingReleased};
        EXPECT_EQ(live, wanted) << StageName(request->stage);
        const auto wake = FundingRules::NextWake({request, random.books.line}, random.facts);
        const bool is_running = !live.empty() && request->deadlines.at(*live.begin()).status ==
                                                     DeadlineStatus::kRunning;
        EXPECT_EQ(wake.has_value(), is_running) << "a miss is said once";
      }
      if (testing::Test::HasFailure()) FAIL() << "seed " << seed << ", step " << step;
    }
  }
  EXPECT_EQ(seen, (std::set<DeadlineStatus>{DeadlineStatus::kRunning, DeadlineStatus::kMissed,
                                            DeadlineStatus::kMet, DeadlineStatus::kWithdrawn}))
      << "of everything that becomes of one, something was seen";
}

// However often nobody was there to fire an alarm.
TEST(FundingProperties, EachDeadlineIsMissedAtMostOnceAndMetLateWhereItWas) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    RandomBooks random(seed);
    for (int step = 0; step < kSteps; ++step) random.Step();
    for (const auto& log : random.books.logs) {
      std::set<Rule> missed;
      for (const FundingEvent& event : log) {
        if (const auto* one = std::get_if<DeadlineMissed>(&event)) {
          EXPECT_TRUE(missed.insert(one->rule).second) << "seed " << seed;
        }
        if (const auto* met = std::get_if<DeadlineMet>(&event)) {
          EXPECT_EQ(met->late, missed.contains(met->rule)) << "seed " << seed;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pepline::funding
