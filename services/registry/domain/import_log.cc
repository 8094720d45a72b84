#include "services/registry/domain/import_log.h"

namespace pepline::registry {
namespace {

using Events = std::vector<ImportLogEvent>;
using Answer = Decision<ImportLogEvent>;

Answer On(const ImportLogState& state, const BeginImport& command, const Moment& facts) {
  ImportBegun begun = command.import;
  begun.at = facts.now;
  if (!state.begun) return Events{std::move(begun)};
  if (IsAnother(*state.begun, begun.fingerprint)) {
    return Refuse(refusals::kRequestIdReused, "request_id",
                  "was used before for another import; give each import its own");
  }
  return Events{};
}

Answer On(const ImportLogState& state, const FinishImport& command, const Moment& facts) {
  if (!state.begun || state.finished) return Events{};
  ImportFinished finished = command.result;
  finished.at = facts.now;
  return Events{std::move(finished)};
}

Answer On(const ImportLogState&, const Wake&, const Moment&) { return Events{}; }

}  // namespace

bool IsAnother(const ImportBegun& begun, std::string_view fingerprint) {
  return begun.fingerprint.empty() || begun.fingerprint != fingerprint;
}

IndexEntry ImportsOf(const AuthorityCode& authority) {
  return {"imports-of-authority", authority.empty() ? "none" : authority.text()};
}

Decision<ImportLogEvent> ImportLog::Decide(const State& state, const Command& command,
                                           const Facts& facts) {
  return std::visit([&](const auto& one) { return On(state, one, facts); }, command);
}

ImportLogState ImportLog::Evolve(State state, const Event& event) {
  std::visit(Match{[&](const ImportBegun& begun) { state.begun = begun; },
                   [&](const ImportFinished& finished) { state.finished = finished; }},
             event);
  return state;
}

std::optional<absl::Time> ImportLog::NextWake(const State&, const Facts&) { return std::nullopt; }

std::vector<IndexEntry> ImportLog::Index(const State& state) {
  if (!state.begun) return {};
  return {ImportsOf(state.begun->authority)};
}

}  // namespace pepline::registry
