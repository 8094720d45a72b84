#include "tests/component/scheduling/emitted_events.h"

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/engine/field_mapping.h"
#include "tests/component/support/service_under_test.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

std::string ReadReference(const std::string& name) {
  return ReadFile(absl::StrCat(SourceFolder(), "/deploy/data/", name)).value_or("");
}

void SetRequest(const std::string& child, const std::string& pep,
                funding::v1::FundingReference& request) {
  request.set_funding_request_id("req-93125aaaaaaaaaaaaaaa");
  request.set_child_id(child);
  request.set_pep_id(pep);
}

void FillProfile(const Policy& policy, common::v1::PolicyProfile& profile) {
  profile.set_authority_code(kAuthority);
  profile.set_effective_on(
      policy.effective_on == absl::CivilDay() ? "2025-09-01" : FormatDate(policy.effective_on));
  for (const auto& [rule, terms] : policy.rules) {
    auto* row = profile.add_deadline_rules();
    row->set_rule_id(std::string(RuleId(rule)));
    row->set_length(terms.length);
    row->set_day_kind(static_cast<common::v1::DayKind>(terms.day_kind));
    for (const AlertLevel& level : terms.levels) {
      auto* one = row->add_levels();
      one->set_level(level.level);
      one->set_offset(level.offset);
      one->set_day_kind(static_cast<common::v1::DayKind>(level.day_kind));
      AppendTo(*one->mutable_recipients(), level.recipients);
    }
  }
  profile.set_finalise_needs_outcomes(policy.finalise_needs_outcomes);
  profile.set_finalise_needs_sections(policy.finalise_needs_sections);
  for (const auto& [phase, sections] : policy.epep_forms) {
    auto* form = profile.add_epep_forms();
    form->set_phase(std::string(EpepPhaseName(phase)));
    AppendTo(*form->mutable_sections(), sections);
  }
  for (const auto& [term, day] : policy.cut_offs) {
    auto* cut_off = profile.add_term_cut_offs();
    cut_off->set_academic_year(term.first);
    cut_off->set_term(std::string(TermName(term.second)));
    cut_off->set_cut_off_on(FormatDate(day));
  }
}

std::string OfChild(const std::string& child) { return absl::StrCat("registry/child/", child); }

}  // namespace

common::v1::EventHeader EmittedEvents::NextHeader(const std::string& aggregate, absl::Time at) {
  return ServiceUnderTest::Header(aggregate, ++versions_[aggregate], at);
}

registry::v1::RegistryEvent EmittedEvents::Next(const std::string& aggregate, absl::Time now) {
  RegistryEvent event;
  *event.mutable_header() = NextHeader(aggregate, now);
  return event;
}

registry::v1::RegistryEvent EmittedEvents::BankHolidays(absl::Time now) {
  auto event = Next("registry/bank-holidays/england-and-wales", now);
  auto& emitted = *event.mutable_bank_holidays_published();
  emitted.set_division("england-and-wales");
  const auto json = nlohmann::json::parse(ReadReference("bank-holidays.json"), nullptr, false);
  if (json.is_discarded()) return event;
  for (const auto& holiday : json["england-and-wales"]["events"]) {
    emitted.add_days(holiday["date"].get<std::string>());
  }
  return event;
}

registry::v1::RegistryEvent EmittedEvents::TermDates(absl::Time now) {
  std::vector<std::string> parts;
  const std::string csv = ReadReference("oxfordshire-term-dates.csv");
  for (absl::string_view line : absl::StrSplit(csv, '\n', absl::SkipEmpty())) {
    if (!absl::StartsWith(line, "academic_year")) parts.push_back(std::string(line));
  }
  return TermDatesOf(kAuthority, parts, now);
}

registry::v1::RegistryEvent EmittedEvents::TermDatesOf(const std::string& authority,
                                                       const std::vector<std::string>& parts,
                                                       absl::Time now) {
  auto event = Next(absl::StrCat("registry/term-dates/", authority), now);
  auto& emitted = *event.mutable_term_dates_published();
  emitted.set_authority_code(authority);
  for (const std::string& line : parts) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (cells.size() < 5) continue;
    auto* part = emitted.add_terms();
    part->set_academic_year(cells[0]);
    part->set_term(cells[1]);
    part->set_part(cells[2] == "1" ? 1 : 2);
    part->set_first_day(cells[3]);
    part->set_last_day(cells[4]);
  }
  return event;
}

registry::v1::RegistryEvent EmittedEvents::PolicyAdopted(const Policy& policy, absl::Time now) {
  auto event = Next("registry/policy/931", now);
  auto& profile = *event.mutable_policy_profile_adopted()->mutable_profile();
  FillProfile(policy, profile);
  profile.set_version(event.header().aggregate_version());
  return event;
}

registry::v1::RegistryEvent EmittedEvents::ClosedDays(const std::string& school,
                                                      const std::vector<std::string>& days,
                                                      absl::Time now) {
  auto event = Next(absl::StrCat("registry/school-calendar/", school), now);
  auto& emitted = *event.mutable_school_calendar_published();
  emitted.set_school_urn(school);
  emitted.set_authority_code(kAuthority);
  for (const std::string& day : days) emitted.add_closed_days(day);
  return event;
}

registry::v1::RegistryEvent EmittedEvents::InCare(const std::string& child, std::string_view since,
                                                  absl::Time now) {
  auto event = Next(OfChild(child), now);
  auto& emitted = *event.mutable_child_became_looked_after();
  emitted.set_child_id(child);
  emitted.set_authority_code(kAuthority);
  emitted.set_became_looked_after_on(std::string(since));
  emitted.set_pep_required(true);
  return event;
}

registry::v1::RegistryEvent EmittedEvents::Enrolled(const std::string& child,
                                                    const std::string& school,
                                                    std::string_view since, absl::Time now) {
  auto event = Next(OfChild(child), now);
  auto& emitted = *event.mutable_child_enrolled();
  emitted.set_child_id(child);
  emitted.set_school_urn(school);
  emitted.set_school_authority_code(kAuthority);
  emitted.set_enrolled_on(std::string(since));
  return event;
}

registry::v1::RegistryEvent EmittedEvents::Moved(const std::string& child, const std::string& from,
                                                 const std::string& to, std::string_view on,
                                                 absl::Time now) {
  auto event = Next(OfChild(child), now);
  auto& emitted = *event.mutable_child_moved_school();
  emitted.set_child_id(child);
  emitted.set_from_school_urn(from);
  emitted.set_to_school_urn(to);
  emitted.set_to_school_authority_code(kAuthority);
  emitted.set_moved_on(std::string(on));
  return event;
}

registry::v1::RegistryEvent EmittedEvents::SchoolOfChildMoved(const std::string& child,
                                                              const std::string& school,
                                                              const std::string& authority,
                                                              absl::Time now) {
  auto event = Next(OfChild(child), now);
  auto& emitted = *event.mutable_school_of_child_moved_authority();
  emitted.set_child_id(child);
  emitted.set_school_urn(school);
  emitted.set_school_authority_code(authority);
  return event;
}

registry::v1::RegistryEvent EmittedEvents::CareCeased(const std::string& child, std::string_view on,
                                                      absl::Time now) {
  auto event = Next(OfChild(child), now);
  auto& emitted = *event.mutable_child_ceased_to_be_looked_after();
  emitted.set_child_id(child);
  emitted.set_ceased_on(std::string(on));
  emitted.set_reason("returned-home");
  return event;
}

assessments::v1::AssessmentsEvent EmittedEvents::OfSdq(const std::string& child,
                                                       const std::string& pep, absl::Time at,
                                                       assessments::v1::SdqInformant informant) {
  assessments::v1::AssessmentsEvent event;
  *event.mutable_header() =
      NextHeader(absl::StrCat("assessments/sdq/", pep, ".pep.", static_cast<int>(informant)), at);
  event.set_child_id(child);
  event.set_pep_id(pep);
  return event;
}

assessments::v1::AssessmentsEvent EmittedEvents::SdqScored(
    const std::string& child, const std::string& pep, absl::Time at,
    assessments::v1::SdqInformant informant) {
  auto event = OfSdq(child, pep, at, informant);
  event.mutable_sdq_scored()->set_purpose(assessments::v1::SDQ_PURPOSE_PEP);
  event.mutable_sdq_scored()->set_informant(informant);
  *event.mutable_sdq_scored()->mutable_scored_at() = ToTimestamp(at);
  return event;
}

assessments::v1::AssessmentsEvent EmittedEvents::SdqNotObtainedProposed(const std::string& child,
                                                                        const std::string& pep,
                                                                        absl::Time at) {
  auto event = OfSdq(child, pep, at, assessments::v1::SDQ_INFORMANT_TEACHER);
  auto& emitted = *event.mutable_sdq_not_obtained_proposed();
  emitted.set_purpose(assessments::v1::SDQ_PURPOSE_PEP);
  emitted.set_informant(assessments::v1::SDQ_INFORMANT_TEACHER);
  *emitted.mutable_proposed_at() = ToTimestamp(at);
  return event;
}

assessments::v1::AssessmentsEvent EmittedEvents::SdqNotObtained(
    const std::string& child, const std::string& pep, absl::Time at,
    assessments::v1::SdqInformant informant, assessments::v1::SdqConfirmer by) {
  auto event = OfSdq(child, pep, at, informant);
  auto& emitted = *event.mutable_sdq_not_obtained();
  emitted.set_purpose(assessments::v1::SDQ_PURPOSE_PEP);
  emitted.set_informant(informant);
  emitted.set_confirmed_by(by);
  *emitted.mutable_recorded_at() = ToTimestamp(at);
  return event;
}

assessments::v1::AssessmentsEvent EmittedEvents::PupilViewsCaptured(const std::string& child,
                                                                    const std::string& pep,
                                                                    absl::Time at) {
  assessments::v1::AssessmentsEvent event;
  *event.mutable_header() = NextHeader(absl::StrCat("assessments/pupil-views/", pep), at);
  event.set_child_id(child);
  event.set_pep_id(pep);
  *event.mutable_pupil_views_captured()->mutable_captured_at() = ToTimestamp(at);
  return event;
}

assessments::v1::AssessmentsEvent EmittedEvents::PupilViewsCorrected(
    const std::string& child, const std::string& pep, absl::Time at,
    assessments::v1::PupilViewsOnRecord to) {
  assessments::v1::AssessmentsEvent event;
  *event.mutable_header() = NextHeader(absl::StrCat("assessments/pupil-views/", pep), at);
  event.set_child_id(child);
  event.set_pep_id(pep);
  auto& corrected = *event.mutable_pupil_views_corrected();
  *corrected.mutable_corrected_at() = ToTimestamp(at);
  corrected.set_old_state(assessments::v1::PUPIL_VIEWS_ON_RECORD_CAPTURED);
  corrected.set_state(to);
  return event;
}

funding::v1::FundingEvent EmittedEvents::FundingDrafted(const std::string& child,
                                                        const std::string& pep, absl::Time at) {
  funding::v1::FundingEvent event;
  *event.mutable_header() = NextHeader(absl::StrCat("funding/request/", pep), at);
  SetRequest(child, pep, *event.mutable_funding_drafted()->mutable_request());
  event.mutable_funding_drafted()->set_asked_pence(30'000);
  return event;
}

funding::v1::FundingEvent EmittedEvents::FundingWithdrawn(const std::string& child,
                                                          const std::string& pep, absl::Time at) {
  funding::v1::FundingEvent event;
  *event.mutable_header() = NextHeader(absl::StrCat("funding/request/", pep), at);
  SetRequest(child, pep, *event.mutable_funding_withdrawn()->mutable_request());
  return event;
}

}  // namespace pepline::scheduling
