#include "services/notifications/facts.h"

#include <string>

#include "services/notifications/codec.h"

namespace pepline::notifications {

absl::StatusOr<AlertFacts> FactsLoader::Load(const AlertId& alert) const {
  AlertFacts facts{clock_.Now(), std::nullopt};
  const SchoolUrn school = SchoolOfVacancyAlert(alert);
  if (school.empty()) return facts;
  auto loaded = store_.Load(PartitionOf(school.text(), store_.partitions()),
                            {{std::string(kVacancyKind), school.text()}}, "");
  if (!loaded.ok()) return loaded.status();
  auto envelopes = execute_internal::OpenEnvelopes(*loaded);
  if (!envelopes.ok()) return envelopes.status();
  const auto part = execute_internal::StateParts(*envelopes).front();
  if (!part) return facts;
  auto vacancy = DecodeVacancy(*part);
  if (!vacancy.ok()) return vacancy.status();
  facts.vacancy = *std::move(vacancy);
  return facts;
}

}  // namespace pepline::notifications
