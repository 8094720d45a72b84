// Brings messages to one person together (domain/digest.h): puts on record that one joins, and says
// what was taken to whoever sends it.
// Promises: what joined is told to the listener of one process, once. Does not: send, repeat; a
// message that is lost on the way comes again by the alarm of its alert. Errors: what the store
// answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DIGESTS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DIGESTS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/notifications/domain/digest.h"
#include "services/notifications/storage/digest_codec.h"
#include "shared/engine/execute.h"

namespace pepline::notifications {

class Digests {
 public:
  // Must not block.
  using Listener = std::function<void(const StaffId&, const DigestTaken&)>;
  // The engine must outlive this.
  Digests(const Engine& engine, Listener listener);

  // When it leaves with the others; in the past where it was taken already. `trace` is what the
  // message belongs to.
  absl::StatusOr<absl::Time> Join(const StaffId& staff, const DigestItem& item,
                                  const std::string& trace);
  absl::Status OnAlarm(const StaffId& staff, absl::Time due_at);

 private:
  absl::StatusOr<DigestState> Handle(const StaffId& staff, const DigestCommand& command,
                                     const Origin& origin);

  const Engine& engine_;
  const Listener listener_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DELIVERY_DIGESTS_H_
