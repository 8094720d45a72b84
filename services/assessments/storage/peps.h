// Where the children's PEPs stand, as scheduling said it: records "pep" (id: the child's), routed
// by the child's id. Promises: every look-up asks the store; an event received twice or late never
// overwrites a newer one. Does not: request or wake SDQs (inbound does). Errors: InvalidArgument
// for an event that is not readable; whatever the store answers. Threads: safe from any thread.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_STORAGE_PEPS_H_
#define PEPLINE_SERVICES_ASSESSMENTS_STORAGE_PEPS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/assessments/domain/pep_standing.h"
#include "shared/domain/ids.h"
#include "shared/store/store.h"

namespace pepline::assessments {

class Peps {
 public:
  // The store must outlive this.
  explicit Peps(Store& store) : store_(store) {}

  // Keeps what the event says and answers true when it is about where a PEP stands; false for any
  // other event. True also for a repetition: the caller's own next step may have been cut off.
  absl::StatusOr<bool> Receive(const scheduling::v1::SchedulingEvent& event);
  // nullopt for a child whose PEP scheduling has not spoken of.
  absl::StatusOr<std::optional<PepStanding>> Find(const ChildId& child) const;

 private:
  Store& store_;
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_STORAGE_PEPS_H_
