#include "services/registry/import/importer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/base/digest.h"
#include "shared/domain/characters.h"
#include "shared/domain/id_forms.h"

namespace pepline::registry {
namespace {

constexpr int kMostErrorsShown = 200;  // and notes and removals
constexpr std::size_t kLongestReason = 500;
constexpr std::size_t kLongestRequestId = 64;

bool Fits(v1::ImportKind kind, v1::ImportFormat format) {
  if (format == v1::IMPORT_FORMAT_UNSPECIFIED) return true;
  if (kind == v1::IMPORT_KIND_BANK_HOLIDAYS) return format == v1::IMPORT_FORMAT_JSON;
  if (kind == v1::IMPORT_KIND_POLICY) return format == v1::IMPORT_FORMAT_YAML;
  if (kind == v1::IMPORT_KIND_TERM_DATES && format == v1::IMPORT_FORMAT_ICS) return true;
  return format == v1::IMPORT_FORMAT_CSV;
}

// Ids are an authority's, whoever of it imports, or those of what belongs to none.
std::string LogIdOf(const v1::ImportOptions& options) {
  return options.authority_code() + "." + options.request_id();
}

absl::Status IdOfAnother() {
  return absl::AlreadyExistsError("the request id was used before for another import");
}

}  // namespace

std::string FingerprintOf(const std::string& subject, v1::ImportOptions options,
                          const std::string& sha256) {
  options.clear_request_id();
  // What this version does not know changes nothing, so it makes no other import either.
  options.DiscardUnknownFields();
  const std::string asked = options.SerializeAsString();  // no map is in it: always the same bytes
  // Lengths keep the parts apart.
  return Sha256(absl::StrCat(subject.size(), ":", subject, asked.size(), ":", asked, sha256));
}

std::string_view KindName(v1::ImportKind kind) {
  switch (kind) {
    case v1::IMPORT_KIND_SCHOOLS:
      return "schools";
    case v1::IMPORT_KIND_SCHOOL_LINKS:
      return "school-links";
    case v1::IMPORT_KIND_BANK_HOLIDAYS:
      return "bank-holidays";
    case v1::IMPORT_KIND_TERM_DATES:
      return "term-dates";
    case v1::IMPORT_KIND_SCHOOL_CALENDARS:
      return "school-calendars";
    case v1::IMPORT_KIND_STAFF:
      return "staff";
    case v1::IMPORT_KIND_CHILDREN:
      return "children";
    case v1::IMPORT_KIND_POLICY:
      return "policy";
    default:
      return "";
  }
}

bool IsNational(v1::ImportKind kind) {
  return kind == v1::IMPORT_KIND_SCHOOLS || kind == v1::IMPORT_KIND_SCHOOL_LINKS ||
         kind == v1::IMPORT_KIND_BANK_HOLIDAYS;
}

Violations CheckOptions(const v1::ImportOptions& options) {
  Violations violations;
  if (options.request_id().empty() || CharactersIn(options.request_id()) > kLongestRequestId) {
    violations.push_back({"request_id", "give each import its own id of 1 to 64 characters"});
  }
  if (KindName(options.kind()).empty()) {
    violations.push_back({"kind", "say what the file holds"});
  } else if (!Fits(options.kind(), options.format())) {
    violations.push_back({"format", "this kind of file does not come in that format"});
  }
  if (IsNational(options.kind())) {
    if (!options.authority_code().empty()) {
      violations.push_back({"authority_code",
                            "leave it empty: the register of schools, its links and bank holidays "
                            "belong to no authority, and the role operator imports them"});
    }
  } else if (!IsAuthorityCode(options.authority_code())) {
    violations.push_back({"authority_code", "give the three digits of your authority"});
  }
  if (!options.only_schools_of_authority().empty()) {
    if (options.kind() != v1::IMPORT_KIND_SCHOOLS) {
      violations.push_back({"only_schools_of_authority", "only for the school register"});
    } else if (!IsAuthorityCode(options.only_schools_of_authority())) {
      violations.push_back({"only_schools_of_authority", "give three digits, or nothing"});
    }
  }
  if (CharactersIn(options.reason()) > kLongestReason) {
    violations.push_back({"reason", "give the reason in at most 500 characters"});
  }
  return violations;
}

void AddErrors(std::vector<imports::RowError> errors, int total, v1::ImportResponse& response) {
  std::stable_sort(
      errors.begin(), errors.end(),
      [](const imports::RowError& a, const imports::RowError& b) { return a.row < b.row; });
  for (imports::RowError& error : errors) {
    if (response.errors_size() >= kMostErrorsShown) break;
    auto* one = response.add_errors();
    one->set_row(error.row);
    one->set_column(std::move(error.column));
    one->set_message(std::move(error.message));
  }
  response.set_total_errors(response.total_errors() + total);
}

void AddOutcome(RowOutcome outcome, v1::ImportResponse& response) {
  switch (outcome) {
    case RowOutcome::kUnchanged:
      response.set_unchanged(response.unchanged() + 1);
      break;
    case RowOutcome::kChanged:
      response.set_changed(response.changed() + 1);
      break;
    case RowOutcome::kCreated:
      response.set_created(response.created() + 1);
      break;
  }
}

void AddNotes(const std::vector<imports::RowError>& notes, int total,
              v1::ImportResponse& response) {
  for (const imports::RowError& note : notes) {
    if (response.notes_size() >= kMostErrorsShown) break;
    auto* one = response.add_notes();
    one->set_row(note.row);
    one->set_column(note.column);
    one->set_message(note.message);
  }
  response.set_total_notes(response.total_notes() + total);
}

void AddRemovals(const std::vector<Removal>& removals, v1::ImportResponse& response) {
  for (const Removal& removal : removals) {
    response.set_total_removals(response.total_removals() + 1);
    if (response.removals_size() >= kMostErrorsShown) continue;
    auto* one = response.add_removals();
    one->set_row(removal.row);
    one->set_what(removal.what);
  }
}

bool EndsHere(const Importer::Job& job, v1::ImportResponse& response) {
  if (response.total_removals() > 0 && !job.options.confirm_removals()) {
    AddErrors({{0, "",
                absl::StrCat("the file would take away what is known, ", response.total_removals(),
                             " in all (see what it would take away); complete it, or import it "
                             "again with confirm_removals (--confirm-removals) if that is meant")}},
              1, response);
  }
  const bool ends = job.options.dry_run() || response.total_errors() > 0;
  response.set_nothing_written(ends);
  return ends;
}

absl::Status Importer::Log(const Job& job, const ImportLogCommand& command) const {
  Origin origin = Origin::Alarm(std::nullopt);  // the record itself tells what was done
  origin.traceparent = job.traceparent;
  auto outcome =
      Execute<ImportLogCodec>(engine_, TargetOf<ImportLogCodec>(LogIdOf(job.options)), command,
                              origin, InputsFor<ImportLogCodec>(facts_, command));
  if (!outcome.ok()) return outcome.status();
  return std::holds_alternative<Refusal>(*outcome) ? IdOfAnother() : absl::OkStatus();
}

absl::StatusOr<std::optional<v1::ImportResponse>> Importer::AnswerGivenBefore(
    const Job& job) const {
  auto log = facts_.Find<ImportLogCodec>(LogIdOf(job.options));
  if (!log.ok()) return log.status();
  if (!log->begun) return std::optional<v1::ImportResponse>();
  if (IsAnother(*log->begun, job.fingerprint)) return IdOfAnother();
  if (!log->finished) return std::optional<v1::ImportResponse>();
  v1::ImportResponse response;
  if (!response.ParseFromString(log->finished->answer)) {
    return absl::DataLossError("the remembered answer of an import cannot be read");
  }
  return std::optional(std::move(response));
}

absl::Status Importer::LogBegin(const Job& job) const {
  return Log(job, BeginImport{{AuthorityCode(job.options.authority_code()),
                               job.options.request_id(),
                               std::string(KindName(job.options.kind())),
                               job.subject,
                               job.options.reason(),
                               {},
                               job.fingerprint}});
}

absl::StatusOr<v1::ImportResponse> Importer::Run(Job job) const {
  auto before = AnswerGivenBefore(job);
  if (!before.ok()) return before.status();
  if (*before) return **std::move(before);
  return HandleJob(job);
}

absl::StatusOr<v1::ImportResponse> Importer::HandleJob(Job& job) const {
  const std::string_view kind = KindName(job.options.kind());
  auto response = ImportKind(job);
  if (response.ok() && !response->nothing_written()) {
    absl::Status finished = Log(job, FinishImport{{response->created(),
                                                   response->changed(),
                                                   response->unchanged(),
                                                   {},
                                                   response->total_removals(),
                                                   response->SerializeAsString()}});
    if (!finished.ok()) response = finished;
  }
  const std::string_view outcome = !response.ok()                 ? "broken-off"
                                   : response->total_errors() > 0 ? "refused"
                                   : response->nothing_written()  ? "preview"
                                                                  : "done";
  engine_.metrics.Count("pepline_registry_imports_total", {{"kind", kind}, {"outcome", outcome}});
  if (outcome == "done") {
    const auto count = [&](std::string_view what, int rows) {
      engine_.metrics.Count("pepline_registry_import_rows_total",
                            {{"kind", kind}, {"outcome", what}}, rows);
    };
    count("created", response->created());
    count("changed", response->changed());
    count("unchanged", response->unchanged());
  }
  return response;
}

absl::StatusOr<v1::ImportResponse> Importer::ImportKind(Job& job) const {
  switch (job.options.kind()) {
    case v1::IMPORT_KIND_SCHOOLS:
      return ImportSchools(job);
    case v1::IMPORT_KIND_SCHOOL_LINKS:
      return ImportSchoolLinks(job);
    case v1::IMPORT_KIND_BANK_HOLIDAYS:
      return ImportBankHolidays(job);
    case v1::IMPORT_KIND_TERM_DATES:
      return ImportTermDates(job);
    case v1::IMPORT_KIND_SCHOOL_CALENDARS:
      return ImportSchoolCalendars(job);
    case v1::IMPORT_KIND_STAFF:
      return ImportStaff(job);
    case v1::IMPORT_KIND_CHILDREN:
      return ImportChildren(job);
    case v1::IMPORT_KIND_POLICY:
      return ImportPolicy(job);
    default:
      return absl::InvalidArgumentError("say what the file holds");
  }
}

}  // namespace pepline::registry
