// The deadlines of a request: by when it is to be decided once it is submitted, and by when its
// money is to be released once it is approved. Used by the rules of a request. Promises: pure;
// nobody can switch them off, so where the authority's profile does not name one, or is not known,
// it runs by the usual terms. One counts from the day of the step that it begins with, by the
// profile that was in force on that day. A request that an earlier version left without its
// deadline gets it so too. It ends by its work, or when the request is withdrawn, and by nothing
// else. While no bank holidays are known weekdays are counted, and that is said.
// Source: design (decision 77). Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_DEADLINES_H_
#define PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_DEADLINES_H_

#include <array>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "services/funding/domain/funding_request.h"

namespace pepline::funding {

// A request on its way through one decision.
using Progress = pepline::Progress<FundingRules>;

// The two rules, in the order of their steps.
inline constexpr std::array kDeadlineRules = {Rule::kFundingDecided, Rule::kFundingReleased};
// By its id; nullopt, too, for a rule of the catalogue that funding does not run.
std::optional<Rule> ParseRule(std::string_view rule_id);
// How long they run, and when whom is told, where the profile does not say.
DeadlineTerms UsualTerms();

// Says which deadlines begin, move and end, as the request stands now, and then everything that
// time has brought by now: reminders and misses, in their order.
void CatchUp(Progress& progress, const FundingFacts& facts);
// When the request says something by itself; nullopt: never.
std::optional<absl::Time> NextWakeOf(const FundingRequest& request);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_DOMAIN_FUNDING_DEADLINES_H_
