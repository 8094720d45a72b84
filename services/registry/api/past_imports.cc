#include "services/registry/api/past_imports.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/registry/domain/fields.h"
#include "services/registry/import/importer.h"
#include "shared/engine/field_mapping.h"
#include "shared/rpc/request_fields.h"

namespace pepline::registry {
namespace {

// Where an import stands among the others: the newest first.
using Standing = std::tuple<std::int64_t, std::string>;
Standing StandingOf(const ImportBegun& begun) {
  return {-absl::ToUnixMicros(begun.at), begun.request_id};
}

// "<microseconds since 1970>.<request id>" of the last import of the page before.
std::string TokenAfter(const ImportBegun& begun) {
  return absl::StrCat(absl::ToUnixMicros(begun.at), ".", begun.request_id);
}
std::optional<Standing> ParseToken(std::string_view token) {
  const auto dot = token.find('.');
  std::int64_t micros = 0;
  if (dot == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(token.substr(0, dot)), &micros)) {
    return std::nullopt;
  }
  return Standing{-micros, std::string(token.substr(dot + 1))};
}

absl::StatusOr<std::vector<ImportLogState>> ReadAll(const FactsLoader& facts,
                                                    const AuthorityCode& authority,
                                                    std::string_view kind) {
  std::vector<ImportLogState> imports;
  const absl::Status read =
      facts.VisitAll<ImportLogCodec>({ImportsOf(authority)}, [&](const ImportLogState& state) {
        const bool fits = state.begun && (kind.empty() || state.begun->kind == kind);
        if (fits) imports.push_back(state);
      });
  if (!read.ok()) return read;
  return imports;
}

v1::ImportKind KindNamed(std::string_view name) {
  for (int kind = v1::ImportKind_MIN; kind <= v1::ImportKind_MAX; ++kind) {
    if (KindName(static_cast<v1::ImportKind>(kind)) == name) {
      return static_cast<v1::ImportKind>(kind);
    }
  }
  return v1::IMPORT_KIND_UNSPECIFIED;  // of a version that knows more kinds
}

}  // namespace

absl::StatusOr<PastImportsPage> PastImports(const FactsLoader& facts,
                                            const AuthorityCode& authority, std::string_view kind,
                                            int page_size, std::string_view page_token) {
  const std::optional<Standing> after = ParseToken(page_token);
  if (!page_token.empty() && !after) {
    return absl::InvalidArgumentError(
        "page_token: not a token that was given out; leave it empty for the first page");
  }
  auto imports = ReadAll(facts, authority, kind);
  if (!imports.ok()) return imports.status();
  std::erase_if(*imports, [&](const ImportLogState& import) {
    return after && StandingOf(*import.begun) <= *after;
  });
  std::ranges::sort(*imports, {},
                    [](const ImportLogState& import) { return StandingOf(*import.begun); });
  PastImportsPage page{*std::move(imports), {}};
  const std::size_t wanted = static_cast<std::size_t>(page_size);
  if (page.imports.size() > wanted) {
    page.imports.resize(wanted);
    page.next_page_token = TokenAfter(*page.imports.back().begun);
  }
  return page;
}

v1::PastImport ToProto(const ImportLogState& import) {
  v1::PastImport out;
  out.set_request_id(import.begun->request_id);
  out.set_authority_code(import.begun->authority.text());
  out.set_kind(KindNamed(import.begun->kind));
  out.set_imported_by(import.begun->subject);
  out.set_reason(import.begun->reason);
  *out.mutable_begun_at() = ToTimestamp(import.begun->at);
  if (import.finished) WriteFields(*import.finished, out);
  return out;
}

}  // namespace pepline::registry
