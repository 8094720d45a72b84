// Imports of schools, calendars and policy.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/domain/fields.h"
#include "services/registry/import/importer.h"
#include "shared/engine/field_mapping.h"

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

// Cut-offs that do not lie in their terms, as far as those are on record.
absl::StatusOr<std::vector<imports::RowError>> CutOffsOutsideTheirTerms(
    const PolicyProfile& profile, const FactsLoader& facts) {
  auto dates = facts.Find<TermDatesCodec>(profile.authority.text());
  if (!dates.ok()) return dates.status();
  std::vector<imports::RowError> errors;
  int place = 0;
  for (const auto& cut_off : profile.cut_offs) {
    const std::string path = absl::StrCat("/term_cut_offs/", place++, "/cut_off_on");
    bool outside = false;
    for (const TermPart& part : dates->terms) {
      if (part.academic_year != cut_off.academic_year || part.term != cut_off.term) continue;
      // Where one part alone is known, its term may reach beyond it on the other side.
      outside = outside || (part.part == 1 && cut_off.cut_off_on < part.first_day) ||
                (part.part == 2 && cut_off.cut_off_on > part.last_day);
    }
    if (outside) {
      errors.push_back({0, path,
                        "the day does not lie in its term as the authority's term dates have it; "
                        "mend the day, or the term dates first"});
    }
  }
  return errors;
}

}  // namespace

absl::StatusOr<std::set<std::string>> Importer::KnownUrns(const AuthorityCode& authority) const {
  std::set<std::string> urns;
  if (authority.empty()) return urns;
  const absl::Status read = facts_.VisitAll<SchoolCodec>(
      {SchoolsOf(authority)},
      [&](const SchoolState& school) { urns.insert(school.details.urn.text()); });
  if (!read.ok()) return read;
  return urns;
}

absl::StatusOr<std::vector<RecordSchool>> Importer::MovedAuthority(
    const Job& job, const std::vector<Item<SchoolCodec>>& items) const {
  const auto record_of = [&](std::size_t i) -> const RecordSchool& {
    return std::get<RecordSchool>(items[i].rows.front().commands.front());
  };
  std::vector<AuthorityCode> before(items.size());  // empty: not in the register yet
  absl::Status read = ForEach(
      pool_, items.size(),
      [&](std::size_t i) {
        auto school = facts_.Find<SchoolCodec>(items[i].id);
        if (!school.ok()) return school.status();
        before[i] = school->details.authority;
        return absl::OkStatus();
      },
      job.given_up);
  if (!read.ok()) return read;
  std::vector<RecordSchool> moved;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (before[i].empty() || before[i] == record_of(i).details.authority) continue;
    moved.push_back(record_of(i));
  }
  return moved;
}

absl::Status Importer::HandleChildrenOf(const Job& job,
                                        const std::vector<RecordSchool>& moved) const {
  std::vector<Item<ChildCodec>> items;
  for (const RecordSchool& record : moved) {
    const SchoolUrn& school = record.details.urn;
    const absl::Status read =
        facts_.VisitAll<ChildCodec>({ChildrenAt(school)}, [&](const ChildState& child) {
          items.push_back({child.details.child.text(),
                           {{0, {RecordSchoolAuthority{school, record.details.authority}}}}});
        });
    if (!read.ok()) return read;
  }
  return HandleAll(job, items);
}

absl::StatusOr<imports::Parsed<imports::SchoolRow>> Importer::ReadSchools(
    const v1::ImportOptions& options, const imports::Pieces& pieces) const {
  const std::string& only = options.only_schools_of_authority();
  auto known = KnownUrns(AuthorityCode(only));
  if (!known.ok()) return known.status();
  auto schools = imports::ParseSchools(pieces, only, *known);
  while (!pieces().empty()) {  // where it read no further
  }
  return schools;
}

absl::StatusOr<v1::ImportResponse> Importer::ImportSchools(Job& job) const {
  auto parsed = std::exchange(job.schools, {});
  v1::ImportResponse response = ReportOf(parsed);
  std::vector<Item<SchoolCodec>> items;
  items.reserve(parsed.rows.size());
  for (imports::SchoolRow& row : std::exchange(parsed.rows, {})) {
    // A school that is still to open has neither pupils nor staff: it comes with a later register.
    if (row.status == imports::SchoolStatus::kProposedToOpen) {
      AddOutcome(RowOutcome::kUnchanged, response);
      continue;
    }
    RecordSchool record{{SchoolUrn(row.urn), std::move(row.name), AuthorityCode(row.authority_code),
                         row.phase, row.closed_on},
                        row.status == imports::SchoolStatus::kClosed};
    items.push_back({row.urn, {{row.row, {std::move(record)}}}});
  }
  auto to_do = CheckAll(job, std::move(items), response);
  if (!to_do.ok()) return to_do.status();
  if (EndsHere(job, response)) return response;
  std::vector<RecordSchool> moved;
  if (response.changed() > 0) {
    auto found = MovedAuthority(job, *to_do);
    if (!found.ok()) return found.status();
    moved = *std::move(found);
  }
  // The children come first: a school that has moved already would not be found moved when a
  // broken-off import is repeated. Who came to a school meanwhile follows after it.
  if (!moved.empty()) {
    if (absl::Status status = HandleChildrenOf(job, moved); !status.ok()) return status;
  }
  if (absl::Status status = HandleAll(job, *to_do); !status.ok()) return status;
  if (!moved.empty()) {
    if (absl::Status status = HandleChildrenOf(job, moved); !status.ok()) return status;
  }
  return response;
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
  response.mutable_removals()->Swap(checked.mutable_removals());
  response.set_total_removals(checked.total_removals());
  // The list is one record; its rows are counted, as a person would count them.
  for (const TermPart& part : publish.terms) AddOutcome(OutcomeOf(part, before->terms), response);
  if (EndsHere(job, response)) return response;
  if (absl::Status status = HandleAll(job, *to_do); !status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ImportResponse> Importer::ImportSchoolCalendars(const Job& job) const {
  auto parsed = imports::ParseSchoolCalendars(job.bytes);
  const AuthorityCode authority(job.options.authority_code());
  std::vector<Item<SchoolCalendarCodec>> items;
  for (imports::SchoolCalendarRow& row : parsed.rows) {
    items.push_back(
        {row.urn,
         {{row.row,
           {PublishSchoolCalendar{SchoolUrn(row.urn), authority, std::move(row.closed_days),
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
    FieldReader reader;
    auto read = ReadFields<PolicyProfile>(profile, reader);
    if (!reader.readable()) {
      AddErrors({{0, "", "the profile names a day, a role or a kind of days that does not exist"}},
                1, response);
      continue;
    }
    auto outside = CutOffsOutsideTheirTerms(read, facts_);
    if (!outside.ok()) return outside.status();
    const int faults = static_cast<int>(outside->size());
    AddErrors(*std::move(outside), faults, response);
    items.push_back({job.options.authority_code(), {{0, {AdoptPolicyProfile{std::move(read)}}}}});
  }
  return CheckAndCarry(job, std::move(items), std::move(response));
}

}  // namespace pepline::registry
