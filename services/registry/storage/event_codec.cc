// Events of registry in the words of the contract (pepline.registry.v1.RegistryEvent).
#include <optional>
#include <string>
#include <utility>

#include "services/registry/domain/fields.h"
#include "services/registry/storage/codec.h"
#include "services/registry/storage/event_messages.h"

namespace pepline::registry {
namespace {

// What a message says beside its event's own fields: whose it is, from the state after the event.
constexpr auto kNothing = [](const auto&, auto&) {};
struct OfSchool {
  const SchoolDetails& school;

  void operator()(const auto& event, auto& out) const {
    if constexpr (requires { out.mutable_school_urn(); }) out.set_school_urn(school.urn.text());
    if constexpr (requires { event.caring; }) {
      // The authority that hears of a vacancy.
      out.set_authority_code((event.caring.empty() ? school.authority : event.caring).text());
      out.set_of_caring_authority(!event.caring.empty());
    }
  }
  void operator()(const SchoolSucceeded&, v1::SchoolSucceeded& out) const {
    out.set_from_school_urn(school.urn.text());
  }
};
auto OfStaff(const StaffDetails& staff) {
  return [&staff](const auto&, auto& out) { out.set_staff_id(staff.staff.text()); };
}
struct OfChild {
  const ChildDetails& child;

  void operator()(const auto& event, auto& out) const {
    out.set_child_id(child.child.text());
    if constexpr (requires { out.mutable_authority_code(); }) {
      out.set_authority_code(child.authority.text());
    }
    if constexpr (requires { out.mutable_reason(); }) {
      const std::optional<CareCeasedReason> reason = event.reason;
      if (reason) out.set_reason(Published(*reason));
    }
    if constexpr (requires { out.mutable_old_reason(); }) {
      out.set_old_reason(Published(event.old_reason));
    }
  }

 private:
  // An adoption says more of where a child is than events may.
  std::string Published(CareCeasedReason reason) const {
    return std::string(child.location_restricted ? CareCeasedClass(reason)
                                                 : CareCeasedName(reason));
  }
};

// The aggregate's own id is the key of its events.
template <class Messages, class Event, class Complete>
EncodedEvent Encode(const std::string& key, const Event& event,
                    const common::v1::EventHeader& header, Complete complete) {
  v1::RegistryEvent envelope;
  *envelope.mutable_header() = header;
  return EncodeInto<Messages>(envelope, key, event, complete);
}

}  // namespace

EncodedEvent BankHolidaysCodec::EncodeEvent(const BankHolidaysState& after,
                                            const BankHolidaysEvent& event,
                                            const common::v1::EventHeader& header) {
  return registry::Encode<BankHolidaysMessages>(after.division, event, header, kNothing);
}

EncodedEvent TermDatesCodec::EncodeEvent(const TermDatesState& after, const TermDatesEvent& event,
                                         const common::v1::EventHeader& header) {
  return registry::Encode<TermDatesMessages>(after.authority.text(), event, header, kNothing);
}

EncodedEvent SchoolCalendarCodec::EncodeEvent(const SchoolCalendarState& after,
                                              const SchoolCalendarEvent& event,
                                              const common::v1::EventHeader& header) {
  return registry::Encode<SchoolCalendarMessages>(after.school.text(), event, header, kNothing);
}

bool PolicyCodec::IsPublished(const PolicyEvent& event) {
  return HasMessage<PolicyMessages>(event);
}

EncodedEvent PolicyCodec::EncodeEvent(const PolicyState& after, const PolicyEvent& event,
                                      const common::v1::EventHeader& header) {
  const AuthorityCode authority = after.adopted ? after.adopted->authority : AuthorityCode();
  return registry::Encode<PolicyMessages>(authority.text(), event, header, kNothing);
}

bool SchoolCodec::IsPublished(const SchoolEvent& event) {
  return HasMessage<SchoolMessages>(event);
}

EncodedEvent SchoolCodec::EncodeEvent(const SchoolState& after, const SchoolEvent& event,
                                      const common::v1::EventHeader& header) {
  return registry::Encode<SchoolMessages>(after.details.urn.text(), event, header,
                                          OfSchool{after.details});
}

bool StaffCodec::IsPublished(const StaffEvent& event) { return HasMessage<StaffMessages>(event); }

EncodedEvent StaffCodec::EncodeEvent(const StaffState& after, const StaffEvent& event,
                                     const common::v1::EventHeader& header) {
  return registry::Encode<StaffMessages>(after.details.staff.text(), event, header,
                                         OfStaff(after.details));
}

bool ChildCodec::IsPublished(const ChildEvent& event) {
  return std::holds_alternative<SdqDaysChanged>(event) || HasMessage<ChildMessages>(event);
}

EncodedEvent ChildCodec::EncodeEvent(const ChildState& after, const ChildEvent& event,
                                     const common::v1::EventHeader& header) {
  if (const auto* changed = std::get_if<SdqDaysChanged>(&event)) {
    const CareEpisode care = after.care.value_or(CareEpisode());
    return EncodeEvent(
        after, ChildBecameLookedAfter{care.started_on, care.pep_required, changed->sdq}, header);
  }
  return registry::Encode<ChildMessages>(after.details.child.text(), event, header,
                                         OfChild{after.details});
}

}  // namespace pepline::registry
