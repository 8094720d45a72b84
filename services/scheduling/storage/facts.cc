#include "services/scheduling/storage/facts.h"

#include <memory>
#include <string>
#include <utility>

#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "services/scheduling/storage/conversions.h"

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
  return Complete(child_id, *std::move(child));
}

Inputs<PlanCodec> FactsLoader::InputsFor(const ChildId& child) const {
  return {.facts = [this, child](const PlanState&,
                                 const RecordStates& also) -> absl::StatusOr<PlanFacts> {
    if (!also.front()) return Complete(child, std::nullopt);
    auto known = DecodeChild(*also.front());
    if (!known.ok()) return known.status();
    return Complete(child, *std::move(known));
  }};
}

absl::StatusOr<std::shared_ptr<const Policy>> FactsLoader::PolicyOf(
    const AuthorityCode& authority) const {
  auto versions = reference_.LoadPolicyVersions(authority);
  if (!versions.ok()) return versions.status();
  return PolicyFrom(authority, *std::move(versions));
}

absl::StatusOr<Resource> FactsLoader::ResourceOf(const std::optional<ChildFacts>& child) const {
  if (!child) return Resource{};
  Resource resource{child->authority, child->school};
  // Without an authority nobody has looked after the child yet.
  if (child->in_care || child->authority.empty()) return resource;
  auto ended = child->ceased_on ? access_.HasEnded(child->authority, *child->ceased_on)
                                : access_.HasEndedSince(child->authority, child->care_recorded_at);
  if (!ended.ok()) return ended.status();
  resource.access_ended = *ended;
  return resource;
}

absl::StatusOr<Resource> FactsLoader::ResourceIn(const std::optional<std::string>& state) const {
  if (!state) return Resource{};
  auto child = DecodeChild(*state);
  if (!child.ok()) return child.status();
  return ResourceOf(*std::move(child));
}

std::shared_ptr<const Policy> FactsLoader::PolicyFrom(
    const AuthorityCode& authority, std::shared_ptr<const PolicyVersions> versions) const {
  if (!versions) return nullptr;
  absl::MutexLock lock(&mutex_);
  ReadPolicy& read = policies_[authority.text()];
  // Reference data answers with the same ones until a newer one is adopted.
  if (read.versions != versions) {
    auto policy = FromProfiles(*versions);
    read = {std::move(versions), std::move(policy)};
  }
  return read.policy;
}

absl::StatusOr<PlanFacts> FactsLoader::Complete(const ChildId& child_id,
                                                std::optional<ChildFacts> child) const {
  PlanFacts facts;
  facts.child_id = child_id;
  facts.child = std::move(child);
  const ChildFacts nobody;
  const ChildFacts& of = facts.child ? *facts.child : nobody;
  auto known = reference_.Load(kEnglandAndWales, of.school_authority, of.school, of.authority);
  if (!known.ok()) return known.status();
  facts.calendar = std::move(known->calendar.calendar);
  facts.bank_holidays_known = known->calendar.bank_holidays_known;
  facts.policy = PolicyFrom(of.authority, std::move(known->policies));
  facts.now = clock_.Now();
  return facts;
}

}  // namespace pepline::scheduling
