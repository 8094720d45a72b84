// Imports of schools, calendars and policy.
#include <utility>

#include "services/registry/importer.h"
#include "services/registry/wire.h"

namespace pepline::registry {
namespace {

RowOutcome OutcomeOf(const TermPart& part, const std::vector<TermPart>& before) {
  for (const TermPart& one : before) {
    if (one == part) return RowOutcome::kUnchanged;
    if (one.academic_year == part.academic_year && one.term == part.term && one.part == part.part) {
      return RowOutcome::kChanged;
    }
  }
  return RowOutcome::kCreated;
}

}  // namespace

absl::StatusOr<v1::ImportResponse> Importer::ImportSchools(const Job& job) const {
  const auto parsed = imports::ParseSchools(job.bytes, job.options.only_schools_of_authority());
  v1::ImportResponse response = ReportOf(parsed);
  std::vector<Item<SchoolCodec>> items;
  for (const imports::SchoolRow& row : parsed.rows) {
    // A school that is still to open has neither pupils nor staff: it comes with a later register.
    if (row.status == imports::SchoolStatus::kProposedToOpen) {
      AddOutcome(RowOutcome::kUnchanged, response);
      continue;
    }
    RecordSchool record{
        {SchoolUrn(row.urn), row.name, AuthorityCode(row.authority_code), row.phase, row.closed_on},
        row.status == imports::SchoolStatus::kClosed};
    items.push_back({row.urn, {{row.row, {std::move(record)}}}});
  }
  return CheckAndCarry(job, std::move(items), std::move(response));
}

absl::StatusOr<v1::ImportResponse> Importer::ImportBankHolidays(const Job& job) const {
  auto parsed = imports::ParseBankHolidays(job.bytes);
  std::vector<Item<BankHolidaysCodec>> items;
  for (imports::BankHolidays& list : parsed.rows) {
    items.push_back(
        {list.division, {{0, {PublishBankHolidays{list.division, std::move(list.days)}}}}});
  }
  return CheckAndCarry(job, std::move(items), ReportOf(parsed));
}

absl::StatusOr<v1::ImportResponse> Importer::ImportTermDates(const Job& job) const {
  const auto parsed = job.options.format() == v1::IMPORT_FORMAT_ICS
                          ? imports::ParseTermDatesIcs(job.bytes)
                          : imports::ParseTermDatesCsv(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  const AuthorityCode authority(job.options.authority_code());
  PublishTermDates publish{authority, {}};
  for (const imports::TermRow& row : parsed.rows) publish.terms.push_back(row.part);
  if (EndsHere(job, response) && !parsed.ok()) return response;

  auto before = facts_.Find<TermDatesCodec>(authority.text());
  if (!before.ok()) return before.status();
  v1::ImportResponse checked;
  auto to_do = CheckAll<TermDatesCodec>(job, {{authority.text(), {{0, {publish}}}}}, checked);
  if (!to_do.ok()) return to_do.status();
  response.mutable_errors()->MergeFrom(checked.errors());
  response.set_total_errors(response.total_errors() + checked.total_errors());
  // The list is one record; its rows are counted, as a person would count them.
  for (const TermPart& part : publish.terms) AddOutcome(OutcomeOf(part, before->terms), response);
  if (EndsHere(job, response)) return response;
  if (absl::Status status = CarryAll(job, *to_do); !status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ImportResponse> Importer::ImportSchoolCalendars(const Job& job) const {
  auto parsed = imports::ParseSchoolCalendars(job.bytes);
  std::vector<Item<SchoolCalendarCodec>> items;
  for (imports::SchoolCalendarRow& row : parsed.rows) {
    items.push_back({row.urn,
                     {{row.row,
                       {PublishSchoolCalendar{SchoolUrn(row.urn), std::move(row.closed_days),
                                              std::move(row.terms)}}}}});
  }
  return CheckAndCarry(job, std::move(items), ReportOf(parsed));
}

absl::StatusOr<v1::ImportResponse> Importer::ImportPolicy(const Job& job) const {
  const auto parsed = imports::ParsePolicy(job.bytes);
  v1::ImportResponse response = ReportOf(parsed);
  std::vector<Item<PolicyCodec>> items;
  for (common::v1::PolicyProfile profile : parsed.rows) {
    profile.set_authority_code(job.options.authority_code());
    auto read = FromProto(profile);
    if (!read) {
      AddErrors({{0, "", "the profile names a day, a role or a kind of days that does not exist"}},
                1, response);
      continue;
    }
    items.push_back({job.options.authority_code(), {{0, {AdoptPolicyProfile{*std::move(read)}}}}});
  }
  return CheckAndCarry(job, std::move(items), std::move(response));
}

}  // namespace pepline::registry
