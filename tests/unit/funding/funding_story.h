// A fund line and its requests played by hand (tests/support/decider_runner.h): each command is
// decided on the request and the line together, and the events change both. Threads: one.
#ifndef PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_
#define PEPLINE_TESTS_UNIT_FUNDING_FUNDING_STORY_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/funding/domain/funding_request.h"
#include "shared/base/london.h"
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

// Thursday, 9 October 2025, in the morning, with the bank holidays of that winter and no profile.
inline FundingFacts UsualFacts() {
  FundingFacts facts;
  facts.now = absl::FromUnixSeconds(1'760'000'000);
  facts.today = absl::CivilDay(2025, 10, 9);
  facts.child = ChildFacts{AuthorityCode("931"), true};
  facts.newest_pep = 3;
  facts.calendar = std::make_shared<const Calendar>(
      London(),
      std::set<absl::CivilDay>{absl::CivilDay(2025, 12, 25), absl::CivilDay(2025, 12, 26),
                               absl::CivilDay(2026, 1, 1)},
      std::vector<TermPart>());
  facts.bank_holidays_known = true;
  return facts;
}

class Story : public DeciderRunner<FundingRules> {
 public:
  explicit Story(std::optional<Pence> line = Pence{100'000}) {
    facts = UsualFacts();
    if (line) state.line = FundLine{Line(), *line, {}, {}};
  }

  // A day passes with every command.
  Story& Done(const FundingCommand& command) {
    DeciderRunner::Done(command);
    facts.now += absl::Hours(24);
    ++facts.today;
    return *this;
  }
  // Its alarms fire until then.
  Story& Until(absl::Time then) {
    PlayUntil(then, Wake{});
    facts.today = facts.calendar->DayOf(facts.now);
    return *this;
  }
  const Deadline& DeadlineOf(Rule rule) const { return state.request->deadlines.at(rule); }
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
