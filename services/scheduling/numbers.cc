#include "services/scheduling/numbers.h"

namespace pepline::scheduling {

std::vector<MetricDefinition> SchedulingMetrics() {
  using Type = MetricDefinition::Type;
  return {
      {"pepline_scheduling_peps_opened_total", "PEPs that became due", Type::kCounter, {}, {}},
      {"pepline_scheduling_meetings_held_total", "PEP meetings held", Type::kCounter, {}, {}},
      {"pepline_scheduling_epeps_finalised_total",
       "ePEPs finalised, within the limit or late",
       Type::kCounter,
       {"outcome"},
       {}},
      {"pepline_scheduling_deadlines_missed_total",
       "Deadlines that passed before their work was done",
       Type::kCounter,
       {"rule"},
       {}},
      {"pepline_scheduling_deadlines_met_total",
       "Deadlines whose work was done, in time or late",
       Type::kCounter,
       {"rule", "outcome"},
       {}},
      {"pepline_scheduling_unknown_events_total",
       "Consumed events of a later version, passed over",
       Type::kCounter,
       {"topic"},
       {}},
  };
}

void CountEvents(Metrics& metrics, const std::vector<PlanEvent>& events) {
  for (const PlanEvent& event : events) {
    if (std::holds_alternative<PepCycleOpened>(event)) {
      metrics.Count("pepline_scheduling_peps_opened_total");
    } else if (std::holds_alternative<PepMeetingHeld>(event)) {
      metrics.Count("pepline_scheduling_meetings_held_total");
    } else if (const auto* finalised = std::get_if<EpepFinalised>(&event)) {
      metrics.Count("pepline_scheduling_epeps_finalised_total",
                    {{"outcome", finalised->within_limit ? "within-limit" : "late"}});
    } else if (const auto* missed = std::get_if<DeadlineMissed>(&event)) {
      metrics.Count("pepline_scheduling_deadlines_missed_total", {{"rule", RuleId(missed->rule)}});
    } else if (const auto* met = std::get_if<DeadlineMet>(&event)) {
      metrics.Count("pepline_scheduling_deadlines_met_total",
                    {{"rule", RuleId(met->rule)}, {"outcome", met->late ? "late" : "in-time"}});
    }
  }
}

}  // namespace pepline::scheduling
