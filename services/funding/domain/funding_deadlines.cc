#include "services/funding/domain/funding_deadlines.h"

#include <algorithm>

namespace pepline::funding {
namespace {

constexpr int kWorkingDays = 10;
constexpr int kReminderBefore = -2;
constexpr int kEscalationAfter = 5;

std::optional<absl::Time> InstantOf(const std::optional<Step>& step) {
  return step ? std::optional(step->at) : std::nullopt;
}

// Approved or declined; a request that is withdrawn is not decided.
bool IsDecided(RequestStage stage) {
  switch (stage) {
    case RequestStage::kApproved:
    case RequestStage::kDeclined:
    case RequestStage::kReleased:
      return true;
    case RequestStage::kDraft:
    case RequestStage::kSubmitted:
    case RequestStage::kWithdrawn:
      return false;
  }
  return false;
}

// When the deadline began, and when its work was done; nullopt where either was not.
struct Life {
  std::optional<absl::Time> begun_at;
  std::optional<absl::Time> done_at = std::nullopt;
};
Life LifeOf(Rule rule, const FundingRequest& request) {
  const RequestStage stage = request.stage;
  if (rule == Rule::kFundingDecided) {
    if (stage == RequestStage::kWithdrawn) return {};
    return {InstantOf(request.submitted),
            IsDecided(stage) ? InstantOf(request.decided) : std::nullopt};
  }
  if (stage != RequestStage::kApproved && stage != RequestStage::kReleased) return {};
  return {InstantOf(request.decided), InstantOf(request.released)};
}

DeadlineInstants CountSince(Rule rule, absl::Time begun_at, const FundingFacts& facts) {
  const absl::CivilDay day = facts.calendar->DayOf(begun_at);
  DeadlineTerms terms = UsualTerms();
  if (facts.policy) {
    const DeadlinePolicy& policy = PolicyOn(*facts.policy, day);
    if (const auto own = policy.rules.find(rule); own != policy.rules.end()) terms = own->second;
  }
  DeadlineInstants instants = CountFrom(day, terms, *facts.calendar);
  if (!facts.bank_holidays_known) instants.calendar_known = false;
  return instants;
}

const Deadline* FindDeadline(const FundingRequest& request, Rule rule) {
  const auto found = request.deadlines.find(rule);
  return found == request.deadlines.end() ? nullptr : &found->second;
}

struct NextInstant {
  Rule rule;
  DeadlineInstant instant;
};
std::optional<NextInstant> NextInstantIn(const FundingRequest& request) {
  std::optional<NextInstant> next;
  for (const auto& [rule, deadline] : request.deadlines) {
    const auto instant = NextInstantOf(deadline);
    if (instant && (!next || instant->at < next->instant.at)) next = {rule, *instant};
  }
  return next;
}

// Says which deadlines begin, move and end.
void SettleDeadlines(Progress& progress, const FundingFacts& facts) {
  for (const Rule rule : kDeadlineRules) {
    if (!progress.state.request) return;
    const FundingRequest& request = *progress.state.request;
    const Life life = LifeOf(rule, request);
    DeadlineBasis basis{.wanted = life.begun_at.has_value(), .done_at = life.done_at};
    if (life.begun_at) basis.instants = CountSince(rule, *life.begun_at, facts);
    for (DeadlineEvent& event :
         SettleDeadline(rule, FindDeadline(request, rule), basis, facts.now)) {
      std::visit([&](auto& one) { progress.Emit(std::move(one)); }, event);
    }
  }
}

}  // namespace

std::optional<Rule> ParseRule(std::string_view rule_id) {
  for (const Rule rule : kDeadlineRules) {
    if (RuleId(rule) == rule_id) return rule;
  }
  return std::nullopt;
}

DeadlineTerms UsualTerms() {
  using enum RecipientRole;
  constexpr DayKind kWorking = DayKind::kWorkingDays;
  return {kWorkingDays,
          kWorking,
          {{0, kReminderBefore, kWorking, {kVirtualSchoolCaseworker}},
           {1, 0, kWorking, {kVirtualSchoolCaseworker}},
           {2, kEscalationAfter, kWorking, {kVirtualSchoolHead}}}};
}

void CatchUp(Progress& progress, const FundingFacts& facts) {
  SettleDeadlines(progress, facts);
  while (progress.state.request) {
    const auto next = NextInstantIn(*progress.state.request);
    if (!next || next->instant.at > facts.now) return;
    if (next->instant.reminder) {
      progress.Emit(DeadlineReminderReached{next->rule});
    } else {
      progress.Emit(DeadlineMissed{next->rule});
    }
  }
}

std::optional<absl::Time> NextWakeOf(const FundingRequest& request) {
  const auto next = NextInstantIn(request);
  std::optional<absl::Time> wake = next ? std::optional(next->instant.at) : std::nullopt;
  for (const Rule rule : kDeadlineRules) {
    // As an earlier version left it: it is woken at once, and gets its deadline.
    const Life life = LifeOf(rule, request);
    const bool is_missing =
        life.begun_at && !life.done_at && FindDeadline(request, rule) == nullptr;
    if (is_missing && (!wake || *life.begun_at < *wake)) wake = life.begun_at;
  }
  return wake;
}

}  // namespace pepline::funding
