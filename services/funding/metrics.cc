#include "services/funding/metrics.h"

namespace pepline::funding {

std::vector<MetricDefinition> FundingMetrics() {
  using Type = MetricDefinition::Type;
  constexpr double kDay = 24 * 60 * 60;
  return {
      {"pepline_funding_lines_opened_total", "Fund lines opened", Type::kCounter},
      {"pepline_funding_requests_total",
       "Requests that reached a state",
       Type::kCounter,
       {"state"}},
      {"pepline_funding_deadlines_missed_total",
       "Deadlines of requests, to be decided or to be released, that passed before their work was "
       "done",
       Type::kCounter,
       {"rule"}},
      {"pepline_funding_asked_gbp_total", "Pounds asked for, submitted", Type::kCounter},
      {"pepline_funding_deadlines_met_total",
       "Deadlines of requests, to be decided or to be released, whose work was done, in time or "
       "late",
       Type::kCounter,
       {"rule", "outcome"}},
      {"pepline_funding_approved_gbp_total", "Pounds approved", Type::kCounter},
      {"pepline_funding_late_deadlines",
       "Requests that are not decided, or whose money is not released, by their day: missed and "
       "not made good",
       Type::kGauge,
       {"authority", "rule"}},
      {"pepline_funding_released_gbp_total", "Pounds released", Type::kCounter},
      {"pepline_funding_line_gbp",
       "Pounds of this financial year's fund lines; committed is approved and released together",
       Type::kGauge,
       {"authority", "state"}},
      {"pepline_funding_open_requests",
       "Requests that wait for the next step, counted from the store",
       Type::kGauge,
       {"authority", "state"}},
      {"pepline_funding_release_wait_seconds",
       "From submitting a request to releasing its money",
       Type::kHistogram,
       {},
       {kDay, 3 * kDay, 7 * kDay, 14 * kDay, 28 * kDay, 56 * kDay, 112 * kDay}},
      {"pepline_funding_unknown_events_total",
       "Consumed events of a later version, passed over",
       Type::kCounter,
       {"topic"}},
  };
}

double Gbp(Pence amount) { return static_cast<double>(amount.value) / 100; }

void CountEvents(Metrics& metrics, const std::vector<FundLineEvent>& events) {
  for (const FundLineEvent& event : events) {
    if (std::holds_alternative<FundLineOpened>(event)) {
      metrics.Count("pepline_funding_lines_opened_total");
    }
  }
}

void CountEvents(Metrics& metrics, const std::vector<FundingEvent>& events) {
  const auto reached = [&](RequestStage stage) {
    metrics.Count("pepline_funding_requests_total", {{"state", StageName(stage)}});
  };
  const auto money = [&](std::string_view name, Pence amount) {
    metrics.Count(name, {}, Gbp(amount));
  };
  for (const FundingEvent& event : events) {
    std::visit(Match{[&](const FundingDrafted&) { reached(RequestStage::kDraft); },
                     [&](const FundingSubmitted& submitted) {
                       reached(RequestStage::kSubmitted);
                       money("pepline_funding_asked_gbp_total", submitted.asked);
                     },
                     [&](const FundingWithdrawn&) { reached(RequestStage::kWithdrawn); },
                     [&](const FundingApproved& approved) {
                       reached(RequestStage::kApproved);
                       money("pepline_funding_approved_gbp_total", approved.amount);
                     },
                     [&](const FundingDeclined&) { reached(RequestStage::kDeclined); },
                     [&](const FundingReleased& released) {
                       reached(RequestStage::kReleased);
                       money("pepline_funding_released_gbp_total", released.amount);
                       metrics.Observe("pepline_funding_release_wait_seconds", {},
                                       released.since_submitted);
                     },
                     [&](const DeadlineMissed& missed) {
                       metrics.Count("pepline_funding_deadlines_missed_total",
                                     {{"rule", RuleId(missed.rule)}});
                     },
                     [&](const DeadlineMet& met) {
                       metrics.Count("pepline_funding_deadlines_met_total",
                                     {{"rule", RuleId(met.rule)},
                                      {"outcome", met.late ? "late" : "in-time"}});
                     },
                     [&](const DeadlineSet&) {}, [&](const DeadlineReminderReached&) {},
                     [&](const DeadlineRecalculated&) {}, [&](const DeadlineWithdrawn&) {}},
               event);
  }
}

}  // namespace pepline::funding
