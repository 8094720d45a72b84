// Gathers what a plan's rules may know besides the plan: the child as registry said it, the
// calendar of the child's school, the authority's policy profile, and the time; and whose the plan
// is now, for authorisation. Promises: reads the store at every call. Threads: safe from any
// thread; blocks on the store. Errors: whatever the store answers.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_FACTS_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_FACTS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/storage/codec.h"
#include "shared/base/clock.h"
#include "shared/domain/authorisation.h"
#include "shared/engine/execute.h"
#include "shared/projections/access_after_care.h"
#include "shared/projections/reference_data.h"
#include "shared/store/store.h"

namespace pepline::scheduling {

class FactsLoader {
 public:
  FactsLoader(Store& store, const Clock& clock, ReferenceData& reference)
      : store_(store), clock_(clock), reference_(reference), access_(clock, reference) {}

  absl::StatusOr<std::optional<ChildFacts>> LoadChild(const ChildId& child) const;
  absl::StatusOr<PlanFacts> Load(const ChildId& child) const;
  // For a command on the child's plan: the child is read together with the plan.
  Inputs<PlanCodec> InputsFor(const ChildId& child) const;
  // The authority's profile with those before it; null while it has adopted none.
  absl::StatusOr<std::shared_ptr<const Policy>> PolicyOf(const AuthorityCode& authority) const;

  // Whose a child's plan is and where the child is now; nobody's where registry does not know the
  // child. The plan itself may still be of the school before, or of the last one in care.
  absl::StatusOr<Resource> ResourceOf(const std::optional<ChildFacts>& child) const;
  // The same of a child's state that was read along with the plan; nullopt: an unknown child.
  absl::StatusOr<Resource> ResourceIn(const std::optional<std::string>& state) const;

 private:
  // The rest, where the child is known (or not known to registry).
  absl::StatusOr<PlanFacts> Complete(const ChildId& child_id,
                                     std::optional<ChildFacts> child) const;

  std::shared_ptr<const Policy> PolicyFrom(const AuthorityCode& authority,
                                           std::shared_ptr<const PolicyVersions> versions) const;

  // What a profile and those before it were last made into, of each authority.
  struct ReadPolicy {
    std::shared_ptr<const PolicyVersions> versions;
    std::shared_ptr<const Policy> policy;
  };

  Store& store_;
  const Clock& clock_;
  ReferenceData& reference_;
  AccessAfterCare access_;
  mutable absl::Mutex mutex_;
  mutable std::map<std::string, ReadPolicy> policies_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_FACTS_H_
