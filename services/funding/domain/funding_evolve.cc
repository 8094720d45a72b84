// How each event changes a request and its fund line, and what follows from the state alone.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/funding/domain/funding_deadlines.h"
#include "services/funding/domain/funding_request.h"
#include "shared/domain/id_forms.h"

namespace pepline::funding {
namespace {

constexpr std::string_view kPrefix = "req-";
constexpr int kCentury = 2000;

// Events of a request that does not exist cannot come from Decide; they change nothing.
template <class Change>
void ChangeRequest(FundingState& state, RequestStage stage, Change change) {
  if (!state.request) return;
  state.request->stage = stage;
  change(*state.request);
}

// Said of a request that there is, as every event is.
template <class Event>
void ChangeDeadline(FundingState& state, const Event& event) {
  if (state.request) Apply(event, state.request->deadlines[event.rule]);
}

}  // namespace

std::string_view StageName(RequestStage stage) {
  switch (stage) {
    case RequestStage::kDraft:
      return "draft";
    case RequestStage::kSubmitted:
      return "submitted";
    case RequestStage::kApproved:
      return "approved";
    case RequestStage::kDeclined:
      return "declined";
    case RequestStage::kReleased:
      return "released";
    case RequestStage::kWithdrawn:
      return "withdrawn";
  }
  return "";
}

bool Waits(RequestStage stage) {
  return std::ranges::find(kWaitingStages, stage) != kWaitingStages.end();
}

std::string RequestIdPrefix(const AuthorityCode& authority) {
  return std::string(kPrefix) + authority.text();
}

FundingRequestId RequestIdOf(const FundLineName& line, std::string_view letters) {
  return FundingRequestId(RequestIdPrefix(line.authority) +
                          absl::StrFormat("%02d", line.year.first_year % 100) +
                          std::string(letters));
}

std::optional<FundLineName> LineOf(const FundingRequestId& request) {
  std::string_view text = request.text();
  if (text.size() != kPrefix.size() + 5 + kRequestLetters) return std::nullopt;
  if (text.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const std::string_view authority = text.substr(0, 3);
  const std::string year(text.substr(3, 2));
  const std::string_view letters = text.substr(5);
  int two_digits = 0;
  if (!IsAuthorityCode(authority) || !absl::SimpleAtoi(year, &two_digits) || two_digits < 0 ||
      !std::ranges::all_of(
          letters, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); })) {
    return std::nullopt;
  }
  // Whether there is such a year is the fund line's business: its id must read back.
  return NameOf(IdOf({AuthorityCode(std::string(authority)), {kCentury + two_digits}}));
}

Pence Costing::asked() const {
  Pence sum;
  for (const CostLine& cost : cost_lines) sum = sum + cost.amount;
  return sum;
}

FundingState FundingRules::Evolve(FundingState state, const FundingEvent& event) {
  std::visit(
      Match{[&](const FundingDrafted& drafted) {
              state.request = FundingRequest{.costing = drafted.costing, .drafted_at = drafted.at};
            },
            [&](const FundingSubmitted& submitted) {
              ChangeRequest(state, RequestStage::kSubmitted,
                            [&](FundingRequest& request) { request.submitted = submitted.step; });
            },
            [&](const FundingWithdrawn& withdrawn) {
              ChangeRequest(state, RequestStage::kWithdrawn,
                            [&](FundingRequest& request) { request.decided = withdrawn.step; });
            },
            [&](const FundingApproved& approved) {
              ChangeRequest(state, RequestStage::kApproved, [&](FundingRequest& request) {
                request.decided = approved.step;
                request.approved = approved.amount;
              });
              if (state.line) state.line->approved = state.line->approved + approved.amount;
            },
            [&](const FundingDeclined& declined) {
              ChangeRequest(state, RequestStage::kDeclined, [&](FundingRequest& request) {
                request.decided = declined.step;
                request.decline_reason = declined.reason;
              });
            },
            [&](const FundingReleased& released) {
              ChangeRequest(state, RequestStage::kReleased,
                            [&](FundingRequest& request) { request.released = released.step; });
              if (state.line) {
                state.line->approved = state.line->approved - released.amount;
                state.line->released = state.line->released + released.amount;
              }
            },
            [&](const DeadlineSet& set) { ChangeDeadline(state, set); },
            [&](const DeadlineReminderReached& reached) { ChangeDeadline(state, reached); },
            [&](const DeadlineMissed& missed) { ChangeDeadline(state, missed); },
            [&](const DeadlineMet& met) { ChangeDeadline(state, met); },
            [&](const DeadlineRecalculated& moved) { ChangeDeadline(state, moved); },
            [&](const DeadlineWithdrawn& withdrawn) { ChangeDeadline(state, withdrawn); }},
      event);
  return state;
}

std::optional<absl::Time> FundingRules::NextWake(const FundingState& state, const FundingFacts&) {
  return state.request ? NextWakeOf(*state.request) : std::nullopt;
}

IndexEntry AllRequests() { return {"all", "requests"}; }
IndexEntry OpenRequests() { return {"open", "requests"}; }
IndexEntry RequestsFor(const ChildId& child) { return {"child", child.text()}; }

std::vector<IndexEntry> FundingRules::Index(const FundingState& state) {
  if (!state.request) return {};
  std::vector<IndexEntry> entries{AllRequests(), RequestsFor(state.request->costing.child)};
  if (Waits(state.request->stage)) entries.push_back(OpenRequests());
  return entries;
}

}  // namespace pepline::funding
