// Events of registry in the words of the contract (pepline.registry.v1.RegistryEvent).
#include <utility>

#include "pepline/registry/v1/registry_events.pb.h"
#include "services/registry/storage/codec.h"
#include "services/registry/storage/conversions.h"

namespace pepline::registry {
namespace {

using v1::RegistryEvent;

// One function per event of the contract: fills its member of the oneof and gives it back. Events
// that stay inside registry fill nothing and give null.
template <class State, class Event>
const google::protobuf::Message* Fill(const State&, const Event&, RegistryEvent&) {
  return nullptr;
}

const google::protobuf::Message* Fill(const BankHolidaysState&, const BankHolidaysPublished& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_bank_holidays_published();
  emitted->set_division(event.division);
  FillDays(event.days, *emitted->mutable_days());
  return emitted;
}

const google::protobuf::Message* Fill(const TermDatesState&, const TermDatesPublished& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_term_dates_published();
  emitted->set_authority_code(event.authority.text());
  FillTerms(event.terms, *emitted->mutable_terms());
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolCalendarState&,
                                      const SchoolCalendarPublished& event, RegistryEvent& out) {
  auto* emitted = out.mutable_school_calendar_published();
  emitted->set_school_urn(event.school.text());
  emitted->set_authority_code(event.authority.text());
  FillDays(event.closed_days, *emitted->mutable_closed_days());
  FillTerms(event.terms, *emitted->mutable_terms());
  return emitted;
}

const google::protobuf::Message* Fill(const PolicyState&, const PolicyProfileAdopted& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_policy_profile_adopted();
  *emitted->mutable_profile() = ToProto(event.profile);
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolState&, const SchoolRegistered& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_school_registered();
  emitted->set_school_urn(event.details.urn.text());
  emitted->set_authority_code(event.details.authority.text());
  emitted->set_phase(event.details.phase);
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolState& after, const SchoolClosed& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_school_closed();
  emitted->set_school_urn(after.details.urn.text());
  emitted->set_closed_on(FormatDate(event.closed_on));
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolState& after, const SchoolMovedAuthority& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_school_moved_authority();
  emitted->set_school_urn(after.details.urn.text());
  emitted->set_from_authority_code(event.from.text());
  emitted->set_to_authority_code(event.to.text());
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolState& after,
                                      const DesignatedTeacherAppointed& event, RegistryEvent& out) {
  auto* emitted = out.mutable_designated_teacher_appointed();
  emitted->set_school_urn(after.details.urn.text());
  emitted->set_staff_id(event.staff.text());
  emitted->set_from_on(FormatDate(event.from_on));
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolState& after,
                                      const DesignatedTeacherVacancyBegan& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_designated_teacher_vacancy_began();
  emitted->set_school_urn(after.details.urn.text());
  emitted->set_since_on(FormatDate(event.since_on));
  emitted->set_authority_code(after.details.authority.text());
  for (const AlertInstant& level : event.levels) *emitted->add_levels() = ToProto(level);
  return emitted;
}

const google::protobuf::Message* Fill(const SchoolState& after,
                                      const DesignatedTeacherVacancyEnded& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_designated_teacher_vacancy_ended();
  emitted->set_school_urn(after.details.urn.text());
  emitted->set_since_on(FormatDate(event.since_on));
  emitted->set_authority_code(after.details.authority.text());
  emitted->set_ended_on(FormatDate(event.ended_on));
  return emitted;
}

template <class Emitted>
void FillPost(const Post& post, Emitted& emitted) {
  emitted.set_role(ToProto(post.role));
  emitted.set_school_urn(post.school.text());
  emitted.set_authority_code(post.authority.text());
  emitted.set_child_id(post.child.text());
}

const google::protobuf::Message* Fill(const StaffState& after, const StaffAppointed& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_staff_appointed();
  emitted->set_staff_id(after.details.staff.text());
  FillPost(event.post, *emitted);
  emitted->set_from_on(FormatDate(event.from_on));
  return emitted;
}

const google::protobuf::Message* Fill(const StaffState& after, const AppointmentEnded& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_appointment_ended();
  emitted->set_staff_id(after.details.staff.text());
  FillPost(event.post, *emitted);
  emitted->set_until_on(FormatDate(event.until_on));
  return emitted;
}

const google::protobuf::Message* FillLookedAfter(const ChildId& child,
                                                 const AuthorityCode& authority,
                                                 const ChildBecameLookedAfter& event,
                                                 RegistryEvent& out) {
  auto* emitted = out.mutable_child_became_looked_after();
  emitted->set_child_id(child.text());
  emitted->set_authority_code(authority.text());
  emitted->set_became_looked_after_on(FormatDate(event.started_on));
  emitted->set_pep_required(event.pep_required);
  if (event.sdq) {
    emitted->set_sdq_from(FormatDate(event.sdq->from));
    emitted->set_sdq_until(FormatDate(event.sdq->until));
    emitted->set_sdq_from_age(event.sdq->from_age);
  }
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after, const ChildBecameLookedAfter& event,
                                      RegistryEvent& out) {
  return FillLookedAfter(after.details.child, after.details.authority, event, out);
}

const google::protobuf::Message* Fill(const ChildState& after, const SdqDaysChanged& event,
                                      RegistryEvent& out) {
  const CareEpisode care = after.care.value_or(CareEpisode());
  return FillLookedAfter(after.details.child, after.details.authority,
                         {care.started_on, care.pep_required, event.sdq}, out);
}

const google::protobuf::Message* Fill(const ChildState& after, const ChildEnrolled& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_child_enrolled();
  emitted->set_child_id(after.details.child.text());
  emitted->set_school_urn(event.enrolment.school.text());
  emitted->set_school_authority_code(event.enrolment.school_authority.text());
  emitted->set_enrolled_on(FormatDate(event.enrolment.enrolled_on));
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after, const ChildMovedSchool& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_child_moved_school();
  emitted->set_child_id(after.details.child.text());
  emitted->set_from_school_urn(event.from.text());
  emitted->set_to_school_urn(event.to.school.text());
  emitted->set_to_school_authority_code(event.to.school_authority.text());
  emitted->set_moved_on(FormatDate(event.to.enrolled_on));
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after,
                                      const SchoolOfChildMovedAuthority& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_school_of_child_moved_authority();
  emitted->set_child_id(after.details.child.text());
  emitted->set_school_urn(event.school.text());
  emitted->set_school_authority_code(event.authority.text());
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after,
                                      const ChildCeasedToBeLookedAfter& event, RegistryEvent& out) {
  auto* emitted = out.mutable_child_ceased_to_be_looked_after();
  emitted->set_child_id(after.details.child.text());
  emitted->set_ceased_on(FormatDate(event.ceased_on));
  emitted->set_reason(std::string(CareCeasedName(event.reason)));
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after, const CareStartCorrected& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_care_start_corrected();
  emitted->set_child_id(after.details.child.text());
  emitted->set_old_became_looked_after_on(FormatDate(event.correction.old_day));
  emitted->set_became_looked_after_on(ToText(event.correction.new_day));
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after, const CareEndCorrected& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_care_end_corrected();
  emitted->set_child_id(after.details.child.text());
  emitted->set_old_ceased_on(FormatDate(event.correction.old_day));
  emitted->set_ceased_on(ToText(event.correction.new_day));
  emitted->set_old_reason(std::string(CareCeasedName(event.old_reason)));
  if (event.reason) emitted->set_reason(std::string(CareCeasedName(*event.reason)));
  return emitted;
}

const google::protobuf::Message* Fill(const ChildState& after, const EnrolmentCorrected& event,
                                      RegistryEvent& out) {
  auto* emitted = out.mutable_enrolment_corrected();
  emitted->set_child_id(after.details.child.text());
  emitted->set_old_school_urn(event.correction.old_school.text());
  emitted->set_school_urn(event.enrolment.school.text());
  emitted->set_school_authority_code(event.enrolment.school_authority.text());
  emitted->set_old_enrolled_on(FormatDate(event.correction.old_day));
  emitted->set_enrolled_on(FormatDate(event.enrolment.enrolled_on));
  emitted->set_move_taken_back(event.move_taken_back);
  emitted->set_by_move(event.by_move);
  return emitted;
}

// The aggregate's own id is the key of its events.
template <class State, class Event>
EncodedEvent EncodeWithKey(const std::string& key, const State& after, const Event& event,
                           const common::v1::EventHeader& header) {
  RegistryEvent envelope;
  *envelope.mutable_header() = header;
  const google::protobuf::Message* emitted =
      std::visit([&](const auto& one) { return Fill(after, one, envelope); }, event);
  return {emitted ? emitted->GetDescriptor()->full_name() : std::string(), key,
          envelope.SerializeAsString()};
}

// Whether Fill has something to say about it.
template <class State, class Event>
bool HasContract(const Event& event) {
  RegistryEvent scratch;
  return std::visit([&](const auto& one) { return Fill(State(), one, scratch) != nullptr; }, event);
}

}  // namespace

EncodedEvent BankHolidaysCodec::EncodeEvent(const BankHolidaysState& after,
                                            const BankHolidaysEvent& event,
                                            const common::v1::EventHeader& header) {
  return EncodeWithKey(after.division, after, event, header);
}

EncodedEvent TermDatesCodec::EncodeEvent(const TermDatesState& after, const TermDatesEvent& event,
                                         const common::v1::EventHeader& header) {
  return EncodeWithKey(after.authority.text(), after, event, header);
}

EncodedEvent SchoolCalendarCodec::EncodeEvent(const SchoolCalendarState& after,
                                              const SchoolCalendarEvent& event,
                                              const common::v1::EventHeader& header) {
  return EncodeWithKey(after.school.text(), after, event, header);
}

bool PolicyCodec::IsPublished(const PolicyEvent& event) { return HasContract<PolicyState>(event); }

EncodedEvent PolicyCodec::EncodeEvent(const PolicyState& after, const PolicyEvent& event,
                                      const common::v1::EventHeader& header) {
  const AuthorityCode authority = after.adopted ? after.adopted->authority : AuthorityCode();
  return EncodeWithKey(authority.text(), after, event, header);
}

bool SchoolCodec::IsPublished(const SchoolEvent& event) { return HasContract<SchoolState>(event); }

EncodedEvent SchoolCodec::EncodeEvent(const SchoolState& after, const SchoolEvent& event,
                                      const common::v1::EventHeader& header) {
  return EncodeWithKey(after.details.urn.text(), after, event, header);
}

bool StaffCodec::IsPublished(const StaffEvent& event) { return HasContract<StaffState>(event); }

EncodedEvent StaffCodec::EncodeEvent(const StaffState& after, const StaffEvent& event,
                                     const common::v1::EventHeader& header) {
  return EncodeWithKey(after.details.staff.text(), after, event, header);
}

bool ChildCodec::IsPublished(const ChildEvent& event) { return HasContract<ChildState>(event); }

EncodedEvent ChildCodec::EncodeEvent(const ChildState& after, const ChildEvent& event,
                                     const common::v1::EventHeader& header) {
  return EncodeWithKey(after.details.child.text(), after, event, header);
}

}  // namespace pepline::registry
