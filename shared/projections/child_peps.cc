#include "shared/projections/child_peps.h"

#include <algorithm>
#include <optional>
#include <string>

#include "pepline/runtime/v1/child_peps.pb.h"
#include "shared/domain/id_forms.h"
#include "shared/engine/envelopes.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"

namespace pepline {
namespace {

absl::StatusOr<runtime::v1::ChildPeps> Parse(const std::string& bytes) {
  runtime::v1::ChildPeps peps;
  if (peps.ParseFromString(bytes)) return peps;
  return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
}

}  // namespace

absl::Status ChildPeps::Receive(const scheduling::v1::SchedulingEvent& event) {
  if (!event.has_pep_cycle_opened()) return absl::OkStatus();
  const std::string& child = event.pep().child_id();
  const auto number = NumberOfPep(ChildId(child), PepId(event.pep().pep_id()));
  if (child.empty() || !number) return EventNotReadable();
  return KeepFromEvent(store_, child, {std::string(kChildPepsKind), child}, event.header(),
                       [&](const std::optional<std::string>& kept) -> absl::StatusOr<KeptChange> {
                         auto peps = Parse(kept.value_or(""));
                         if (!peps.ok()) return peps.status();
                         peps->set_newest(std::max(peps->newest(), *number));
                         return KeptChange{peps->SerializeAsString(), {}};
                       });
}

absl::StatusOr<int> ChildPeps::NewestOf(const ChildId& child) const {
  const auto state = LoadState(store_, child.text(), {std::string(kChildPepsKind), child.text()});
  if (!state.ok()) return state.status();
  auto peps = Parse(state->value_or(""));
  if (!peps.ok()) return peps.status();
  return peps->newest();
}

}  // namespace pepline
