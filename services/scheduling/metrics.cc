#include "services/scheduling/metrics.h"

namespace pepline::scheduling {

std::vector<MetricDefinition> SchedulingMetrics() {
  using Type = MetricDefinition::Type;
  return {
      {"pepline_scheduling_peps_opened_total", "PEPs that became due", Type::kCounter},
      {"pepline_scheduling_meetings_held_total", "PEP meetings held", Type::kCounter},
      {"pepline_scheduling_finalise_schooldays",
       "School days from a PEP meeting to its finalised ePEP; 5 is the limit of the shipped "
       "profile",
       Type::kHistogram,
       {},
       {3, 5, 10, 20}},
      {"pepline_scheduling_peps",
       "Open PEPs by stage; of a child with several those with work to do",
       Type::kGauge,
       {"authority", "state"}},
      {"pepline_scheduling_children_without_pep",
       "Children in care who need a PEP and have none open, counted from the store", Type::kGauge},
      {"pepline_scheduling_late_peps",
       "Open PEPs with a deadline that is missed and not made good",
       Type::kGauge,
       {"authority"}},
      {"pepline_scheduling_late_deadlines",
       "Deadlines of open PEPs that are missed and not made good",
       Type::kGauge,
       {"authority", "rule"}},
      {"pepline_scheduling_finalised_peps",
       "Newest PEPs that are finalised, within the limit or late",
       Type::kGauge,
       {"authority", "outcome"}},
      {"pepline_scheduling_finalise_median_seconds",
       "Median time from the day of the meeting to the finalised ePEP, of newest PEPs",
       Type::kGauge,
       {"authority"}},
      {"pepline_scheduling_unknown_events_total",
       "Consumed events of a later version, passed over",
       Type::kCounter,
       {"topic"}},
      {"pepline_scheduling_deadlines_missed_total",
       "Deadlines that passed before their work was done", Type::kCounter},
      {"pepline_scheduling_deadlines_met_total",
       "Deadlines whose work was done, in time or late",
       Type::kCounter,
       {"outcome"}},
      {"pepline_scheduling_deadlines_waived_total",
       "Deadlines that ended without their work, as the Virtual School or the social worker "
       "settled",
       Type::kCounter},
  };
}

namespace {

// pep-open is not counted here: it is no PEP's, and its children have a gauge of their own.
void CountEvent(Metrics& metrics, const PepEvent& event) {
  if (std::holds_alternative<PepCycleOpened>(event)) {
    metrics.Count("pepline_scheduling_peps_opened_total");
  } else if (std::holds_alternative<PepMeetingHeld>(event)) {
    metrics.Count("pepline_scheduling_meetings_held_total");
  } else if (const auto* finalised = std::get_if<EpepFinalised>(&event)) {
    metrics.Observe("pepline_scheduling_finalise_schooldays", {},
                    static_cast<double>(finalised->school_days_taken));
  } else if (const auto* missed = std::get_if<DeadlineMissed>(&event);
             missed && missed->rule != Rule::kPepOpen) {
    metrics.Count("pepline_scheduling_deadlines_missed_total");
  } else if (const auto* met = std::get_if<DeadlineMet>(&event);
             met && met->rule != Rule::kPepOpen) {
    metrics.Count("pepline_scheduling_deadlines_met_total",
                  {{"outcome", met->late ? "late" : "in-time"}});
  } else if (const auto* withdrawn = std::get_if<DeadlineWithdrawn>(&event)) {
    if (withdrawn->waived_at) metrics.Count("pepline_scheduling_deadlines_waived_total");
  }
}

}  // namespace

void CountEvents(Metrics& metrics, const std::vector<PlanEvent>& events) {
  for (const PlanEvent& event : events) CountEvent(metrics, ToPepEvent(event));
}

}  // namespace pepline::scheduling
