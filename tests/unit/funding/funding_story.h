// A fund line and its requests played by hand (tests/support/decider_runner.h): each command is
// decided on the request and the line together, and the events change both. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_
#define PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_

#include <optional>
#include <string>
#include <utility>

#include "services/funding/domain/funding_request.h"
#include "tests/support/decider_runner.h"

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

class Story : public DeciderRunner<FundingRules> {
 public:
  explicit Story(std::optional<Pence> line = Pence{100'000}) {
    facts.now = absl::FromUnixSeconds(1'760'000'000);
    facts.today = absl::CivilDay(2025, 10, 9);
    facts.child = ChildFacts{AuthorityCode("931"), true};
    facts.newest_pep = 3;
    if (line) state.line = FundLine{Line(), *line, {}, {}};
  }

  // A day passes with every command.
  Story& Done(const FundingCommand& command) {
    DeciderRunner::Done(command);
    facts.now += absl::Hours(24);
    ++facts.today;
    return *this;
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
};

}  // namespace pepline::funding

#endif  // PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_
