// Domain types to protobuf and back: roles, instants, what RPCs show.
// Promises: total; what cannot be read gives nullopt. Threads: pure.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_CONVERSIONS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_CONVERSIONS_H_

#include <optional>
#include <string>

#include "pepline/common/v1/policy_profile.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "services/notifications/domain/alert.h"
#include "shared/projections/policy_conversions.h"
#include "shared/rpc/request_fields.h"

namespace pepline::notifications {

// The levels of an event in rising order. Roles that this version does not know are passed over;
// nullopt when an instant is missing or a level is named twice.
using ProtoLevels = google::protobuf::RepeatedPtrField<common::v1::AlertInstant>;
std::optional<std::vector<LevelInstant>> ReadLevels(const ProtoLevels& levels);

// Opaque ids alone: letters, digits, '.', '-' and '_', at most 200 of them. Ids become parts of
// mail headers and file names.
bool IsPlainId(const std::string& id);

v1::AlertState StateOf(const AlertState& state);
// The alert as RPCs answer it; it must have been raised.
v1::Alert ToAlert(const AlertState& state);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_CONVERSIONS_H_
