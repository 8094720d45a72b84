// Every deadline of a policy profile, counted by the product's own rules from a day on which
// whatever starts it happened.
// Promises: each rule is asked where a service asks it: scheduling's by the row of the rule for a
// PEP of which everything that can start a deadline lies on that day, the others as the service
// that runs them counts. Does not: put a deadline off for an interim PEP, nor keep one that was
// missed for a meeting that was moved. Threads: values and pure functions.
#ifndef PEPLINE_TESTS_COUNT_DEADLINES_H_
#define PEPLINE_TESTS_COUNT_DEADLINES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "services/registry/domain/policy.h"
#include "services/scheduling/domain/policy.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"
#include "shared/domain/deadline_policy.h"

namespace pepline::count {

// Import files, as an authority imports them. The term dates are its own; the calendars of single
// schools and the school whose days count may be left out.
struct Files {
  std::string bank_holidays;
  std::string term_dates;
  std::string policy;
  std::string school_calendars;
  std::string school_urn;
};

struct Counted {
  absl::Time due_at;
  // nullopt where the service that runs the rule does not say whether it knew the calendar.
  std::optional<bool> calendar_known;
  std::vector<AlertInstant> levels;
};

class Deadlines {
 public:
  // Errors: InvalidArgument where a file cannot be read or imported, with its first fault.
  static absl::StatusOr<Deadlines> Load(const Files& files);

  // The rules that run with this profile, in the order of the catalogue.
  std::vector<Rule> rules() const;
  // nullopt where the rule has no deadline from that day: it ends with a term, and none is known.
  std::optional<Counted> Count(Rule rule, absl::CivilDay anchor) const;
  const Calendar& calendar() const { return *calendar_; }
  // When somebody of the school, or of the council, is told of a level.
  absl::Time ToldFrom(Rule rule, const AlertInstant& level, bool of_council) const;

 private:
  // Those of a request for Pupil Premium Plus, which always run.
  const DeadlineTerms& TermsOfRequests(Rule rule) const;

  std::shared_ptr<const Calendar> calendar_;
  std::shared_ptr<const scheduling::Policy> policy_;
  DeadlinePolicy of_requests_;
  registry::PolicyProfile profile_;
};

}  // namespace pepline::count

#endif  // PEPLINE_TESTS_COUNT_DEADLINES_H_
