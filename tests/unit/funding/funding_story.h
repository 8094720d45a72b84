// A fund line and its requests played by hand: each command is decided on the request and the line
// together, and the events change both. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_
#define PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/funding/domain/funding_request.h"

namespace pepline::funding {

inline FundLineName Line() { return {AuthorityCode("931"), {2025}}; }
inline FundingRequestId RequestId(int number = 1) {
  std::string letters = std::to_string(number);
  letters.insert(0, kRequestLetters - letters.size(), 'a');
  return RequestIdOf(Line(), letters);
}

inline constexpr char kTeacher[] = "stf-teacher";
inline constexpr char kVirtualSchool[] = "stf-virtual-school";
inline constexpr char kFinance[] = "stf-finance";

// 300 pounds in two lines.
inline Costing Tutoring(FundingRequestId id = RequestId()) {
  Costing costing;
  costing.id = std::move(id);
  costing.child = ChildId("chd-1");
  costing.pep = PepId("chd-1.2");
  costing.outcome = OutcomeId("chd-1.2.o1");
  costing.line = Line();
  costing.description = "twelve weeks of reading tuition";
  costing.cost_lines = {{"tutor", {24'000}}, {"books", {6'000}}};
  costing.start_on = absl::CivilDay(2025, 10, 6);
  costing.end_on = absl::CivilDay(2025, 12, 19);
  costing.exit_plan = "the class teacher goes on with it";
  return costing;
}

class Story {
 public:
  explicit Story(std::optional<Pence> line = Pence{100'000}) {
    facts.now = absl::FromUnixSeconds(1'760'000'000);
    facts.child = ChildFacts{AuthorityCode("931"), true};
    if (line) state.line = FundLine{Line(), *line, {}, {}};
  }

  // The refusal, or nullopt when it was carried out.
  std::optional<Refusal<FundingReason>> Do(const FundingCommand& command) {
    auto decision = FundingRules::Decide(state, command, facts);
    if (auto* no = std::get_if<Refusal<FundingReason>>(&decision)) return *std::move(no);
    for (auto& event : std::get<0>(decision)) {
      state = FundingRules::Evolve(std::move(state), event);
      log.push_back(std::move(event));
    }
    facts.now += absl::Hours(24);
    return std::nullopt;
  }
  Story& Done(const FundingCommand& command) {
    const auto no = Do(command);
    EXPECT_FALSE(no.has_value()) << no->advice;
    return *this;
  }
  std::optional<FundingReason> Refused(const FundingCommand& command) {
    const FundingState before = state;
    const auto no = Do(command);
    EXPECT_EQ(state, before) << "a refusal changes nothing";
    if (!no) return std::nullopt;
    EXPECT_FALSE(no->advice.empty());
    field = no->field;
    return no->reason;
  }

  // The request in this stage.
  Story& In(RequestStage stage) {
    Done(DraftFundingRequest{Tutoring()});
    if (stage == RequestStage::kDraft) return *this;
    if (stage == RequestStage::kWithdrawn) return Done(WithdrawFundingRequest{kTeacher});
    Done(SubmitFundingRequest{kTeacher});
    if (stage == RequestStage::kSubmitted) return *this;
    if (stage == RequestStage::kDeclined) {
      return Done(DeclineFundingRequest{kVirtualSchool, "the school has it already"});
    }
    Done(ApproveFundingRequest{kVirtualSchool, {20'000}});
    if (stage == RequestStage::kReleased) Done(ReleaseFunding{kFinance});
    return *this;
  }

  FundingState state;
  FundingFacts facts;
  std::vector<FundingEvent> log;
  std::string field;  // of the last refusal
};

}  // namespace pepline::funding

#endif  // PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_
