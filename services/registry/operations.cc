#include "services/registry/operations.h"

#include <optional>
#include <string>
#include <utility>

#include "services/registry/storage/codec.h"

namespace pepline::registry {
namespace {

template <class Codec>
typename Codec::Rules::Facts FactsAt(const Moment& moment) {
  typename Codec::Rules::Facts facts;
  if constexpr (requires { facts.moment; }) {
    facts.moment = moment;
  } else {
    facts = moment;
  }
  return facts;
}

// The moment is all that alarms and lists follow from besides the record.
template <class Codec>
RecordKind KindOf(const FactsLoader& facts) {
  return AggregateKind<Codec>(
      [](const std::string& id) -> std::optional<Target> { return TargetOf<Codec>(id); },
      [&facts](const std::string&, const typename Codec::Rules::State&) {
        return FactsAt<Codec>(facts.Now());
      });
}

}  // namespace

std::vector<RecordKind> RecordKinds(const FactsLoader& facts) {
  return {KindOf<BankHolidaysCodec>(facts),   KindOf<TermDatesCodec>(facts),
          KindOf<SchoolCalendarCodec>(facts), KindOf<PolicyCodec>(facts),
          KindOf<SchoolCodec>(facts),         KindOf<StaffCodec>(facts),
          KindOf<StaffOfChildCodec>(facts),   KindOf<ChildCodec>(facts),
          KindOf<ImportLogCodec>(facts)};
}

OperationParts Operations(RedisStore& store, const Clock& clock, const FactsLoader& facts) {
  return {store, clock, RecordKinds(facts),
          NotRebuilt("registry",
                     "names, dates of birth, UPNs, addresses, appointments to come and who "
                     "imported what leave it in no event")};
}

}  // namespace pepline::registry
