// The alerts of now, counted for /metrics: open ones by the highest level reached, those of which
// somebody is still to be told, and since when, and the messages that wait for the hours of their
// role or for others to the same person. One whose hold is over waits like any other.
// Promises: taken from the store, so right after a start and the same in every replica. Labels name
// the authority and never a school or a child. Errors: whatever the store answers. Threads: belongs
// to one.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_GAUGES_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_GAUGES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "shared/base/clock.h"
#include "shared/engine/gauges.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline::notifications {

class Gauges {
 public:
  // All must outlive this.
  Gauges(Store& store, const Clock& clock, Metrics& metrics);
  absl::Status Count();

 private:
  struct HeldMessage {
    absl::Time until;
    absl::Time raised_at;  // when the level was reached of which it tells
  };
  struct Note {
    std::string authority;
    int level = 0;
    bool open = false;
    std::optional<absl::Time> undelivered_since;  // of what is not held
    std::vector<HeldMessage> held;
  };

  const Clock& clock_;
  Metrics& metrics_;
  FollowedRecords alerts_;
  std::map<std::string, Note> notes_;
  AuthorityGauge open_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_GAUGES_H_
