// A fund line and its requests, commanded at random. The same seed gives the same books. Threads:
// one.
#ifndef PEPLINE_TESTS_UNIT_FUNDING_RANDOM_BOOKS_H_
#define PEPLINE_TESTS_UNIT_FUNDING_RANDOM_BOOKS_H_

#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/funding/funding_story.h"

namespace pepline::funding {

inline constexpr int kRequests = 12;
inline constexpr int kSteps = 400;

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
  explicit RandomBooks(unsigned seed) : facts(UsualFacts()), random_(seed) {}
  // A day or so passes with every hundredth step; reminders and misses wait for the next command.
  void Step() {
    facts.now += Upto(99) == 0 ? absl::Hours(24 + Upto(200)) : absl::Minutes(7);
    if (Upto(9) == 0) {
      StepOnLine();
    } else {
      StepOnRequest(static_cast<std::size_t>(Upto(kRequests - 1)));
    }
  }
  Books books;
  int carried_out = 0;
  std::set<RefusalReason> refused;
  FundingFacts facts;

 private:
  std::int64_t Upto(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  std::string Somebody() { return "stf-" + std::to_string(Upto(2)); }
  void StepOnLine() {
    const Pence amount{Upto(120'000)};
    const FundLineCommand command = Upto(1) == 0
                                        ? FundLineCommand(OpenFundLine{Line(), amount})
                                        : ChangeFundLine{amount, "the grant was confirmed"};
    FundLineState state{books.line};
    auto decision = FundLineRules::Decide(state, command, {facts.now});
    if (decision.index() != 0) return;
    for (auto& event : std::get<0>(decision)) {
      state = FundLineRules::Evolve(std::move(state), event);
      books.line_log.push_back(std::move(event));
    }
    books.line = state.line;
  }
  void StepOnRequest(std::size_t number) {
    FundingState state{books.requests[number], books.line};
    auto decision = FundingRules::Decide(state, AnyCommand(number), facts);
    if (auto* no = std::get_if<Refusal>(&decision)) {
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
    switch (Upto(7)) {
      case 7:
        return Wake{};
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
};

}  // namespace pepline::funding

#endif  // PEPLINE_TESTS_UNIT_FUNDING_RANDOM_BOOKS_H_
