// The answer to every command in every stage of a request. What became due before is said before
// the command's own event, and what follows from that for the deadlines after it.
#include <utility>

#include "services/funding/domain/funding_deadlines.h"
#include "services/funding/domain/funding_request.h"

namespace pepline::funding {
namespace {

using Answer = Decision<FundingEvent>;

Answer Emit(FundingEvent event) { return std::vector<FundingEvent>{std::move(event)}; }

// What each stage says to a command that comes after its time.
MaybeRefusal NeedsUndecided(RequestStage stage) {
  switch (stage) {
    case RequestStage::kDraft:
    case RequestStage::kSubmitted:
      return std::nullopt;
    case RequestStage::kApproved:
      return Refuse(funding_refusals::kAlreadyDecided, "",
                    "this request is approved; finance releases the money");
    case RequestStage::kDeclined:
      return Refuse(funding_refusals::kAlreadyDecided, "",
                    "this request is declined; draft another one for what is still needed");
    case RequestStage::kReleased:
      return Refuse(funding_refusals::kAlreadyReleased, "",
                    "the money is released; draft another request for what is still needed");
    case RequestStage::kWithdrawn:
      return Refuse(funding_refusals::kWithdrawn, "",
                    "this request was withdrawn; draft another one for what is still needed");
  }
  return std::nullopt;
}

// What each stage says to a decision.
MaybeRefusal NeedsSubmitted(RequestStage stage) {
  if (stage == RequestStage::kDraft) {
    return Refuse(funding_refusals::kNotSubmitted, "", "this request is a draft; submit it first");
  }
  return NeedsUndecided(stage);
}

// What each stage says to a release.
MaybeRefusal NeedsApproved(RequestStage stage) {
  switch (stage) {
    case RequestStage::kApproved:
      return std::nullopt;
    case RequestStage::kDraft:
    case RequestStage::kSubmitted:
      return Refuse(funding_refusals::kNotApproved, "",
                    "this request is not approved; the Virtual School decides first");
    case RequestStage::kDeclined:
      return Refuse(funding_refusals::kNotApproved, "",
                    "this request is declined; there is no money");
    case RequestStage::kReleased:
    case RequestStage::kWithdrawn:
      return NeedsUndecided(stage);
  }
  return std::nullopt;
}

// The child may have left care, or the year may have ended, since the request was drafted.
MaybeRefusal NeedsChildAndYear(const FundingRequest& request, const FundingFacts& facts) {
  if (auto no = CheckWhose(request.costing, facts)) return no;
  return CheckYear(request.costing, facts);
}

Answer On(const SubmitFundingRequest& command, const FundingRequest& request, const FundLine&,
          const FundingFacts& facts) {
  if (auto no = NeedsUndecided(request.stage)) return *std::move(no);
  if (request.stage == RequestStage::kSubmitted) {
    return Refuse(funding_refusals::kAlreadySubmitted, "",
                  "this request is submitted; the Virtual School decides next");
  }
  if (auto no = NeedsChildAndYear(request, facts)) return *std::move(no);
  return Emit(FundingSubmitted{{command.by, facts.now}, request.costing.asked()});
}

Answer On(const WithdrawFundingRequest& command, const FundingRequest& request, const FundLine&,
          const FundingFacts& facts) {
  if (auto no = NeedsUndecided(request.stage)) return *std::move(no);
  return Emit(FundingWithdrawn{{command.by, facts.now}});
}

Answer On(const ApproveFundingRequest& command, const FundingRequest& request, const FundLine& line,
          const FundingFacts& facts) {
  if (auto no = NeedsSubmitted(request.stage)) return *std::move(no);
  if (request.submitted && request.submitted->by == command.by) {
    return Refuse(funding_refusals::kSubmittedBySamePerson, "",
                  "money is approved by another person than the one who submitted the request");
  }
  if (auto no = NeedsChildAndYear(request, facts)) return *std::move(no);
  if (command.amount <= Pence{0}) {
    return Refuse(funding_refusals::kNothingApproved, "approved_pence",
                  "approve more than nothing, or decline the request");
  }
  if (command.amount > request.costing.asked()) {
    return Refuse(funding_refusals::kMoreThanAsked, "approved_pence",
                  "approve at most the amount asked for");
  }
  if (command.amount > line.left()) {
    return Refuse(
        funding_refusals::kFundLineExceeded, "approved_pence",
        "the fund line has less left than the amount to approve; approve less, or raise the "
        "fund line's amount first");
  }
  return Emit(FundingApproved{{command.by, facts.now}, command.amount});
}

Answer On(const DeclineFundingRequest& command, const FundingRequest& request, const FundLine&,
          const FundingFacts& facts) {
  if (auto no = NeedsSubmitted(request.stage)) return *std::move(no);
  if (auto no = CheckText(command.reason, "reason", kLongestReason)) return *std::move(no);
  return Emit(FundingDeclined{{command.by, facts.now}, command.reason});
}

Answer On(const ReleaseFunding& command, const FundingRequest& request, const FundLine&,
          const FundingFacts& facts) {
  if (auto no = NeedsApproved(request.stage)) return *std::move(no);
  if (auto no = NeedsChildAndYear(request, facts)) return *std::move(no);
  const absl::Time submitted_at = request.submitted ? request.submitted->at : facts.now;
  return Emit(FundingReleased{{command.by, facts.now}, request.approved, facts.now - submitted_at});
}

Answer Draft(const DraftFundingRequest& command, const FundingState& state,
             const FundingFacts& facts) {
  if (state.request) {
    return Refuse(funding_refusals::kAlreadyDrafted, "request_id",
                  "this request_id drafted a request before; give each command its own");
  }
  // Before the line is looked at: whether another authority's is open is not told.
  if (auto no = CheckWhose(command.costing, facts)) return *std::move(no);
  if (auto no = CheckPep(command.costing, facts)) return *std::move(no);
  if (auto no = CheckOutcome(facts)) return *std::move(no);
  if (!state.line) {
    return Refuse(funding_refusals::kFundLineNotOpen, "fund_line_id",
                  "this fund line is not open; open it first, or name an open one");
  }
  if (auto no = CheckYear(command.costing, facts)) return *std::move(no);
  if (auto no = CheckCosting(command.costing)) return *std::move(no);
  return Emit(FundingDrafted{command.costing, facts.now});
}

template <class Command>
Answer OnExisting(const Command& command, const FundingState& state, const FundingFacts& facts) {
  if (!state.request || !state.line) {
    return Refuse(funding_refusals::kNoSuchRequest, "funding_request_id",
                  "there is no such request; check its id");
  }
  return On(command, *state.request, *state.line, facts);
}

}  // namespace

bool NeedsChild(const FundingCommand& command) {
  return !std::holds_alternative<WithdrawFundingRequest>(command) &&
         !std::holds_alternative<DeclineFundingRequest>(command) &&
         !std::holds_alternative<Wake>(command);
}

Answer FundingRules::Decide(const FundingState& state, const FundingCommand& command,
                            const FundingFacts& facts) {
  Progress progress{state, {}};
  CatchUp(progress, facts);
  Answer answer =
      std::visit(Match{[&](const DraftFundingRequest& draft) { return Draft(draft, state, facts); },
                       [&](const Wake&) -> Answer { return std::vector<FundingEvent>(); },
                       [&](const auto& one) { return OnExisting(one, progress.state, facts); }},
                 command);
  if (std::holds_alternative<Refusal>(answer)) return answer;
  for (FundingEvent& event : std::get<0>(answer)) progress.Emit(std::move(event));
  // What begins only now may have its reminder behind it.
  CatchUp(progress, facts);
  return std::move(progress.events);
}

}  // namespace pepline::funding
