#include "shared/projections/known_children.h"

#include <string>

#include "pepline/runtime/v1/known_child.pb.h"
#include "shared/domain/calendar.h"
#include "shared/engine/envelopes.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/reference_data.h"

namespace pepline {
namespace {

using registry::v1::RegistryEvent;

// Whose event it is; empty for one that is about no child.
std::string ChildOf(const RegistryEvent& event) {
  switch (event.event_case()) {
    case RegistryEvent::kChildBecameLookedAfter:
      return event.child_became_looked_after().child_id();
    case RegistryEvent::kChildEnrolled:
      return event.child_enrolled().child_id();
    case RegistryEvent::kChildMovedSchool:
      return event.child_moved_school().child_id();
    case RegistryEvent::kSchoolOfChildMovedAuthority:
      return event.school_of_child_moved_authority().child_id();
    case RegistryEvent::kSchoolOfChildSucceeded:
      return event.school_of_child_succeeded().child_id();
    case RegistryEvent::kChildCeasedToBeLookedAfter:
      return event.child_ceased_to_be_looked_after().child_id();
    case RegistryEvent::kCareEndCorrected:
      return event.care_end_corrected().child_id();
    case RegistryEvent::kEnrolmentCorrected:
      return event.enrolment_corrected().child_id();
    default:  // a later version's events are about no child that we know
      return "";
  }
}

void Learn(const RegistryEvent& event, runtime::v1::KnownChild& child) {
  if (event.has_child_became_looked_after()) {
    const auto& said = event.child_became_looked_after();
    child.set_authority_code(said.authority_code());
    child.set_looked_after(true);
    child.clear_ceased_on();
    // All empty where a version said it that did not know them.
    child.set_sdq_from(said.sdq_from());
    child.set_sdq_until(said.sdq_until());
    child.set_sdq_from_age(said.sdq_from_age());
  } else if (event.has_child_enrolled()) {
    child.set_school_urn(event.child_enrolled().school_urn());
    child.set_school_authority_code(event.child_enrolled().school_authority_code());
  } else if (event.has_child_moved_school()) {
    child.set_school_urn(event.child_moved_school().to_school_urn());
    child.set_school_authority_code(event.child_moved_school().to_school_authority_code());
  } else if (event.has_school_of_child_moved_authority()) {
    const auto& emitted = event.school_of_child_moved_authority();
    if (child.school_urn() == emitted.school_urn()) {
      child.set_school_authority_code(emitted.school_authority_code());
    }
  } else if (event.has_school_of_child_succeeded()) {
    const auto& emitted = event.school_of_child_succeeded();
    if (child.school_urn() == emitted.from_school_urn()) {
      child.set_school_urn(emitted.to_school_urn());
      child.set_school_authority_code(emitted.to_school_authority_code());
    }
  } else if (event.has_child_ceased_to_be_looked_after()) {
    child.set_looked_after(false);
    child.set_ceased_on(event.child_ceased_to_be_looked_after().ceased_on());
  } else if (event.has_care_end_corrected()) {
    // Without a day care has not ceased.
    child.set_looked_after(event.care_end_corrected().ceased_on().empty());
    child.set_ceased_on(event.care_end_corrected().ceased_on());
  } else if (event.has_enrolment_corrected()) {
    child.set_school_urn(event.enrolment_corrected().school_urn());
    child.set_school_authority_code(event.enrolment_corrected().school_authority_code());
  }
}

absl::StatusOr<std::optional<KnownChild>> Decode(const std::optional<std::string>& state) {
  if (!state) return std::optional<KnownChild>();
  runtime::v1::KnownChild stored;
  if (!stored.ParseFromString(*state)) {
    return absl::DataLossError("a stored child cannot be read");
  }
  KnownChild child{AuthorityCode(stored.authority_code()), SchoolUrn(stored.school_urn()),
                   AuthorityCode(stored.school_authority_code()), stored.looked_after(),
                   ParseDate(stored.ceased_on())};
  const auto sdq_from = ParseDate(stored.sdq_from());
  const auto sdq_until = ParseDate(stored.sdq_until());
  if (sdq_from && sdq_until) child.sdq = SdqDays{*sdq_from, *sdq_until, stored.sdq_from_age()};
  return std::optional(std::move(child));
}

absl::StatusOr<Resource> ToResource(const absl::StatusOr<std::optional<KnownChild>>& known,
                                    const AccessAfterCare& access) {
  if (!known.ok()) return known.status();
  if (!*known) return Resource{};
  const KnownChild& child = **known;
  Resource resource{child.authority, child.school};
  // Without an authority nobody has looked after the child yet.
  if (child.looked_after || child.authority.empty()) return resource;
  resource.access_ended = true;
  if (child.ceased_on) {
    auto ended = access.HasEnded(child.authority, *child.ceased_on);
    if (!ended.ok()) return ended.status();
    resource.access_ended = *ended;
  }
  return resource;
}

}  // namespace

absl::StatusOr<bool> KnownChildren::Receive(const RegistryEvent& event) {
  if (event.has_policy_profile_adopted()) return reference_.Receive(event, std::nullopt);
  const std::string id = ChildOf(event);
  if (id.empty()) return false;
  if (event.has_child_became_looked_after() &&
      event.child_became_looked_after().authority_code().empty()) {
    return EventNotReadable();
  }
  if (event.has_child_ceased_to_be_looked_after() &&
      !ParseDate(event.child_ceased_to_be_looked_after().ceased_on())) {
    return EventNotReadable();
  }
  if (event.has_care_end_corrected() && !event.care_end_corrected().ceased_on().empty() &&
      !ParseDate(event.care_end_corrected().ceased_on())) {
    return EventNotReadable();
  }
  absl::Status kept =
      KeepFromEvent(store_, id, RecordOf(ChildId(id)), event.header(),
                    [&](const std::optional<std::string>& bytes) -> absl::StatusOr<KeptChange> {
                      runtime::v1::KnownChild child;
                      if (bytes && !child.ParseFromString(*bytes)) {
                        return absl::DataLossError("a stored child cannot be read");
                      }
                      Learn(event, child);
                      return KeptChange{child.SerializeAsString(), {}};
                    });
  if (!kept.ok()) return kept;
  return true;
}

absl::StatusOr<std::optional<KnownChild>> KnownChildren::Find(const ChildId& child) const {
  const auto state = LoadState(store_, child.text(), RecordOf(child));
  if (!state.ok()) return state.status();
  return Decode(*state);
}

absl::StatusOr<Resource> KnownChildren::ResourceOf(const ChildId& child) const {
  return ToResource(Find(child), access_);
}

absl::StatusOr<std::shared_ptr<const common::v1::PolicyProfile>> KnownChildren::ProfileOf(
    const AuthorityCode& authority) const {
  return reference_.LoadPolicy(authority);
}

RecordKey KnownChildren::RecordOf(const ChildId& child) {
  return {std::string(kKnownChildKind), child.text()};
}

absl::StatusOr<std::optional<KnownChild>> KnownChildren::ChildIn(
    const std::optional<std::string>& state) {
  return Decode(state);
}

absl::StatusOr<Resource> KnownChildren::ResourceIn(const std::optional<std::string>& state) const {
  return ToResource(Decode(state), access_);
}

}  // namespace pepline
