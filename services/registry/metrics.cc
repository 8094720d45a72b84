#include "services/registry/metrics.h"

namespace pepline::registry {
namespace {

bool EndsVacancy(const SchoolEvent& event) {
  const auto* ended = std::get_if<DesignatedTeacherVacancyEnded>(&event);
  return std::holds_alternative<VacancyEnded>(event) || (ended && !ended->caring.empty());
}

}  // namespace

std::vector<MetricDefinition> RegistryMetrics() {
  using Type = MetricDefinition::Type;
  return {
      {"pepline_registry_imports_total",
       "Imports of files, by how they ended",
       Type::kCounter,
       {"kind", "outcome"}},
      {"pepline_registry_import_rows_total",
       "Rows of imported files, by what they changed",
       Type::kCounter,
       {"kind", "outcome"}},
      {"pepline_registry_care_episodes_total",
       "Care episodes that started or ceased",
       Type::kCounter,
       {"outcome"}},
      {"pepline_registry_vacancies_total",
       "Vacancies of Designated Teachers that began or ended",
       Type::kCounter,
       {"outcome"}},
      {"pepline_registry_contacts_missing_total",
       "Roles asked for that nobody held",
       Type::kCounter,
       {"kind"}},
      {"pepline_registry_unknown_events_total",
       "Consumed events of a later version, passed over",
       Type::kCounter,
       {"topic"}},
  };
}

void CountEvents(Metrics& metrics, const std::vector<ChildEvent>& events) {
  for (const ChildEvent& event : events) {
    if (std::holds_alternative<ChildBecameLookedAfter>(event)) {
      metrics.Count("pepline_registry_care_episodes_total", {{"outcome", "started"}});
    } else if (std::holds_alternative<ChildCeasedToBeLookedAfter>(event)) {
      metrics.Count("pepline_registry_care_episodes_total", {{"outcome", "ceased"}});
    }
  }
}

void CountEvents(Metrics& metrics, const std::vector<SchoolEvent>& events) {
  for (const SchoolEvent& event : events) {
    if (std::holds_alternative<DesignatedTeacherVacancyBegan>(event)) {
      metrics.Count("pepline_registry_vacancies_total", {{"outcome", "began"}});
    } else if (EndsVacancy(event)) {
      metrics.Count("pepline_registry_vacancies_total", {{"outcome", "ended"}});
    }
  }
}

}  // namespace pepline::registry
