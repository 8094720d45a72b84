// A costed request for Pupil Premium Plus, tied to an outcome of a child's PEP: its rules.
// Promises: pure (see shared/domain/decider.h). A decision holds the request and its fund line
// together, so approved and released money is never more than the line. Approved is at most what is
// asked, and never by the person who submitted. Money moves in whole: all that is approved is
// released at once.
// A request that is submitted is to be decided, and one that is approved to be released, by a day
// (funding_deadlines.h); every command first catches up with these. Does not: know names or who may
// call; free text stays in the state and is in no contract. Sources: docs/domain.md 2.2 (model E,
// money rule), 6.5 (state machine). Threads: values, pure functions.
#ifndef PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_REQUEST_H_
#define PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_REQUEST_H_

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/funding/domain/fund_line.h"
#include "shared/domain/calendar.h"
#include "shared/domain/deadline.h"
#include "shared/domain/deadline_events.h"
#include "shared/domain/deadline_policy.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/money.h"

namespace pepline::funding {

// The numbers are the contract's; those left out are of under review, queried, spent, impact
// evidenced, part recouped and closed (docs/domain.md 6.5), which follow.
enum class RequestStage {
  kDraft = 1,
  kSubmitted = 2,
  kApproved = 5,
  kDeclined = 6,
  kReleased = 7,
  kWithdrawn = 12,
};
constexpr RequestStage LastOf(RequestStage) { return RequestStage::kWithdrawn; }
inline constexpr std::array kAllStages = {RequestStage::kDraft,    RequestStage::kSubmitted,
                                          RequestStage::kApproved, RequestStage::kDeclined,
                                          RequestStage::kReleased, RequestStage::kWithdrawn};
constexpr bool IsLeftOut(RequestStage stage) {
  return std::ranges::find(kAllStages, stage) == kAllStages.end();
}
std::string_view StageName(RequestStage stage);  // "draft"
// In these a request waits for somebody's next step.
inline constexpr std::array kWaitingStages = {RequestStage::kDraft, RequestStage::kSubmitted,
                                              RequestStage::kApproved};
bool Waits(RequestStage stage);

// A request's id says its fund line, so that it is found with it: "req-" + the authority's code +
// two digits of the first year + 15 letters and digits: "req-93125" + "k3v09xq2m41hdz7".
inline constexpr std::size_t kRequestLetters = 15;
FundingRequestId RequestIdOf(const FundLineName& line, std::string_view letters);
std::optional<FundLineName> LineOf(const FundingRequestId& request);
// What the ids of an authority's requests begin with; those of every authority, where it is empty.
std::string RequestIdPrefix(const AuthorityCode& authority);

struct CostLine {
  std::string description;
  Pence amount;
  friend bool operator==(const CostLine&, const CostLine&) = default;
};

// What was asked for; does not change.
struct Costing {
  FundingRequestId id;
  ChildId child;
  PepId pep;
  OutcomeId outcome;
  FundLineName line;
  std::string description;
  std::vector<CostLine> cost_lines;
  absl::CivilDay start_on;
  absl::CivilDay end_on;
  std::string exit_plan;  // may be empty
  Pence asked() const;    // the sum of the cost lines
  friend bool operator==(const Costing&, const Costing&) = default;
};

// Who did a step, and when. `by` is an opaque id.
struct Step {
  std::string by;
  absl::Time at;
  friend bool operator==(const Step&, const Step&) = default;
};

struct FundingRequest {
  Costing costing;
  RequestStage stage = RequestStage::kDraft;
  absl::Time drafted_at;
  std::optional<Step> submitted;
  std::optional<Step> decided;  // approved, declined or withdrawn
  Pence approved;
  std::string decline_reason;
  std::optional<Step> released;
  std::map<Rule, Deadline> deadlines = {};  // those that began
  friend bool operator==(const FundingRequest&, const FundingRequest&) = default;
};

struct FundingState {
  std::optional<FundingRequest> request;  // nullopt: there is none
  std::optional<FundLine> line;           // nullopt: not opened
  friend bool operator==(const FundingState&, const FundingState&) = default;
};

// Commands. `by` is the actor's subject.
struct DraftFundingRequest {
  Costing costing;
};
struct SubmitFundingRequest {
  std::string by;
};
struct WithdrawFundingRequest {
  std::string by;
};
struct ApproveFundingRequest {
  std::string by;
  Pence amount;
};
struct DeclineFundingRequest {
  std::string by;
  std::string reason;
};
struct ReleaseFunding {
  std::string by;
};
// An alarm, or a change of the facts: catch up and no more.
struct Wake {};
using FundingCommand =
    std::variant<DraftFundingRequest, SubmitFundingRequest, WithdrawFundingRequest,
                 ApproveFundingRequest, DeclineFundingRequest, ReleaseFunding, Wake>;

// A step towards money: it looks at who looks after the child now, and at the year.
bool NeedsChild(const FundingCommand& command);

// Events; the contract is pepline.funding.v1.FundingEvent.
struct FundingDrafted {
  Costing costing;
  absl::Time at;
};
struct FundingSubmitted {
  Step step;
  Pence asked;
};
struct FundingWithdrawn {
  Step step;
};
struct FundingApproved {
  Step step;
  Pence amount;
};
struct FundingDeclined {
  Step step;
  std::string reason;
};
struct FundingReleased {
  Step step;
  Pence amount;
  absl::Duration since_submitted;
};
using FundingEvent =
    std::variant<FundingDrafted, FundingSubmitted, FundingWithdrawn, FundingApproved,
                 FundingDeclined, FundingReleased, DeadlineSet, DeadlineReminderReached,
                 DeadlineMissed, DeadlineMet, DeadlineRecalculated, DeadlineWithdrawn>;

namespace funding_refusals {
inline constexpr RefusalReason kNoSuchRequest{"NO_SUCH_REQUEST", RefusalKind::kNotFound};
inline constexpr RefusalReason kAlreadyDrafted{"ALREADY_DRAFTED", RefusalKind::kAlreadyThere};
inline constexpr RefusalReason kFundLineNotOpen{"FUND_LINE_NOT_OPEN", RefusalKind::kState};
inline constexpr RefusalReason kChildNotLookedAfter{"CHILD_NOT_LOOKED_AFTER", RefusalKind::kState};
inline constexpr RefusalReason kFundLineOfAnotherAuthority{"FUND_LINE_OF_ANOTHER_AUTHORITY",
                                                           RefusalKind::kBadValue};
inline constexpr RefusalReason kPepOfAnotherChild{"PEP_OF_ANOTHER_CHILD", RefusalKind::kBadValue};
inline constexpr RefusalReason kPepNotOpened{"PEP_NOT_OPENED", RefusalKind::kState};
inline constexpr RefusalReason kOutcomeOfAnotherPep{"OUTCOME_OF_ANOTHER_PEP",
                                                    RefusalKind::kBadValue};
inline constexpr RefusalReason kOutcomeNotSet{"OUTCOME_NOT_SET", RefusalKind::kState};
inline constexpr RefusalReason kTextRequired{"TEXT_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTextTooLong{"TEXT_TOO_LONG", RefusalKind::kBadValue};
inline constexpr RefusalReason kCostLinesRequired{"COST_LINES_REQUIRED", RefusalKind::kBadValue};
inline constexpr RefusalReason kTooManyCostLines{"TOO_MANY_COST_LINES", RefusalKind::kBadValue};
inline constexpr RefusalReason kCostOutOfRange{"COST_OUT_OF_RANGE", RefusalKind::kBadValue};
inline constexpr RefusalReason kStartOutsideFinancialYear{"START_OUTSIDE_FINANCIAL_YEAR",
                                                          RefusalKind::kBadValue};
inline constexpr RefusalReason kEndBeforeStart{"END_BEFORE_START", RefusalKind::kBadValue};
inline constexpr RefusalReason kEndTooFarAhead{"END_TOO_FAR_AHEAD", RefusalKind::kBadValue};
inline constexpr RefusalReason kNotSubmitted{"NOT_SUBMITTED", RefusalKind::kState};
inline constexpr RefusalReason kAlreadySubmitted{"ALREADY_SUBMITTED", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyDecided{"ALREADY_DECIDED", RefusalKind::kState};
inline constexpr RefusalReason kWithdrawn{"WITHDRAWN", RefusalKind::kState};
inline constexpr RefusalReason kAlreadyReleased{"ALREADY_RELEASED", RefusalKind::kState};
inline constexpr RefusalReason kNotApproved{"NOT_APPROVED", RefusalKind::kState};
inline constexpr RefusalReason kSubmittedBySamePerson{"SUBMITTED_BY_SAME_PERSON",
                                                      RefusalKind::kState};
inline constexpr RefusalReason kNothingApproved{"NOTHING_APPROVED", RefusalKind::kBadValue};
inline constexpr RefusalReason kMoreThanAsked{"MORE_THAN_ASKED", RefusalKind::kBadValue};
inline constexpr RefusalReason kFinancialYearOver{"FINANCIAL_YEAR_OVER", RefusalKind::kState};
inline constexpr RefusalReason kFundLineExceeded{"FUND_LINE_EXCEEDED", RefusalKind::kState};
}  // namespace funding_refusals

// What registry said about the child.
struct ChildFacts {
  AuthorityCode authority;  // looks after the child
  bool looked_after = false;
};
struct FundingFacts {
  absl::Time now;
  absl::CivilDay today;             // of now, in London
  std::optional<ChildFacts> child;  // asked for where NeedsChild
  int newest_pep = 0;  // the number of the child's newest PEP; 0: none is known; for a draft alone
  // The child has the outcome of a draft, and it was not dropped. nullopt: the authority's profile
  // does not ask for outcomes, and any number may be named.
  std::optional<bool> outcome_is_pursued = std::nullopt;
  // What deadlines count by. The calendar is never null: working days of England and Wales; while
  // no bank holidays are known, weekdays.
  std::shared_ptr<const Calendar> calendar = nullptr;
  bool bank_holidays_known = false;
  // The profile of the fund line's authority; null while none is known.
  std::shared_ptr<const DeadlinePolicy> policy = nullptr;
};

struct FundingRules {
  using State = FundingState;
  using Command = FundingCommand;
  using Event = FundingEvent;
  using Facts = FundingFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<FundingRules>);

// The look-up lists that requests are on. An open request is one that waits for something.
IndexEntry AllRequests();
IndexEntry OpenRequests();
IndexEntry RequestsFor(const ChildId& child);

// Parts of Decide (costing.cc): whether a costing is of one child, looked after by the authority
// whose line it names; whether the child has that PEP, and the PEP that outcome; whether its
// financial year goes on; and whether it is complete and in order.
MaybeRefusal CheckWhose(const Costing& costing, const FundingFacts& facts);
MaybeRefusal CheckPep(const Costing& costing, const FundingFacts& facts);
MaybeRefusal CheckOutcome(const FundingFacts& facts);
MaybeRefusal CheckYear(const Costing& costing, const FundingFacts& facts);
MaybeRefusal CheckCosting(const Costing& costing);
MaybeRefusal CheckText(const std::string& text, std::string field, std::size_t longest);
inline constexpr std::size_t kLongestReason = 500;

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_REQUEST_H_
