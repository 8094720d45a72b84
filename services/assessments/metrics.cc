#include "services/assessments/metrics.h"

#include <array>

namespace pepline::assessments {

std::vector<MetricDefinition> AssessmentsMetrics() {
  using Type = MetricDefinition::Type;
  return {
      {"pepline_assessments_sdqs_requested_total",
       "SDQs asked for, by informant",
       Type::kCounter,
       {"kind"}},
      {"pepline_assessments_sdqs_scored_total",
       "SDQs with a total on record, by the rule that gave it",
       Type::kCounter,
       {"rule"}},
      {"pepline_assessments_sdqs_not_obtained_total",
       "SDQs that will not come, as the Virtual School or the social worker settled",
       Type::kCounter},
      {"pepline_assessments_sdqs_missing_total",
       "Instants that passed without the SDQ they required", Type::kCounter},
      {"pepline_assessments_sdqs_reviewed_total", "SDQs reviewed", Type::kCounter},
      {"pepline_assessments_sdqs_corrected_total", "SDQs corrected", Type::kCounter},
      {"pepline_assessments_sdqs_not_of_age_total", "SDQs waived by age", Type::kCounter},
      {"pepline_assessments_pupil_views_total",
       "Pupil views put on record, captured or declined, or corrected",
       Type::kCounter,
       {"outcome"}},
      {"pepline_assessments_outcomes_total",
       "Outcomes of PEPs set, refined, dropped or reopened, or reviewed with a result",
       Type::kCounter,
       {"outcome"}},
      {"pepline_assessments_awaited_sdqs",
       "SDQs that are asked for and have not come back whole, counted from the store",
       Type::kGauge,
       {"authority"}},
      {"pepline_assessments_missing_sdqs",
       "Teachers' SDQs missing for open PEPs, which scheduling counts as late deadlines",
       Type::kGauge,
       {"authority"}},
      {"pepline_assessments_sdq_gaps",
       "SDQs missing besides: for PEPs that are over, or of informants whom a person asked",
       Type::kGauge,
       {"authority"}},
      {"pepline_assessments_sdqs_to_confirm",
       "SDQs that were proposed as not to be had and wait for the Virtual School or the social "
       "worker, counted from the store",
       Type::kGauge,
       {"authority"}},
      {"pepline_assessments_unknown_events_total",
       "Consumed events of a later version, passed over",
       Type::kCounter,
       {"topic"}},
  };
}

void CountSdqEvents(Metrics& metrics, const std::vector<SdqEvent>& events) {
  for (const SdqEvent& event : events) {
    if (const auto* requested = std::get_if<SdqRequested>(&event)) {
      metrics.Count("pepline_assessments_sdqs_requested_total",
                    {{"kind", InformantName(requested->key.informant)}});
    } else if (const auto* scored = std::get_if<SdqScored>(&event)) {
      metrics.Count("pepline_assessments_sdqs_scored_total", {{"rule", scored->rule}});
    } else if (std::holds_alternative<SdqNotObtained>(event)) {
      metrics.Count("pepline_assessments_sdqs_not_obtained_total");
    } else if (std::holds_alternative<SdqBecameMissing>(event)) {
      metrics.Count("pepline_assessments_sdqs_missing_total");
    } else if (std::holds_alternative<SdqCorrected>(event)) {
      metrics.Count("pepline_assessments_sdqs_corrected_total");
    } else if (std::holds_alternative<SdqNotOfAge>(event)) {
      metrics.Count("pepline_assessments_sdqs_not_of_age_total");
    } else if (std::holds_alternative<SdqReviewed>(event)) {
      metrics.Count("pepline_assessments_sdqs_reviewed_total");
    }
  }
}

void CountPupilViewsEvents(Metrics& metrics, const std::vector<PupilViewsEvent>& events) {
  constexpr std::array kOutcomes = {"captured", "declined", "corrected"};
  static_assert(kOutcomes.size() == std::variant_size_v<PupilViewsEvent>);
  for (const PupilViewsEvent& event : events) {
    metrics.Count("pepline_assessments_pupil_views_total", {{"outcome", kOutcomes[event.index()]}});
  }
}

void CountOutcomesEvents(Metrics& metrics, const std::vector<OutcomesEvent>& events) {
  static constexpr std::array kResults = {"met", "partly-met", "not-met", "carried-on"};
  static_assert(kResults.size() == static_cast<std::size_t>(LastOf(OutcomeResult())));
  const auto said = [](const OutcomesEvent& event) -> const char* {
    return std::visit(Match{[](const OutcomeSet&) { return "set"; },
                            [](const OutcomeRefined&) { return "refined"; },
                            [](const OutcomeReviewed& reviewed) {
                              return kResults[static_cast<std::size_t>(reviewed.result) - 1];
                            },
                            [](const OutcomeDropped&) { return "dropped"; },
                            [](const OutcomeReopened&) { return "reopened"; }},
                      event);
  };
  for (const OutcomesEvent& event : events) {
    metrics.Count("pepline_assessments_outcomes_total", {{"outcome", said(event)}});
  }
}

}  // namespace pepline::assessments
