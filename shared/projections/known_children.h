// The children as registry said them, in a service that is not their owner: who looks after them
// and at which school they are now. For authorisation ("a Designated Teacher reaches only children
// now at their schools", and for some time after care has ceased) and for refusing commands about
// unknown children.
// Promises: every look-up asks the store, so nothing is stale; an event received twice or late
// never overwrites a newer one. Records are "known-child" (id: the child's), routed by the child's
// id, and "policy" as reference_data.h keeps it. Does not: hold anything personal. Errors:
// InvalidArgument for an event that is not readable; whatever the store answers. Threads: safe from
// any thread.
#ifndef PEPLINE_SHARED_PROJECTIONS_KNOWN_CHILDREN_H_
#define PEPLINE_SHARED_PROJECTIONS_KNOWN_CHILDREN_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "shared/base/clock.h"
#include "shared/domain/authorisation.h"
#include "shared/domain/ids.h"
#include "shared/domain/profile/sdq_settings.h"
#include "shared/projections/access_after_care.h"
#include "shared/projections/reference_data.h"
#include "shared/store/store.h"

namespace pepline {

inline constexpr std::string_view kKnownChildKind = "known-child";

struct KnownChild {
  AuthorityCode authority;
  SchoolUrn school;  // empty: on no roll
  AuthorityCode school_authority;
  bool looked_after = false;
  // nullopt: in care, never in care, or ceased before this was kept.
  std::optional<absl::CivilDay> ceased_on = std::nullopt;
  std::optional<SdqDays> sdq = std::nullopt;  // nullopt: registry has not said it
  friend bool operator==(const KnownChild&, const KnownChild&) = default;
};

class KnownChildren {
 public:
  // Both must outlive this.
  KnownChildren(Store& store, const Clock& clock)
      : store_(store), reference_(store), access_(clock, reference_) {}

  // Keeps what the event says and answers true when it is about a child, or the policy profile that
  // says who reaches one; false for any other event.
  absl::StatusOr<bool> Receive(const registry::v1::RegistryEvent& event);
  // nullopt for a child that registry has not spoken of.
  absl::StatusOr<std::optional<KnownChild>> Find(const ChildId& child) const;
  // An empty resource (nobody's, so nobody with a limited reach may touch it) for an unknown child.
  // Where care has ceased and it is not known when, access has ended.
  absl::StatusOr<Resource> ResourceOf(const ChildId& child) const;

  // The profile adopted last by an authority; null while it has not adopted one.
  absl::StatusOr<std::shared_ptr<const common::v1::PolicyProfile>> ProfileOf(
      const AuthorityCode& authority) const;

  // For those who read the child along with records of its partition: the record to ask for, and
  // the resource that its state (nullopt: an unknown child) stands for.
  static RecordKey RecordOf(const ChildId& child);
  absl::StatusOr<Resource> ResourceIn(const std::optional<std::string>& state) const;
  static absl::StatusOr<std::optional<KnownChild>> ChildIn(const std::optional<std::string>& state);

 private:
  Store& store_;
  mutable ReferenceData reference_;  // its look-ups keep what they parsed
  AccessAfterCare access_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROJECTIONS_KNOWN_CHILDREN_H_
