// Which PEPs each child has, as scheduling said it, in a service that is not their owner: so no
// money is asked for a PEP that there never was. Records "child-peps" (id: the child's), routed by
// its id. Promises: every look-up asks the store; an event received twice or late changes nothing.
// Errors: InvalidArgument for an event that is not readable; whatever the store answers. Threads:
// safe from any thread.
#ifndef PEPLINE_SHARED_PROJECTIONS_CHILD_PEPS_H_
#define PEPLINE_SHARED_PROJECTIONS_CHILD_PEPS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/domain/ids.h"
#include "shared/store/store.h"

namespace pepline {

inline constexpr std::string_view kChildPepsKind = "child-peps";

class ChildPeps {
 public:
  // The store must outlive this.
  explicit ChildPeps(Store& store) : store_(store) {}

  // Keeps that a PEP opened; every other event leaves things as they are.
  absl::Status Receive(const scheduling::v1::SchedulingEvent& event);
  // The number of the child's newest PEP, which has every number before it; 0: scheduling has not
  // spoken of any.
  absl::StatusOr<int> NewestOf(const ChildId& child) const;

 private:
  Store& store_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROJECTIONS_CHILD_PEPS_H_
