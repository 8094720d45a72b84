#include "services/scheduling/operations.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/scheduling/rebuild.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/projections/child_outcomes.h"
#include "shared/projections/reference_data.h"

namespace pepline::scheduling {

std::vector<RecordKind> RecordKinds(const FactsLoader& facts) {
  RecordKind child =
      KeptKind(kChildKind, [](const std::string& state) -> absl::StatusOr<std::vector<IndexEntry>> {
        auto known = DecodeChild(state);
        if (!known.ok()) return known.status();
        return IndexOf(*known);
      });
  // A child's plan has an alarm before its first PEP opens.
  child.foretells = [](const std::string& id) -> std::optional<RecordKey> {
    return RecordKey{std::string(PlanCodec::kKind), id};
  };
  RecordKind pep = ReadableKind(kPepKind, &ChildOfPep, &DecodePep);
  pep.comparable = [](const RecordKind::Parts& parts) -> absl::StatusOr<std::string> {
    auto alone = DecodePep(parts.front().value_or(""));
    if (!alone.ok()) return alone.status();
    return EncodePep(PlanCodec::PublishedFieldsOnly(*std::move(alone)));
  };
  std::vector<RecordKind> kinds{AggregateKind<PlanCodec>(
      [](const std::string& id) -> std::optional<Target> { return PlanOf(ChildId(id)); },
      [&facts](const std::string& id, const PlanState&) { return facts.Load(ChildId(id)); })};
  kinds.push_back(std::move(child));
  kinds.push_back(std::move(pep));
  // What people wrote is in no event, so neither is compared with a rebuilt one.
  kinds.push_back(ReadableKind(EpepCodec::kKind, &ChildOfPep, [](const std::string& state) {
    return EpepCodec::Decode({state});
  }));
  kinds.push_back(ReadableKind(kEpepVersionKind, &ChildOfVersion, &DecodeVersion));
  kinds.push_back(KeptKind(kChildOutcomesKind));
  for (const std::string_view kind : kReferenceKinds) kinds.push_back(KeptKind(kind));
  return kinds;
}

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {store, clock, RecordKinds(facts), HowToRebuild()};
}

}  // namespace pepline::scheduling
