// Pupil Premium Plus of now, counted for /metrics: what of this financial year's fund lines is
// left, approved and released, and the requests that wait and are late. Promises: taken from the
// store, so right after a start and the same in every replica. Pounds, as that is what people read;
// whole pence are kept. Labels name the authority and never a school or a child. Errors: whatever
// the store answers. Threads: belongs to one.
#ifndef PEPLINE_SERVICES_FUNDING_GAUGES_H_
#define PEPLINE_SERVICES_FUNDING_GAUGES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/funding/domain/fund_line.h"
#include "shared/base/clock.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/engine/gauges.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline::funding {

class Gauges {
 public:
  // All must outlive this.
  Gauges(Store& store, const Clock& clock, Metrics& metrics);
  absl::Status Count();

 private:
  struct Waiting {
    std::string authority;
    std::string stage;
    std::vector<Rule> late;
  };

  const Clock& clock_;
  Metrics& metrics_;
  FollowedRecords lines_, requests_;
  std::map<std::string, FundLine> known_lines_;
  std::map<std::string, Waiting> waiting_;
  AuthorityGauge line_gbp_, open_requests_, late_deadlines_;
};

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_GAUGES_H_
