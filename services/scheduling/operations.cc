#include "services/scheduling/operations.h"

#include <optional>
#include <string>
#include <utility>

#include "services/scheduling/rebuild.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"
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
  RecordKind pep = KeptKind(kPepKind);
  pep.target = [](const std::string& id) -> std::optional<Target> {
    const auto dot = id.rfind('.');
    if (dot == std::string::npos) return std::nullopt;
    return Target{id.substr(0, dot), {{std::string(kPepKind), id}}};
  };
  pep.derive = [](const std::string&, const RecordKind::Parts& parts) -> absl::StatusOr<Derived> {
    if (!parts.front()) return Derived();
    const auto alone = DecodePep(*parts.front());
    if (!alone.ok()) return alone.status();
    return Derived();
  };
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
  kinds.push_back(KeptKind(kChildOutcomesKind));
  for (const std::string_view kind : kReferenceKinds) kinds.push_back(KeptKind(kind));
  return kinds;
}

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {store, clock, RecordKinds(facts), HowToRebuild()};
}

}  // namespace pepline::scheduling
