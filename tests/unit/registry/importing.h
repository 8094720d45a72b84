// registry's importer on a store in memory, with eyes on the store: how often it is read, how many
// bytes are written, and a place to stop a reader at.
//   Importing importing;
//   importing.Run(v1::IMPORT_KIND_SCHOOLS, file);
// All people are invented. Threads: one at a time, but for the store.
#ifndef PEPLINE_TESTS_UNIT_REGISTRY_IMPORTING_H_
#define PEPLINE_TESTS_UNIT_REGISTRY_IMPORTING_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/registry/import/importer.h"
#include "services/registry/import/opaque_ids.h"
#include "services/registry/metrics.h"
#include "services/registry/storage/facts.h"
#include "shared/base/digest.h"
#include "shared/store/memory_store.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/london.h"

namespace pepline::registry {

class WatchedStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  std::function<void(int read)> before_load;  // the how manieth it is, from 1; set before use
  std::atomic<int> loads = 0;
  std::atomic<std::size_t> bytes_read = 0;     // of records
  std::atomic<std::size_t> bytes_written = 0;  // of records and events

  absl::StatusOr<Loaded> Load(int partition, const std::vector<RecordKey>& keys,
                              std::string_view command_id) override {
    const int read = ++loads;
    if (before_load) before_load(read);
    auto loaded = ForwardingStore::Load(partition, keys, command_id);
    if (!loaded.ok()) return loaded;
    for (const auto& record : loaded->records) {
      if (record) bytes_read += record->bytes.size();
    }
    return loaded;
  }
  absl::StatusOr<std::optional<SeenCommand>> Apply(const Commit& commit) override {
    for (const auto& write : commit.writes) {
      if (write.bytes) bytes_written += write.bytes->size();
    }
    for (const OutboxRecord& record : commit.outbox) bytes_written += record.value.size();
    return ForwardingStore::Apply(commit);
  }
};

struct Importing {
  MemoryStore memory{16, 1'000'000};
  WatchedStore store{memory};
  FakeClock clock{At("2025-09-01 09:00")};
  Metrics metrics{RegistryMetrics()};
  FactsLoader facts{store, clock};
  OpaqueIds ids{std::string(32, 'k')};
  Engine engine{.store = store,
                .clock = clock,
                .metrics = metrics,
                .topic = "pepline.registry.events.v1",
                .source = "/pepline/registry",
                .on_alarm = {},
                .on_outbox = {}};
  WorkerPool workers{4, 64};
  Importer importer{engine, facts, ids, workers};
  int requests = 0;

  v1::ImportOptions Options(v1::ImportKind kind) {
    v1::ImportOptions options;
    options.set_request_id(absl::StrCat("request-", ++requests));
    options.set_kind(kind);
    if (!IsNational(kind)) options.set_authority_code("931");
    return options;
  }
  Importer::Job JobOf(const v1::ImportOptions& options, const std::string& file) {
    Importer::Job job{.options = options,
                      .schools = {},
                      .bytes = file,
                      .subject = "stf-v",
                      .fingerprint = FingerprintOf("stf-v", options, Sha256(file)),
                      .traceparent = "",
                      .given_up = [] { return false; }};
    if (options.kind() == v1::IMPORT_KIND_SCHOOLS) {
      auto schools = importer.ReadSchools(options, imports::PiecesOf(file));
      EXPECT_TRUE(schools.ok()) << schools.status();
      if (schools.ok()) job.schools = *std::move(schools);
    }
    return job;
  }
  // Must be answered and have no error.
  v1::ImportResponse Run(v1::ImportKind kind, const std::string& file) {
    auto response = importer.Run(JobOf(Options(kind), file));
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    EXPECT_EQ(response->total_errors(), 0) << response->DebugString().substr(0, 2000);
    return *std::move(response);
  }
};

inline constexpr char kSchoolsHeader[] =
    "URN,LA (code),EstablishmentName,EstablishmentStatus (code),PhaseOfEducation "
    "(code),CloseDate\n";

inline std::string ManySchools(int count) {
  std::string file = kSchoolsHeader;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&file, 200000 + i, ",931,Test School ", i, ",1,2,\n");
  }
  return file;
}

}  // namespace pepline::registry

#endif  // PEPLINE_TESTS_UNIT_REGISTRY_IMPORTING_H_
