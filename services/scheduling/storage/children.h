// What registry said about a child, kept as received in a record of its own.
// Promises: an event received twice or late never overwrites a newer one; the lists by which
// children are found are written with it. Does not: wake the plan.
// Errors: InvalidArgument for an event that is not readable; whatever the store answers. Threads:
// safe from any thread.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_CHILDREN_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_CHILDREN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "services/scheduling/domain/plan.h"
#include "shared/store/store.h"

namespace pepline::scheduling {

// The lists of children: for waking their plans when reference data changes, and for finding PEPs.
// Of an authority are those whom it looks after and those who are at its schools.
inline IndexEntry AllChildren() { return {"all", "children"}; }
inline IndexEntry ChildrenOfAuthority(const std::string& code) { return {"authority", code}; }
inline IndexEntry ChildrenAtSchool(const std::string& urn) { return {"school", urn}; }
// Those out of care: where their plan has no alarm, no change of a calendar or profile concerns it.
inline IndexEntry ChildrenAtRest() { return {"at-rest", "children"}; }

// The lists that a child is on, in rising order.
std::vector<IndexEntry> IndexOf(const ChildFacts& child);

// Whose event it is; empty for one that is about no child.
std::string ChildIn(const registry::v1::RegistryEvent& event);

absl::Status KeepChild(Store& store, const std::string& child_id,
                       const registry::v1::RegistryEvent& event);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_CHILDREN_H_
