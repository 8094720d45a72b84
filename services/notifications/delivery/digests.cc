#include "services/notifications/delivery/digests.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace pepline::notifications {

Digests::Digests(const Engine& engine, Listener listener)
    : engine_(engine), listener_(std::move(listener)) {}

absl::StatusOr<absl::Time> Digests::Join(const StaffId& staff, const DigestItem& item,
                                         const std::string& trace) {
  Origin origin = Origin::Alarm(std::nullopt);
  origin.traceparent = trace;
  const auto state = Handle(staff, JoinDigest{item}, origin);
  if (!state.ok()) return state.status();
  const bool has_joined = std::ranges::find(state->items, item) != state->items.end();
  return has_joined ? state->due_at : state->taken_at;
}

absl::Status Digests::OnAlarm(const StaffId& staff, absl::Time due_at) {
  return Handle(staff, TakeDigest{}, Origin::Alarm(due_at)).status();
}

absl::StatusOr<DigestState> Digests::Handle(const StaffId& staff, const DigestCommand& command,
                                            const Origin& origin) {
  const Inputs<DigestCodec> inputs = {
      .facts = [this](const DigestState&, const RecordStates&) -> absl::StatusOr<DigestFacts> {
        return DigestFacts{engine_.clock.Now()};
      }};
  auto outcome = Execute<DigestCodec>(engine_, DigestOf(staff), command, origin, inputs);
  if (!outcome.ok()) return outcome.status();
  auto* done = std::get_if<Done<DigestCodec>>(&*outcome);
  if (done == nullptr) return absl::InternalError("a digest refuses nothing");
  for (const DigestEvent& event : done->events) {
    if (const auto* taken = std::get_if<DigestTaken>(&event)) listener_(staff, *taken);
  }
  return std::move(done->state);
}

}  // namespace pepline::notifications
