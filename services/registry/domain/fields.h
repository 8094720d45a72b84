// The fields of what registry keeps, publishes and answers (shared/domain/field_list.h). What is
// personal is Kept: it is in no event.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_FIELDS_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_FIELDS_H_

#include <optional>
#include <string>

#include "services/registry/domain/calendars/bank_holidays.h"
#include "services/registry/domain/calendars/school_calendar.h"
#include "services/registry/domain/calendars/term_dates.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/import_log.h"
#include "services/registry/domain/policy.h"
#include "services/registry/domain/school.h"
#include "services/registry/domain/staff.h"
#include "shared/domain/fields.h"

namespace pepline {

template <>
struct TextForm<registry::CareCeasedReason>
    : NamedText<registry::CareCeasedName, registry::ParseCareCeased> {};
template <>
struct TextForm<registry::CorrectedFact>
    : NamedText<registry::CorrectedFactName, registry::ParseCorrectedFact> {};
template <>
struct TextForm<LegalStatus> : NamedText<LegalStatusCode, ParseLegalStatus> {};

}  // namespace pepline

namespace pepline::registry {

// Calendars.
void Fields(auto& map, Of<BankHolidaysState, BankHolidaysPublished> auto& holidays) {
  map(FIELD(division), holidays.division);
  map(FIELD(days), holidays.days);
}
void Fields(auto& map, Of<TermDatesState, TermDatesPublished> auto& dates) {
  map(FIELD(authority_code), dates.authority);
  map(FIELD(terms), dates.terms);
}
void Fields(auto& map, Of<SchoolCalendarState, SchoolCalendarPublished> auto& calendar) {
  map(FIELD(school_urn), calendar.school);
  map(FIELD(authority_code), calendar.authority);
  map(FIELD(closed_days), calendar.closed_days);
  map(FIELD(terms), calendar.terms);
}

// Profiles.
void Fields(auto& map, Of<DeadlineRule> auto& rule) {
  map(FIELD(rule_id), rule.rule_id);
  map(FIELD(length), rule.length);
  map(FIELD(day_kind), rule.day_kind);
  map(FIELD(levels), rule.levels);
  map(FIELD(source), rule.source);
  map(FIELD(provisional), rule.provisional);
  map(FIELD(school_days_into_term), rule.school_days_into_term);
  map(FIELD(until_finalised), rule.until_finalised);
}
void Fields(auto& map, Of<DisabledRule> auto& rule) {
  map(FIELD(rule_id), rule.rule_id);
  map(FIELD(reason), rule.reason);
}
void Fields(auto& map, Of<TermCutOff> auto& cut_off) {
  map(FIELD(academic_year), cut_off.academic_year);
  map(FIELD(term), cut_off.term);
  map(FIELD(cut_off_on), cut_off.cut_off_on);
}
void Fields(auto& map, Of<NoticeRule> auto& notice) {
  map(FIELD(kind), notice.kind);
  map(FIELD(recipients), notice.recipients);
  map(FIELD(disabled), notice.disabled);
  map(FIELD(reason), notice.reason);
}
void Fields(auto& map, Of<PepWorkRule> auto& rule) {
  map(FIELD(work), rule.work);
  map(FIELD(roles), rule.roles);
}
void Fields(auto& map, Of<EpepFormSection> auto& section) {
  map(FIELD(code), section.code);
  map(FIELD(owner), section.owner);
  map(FIELD(mandatory), section.mandatory);
}
void Fields(auto& map, Of<EpepForm> auto& form) {
  map(FIELD(phase), form.phase);
  map(FIELD(sections), form.sections);
}
void Fields(auto& map, Of<MailHoursRule> auto& hours) {
  map(FIELD(from_hour), hours.from_hour);
  map(FIELD(until_hour), hours.until_hour);
  map(FIELD(any_day), hours.any_day);
  map(FIELD(at_once), hours.at_once);
  map(FIELD(no_digest), hours.no_digest);
}
void Fields(auto& map, Of<PolicyProfile> auto& profile) {
  map(FIELD(authority_code), profile.authority);
  map(FIELD(version), profile.version);
  map(FIELD(effective_on), profile.effective_on);
  map(FIELD(deadline_rules), profile.rules);
  map(FIELD(term_cut_offs), profile.cut_offs);
  map(FIELD(source), profile.source);
  map(FIELD(access_after_care_months), profile.access_after_care_months);
  map(FIELD(interim_most_school_days), profile.interim_most_school_days);
  map(FIELD(interim_school_days_after_reopening), profile.interim_school_days_after_reopening);
  map(FIELD(sdq_from_age), profile.sdq_from_age);
  map(FIELD(sdq_until_age), profile.sdq_until_age);
  map(FIELD(sdq_strategies_for), profile.sdq_strategies_for);
  map(FIELD(pep_in_provision_from_age), profile.pep_in_provision_from_age);
  map(FIELD(pep_from_age), profile.pep_from_age);
  map(FIELD(meeting_chairs), profile.meeting_chairs);
  map(FIELD(meeting_attendees), profile.meeting_attendees);
  map(FIELD(pep_work), profile.pep_work);
  map(FIELD(finalise_needs_outcomes), profile.finalise_needs_outcomes);
  map(FIELD(epep_forms), profile.epep_forms);
  map(FIELD(finalise_needs_sections), profile.finalise_needs_sections);
  map(FIELD(notices), profile.notices);
  map(FIELD(mail_hours), profile.mail_hours);
  map(FIELD(disabled_rules), profile.disabled_rules);
  map(FIELD(first_effective_on), profile.first_effective_on);
}
void Fields(auto& map, Of<PolicyState> auto& state) {
  map(FIELD(adopted), state.adopted);
  map(FIELD(waiting), state.waiting);
}
void Fields(auto& map, Of<PolicyProfileAdopted> auto& event) { map(FIELD(profile), event.profile); }

// Schools.
void Fields(auto& map, Of<SchoolDetails> auto& details) {
  map(FIELD(school_urn), details.urn);
  map(FIELD(name), details.name);
  map(FIELD(authority_code), details.authority);
  map(FIELD(phase), details.phase);
  map(FIELD(closed_on), details.closed_on);
}
void Fields(auto& map, Of<SchoolState> auto& state) {
  map.Inline(state.details);
  map.Rows(FIELD(teachers), state.teachers, FIELD(staff_id), FIELD(from_on));
  map.Rows(FIELD(looked_after), state.looked_after, FIELD(child_id), FIELD(since_on));
  map(FIELD(vacant_since), state.vacant_since);
  map(FIELD(vacancy_said), state.vacancy_said);
  map.Rows(FIELD(caring_vacancies), state.caring_vacancies, FIELD(authority_code), FIELD(since_on));
  map.If(FIELD(succeeded_by), state.successor, [](auto& inner, auto& successor) {
    inner(FIELD(succeeded_by), successor.school);
    inner(FIELD(succeeded_on), successor.on);
  });
}
void Fields(auto& map, Of<SchoolRegistered> auto& event) { map.Inline(event.details); }
void Fields(auto& map, Of<SchoolClosed> auto& event) { map(FIELD(closed_on), event.closed_on); }
void Fields(auto& map, Of<SchoolMovedAuthority> auto& event) {
  map(FIELD(from_authority_code), event.from);
  map(FIELD(to_authority_code), event.to);
}
void Fields(auto& map, Of<DesignatedTeacherAppointed> auto& event) {
  map(FIELD(staff_id), event.staff);
  map(FIELD(from_on), event.from_on);
}
void Fields(auto& map, Of<DesignatedTeacherVacancyBegan> auto& event) {
  map(FIELD(since_on), event.since_on);
  map(FIELD(levels), event.levels);
  map(FIELD(estimated), event.estimated);
}
void Fields(auto& map, Of<DesignatedTeacherVacancyEnded> auto& event) {
  map(FIELD(since_on), event.since_on);
  map(FIELD(ended_on), event.ended_on);
  map(FIELD(appointed), event.appointed);
}
void Fields(auto& map, Of<SchoolSucceeded> auto& event) {
  map(FIELD(to_school_urn), event.successor.school);
  map(FIELD(succeeded_on), event.successor.on);
}

// Staff.
void Fields(auto& map, Of<Post> auto& post) {
  map(FIELD(role), post.role);
  map(FIELD(school_urn), post.school);
  map(FIELD(authority_code), post.authority);
  map(FIELD(child_id), post.child);
}
void Fields(auto& map, Of<Appointment> auto& appointment) {
  map.Inline(appointment.post);
  map(FIELD(from_on), appointment.from_on);
  map(FIELD(until_on), appointment.until_on);
  map(FIELD(begun), appointment.begun);
  map(FIELD(ended), appointment.ended);
}
// Without whose days they are: the stored record holds the post's fields themselves, the answer an
// appointment.
void Fields(auto& map, Of<AppointmentCorrection> auto& correction) {
  map(FIELD(old_from_on), correction.old_from_on);
  map(FIELD(old_until_on), correction.old_until_on);
  map.Kept(FIELD(reason), correction.reason);
  map.Kept(FIELD(corrected_by), correction.by);
  map(FIELD(corrected_at), correction.at);
  map.Inline(correction.post);
  map(FIELD(from_on), correction.from_on);
  map(FIELD(until_on), correction.until_on);
}
void Fields(auto& map, Of<StaffDetails> auto& details) {
  map(FIELD(staff_id), details.staff);
  map(FIELD(authority_code), details.authority);
  map.Kept(FIELD(own_id), details.own_id);
  map.Kept(FIELD(name), details.name);
  map.Kept(FIELD(email), details.email);
}
void Fields(auto& map, Of<StaffState> auto& state) {
  map.Inline(state.details);
  map(FIELD(child_id), state.child);
  map(FIELD(appointments), state.appointments);
}
void Fields(auto& map, Of<StaffAppointed> auto& event) {
  map.Inline(event.post);
  map(FIELD(from_on), event.from_on);
}
void Fields(auto& map, Of<AppointmentEnded> auto& event) {
  map.Inline(event.post);
  map(FIELD(until_on), event.until_on);
}
void Fields(auto& map, Of<AppointmentCorrected> auto& event) { map.Inline(event.correction); }

// Children.
void Fields(auto& map, Of<ChildDetails> auto& details) {
  map(FIELD(child_id), details.child);
  map(FIELD(authority_code), details.authority);
  map.Kept(FIELD(own_id), details.own_id);
  map.Kept(FIELD(given_name), details.given_name);
  map.Kept(FIELD(family_name), details.family_name);
  map.Kept(FIELD(date_of_birth), details.date_of_birth);
  map.Kept(FIELD(upn), details.upn);
  map.Kept(FIELD(location_restricted), details.location_restricted);
}
void Fields(auto& map, Of<CareEpisode> auto& care) {
  map(FIELD(became_looked_after_on), care.started_on);
  map(FIELD(ceased_on), care.ceased_on);
  map(FIELD(ceased_reason), care.reason);
  map(FIELD(pep_required), care.pep_required);
  map.If(FIELD(sdq_from), care.sdq, kItsFields);
  map(FIELD(first_episode), care.is_first);
  map(FIELD(previous_ceased_on), care.previous_ceased_on);
  map(FIELD(legal_status), care.legal_status);
}
void Fields(auto& map, Of<Enrolment> auto& enrolment) {
  map(FIELD(school_urn), enrolment.school);
  map(FIELD(school_authority_code), enrolment.school_authority);
  map(FIELD(enrolled_on), enrolment.enrolled_on);
}
void Fields(auto& map, Of<Correction> auto& correction) {
  map(FIELD(fact), correction.fact);
  map(FIELD(old_on), correction.old_day);
  map(FIELD(new_on), correction.new_day);
  map(FIELD(old_school_urn), correction.old_school);
  map(FIELD(new_school_urn), correction.new_school);
  map.Kept(FIELD(reason), correction.reason);
  map.Kept(FIELD(corrected_by), correction.by);
  map(FIELD(corrected_at), correction.at);
  map(FIELD(old_legal_status), correction.old_status);
  map(FIELD(new_legal_status), correction.new_status);
}
// Without the corrections, which the answer shows to few (api/answers.cc).
void Fields(auto& map, Of<ChildState> auto& state) {
  map.Inline(state.details);
  map.If(FIELD(became_looked_after_on), state.care, kItsFields);
  map.If(FIELD(school_urn), state.enrolment, kItsFields);
  map.If(FIELD(school_before_urn), state.before_move, [](auto& inner, auto& before) {
    inner(FIELD(school_before_urn), before.enrolment.school);
    inner(FIELD(school_before_authority_code), before.enrolment.school_authority);
    inner(FIELD(enrolled_before_on), before.enrolment.enrolled_on);
    inner(FIELD(moved_before), before.by_move);
  });
  map.If(FIELD(succeeded_school_urn), state.succession, [](auto& inner, auto& succession) {
    inner(FIELD(succeeded_school_urn), succession.school);
    inner(FIELD(succeeded_on), succession.on);
  });
}
void Fields(auto& map, Of<ChildBecameLookedAfter> auto& event) {
  map(FIELD(became_looked_after_on), event.started_on);
  map(FIELD(pep_required), event.pep_required);
  map.If(FIELD(sdq_from), event.sdq, kItsFields);
  map(FIELD(pep_required_corrected), event.corrected);
}
void Fields(auto& map, Of<ChildEnrolled> auto& event) { map.Inline(event.enrolment); }
void Fields(auto& map, Of<ChildMovedSchool> auto& event) {
  map(FIELD(from_school_urn), event.from);
  map(FIELD(to_school_urn), event.to.school);
  map(FIELD(to_school_authority_code), event.to.school_authority);
  map(FIELD(moved_on), event.to.enrolled_on);
}
void Fields(auto& map, Of<SchoolOfChildMovedAuthority> auto& event) {
  map(FIELD(school_urn), event.school);
  map(FIELD(school_authority_code), event.authority);
}
void Fields(auto& map, Of<SchoolOfChildSucceeded> auto& event) {
  map(FIELD(from_school_urn), event.from);
  map(FIELD(to_school_urn), event.to.school);
  map(FIELD(to_school_authority_code), event.to.school_authority);
  map(FIELD(succeeded_on), event.on);
}
// How much of the reason an event says depends on the child (storage/event_codec.cc).
void Fields(auto& map, Of<ChildCeasedToBeLookedAfter> auto& event) {
  map(FIELD(ceased_on), event.ceased_on);
}
void Fields(auto& map, Of<CareStartCorrected> auto& event) {
  map(FIELD(old_became_looked_after_on), event.correction.old_day);
  map(FIELD(became_looked_after_on), event.correction.new_day);
}
void Fields(auto& map, Of<CareEndCorrected> auto& event) {
  map(FIELD(old_ceased_on), event.correction.old_day);
  map(FIELD(ceased_on), event.correction.new_day);
}
void Fields(auto& map, Of<EnrolmentCorrected> auto& event) {
  map.Inline(event.enrolment);
  map(FIELD(old_school_urn), event.correction.old_school);
  map(FIELD(old_enrolled_on), event.correction.old_day);
  map(FIELD(move_taken_back), event.move_taken_back);
  map(FIELD(by_move), event.by_move);
}

// Imports.
void Fields(auto& map, Of<ImportBegun> auto& begun) {
  map(FIELD(authority_code), begun.authority);
  map(FIELD(request_id), begun.request_id);
  map(FIELD(kind), begun.kind);
  map(FIELD(subject), begun.subject);
  map(FIELD(reason), begun.reason);
  map(FIELD(begun_at), begun.at);
  map(FIELD(fingerprint), begun.fingerprint);
}
void Fields(auto& map, Of<ImportFinished> auto& finished) {
  map(FIELD(created), finished.created);
  map(FIELD(changed), finished.changed);
  map(FIELD(unchanged), finished.unchanged);
  map(FIELD(removed), finished.removed);
  map(FIELD(finished_at), finished.at);
  map(FIELD(answer), finished.answer);
}
void Fields(auto& map, Of<ImportLogState> auto& import) {
  map.If(FIELD(request_id), import.begun, kItsFields);
  map.If(FIELD(finished_at), import.finished, kItsFields);
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_FIELDS_H_
