#include "services/scheduling/facts.h"

#include <memory>
#include <string>
#include <utility>

#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "services/scheduling/codec.h"
#include "services/scheduling/wire.h"

namespace pepline::scheduling {

absl::StatusOr<std::optional<ChildFacts>> FactsLoader::LoadChild(const ChildId& child) const {
  auto loaded = store_.Load(PartitionOf(child.text(), store_.partitions()),
                            {{std::string(kChildKind), child.text()}}, "");
  if (!loaded.ok()) return loaded.status();
  const auto& stored = loaded->records.front();
  if (!stored) return std::optional<ChildFacts>();
  runtime::v1::AggregateRecord record;
  if (!record.ParseFromString(stored->bytes)) {
    return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
  }
  auto facts = DecodeChild(record.state());
  if (!facts.ok()) return facts.status();
  return std::optional(*std::move(facts));
}

absl::StatusOr<PlanFacts> FactsLoader::Load(const ChildId& child_id) const {
  auto child = LoadChild(child_id);
  if (!child.ok()) return child.status();
  PlanFacts facts;
  facts.child_id = child_id;
  facts.child = *std::move(child);
  auto known = reference_.LoadCalendar(
      kEnglandAndWales, facts.child ? facts.child->school_authority : AuthorityCode(),
      facts.child ? facts.child->school : SchoolUrn());
  if (!known.ok()) return known.status();
  facts.calendar = std::move(known->calendar);
  facts.bank_holidays_known = known->bank_holidays_known;
  if (facts.child) {
    auto profile = reference_.LoadPolicy(facts.child->authority);
    if (!profile.ok()) return profile.status();
    if (*profile) facts.policy = std::make_shared<const Policy>(FromProfile(**profile));
  }
  facts.now = clock_.Now();
  return facts;
}

}  // namespace pepline::scheduling
