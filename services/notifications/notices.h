// Which notices follow from what other services said: scheduling of a PEP that opens, of a meeting
// that is passed on, put off again or out of the ordinary, and of a child who is 18; registry of a
// child who joins or leaves a school, and of the end of care.
// Promises: an event that comes again, also after a rebuild or with the consumer's position lost,
// gives notices of the same ids. Who is told is what the authority's policy profile says when the
// event is heard, and the catalogue's default where it says nothing. What is too old (IsOldNews),
// or of a kind that the profile switches off, is counted and passed over. A child whom nobody looks
// after is no news. Does not: keep or send anything. Errors: InvalidArgument for an event that is
// not readable; whatever the store answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_NOTICES_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_NOTICES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/notifications/domain/notice.h"
#include "shared/base/clock.h"
#include "shared/observability/metrics.h"
#include "shared/projections/known_children.h"
#include "shared/projections/reference_data.h"
#include "shared/store/store.h"

namespace pepline::notifications {

class Notices {
 public:
  // All must outlive this.
  Notices(Store& store, const Clock& clock, const KnownChildren& children, Metrics& metrics);

  // In the order in which they are to be given; empty for an event that is no news. What the event
  // says of a child is kept before.
  absl::StatusOr<std::vector<GiveNotice>> Of(const registry::v1::RegistryEvent& event);
  absl::StatusOr<std::vector<GiveNotice>> Of(const scheduling::v1::SchedulingEvent& event);

 private:
  absl::StatusOr<std::vector<GiveNotice>> Give(const std::vector<News>& news, bool looked_after,
                                               const common::v1::EventHeader& header);

  const Clock& clock_;
  const KnownChildren& children_;
  Metrics& metrics_;
  ReferenceData reference_;
};

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_NOTICES_H_
