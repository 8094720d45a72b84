#include "services/funding/storage/facts.h"

#include <utility>

#include "shared/projections/policy_conversions.h"

namespace pepline::funding {

absl::StatusOr<FundingFacts> FactsLoader::Load(const AuthorityCode& authority) const {
  auto known = reference_.Load(kEnglandAndWales, AuthorityCode(), SchoolUrn(), authority);
  if (!known.ok()) return known.status();
  FundingFacts facts;
  facts.now = clock_.Now();
  facts.calendar = std::move(known->calendar.calendar);
  facts.today = facts.calendar->DayOf(facts.now);
  facts.bank_holidays_known = known->calendar.bank_holidays_known;
  if (known->policies) {
    facts.policy = WithThoseBefore<DeadlinePolicy>(*known->policies, &DeadlinesOf);
  }
  return facts;
}

}  // namespace pepline::funding
