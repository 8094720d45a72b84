// Whatever is commanded in whatever order, the money adds up.
#include <random>
#include <set>

#include "tests/unit/funding/funding_story.h"

namespace pepline::funding {
namespace {

constexpr int kRequests = 12;
constexpr int kSteps = 400;

// One line, several requests, and everything that was ever said of each.
struct Books {
  std::optional<FundLine> line;
  std::vector<std::optional<FundingRequest>> requests =
      std::vector<std::optional<FundingRequest>>(kRequests);
  std::vector<std::vector<FundingEvent>> logs = std::vector<std::vector<FundingEvent>>(kRequests);
  std::vector<FundLineEvent> line_log;
};

class RandomBooks {
 public:
  explicit RandomBooks(unsigned seed) : random_(seed) {
    facts_.now = absl::FromUnixSeconds(1'760'000'000);
    facts_.child = ChildFacts{AuthorityCode("931"), true};
  }
  void Step() {
    facts_.now += absl::Minutes(7);
    if (Upto(9) == 0) {
      StepOnLine();
    } else {
      StepOnRequest(static_cast<std::size_t>(Upto(kRequests - 1)));
    }
  }
  Books books;
  int carried_out = 0;
  std::set<FundingReason> refused;

 private:
  std::int64_t Upto(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  std::string Somebody() { return "stf-" + std::to_string(Upto(2)); }
  void StepOnLine() {
    const Pence amount{Upto(120'000)};
    const FundLineCommand command =
        Upto(1) == 0 ? FundLineCommand(OpenFundLine{Line(), amount}) : ChangeFundLine{amount};
    FundLineState state{books.line};
    auto decision = FundLineRules::Decide(state, command, {});
    if (decision.index() != 0) return;
    for (auto& event : std::get<0>(decision)) {
      state = FundLineRules::Evolve(std::move(state), event);
      books.line_log.push_back(std::move(event));
    }
    books.line = state.line;
  }
  void StepOnRequest(std::size_t number) {
    FundingState state{books.requests[number], books.line};
    auto decision = FundingRules::Decide(state, AnyCommand(number), facts_);
    if (auto* no = std::get_if<Refusal<FundingReason>>(&decision)) {
      refused.insert(no->reason);
      return;
    }
    ++carried_out;
    for (auto& event : std::get<0>(decision)) {
      state = FundingRules::Evolve(std::move(state), event);
      books.logs[number].push_back(std::move(event));
    }
    books.requests[number] = state.request;
    books.line = state.line;
  }
  FundingCommand AnyCommand(std::size_t number) {
    switch (Upto(6)) {
      case 0: {
        Costing costing = Tutoring(RequestId(static_cast<int>(number)));
        costing.cost_lines = {{"tutor", {Upto(30'000)}}, {"books", {1 + Upto(5'000)}}};
        return DraftFundingRequest{costing};
      }
      case 1:
        return SubmitFundingRequest{Somebody()};
      case 2:
        return Upto(4) == 0 ? FundingCommand(WithdrawFundingRequest{Somebody()})
                            : SubmitFundingRequest{Somebody()};
      case 3:
        return Upto(4) == 0 ? FundingCommand(DeclineFundingRequest{Somebody(), "no"})
                            : SubmitFundingRequest{Somebody()};
      case 4:
        return ReleaseFunding{Somebody()};
      default:
        return ApproveFundingRequest{Somebody(), {Upto(36'000)}};
    }
  }

  std::mt19937 random_;
  FundingFacts facts_;
};

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
  std::set<FundingReason> refused;
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
  EXPECT_TRUE(refused.contains(FundingReason::kFundLineExceeded)) << "the line was reached";
  EXPECT_TRUE(refused.contains(FundingReason::kSubmittedBySamePerson));
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

TEST(FundingProperties, NothingEverWakes) {
  RandomBooks random(7);
  for (int step = 0; step < kSteps; ++step) {
    random.Step();
    for (const auto& request : random.books.requests) {
      EXPECT_EQ(FundingRules::NextWake({request, random.books.line}, {}), std::nullopt);
    }
  }
}

}  // namespace
}  // namespace pepline::funding
