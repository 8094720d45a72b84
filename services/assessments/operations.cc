#include "services/assessments/operations.h"

#include <optional>
#include <string>
#include <utility>

#include "services/assessments/storage/codec.h"
#include "shared/projections/known_children.h"

namespace pepline::assessments {

std::vector<RecordKind> RecordKinds(const Clock& clock) {
  const auto sdq_of = [](const std::string& id) -> std::optional<Target> {
    const auto key = ParseSdqId(id);
    return key ? std::optional(TargetOf(*key)) : std::nullopt;
  };
  // A PEP's id begins with its child's.
  const auto of_pep = [](Target (*target)(const ChildId&, const PepId&)) {
    return [target](const std::string& id) -> std::optional<Target> {
      const auto dot = id.find('.');
      if (dot == std::string::npos) return std::nullopt;
      return target(ChildId(id.substr(0, dot)), PepId(id));
    };
  };
  return {
      AggregateKind<SdqCodec>(
          sdq_of, [&clock](const std::string&, const SdqState&) { return SdqFacts{clock.Now()}; }),
      AggregateKind<PupilViewsCodec>(of_pep(&ViewsOf),
                                     [&clock](const std::string&, const PupilViewsState&) {
                                       return PupilViewsFacts{clock.Now()};
                                     }),
      AggregateKind<OutcomesCodec>(of_pep(&OutcomesOf),
                                   [&clock](const std::string&, const OutcomesState&) {
                                     return OutcomesFacts{clock.Now()};
                                   }),
      KeptKind(kPepKind),
      KeptKind(kKnownChildKind),
      KeptKind(kPolicy)};
}

OperationParts Operations(RedisStore& store, const Clock& clock) {
  return {
      store, clock, RecordKinds(clock),
      NotRebuilt(
          "assessments",
          "answers, scores, strategies, reasons, pupil views and what outcomes say leave it in no "
          "event, and an SDQ that counts as scored without its score would be worse than none")};
}

}  // namespace pepline::assessments
