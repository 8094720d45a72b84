// The rows of `pepctl funding` and `pepctl alerts`.
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "tools/pepctl/commands/rpc_command.h"

namespace pepline::pepctl {
namespace {

namespace fu = funding::v1;
namespace no = notifications::v1;

const Argument kRequest = {"REQUEST", "funding_request_id", "the request's id"};
const Argument kLine = {"LINE", "fund_line_id", "the fund line's id, e.g. 931.2025-26"};
const Argument kAlert = {"ALERT", "alert_id", "the alert's id"};
const Argument kAmount = {"--amount", "amount_pence", "in pounds, e.g. 125000 or 1,450.50"};

RpcCommand OpenLine() {
  RpcCommand row = Row<fu::OpenFundLineRequest, fu::OpenFundLineResponse>(
      "funding", "open-line", "open an authority's Pupil Premium Plus for a financial year",
      {{"YEAR", "financial_year", "April to March, e.g. 2025-26"},
       kAmount,
       {"--authority", "authority_code", "whose; the actor's when left out", Need::kOptional}});
  row.own_authority = "authority_code";
  return row;
}

}  // namespace

std::vector<RpcCommand> FundingCommands() {
  return {
      OpenLine(),
      Row<fu::ChangeFundLineRequest, fu::ChangeFundLineResponse>(
          "funding", "change-line", "correct a fund line's amount",
          {kLine, kAmount, {"--reason", "reason", "why; stays in funding"}}),
      Row<fu::GetFundLineRequest, fu::GetFundLineResponse>(
          "funding", "line", "a fund line: its amount, approved, released, left and corrected",
          {kLine}),
      Row<fu::DraftFundingRequestRequest, fu::DraftFundingRequestResponse>(
          "funding", "draft", "cost an intervention for an outcome of a child's PEP",
          {{"CHILD", "child_id", "the child's id"},
           {"--line", "fund_line_id", "from this fund line, e.g. 931.2025-26"},
           {"--pep", "pep_id", "of this PEP"},
           {"--outcome", "outcome_id", "for this outcome, e.g. chd-x.1.o1"},
           {"--description", "description", "what the intervention is; stays in funding"},
           {"--cost", "cost_lines",
            "what is bought and for how much, e.g. \"Tutoring=450.00\"; "
            "may be repeated"},
           {"--start", "start_on", "its first day"},
           {"--end", "end_on", "its last day"},
           {"--exit-plan", "exit_plan", "how it ends or goes on without the money",
            Need::kOptional}}),
      Row<fu::SubmitFundingRequestRequest, fu::SubmitFundingRequestResponse>(
          "funding", "submit", "hand a drafted request to the Virtual School", {kRequest}),
      Row<fu::WithdrawFundingRequestRequest, fu::WithdrawFundingRequestResponse>(
          "funding", "withdraw", "take a request back before it is decided", {kRequest}),
      Row<fu::ApproveFundingRequestRequest, fu::ApproveFundingRequestResponse>(
          "funding", "approve", "approve a request, in whole or in part",
          {kRequest, {"--amount", "approved_pence", "in pounds; at most what is asked"}}),
      Row<fu::DeclineFundingRequestRequest, fu::DeclineFundingRequestResponse>(
          "funding", "decline", "decline a request",
          {kRequest, {"--reason", "reason", "why; stays in funding"}}),
      Row<fu::ReleaseFundingRequest, fu::ReleaseFundingResponse>(
          "funding", "release", "release the approved amount to the school (--as finance)",
          {kRequest}),
      Row<fu::GetFundingRequestRequest, fu::GetFundingRequestResponse>(
          "funding", "show", "one request with its costs and decision", {kRequest}),
      ListRow<fu::ListFundingRequestsRequest, fu::ListFundingRequestsResponse>(
          "funding", "requests; all given filters must hold",
          {{"--child", "child_id", "for this child", Need::kOptional},
           {"--pep", "pep_id", "of this PEP", Need::kOptional},
           {"--state", "state", "in this state", Need::kOptional},
           {"--authority", "authority_code", "of this authority", Need::kOptional},
           {"--line", "fund_line_id", "from this fund line", Need::kOptional}},
          {"funding_request_id", "state", "child_id", "fund_line_id", "asked_pence",
           "approved_pence", "start_on", "submitted_at", "decided_at"}),
  };
}

std::vector<RpcCommand> NotificationsCommands() {
  return {
      Row<no::AcknowledgeAlertRequest, no::AcknowledgeAlertResponse>(
          "alerts", "acknowledge", "put on record that your role has seen the alert", {kAlert}),
      Row<no::GetAlertRequest, no::GetAlertResponse>(
          "alerts", "show", "one alert: its levels, who was told, who has seen it", {kAlert}),
      ListRow<no::ListAlertsRequest, no::ListAlertsResponse>(
          "alerts", "alerts; all given filters must hold",
          {{"--authority", "authority_code", "of this authority", Need::kOptional},
           {"--school", "school_urn", "about this school", Need::kOptional},
           {"--child", "child_id", "about this child", Need::kOptional},
           {"--state", "state",
            "in this state; `notice` lists the news that people were told, and no alerts",
            Need::kOptional},
           {"--level", "level", "at this level: 0 reminder, 1 late, 2 and 3 escalated",
            Need::kOptional},
           {"--failed", "with_failed_deliveries",
            "open ones, or notices, of which somebody could not be told; see `alerts redeliver`",
            Need::kOptional}},
          {"reference.alert_id", "state", "level", "due_at", "estimated", "reference.school_urn",
           "raised_at", "resolved_cause"}),
  };
}

}  // namespace pepline::pepctl
