#include "services/registry/inbound.h"

#include "services/registry/config.h"
#include "services/registry/metrics.h"
#include "shared/engine/inbound_event.h"

namespace pepline::registry {
namespace {

using v1::RegistryEvent;

// A fact that schools follow has an alarm of its own, under its id; it has no record besides the
// one that the event came from.
constexpr std::string_view kChangedPolicy = "changed-policy";
constexpr std::string_view kChangedBankHolidays = "changed-bank-holidays";
// Children follow the profile too: the days of their SDQs do.
constexpr std::string_view kChangedPolicyOfChildren = "changed-policy-of-children";

WakeUp Schools(IndexEntry listed) {
  return {.listed = std::move(listed), .kind = std::string(SchoolCodec::kKind)};
}

WakeUp Children(IndexEntry listed) {
  return {.listed = std::move(listed), .kind = std::string(ChildCodec::kKind)};
}

Origin WithoutSource(const std::string& traceparent) {
  // Catching up is idempotent by nature, so it needs no mark.
  Origin origin = Origin::Alarm(std::nullopt);
  origin.traceparent = traceparent;
  return origin;
}

}  // namespace

template <class Codec>
absl::Status Inbound::Handle(const std::string& id, const typename Codec::Rules::Command& command,
                             const Origin& origin) {
  return HandleInbound<Codec>(
      engine_, TargetOf<Codec>(id), command, origin, InputsFor<Codec>(facts_, command),
      [](Metrics& metrics, const auto& events) { CountEvents(metrics, events); });
}

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  return ReadTopics(
      "registry", engine_, record,
      Reads<RegistryEvent>(kTopic, [this](const auto& event) { return OnEvent(event); }));
}

absl::Status Inbound::OnAlarm(const DueAlarm& alarm) {
  const RecordKey& key = alarm.key;
  const Origin fired = Origin::Alarm(alarm.due_at);
  if (key.kind == StaffCodec::kKind) return Handle<StaffCodec>(key.id, Wake{}, fired);
  if (key.kind == StaffOfChildCodec::kKind) return Handle<StaffOfChildCodec>(key.id, Wake{}, fired);
  if (key.kind == ChildCodec::kKind) return Handle<ChildCodec>(key.id, Wake{}, fired);
  if (key.kind == PolicyCodec::kKind) return Handle<PolicyCodec>(key.id, Wake{}, fired);
  if (key.kind == SchoolCodec::kKind) return Handle<SchoolCodec>(key.id, Wake{}, fired);
  if (key.kind == kChangedPolicy) {
    // The profile may stand in for that of a school of another authority.
    return changed_.Spread(alarm, Schools(SchoolsWithLookedAfterChildren()));
  }
  if (key.kind == kChangedPolicyOfChildren) {
    return changed_.Spread(alarm, Children(ChildrenOf(AuthorityCode(key.id))));
  }
  if (key.kind == kChangedBankHolidays) {
    return changed_.Spread(alarm, Schools(SchoolsWithLookedAfterChildren()));
  }
  return absl::InternalError("an alarm of a record that has none");
}

absl::Status Inbound::OnEvent(const RegistryEvent& event) {
  const auto& header = event.header();
  switch (event.event_case()) {
    case RegistryEvent::kChildBecameLookedAfter:
      return OnCare(ChildId(event.child_became_looked_after().child_id()), header);
    case RegistryEvent::kChildCeasedToBeLookedAfter:
      return OnCare(ChildId(event.child_ceased_to_be_looked_after().child_id()), header);
    case RegistryEvent::kChildEnrolled: {
      const auto& emitted = event.child_enrolled();
      return CountChild(ChildId(emitted.child_id()), SchoolUrn(emitted.school_urn()), header);
    }
    case RegistryEvent::kChildMovedSchool: {
      const auto& emitted = event.child_moved_school();
      const ChildId child(emitted.child_id());
      absl::Status left = CountChild(child, SchoolUrn(emitted.from_school_urn()), header);
      if (!left.ok()) return left;
      return CountChild(child, SchoolUrn(emitted.to_school_urn()), header);
    }
    case RegistryEvent::kCareEndCorrected:
      return OnCare(ChildId(event.care_end_corrected().child_id()), header);
    case RegistryEvent::kEnrolmentCorrected: {
      const auto& emitted = event.enrolment_corrected();
      const ChildId child(emitted.child_id());
      absl::Status left = CountChild(child, SchoolUrn(emitted.old_school_urn()), header);
      if (!left.ok() || emitted.old_school_urn() == emitted.school_urn()) return left;
      return CountChild(child, SchoolUrn(emitted.school_urn()), header);
    }
    case RegistryEvent::kSchoolOfChildSucceeded: {
      const auto& emitted = event.school_of_child_succeeded();
      const ChildId child(emitted.child_id());
      absl::Status left = CountChild(child, SchoolUrn(emitted.from_school_urn()), header);
      if (!left.ok()) return left;
      return CountChild(child, SchoolUrn(emitted.to_school_urn()), header);
    }
    case RegistryEvent::kStaffAppointed:
      return OnPost(event.staff_appointed(), header);
    case RegistryEvent::kAppointmentEnded:
      return OnPost(event.appointment_ended(), header);
    case RegistryEvent::kAppointmentCorrected:
      return OnPost(event.appointment_corrected(), header);
    case RegistryEvent::kPolicyProfileAdopted: {
      const std::string& authority = event.policy_profile_adopted().profile().authority_code();
      absl::Status noted = changed_.Note({std::string(kChangedPolicy), authority});
      noted.Update(changed_.Note({std::string(kChangedPolicyOfChildren), authority}));
      return noted;
    }
    case RegistryEvent::kBankHolidaysPublished:
      return changed_.Note(
          {std::string(kChangedBankHolidays), event.bank_holidays_published().division()});
    case RegistryEvent::kSchoolRegistered:
    case RegistryEvent::kSchoolClosed:
    case RegistryEvent::kSchoolMovedAuthority:
    case RegistryEvent::kSchoolSucceeded:
    case RegistryEvent::kSchoolOfChildMovedAuthority:
    case RegistryEvent::kCareStartCorrected:
    case RegistryEvent::kTermDatesPublished:
    case RegistryEvent::kSchoolCalendarPublished:
    case RegistryEvent::kDesignatedTeacherAppointed:
    case RegistryEvent::kDesignatedTeacherVacancyBegan:
    case RegistryEvent::kDesignatedTeacherVacancyEnded:
      return absl::OkStatus();  // no other record follows from these
    case RegistryEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnCare(const ChildId& child, const common::v1::EventHeader& header) {
  if (child.empty()) return EventNotReadable();
  auto state = facts_.Find<ChildCodec>(child.text());
  if (!state.ok()) return state.status();
  if (!state->enrolment) return absl::OkStatus();  // enrolment comes with its own event
  return CountChild(child, state->enrolment->school, header);
}

absl::Status Inbound::CountChild(const ChildId& child, const SchoolUrn& school,
                                 const common::v1::EventHeader& header) {
  if (child.empty() || school.empty()) return EventNotReadable();
  auto state = facts_.Find<ChildCodec>(child.text());
  if (!state.ok()) return state.status();
  const bool there =
      IsLookedAfter(*state) && state->enrolment && state->enrolment->school == school;
  return Handle<SchoolCodec>(school.text(), RecordLookedAfterChild{child, there},
                             Origin::Event(header));
}

template <class Post>
absl::Status Inbound::OnPost(const Post& emitted, const common::v1::EventHeader& header) {
  if (emitted.role() != common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER) return absl::OkStatus();
  if (emitted.school_urn().empty()) return EventNotReadable();
  return Handle<SchoolCodec>(emitted.school_urn(), Wake{}, WithoutSource(header.traceparent()));
}

}  // namespace pepline::registry
