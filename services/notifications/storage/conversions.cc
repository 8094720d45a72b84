#include "services/notifications/storage/conversions.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/notifications/domain/due_day.h"
#include "services/notifications/domain/fields.h"
#include "shared/engine/field_mapping.h"

namespace pepline::notifications {
namespace {

void Show(const AlertState& state, const PendingDelivery& pending, v1::Alert& out) {
  auto add = [&](DeliveryState standing) {
    v1::Delivery* delivery = out.add_deliveries();
    delivery->set_level(pending.level);
    delivery->set_role(static_cast<common::v1::RecipientRole>(pending.role));
    delivery->set_state(static_cast<v1::DeliveryState>(standing));
    return delivery;
  };
  for (const Settled& one : pending.settled) {
    v1::Delivery* delivery = add(one.channel ? DeliveryState::kDelivered : DeliveryState::kFailed);
    delivery->set_delivery_id(
        DeliveryId(state.reference.alert, state.run, pending.level, pending.role, one.staff));
    WriteFields(one, *delivery);
    *delivery->mutable_settled_at() = ToTimestamp(one.at);
  }
  switch (pending.state) {
    case DeliveryState::kWaiting:
    case DeliveryState::kDropped: {
      v1::Delivery* delivery = add(pending.state);
      if (pending.held) *delivery->mutable_waits_until() = ToTimestamp(pending.not_before);
      break;
    }
    case DeliveryState::kDelivered:
    case DeliveryState::kFailed:
      break;  // everything is settled and shown above
  }
}

}  // namespace

v1::AlertState StateOf(const AlertState& state) {
  if (state.IsNotice()) return v1::ALERT_STATE_NOTICE;
  return state.IsOpen() ? v1::ALERT_STATE_OPEN : v1::ALERT_STATE_RESOLVED;
}

std::optional<std::vector<LevelInstant>> ReadLevels(const ProtoLevels& levels) {
  std::vector<LevelInstant> read;
  for (const common::v1::AlertInstant& level : levels) {
    const auto at = FromTimestamp(level.at());
    if (!level.has_at() || !at || level.level() < kEarliestReminder) return std::nullopt;
    read.push_back({level.level(), *at, KnownRoles(level.recipients())});
  }
  std::ranges::sort(read, {}, &LevelInstant::level);
  const auto twice = std::ranges::adjacent_find(read, {}, &LevelInstant::level);
  if (twice != read.end()) return std::nullopt;
  return read;
}

bool IsPlainId(const std::string& id) {
  return !id.empty() && id.size() <= 200 && std::ranges::all_of(id, [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
  });
}

v1::Alert ToAlert(const AlertState& state) {
  v1::Alert out;
  WriteFields(state.reference, *out.mutable_reference());
  out.set_state(StateOf(state));
  out.set_level(state.level());
  *out.mutable_due_at() = ToTimestamp(state.instants.due_at);
  if (!state.reached.empty()) {
    *out.mutable_raised_at() = ToTimestamp(state.reached.begin()->second);
  }
  for (const LevelInstant& instant : state.instants.levels) {
    v1::AlertLevelStatus* level = out.add_levels();
    level->set_level(instant.level);
    *level->mutable_at() = ToTimestamp(instant.at);
    AppendTo(*level->mutable_recipients(), state.RecipientsOf(instant.level));
    const auto reached = state.reached.find(instant.level);
    if (reached != state.reached.end()) {
      *level->mutable_reached_at() = ToTimestamp(reached->second);
    }
  }
  for (const PendingDelivery& pending : state.deliveries) Show(state, pending, out);
  for (const auto& [role, acknowledgement] : state.acknowledgements) {
    v1::Acknowledgement* one = out.add_acknowledgements();
    one->set_role(static_cast<common::v1::RecipientRole>(role));
    one->set_level(acknowledgement.level);
    *one->mutable_acknowledged_at() = ToTimestamp(acknowledgement.at);
  }
  if (state.resolved) {
    out.set_resolved_cause(std::string(ResolvedName(state.resolved->cause)));
    *out.mutable_resolved_at() = ToTimestamp(state.resolved->at);
  }
  out.set_times_raised(state.run);
  out.set_estimated(state.instants.estimated);
  out.set_due_at_remarks(RemarksOnDueDay(state.reference.rule_id, state.instants));
  return out;
}

}  // namespace pepline::notifications
