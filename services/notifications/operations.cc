#include "services/notifications/operations.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/notifications/storage/codec.h"
#include "shared/projections/known_children.h"

namespace pepline::notifications {
namespace {

// Which message was under way at which replica, in stores of before; nothing reads it any more.
constexpr std::string_view kSendingMarksKind = "sending-marks";

}  // namespace

std::vector<RecordKind> RecordKinds(const FactsLoader& facts) {
  RecordKind alert = AggregateKind<AlertCodec>(
      [](const std::string& id) -> std::optional<Target> { return AlertOf(AlertId(id)); },
      [&facts](const std::string& id, const AlertState&) { return facts.Load(AlertId(id)); });
  // Tries at delivery are set from the moment of the last one, which nobody keeps.
  alert.early = 2 * kLongestRetry;
  RecordKind vacancy = KeptKind(kVacancyKind);
  // The alert of a vacancy has an alarm before its first level is reached.
  vacancy.foretells = [](const std::string& id) -> std::optional<RecordKey> {
    return RecordKey{std::string(AlertCodec::kKind), VacancyAlertOf(SchoolUrn(id)).text()};
  };
  return {std::move(alert), std::move(vacancy), KeptKind(kKnownChildKind), KeptKind(kPolicy),
          KeptKind(kSendingMarksKind)};
}

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {
      store, clock, RecordKinds(facts),
      NotRebuilt(
          "notifications",
          "who of a role was told already, who was told in another's place, and the instants of "
          "levels not reached leave it in no event, so people would be told twice or not at all")};
}

}  // namespace pepline::notifications
