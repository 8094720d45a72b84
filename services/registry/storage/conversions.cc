#include "services/registry/storage/conversions.h"

#include <utility>

#include "services/registry/domain/roles.h"

namespace pepline::registry {

std::optional<CareCeasedReason> FromProto(v1::CareCeasedReason reason) {
  for (CareCeasedReason one : kAllCareCeasedReasons) {
    if (static_cast<v1::CareCeasedReason>(one) == reason) return one;
  }
  return std::nullopt;
}

void FillDays(const std::set<absl::CivilDay>& days, DayTexts& out) {
  for (absl::CivilDay day : days) *out.Add() = FormatDate(day);
}

void FillTerms(const std::vector<TermPart>& terms, TermTexts& out) {
  for (const TermPart& part : terms) {
    auto* one = out.Add();
    one->set_academic_year(part.academic_year);
    one->set_term(std::string(TermName(part.term)));
    one->set_part(part.part);
    one->set_first_day(FormatDate(part.first_day));
    one->set_last_day(FormatDate(part.last_day));
    one->set_provisional(part.provisional);
  }
}

std::optional<std::set<absl::CivilDay>> ReadDays(const DayTexts& texts) {
  std::set<absl::CivilDay> days;
  for (const std::string& text : texts) {
    const auto day = ParseDate(text);
    if (!day) return std::nullopt;
    days.insert(*day);
  }
  return days;
}

std::optional<std::vector<TermPart>> ReadTerms(const TermTexts& terms) {
  std::vector<TermPart> parts;
  for (const auto& one : terms) {
    const auto term = ParseTerm(one.term());
    const auto first = ParseDate(one.first_day());
    const auto last = ParseDate(one.last_day());
    if (!term || !first || !last) return std::nullopt;
    parts.push_back({one.academic_year(), *term, one.part(), *first, *last, one.provisional()});
  }
  return parts;
}

common::v1::PolicyProfile ToProto(const PolicyProfile& profile) {
  common::v1::PolicyProfile out;
  out.set_authority_code(profile.authority.text());
  out.set_version(profile.version);
  out.set_effective_on(FormatDate(profile.effective_on));
  for (const DeadlineRule& rule : profile.rules) {
    auto* row = out.add_deadline_rules();
    row->set_rule_id(rule.rule_id);
    row->set_length(rule.length);
    row->set_day_kind(ToProto(rule.day_kind));
    for (const AlertLevel& level : rule.levels) {
      auto* one = row->add_levels();
      one->set_level(level.level);
      one->set_offset(level.offset);
      one->set_day_kind(ToProto(level.day_kind));
      for (StaffRole role : level.recipients) one->add_recipients(ToProto(role));
    }
    row->set_source(rule.source);
    row->set_provisional(rule.provisional);
    if (rule.school_days_into_term) row->set_school_days_into_term(*rule.school_days_into_term);
  }
  for (const TermCutOff& cut_off : profile.cut_offs) {
    auto* one = out.add_term_cut_offs();
    one->set_academic_year(cut_off.academic_year);
    one->set_term(std::string(TermName(cut_off.term)));
    one->set_cut_off_on(FormatDate(cut_off.cut_off_on));
  }
  out.set_source(profile.source);
  if (profile.access_after_care_months) {
    out.set_access_after_care_months(*profile.access_after_care_months);
  }
  if (profile.interim_most_school_days) {
    out.set_interim_most_school_days(*profile.interim_most_school_days);
  }
  if (profile.interim_school_days_after_reopening) {
    out.set_interim_school_days_after_reopening(*profile.interim_school_days_after_reopening);
  }
  if (profile.sdq_from_age) out.set_sdq_from_age(*profile.sdq_from_age);
  if (profile.sdq_until_age) out.set_sdq_until_age(*profile.sdq_until_age);
  out.set_first_effective_on(ToText(profile.first_effective_on));
  for (const NoticeRule& notice : profile.notices) {
    auto* one = out.add_notices();
    one->set_kind(notice.kind);
    for (StaffRole role : notice.recipients) one->add_recipients(ToProto(role));
    one->set_disabled(notice.disabled);
    one->set_reason(notice.reason);
  }
  return out;
}

namespace {

std::optional<std::vector<StaffRole>> ReadRoles(const google::protobuf::RepeatedField<int>& in) {
  std::vector<StaffRole> roles;
  for (int role : in) {
    const auto known = FromProto(static_cast<common::v1::RecipientRole>(role));
    if (!known) return std::nullopt;
    roles.push_back(*known);
  }
  return roles;
}

std::optional<DeadlineRule> ReadRule(const common::v1::DeadlineRule& row) {
  const auto kind = FromProto(row.day_kind());
  if (!kind) return std::nullopt;
  DeadlineRule rule{row.rule_id(), row.length(), *kind, {}, row.source(), row.provisional()};
  if (row.has_school_days_into_term()) rule.school_days_into_term = row.school_days_into_term();
  for (const auto& one : row.levels()) {
    const auto level_kind = FromProto(one.day_kind());
    if (!level_kind) return std::nullopt;
    auto recipients = ReadRoles(one.recipients());
    if (!recipients) return std::nullopt;
    rule.levels.push_back({one.level(), one.offset(), *level_kind, *std::move(recipients)});
  }
  return rule;
}

}  // namespace

std::optional<PolicyProfile> FromProto(const common::v1::PolicyProfile& profile) {
  const auto effective_on = ParseDate(profile.effective_on());
  if (!effective_on) return std::nullopt;
  PolicyProfile out{AuthorityCode(profile.authority_code()),
                    profile.version(),
                    *effective_on,
                    {},
                    {},
                    profile.source()};
  if (profile.has_access_after_care_months()) {
    out.access_after_care_months = profile.access_after_care_months();
  }
  if (profile.has_interim_most_school_days()) {
    out.interim_most_school_days = profile.interim_most_school_days();
  }
  if (profile.has_interim_school_days_after_reopening()) {
    out.interim_school_days_after_reopening = profile.interim_school_days_after_reopening();
  }
  if (profile.has_sdq_from_age()) out.sdq_from_age = profile.sdq_from_age();
  if (profile.has_sdq_until_age()) out.sdq_until_age = profile.sdq_until_age();
  out.first_effective_on = ParseDate(profile.first_effective_on());
  for (const auto& row : profile.deadline_rules()) {
    auto rule = ReadRule(row);
    if (!rule) return std::nullopt;
    out.rules.push_back(*std::move(rule));
  }
  for (const auto& one : profile.term_cut_offs()) {
    const auto term = ParseTerm(one.term());
    const auto cut_off_on = ParseDate(one.cut_off_on());
    if (!term || !cut_off_on) return std::nullopt;
    out.cut_offs.push_back({one.academic_year(), *term, *cut_off_on});
  }
  for (const auto& one : profile.notices()) {
    auto recipients = ReadRoles(one.recipients());
    if (!recipients) return std::nullopt;
    out.notices.push_back({one.kind(), *std::move(recipients), one.disabled(), one.reason()});
  }
  return out;
}

}  // namespace pepline::registry
