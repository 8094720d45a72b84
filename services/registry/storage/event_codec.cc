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
  auto* said = out.mutable_bank_holidays_published();
  said->set_division(event.division);
  FillDays(event.days, *said->mutable_days());
  return said;
}

const google::protobuf::Message* Fill(const TermDatesState&, const TermDatesPublished& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_term_dates_published();
  said->set_authority_code(event.authority.text());
  FillTerms(event.terms, *said->mutable_terms());
  return said;
}

const google::protobuf::Message* Fill(const SchoolCalendarState&,
                                      const SchoolCalendarPublished& event, RegistryEvent& out) {
  auto* said = out.mutable_school_calendar_published();
  said->set_school_urn(event.school.text());
  said->set_authority_code(event.authority.text());
  FillDays(event.closed_days, *said->mutable_closed_days());
  FillTerms(event.terms, *said->mutable_terms());
  return said;
}

const google::protobuf::Message* Fill(const PolicyState&, const PolicyProfileAdopted& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_policy_profile_adopted();
  *said->mutable_profile() = ToProto(event.profile);
  return said;
}

const google::protobuf::Message* Fill(const SchoolState&, const SchoolRegistered& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_school_registered();
  said->set_school_urn(event.details.urn.text());
  said->set_authority_code(event.details.authority.text());
  said->set_phase(event.details.phase);
  return said;
}

const google::protobuf::Message* Fill(const SchoolState& after, const SchoolClosed& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_school_closed();
  said->set_school_urn(after.details.urn.text());
  said->set_closed_on(FormatDate(event.closed_on));
  return said;
}

const google::protobuf::Message* Fill(const SchoolState& after, const SchoolMovedAuthority& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_school_moved_authority();
  said->set_school_urn(after.details.urn.text());
  said->set_from_authority_code(event.from.text());
  said->set_to_authority_code(event.to.text());
  return said;
}

const google::protobuf::Message* Fill(const SchoolState& after,
                                      const DesignatedTeacherAppointed& event, RegistryEvent& out) {
  auto* said = out.mutable_designated_teacher_appointed();
  said->set_school_urn(after.details.urn.text());
  said->set_staff_id(event.staff.text());
  said->set_from_on(FormatDate(event.from_on));
  return said;
}

const google::protobuf::Message* Fill(const SchoolState& after,
                                      const DesignatedTeacherVacancyBegan& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_designated_teacher_vacancy_began();
  said->set_school_urn(after.details.urn.text());
  said->set_since_on(FormatDate(event.since_on));
  said->set_authority_code(after.details.authority.text());
  for (const AlertInstant& level : event.levels) *said->add_levels() = ToProto(level);
  return said;
}

const google::protobuf::Message* Fill(const SchoolState& after,
                                      const DesignatedTeacherVacancyEnded& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_designated_teacher_vacancy_ended();
  said->set_school_urn(after.details.urn.text());
  said->set_since_on(FormatDate(event.since_on));
  said->set_authority_code(after.details.authority.text());
  said->set_ended_on(FormatDate(event.ended_on));
  return said;
}

template <class Said>
void FillPost(const Post& post, Said& said) {
  said.set_role(ToProto(post.role));
  said.set_school_urn(post.school.text());
  said.set_authority_code(post.authority.text());
  said.set_child_id(post.child.text());
}

const google::protobuf::Message* Fill(const StaffState& after, const StaffAppointed& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_staff_appointed();
  said->set_staff_id(after.details.staff.text());
  FillPost(event.post, *said);
  said->set_from_on(FormatDate(event.from_on));
  return said;
}

const google::protobuf::Message* Fill(const StaffState& after, const AppointmentEnded& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_appointment_ended();
  said->set_staff_id(after.details.staff.text());
  FillPost(event.post, *said);
  said->set_until_on(FormatDate(event.until_on));
  return said;
}

const google::protobuf::Message* Fill(const ChildState& after, const ChildBecameLookedAfter& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_child_became_looked_after();
  said->set_child_id(after.details.child.text());
  said->set_authority_code(after.details.authority.text());
  said->set_became_looked_after_on(FormatDate(event.started_on));
  said->set_pep_required(event.pep_required);
  return said;
}

const google::protobuf::Message* Fill(const ChildState& after, const ChildEnrolled& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_child_enrolled();
  said->set_child_id(after.details.child.text());
  said->set_school_urn(event.enrolment.school.text());
  said->set_school_authority_code(event.enrolment.school_authority.text());
  said->set_enrolled_on(FormatDate(event.enrolment.enrolled_on));
  return said;
}

const google::protobuf::Message* Fill(const ChildState& after, const ChildMovedSchool& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_child_moved_school();
  said->set_child_id(after.details.child.text());
  said->set_from_school_urn(event.from.text());
  said->set_to_school_urn(event.to.school.text());
  said->set_to_school_authority_code(event.to.school_authority.text());
  said->set_moved_on(FormatDate(event.to.enrolled_on));
  return said;
}

const google::protobuf::Message* Fill(const ChildState& after,
                                      const SchoolOfChildMovedAuthority& event,
                                      RegistryEvent& out) {
  auto* said = out.mutable_school_of_child_moved_authority();
  said->set_child_id(after.details.child.text());
  said->set_school_urn(event.school.text());
  said->set_school_authority_code(event.authority.text());
  return said;
}

const google::protobuf::Message* Fill(const ChildState& after,
                                      const ChildCeasedToBeLookedAfter& event, RegistryEvent& out) {
  auto* said = out.mutable_child_ceased_to_be_looked_after();
  said->set_child_id(after.details.child.text());
  said->set_ceased_on(FormatDate(event.ceased_on));
  said->set_reason(std::string(CareCeasedName(event.reason)));
  return said;
}

// The aggregate's own id is the key of its events.
template <class State, class Event>
EncodedEvent EncodeWithKey(const std::string& key, const State& after, const Event& event,
                           const common::v1::EventHeader& header) {
  RegistryEvent envelope;
  *envelope.mutable_header() = header;
  const google::protobuf::Message* said =
      std::visit([&](const auto& one) { return Fill(after, one, envelope); }, event);
  return {said ? said->GetDescriptor()->full_name() : std::string(), key,
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

bool PolicyCodec::IsSaid(const PolicyEvent& event) { return HasContract<PolicyState>(event); }

EncodedEvent PolicyCodec::EncodeEvent(const PolicyState& after, const PolicyEvent& event,
                                      const common::v1::EventHeader& header) {
  const AuthorityCode authority = after.adopted ? after.adopted->authority : AuthorityCode();
  return EncodeWithKey(authority.text(), after, event, header);
}

bool SchoolCodec::IsSaid(const SchoolEvent& event) { return HasContract<SchoolState>(event); }

EncodedEvent SchoolCodec::EncodeEvent(const SchoolState& after, const SchoolEvent& event,
                                      const common::v1::EventHeader& header) {
  return EncodeWithKey(after.details.urn.text(), after, event, header);
}

bool StaffCodec::IsSaid(const StaffEvent& event) { return HasContract<StaffState>(event); }

EncodedEvent StaffCodec::EncodeEvent(const StaffState& after, const StaffEvent& event,
                                     const common::v1::EventHeader& header) {
  return EncodeWithKey(after.details.staff.text(), after, event, header);
}

bool ChildCodec::IsSaid(const ChildEvent& event) { return HasContract<ChildState>(event); }

EncodedEvent ChildCodec::EncodeEvent(const ChildState& after, const ChildEvent& event,
                                     const common::v1::EventHeader& header) {
  return EncodeWithKey(after.details.child.text(), after, event, header);
}

}  // namespace pepline::registry
