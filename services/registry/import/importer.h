// Imports one file: parses it, checks all of it against what is on record now, and carries it out
// when it is right.
// Promises: nothing is written when a row is wrong, when it would take away what is known and that
// is not confirmed, or when it is a preview; the same file again changes nothing, also after a
// broken-off import. A request id stands for one import: the same again is given the first answer
// or finishes what was broken off. Errors are answered by row and column and hold nobody's data.
// Does not: check who calls. Errors: AlreadyExists where the id stands for another import;
// Cancelled, Aborted or whatever the store answers, after which a part may be written and the
// import is to be repeated. Threads: safe from any thread outside the given pool; blocks.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_IMPORTER_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_IMPORTER_H_

#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/import/items.h"
#include "services/registry/import/opaque_ids.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/storage/facts.h"
#include "shared/base/worker_pool.h"
#include "shared/engine/execute.h"
#include "shared/rpc/request_fields.h"

namespace pepline::registry {

// What is wrong with the options; empty when nothing is.
Violations CheckOptions(const v1::ImportOptions& options);
std::string_view KindName(v1::ImportKind kind);  // "schools"
// The register of schools, its links and bank holidays are all authorities' and so none's: the role
// operator imports them, and their imports are of no authority.
bool IsNational(v1::ImportKind kind);

// Which import a request id stands for: who asks, the options without their id, and the file by its
// SHA-256.
std::string FingerprintOf(const std::string& subject, v1::ImportOptions options,
                          const std::string& sha256);

class Importer {
 public:
  Importer(const Engine& engine, const FactsLoader& facts, const OpaqueIds& ids, WorkerPool& pool)
      : engine_(engine), facts_(facts), ids_(ids), pool_(pool) {}

  struct Job {
    v1::ImportOptions options;  // checked
    // The file: of a register its rows (ReadSchools), of every other kind its bytes.
    imports::Parsed<imports::SchoolRow> schools;
    std::string bytes;
    std::string subject;      // who imports; opaque
    std::string fingerprint;  // FingerprintOf
    std::string traceparent;
    std::function<bool()> given_up;  // the caller waits no longer
  };
  absl::StatusOr<v1::ImportResponse> Run(Job job) const;

  // Reads a register while it arrives, to the end of its pieces: it is the largest file by far, and
  // as rows it has a quarter of the bytes.
  absl::StatusOr<imports::Parsed<imports::SchoolRow>> ReadSchools(
      const v1::ImportOptions& options, const imports::Pieces& pieces) const;

 private:
  absl::StatusOr<v1::ImportResponse> ImportKind(Job& job) const;
  // One function per kind.
  absl::StatusOr<v1::ImportResponse> ImportSchools(Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportSchoolLinks(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportBankHolidays(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportTermDates(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportSchoolCalendars(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportPolicy(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportStaff(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> ImportChildren(const Job& job) const;

  // Checks every item and gives back those that have something to do; counts and errors go into the
  // response.
  template <class Codec>
  absl::StatusOr<std::vector<Item<Codec>>> CheckAll(const Job& job, std::vector<Item<Codec>> items,
                                                    v1::ImportResponse& response) const;
  // The children at schools that are another authority's from now on: their term dates change.
  absl::Status HandleChildrenOf(const Job& job, const std::vector<RecordSchool>& moved) const;
  absl::StatusOr<std::vector<RecordSchool>> MovedAuthority(
      const Job& job, const std::vector<Item<SchoolCodec>>& items) const;
  // The URNs on record of the authority that the file is read for; empty where it is read for all.
  absl::StatusOr<std::set<std::string>> KnownUrns(const AuthorityCode& authority) const;

  template <class Codec>
  absl::Status HandleAll(const Job& job, const std::vector<Item<Codec>>& items) const;
  // The whole of a kind whose rows are commands and nothing more.
  template <class Codec>
  absl::StatusOr<v1::ImportResponse> CheckAndCarry(const Job& job, std::vector<Item<Codec>> items,
                                                   v1::ImportResponse response) const;
  // The error where a file changes more PEPs than anybody would expect of it, or another number
  // than is expected.
  absl::StatusOr<std::vector<imports::RowError>> UnexpectedPepChanges(const Job& job,
                                                                      int changes) const;
  absl::StatusOr<int> CountChildrenWithPep(const AuthorityCode& authority) const;
  // What the id of the job stands for. The answer that was given to it where it is done; nullopt
  // where it is new or was broken off; AlreadyExists where it is another import's.
  absl::StatusOr<std::optional<v1::ImportResponse>> AnswerGivenBefore(const Job& job) const;
  absl::StatusOr<v1::ImportResponse> HandleJob(Job& job) const;
  // For whoever asks later who imported what, and why.
  absl::Status Log(const Job& job, const ImportLogCommand& command) const;
  absl::Status LogBegin(const Job& job) const;

  const Engine& engine_;
  const FactsLoader& facts_;
  const OpaqueIds& ids_;
  WorkerPool& pool_;
};

// How many rows the file has and what its parser found wrong.
template <class Row>
v1::ImportResponse ReportOf(const imports::Parsed<Row>& parsed);
void AddErrors(std::vector<imports::RowError> errors, int total, v1::ImportResponse& response);
void AddNotes(const std::vector<imports::RowError>& notes, int total, v1::ImportResponse& response);
void AddRemovals(const std::vector<Removal>& removals, v1::ImportResponse& response);
// Nothing is to be written: a preview, there are errors, or something would be taken away that is
// not confirmed; that is an error then.
bool EndsHere(const Importer::Job& job, v1::ImportResponse& response);
void AddOutcome(RowOutcome outcome, v1::ImportResponse& response);

// ---- templates ----

template <class Row>
v1::ImportResponse ReportOf(const imports::Parsed<Row>& parsed) {
  v1::ImportResponse response;
  response.set_rows(parsed.rows_read);
  AddErrors(parsed.errors, parsed.total_errors, response);
  AddNotes(parsed.notes, parsed.total_notes, response);
  return response;
}

template <class Codec>
absl::StatusOr<std::vector<Item<Codec>>> Importer::CheckAll(const Job& job,
                                                            std::vector<Item<Codec>> items,
                                                            v1::ImportResponse& response) const {
  auto checks = CheckItems(facts_, pool_, items, job.given_up);
  if (!checks.ok()) return checks.status();
  std::vector<Item<Codec>> to_do;
  std::vector<imports::RowError> errors;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Checked& checked = (*checks)[i];
    for (RowOutcome outcome : checked.outcomes) AddOutcome(outcome, response);
    std::move(checked.errors.begin(), checked.errors.end(), std::back_inserter(errors));
    AddRemovals(checked.removals, response);
    if (checked.anything()) to_do.push_back(std::move(items[i]));
  }
  const int total = static_cast<int>(errors.size());
  AddErrors(std::move(errors), total, response);
  return to_do;
}

template <class Codec>
absl::Status Importer::HandleAll(const Job& job, const std::vector<Item<Codec>>& items) const {
  if (absl::Status begun = LogBegin(job); !begun.ok()) return begun;
  return ForEach(
      pool_, items.size(),
      [&](std::size_t i) { return HandleItem<Codec>(engine_, facts_, items[i], job.traceparent); },
      job.given_up);
}

template <class Codec>
absl::StatusOr<v1::ImportResponse> Importer::CheckAndCarry(const Job& job,
                                                           std::vector<Item<Codec>> items,
                                                           v1::ImportResponse response) const {
  auto to_do = CheckAll(job, std::move(items), response);
  if (!to_do.ok()) return to_do.status();
  if (EndsHere(job, response)) return response;
  if (absl::Status status = HandleAll(job, *to_do); !status.ok()) return status;
  return response;
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_IMPORTER_H_
