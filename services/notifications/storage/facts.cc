#include "services/notifications/storage/facts.h"

#include <string>

#include "services/notifications/storage/codec.h"

namespace pepline::notifications {

absl::StatusOr<AlertFacts> FactsLoader::Load(const AlertId& alert, bool caught_up) const {
  AlertFacts facts{clock_.Now(), std::nullopt, caught_up};
  const std::string id = VacancyOfAlert(alert);
  if (id.empty()) return facts;
  const auto state = LoadState(store_, AlertOf(alert).routing_id, {std::string(kVacancyKind), id});
  if (!state.ok()) return state.status();
  if (!*state) return facts;
  auto vacancy = DecodeVacancy(**state);
  if (!vacancy.ok()) return vacancy.status();
  facts.vacancy = *std::move(vacancy);
  return facts;
}

}  // namespace pepline::notifications
