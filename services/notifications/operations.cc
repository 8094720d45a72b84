#include "services/notifications/operations.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/digest_codec.h"
#include "shared/projections/known_children.h"

namespace pepline::notifications {
namespace {

// Which message was under way at which replica, in stores of before; nothing reads it any more.
constexpr std::string_view kSendingMarksKind = "sending-marks";

}  // namespace

std::vector<RecordKind> RecordKinds(const FactsLoader& facts, const Clock& clock) {
  RecordKind alert = AggregateKind<AlertCodec>(
      [](const std::string& id) -> std::optional<Target> { return AlertOf(AlertId(id)); },
      [&facts](const std::string& id, const AlertState&) { return facts.Load(AlertId(id)); });
  RecordKind digest = AggregateKind<DigestCodec>(
      [](const std::string& id) -> std::optional<Target> { return DigestOf(StaffId(id)); },
      [&clock](const std::string&, const DigestState&) -> absl::StatusOr<DigestFacts> {
        return DigestFacts{clock.Now()};
      });
  RecordKind vacancy = KeptKind(kVacancyKind);
  vacancy.target = [](const std::string& id) -> std::optional<Target> {
    return Target{id.substr(0, id.find('.')), {{std::string(kVacancyKind), id}}};
  };
  // The alert of a vacancy has an alarm before its first level is reached.
  vacancy.foretells = [](const std::string& id) -> std::optional<RecordKey> {
    return RecordKey{std::string(AlertCodec::kKind), VacancyAlertOf(id).text()};
  };
  return {std::move(alert),          std::move(digest), std::move(vacancy),
          KeptKind(kKnownChildKind), KeptKind(kPolicy), KeptKind(kSendingMarksKind)};
}

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {
      store, clock, RecordKinds(facts, clock),
      NotRebuilt(
          "notifications",
          "who of a role was told already, who was told in another's place, and the instants of "
          "levels not reached leave it in no event, so people would be told twice or not at all")};
}

}  // namespace pepline::notifications
