// The imports of an authority that are on record, or of what belongs to none (an empty code),
// newest first, page by page. Promises: an import is on one page at most, also when others begin in
// between; two that began at the same instant are in the order of their request ids. Does not:
// check who asks. Reads the whole log of the authority for each page: it has one record for each
// import, some hundreds a year. Errors: InvalidArgument for a page token that was not given out;
// whatever the store answers. Threads: safe from any thread; blocks on the store.
#ifndef PEPLINE_SERVICES_REGISTRY_API_PAST_IMPORTS_H_
#define PEPLINE_SERVICES_REGISTRY_API_PAST_IMPORTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/domain/import_log.h"
#include "services/registry/storage/facts.h"

namespace pepline::registry {

struct PastImportsPage {
  std::vector<ImportLogState> imports;  // begun, all of them
  std::string next_page_token;          // empty: no more
};

// `kind` is a name such as "schools"; empty for all.
absl::StatusOr<PastImportsPage> PastImports(const FactsLoader& facts,
                                            const AuthorityCode& authority, std::string_view kind,
                                            int page_size, std::string_view page_token);

// Of an import that is begun.
v1::PastImport ToProto(const ImportLogState& import);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_API_PAST_IMPORTS_H_
