#include "services/scheduling/storage/conversions.h"

#include <set>
#include <utility>

#include "services/scheduling/domain/fields.h"
#include "services/scheduling/domain/rules.h"
#include "shared/domain/profile/names.h"
#include "shared/engine/deadline_mapping.h"
#include "shared/engine/field_mapping.h"

namespace pepline::scheduling {

namespace {

// Roles that this version does not know are passed over.
std::vector<Attendee> KnownAttendees(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<Attendee> roles;
  for (const std::string& name : names) {
    if (const auto role = NamedIn(kNamedAttendees, name)) roles.push_back(*role);
  }
  return roles;
}

}  // namespace

Policy FromProfile(const common::v1::PolicyProfile& profile) {
  Policy policy;
  for (const auto& row : profile.deadline_rules()) {
    auto rule = ParseRule(row.rule_id());
    auto general = TermsFrom(row);
    if (!rule || !general) continue;
    RuleTerms terms{*std::move(general)};
    if (row.has_school_days_into_term()) terms.school_days_into_term = row.school_days_into_term();
    terms.until_finalised = row.until_finalised();
    policy.rules[*rule] = std::move(terms);
  }
  policy.rules.try_emplace(Rule::kMeetingRecorded, UsualMeetingRecordedTerms());
  policy.rules.try_emplace(Rule::kViewsCaptured, UsualViewsCapturedTerms());
  for (const auto& cut_off : profile.term_cut_offs()) {
    auto term = ParseTerm(cut_off.term());
    auto day = ParseDate(cut_off.cut_off_on());
    if (term && day) policy.cut_offs[{cut_off.academic_year(), *term}] = *day;
  }
  if (const auto day = ParseDate(profile.effective_on())) policy.effective_on = *day;
  policy.kept_since = ParseDate(profile.first_effective_on());
  if (!policy.kept_since) policy.kept_since = ParseDate(profile.effective_on());
  if (profile.has_interim_most_school_days()) {
    policy.interim_most_school_days = profile.interim_most_school_days();
  }
  if (profile.has_interim_school_days_after_reopening()) {
    policy.interim_school_days_after_reopening = profile.interim_school_days_after_reopening();
  }
  if (auto chairs = KnownAttendees(profile.meeting_chairs()); !chairs.empty()) {
    policy.meeting_chairs = std::move(chairs);
  }
  policy.meeting_attendees = KnownAttendees(profile.meeting_attendees());
  policy.finalise_needs_outcomes = profile.finalise_needs_outcomes();
  policy.finalise_needs_sections = profile.finalise_needs_sections();
  for (const auto& form : profile.epep_forms()) {
    const auto phase = ParseEpepPhase(form.phase());
    if (!phase) continue;
    FieldReader reader;
    for (const auto& section : form.sections()) {
      policy.epep_forms[*phase].push_back(ReadFields<FormSection>(section, reader));
    }
  }
  for (const auto& rule : profile.pep_work()) {
    const auto work = NamedIn(kNamedPepWork, rule.work());
    if (!work) continue;
    std::set<MadeBy>& who = policy.pep_work[*work];
    for (const std::string& role : rule.roles()) {
      if (const auto by = NamedIn(kNamedPepWorkers, role)) who.insert(*by);
    }
  }
  return policy;
}

std::shared_ptr<const Policy> FromProfiles(const PolicyVersions& versions) {
  return WithThoseBefore<Policy>(versions, &FromProfile);
}

common::v1::DeadlineReference ToReference(const PlanState& state, Rule rule,
                                          const DeadlineInstants& instants) {
  const bool of_pep = rule != Rule::kPepOpen && state.cycle;
  const std::string whose =
      of_pep ? PepIdOf(state.child, state.cycle->number).text() : state.child.text();
  return pepline::ToReference(whose, rule, instants);
}

v1::PepReference ReferenceOf(const PlanState& state) {
  v1::PepReference reference;
  if (state.cycle) reference.set_pep_id(PepIdOf(state.child, state.cycle->number).text());
  reference.set_child_id(state.child.text());
  reference.set_school_urn((state.cycle ? SchoolOf(state, *state.cycle) : state.school).text());
  reference.set_authority_code(state.authority.text());
  return reference;
}

}  // namespace pepline::scheduling
