#include "services/notifications/storage/facts.h"

#include <string>

#include "services/notifications/storage/codec.h"

namespace pepline::notifications {

absl::StatusOr<AlertFacts> FactsLoader::Load(const AlertId& alert, bool caught_up) const {
  AlertFacts facts{clock_.Now(), std::nullopt, caught_up};
  const SchoolUrn school = SchoolOfVacancyAlert(alert);
  if (school.empty()) return facts;
  const auto state = LoadState(store_, school.text(), {std::string(kVacancyKind), school.text()});
  if (!state.ok()) return state.status();
  if (!*state) return facts;
  auto vacancy = DecodeVacancy(**state);
  if (!vacancy.ok()) return vacancy.status();
  facts.vacancy = *std::move(vacancy);
  return facts;
}

}  // namespace pepline::notifications
