#include "services/funding/operations.h"

#include <optional>
#include <string>
#include <utility>

#include "services/funding/rebuild.h"
#include "services/funding/storage/codec.h"
#include "shared/projections/child_outcomes.h"
#include "shared/projections/child_peps.h"
#include "shared/projections/known_children.h"

namespace pepline::funding {

std::vector<RecordKind> RecordKinds(const Clock& clock, const FactsLoader& facts) {
  const auto line_of = [](const std::string& id) -> std::optional<Target> {
    const auto line = NameOf(FundLineId(id));
    return line ? std::optional(TargetOf(*line)) : std::nullopt;
  };
  const auto request_of = [](const std::string& id) -> std::optional<Target> {
    const FundingRequestId request(id);
    const auto line = LineOf(request);
    return line ? std::optional(TargetOf(request, *line)) : std::nullopt;
  };
  return {AggregateKind<FundLineCodec>(line_of,
                                       [&clock](const std::string&, const FundLineState&) {
                                         return FundLineFacts{clock.Now()};
                                       }),
          AggregateKind<FundingCodec>(request_of,
                                      [&facts](const std::string& id, const FundingState&) {
                                        const auto line = LineOf(FundingRequestId(id));
                                        return facts.Load(line.value_or(FundLineName()).authority);
                                      }),
          KeptKind(kKnownChildKind),
          KeptKind(kChildPepsKind),
          KeptKind(kChildOutcomesKind),
          KeptKind(kBankHolidays),
          KeptKind(kPolicy)};
}

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {store, clock, RecordKinds(clock, facts), HowToRebuild()};
}

}  // namespace pepline::funding
