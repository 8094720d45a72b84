// Which policy profile a deadline counts by, and the terms that a profile has of deadlines.
// Promises: pure; a deadline counts by the profile that was in force when it began (decision 70).
#ifndef PEPLINE_SHARED_DOMAIN_DEADLINE_POLICY_H_
#define PEPLINE_SHARED_DOMAIN_DEADLINE_POLICY_H_

#include <map>
#include <memory>

#include "absl/time/civil_time.h"
#include "shared/domain/deadline.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline {

// What a profile says of deadlines, for a service that needs no more of it.
struct DeadlinePolicy {
  std::map<Rule, DeadlineTerms> rules;
  // From which day it is in force, and the profile before it; null where none is known.
  absl::CivilDay effective_on;
  std::shared_ptr<const DeadlinePolicy> before = nullptr;
};

// The profile in force on a day. Of profiles with one day of effect the last one adopted counts, so
// that a mistake in one can be put right. Before the first profile that is known, that one counts.
// `Policy` has `effective_on` and `before` as DeadlinePolicy has them.
template <class Policy>
const Policy& PolicyOn(const Policy& newest, absl::CivilDay day) {
  const Policy* policy = &newest;
  while (policy->before && policy->effective_on > day) policy = policy->before.get();
  return *policy;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_DEADLINE_POLICY_H_
