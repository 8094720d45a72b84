// The SDQs of now, counted for /metrics: awaited, missing past their day, gaps, and proposed as not
// to be had. Missing is what scheduling counts as a late deadline of the rule of SDQs, and nothing
// else (IsMissingForPep); all else that is missing is a gap.
// Promises: taken from the store, so right after a start and the same in every replica. Labels name
// the authority and never a school or a child. Errors: whatever the store answers. Threads: belongs
// to one.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_GAUGES_H_
#define PEPLINE_SERVICES_ASSESSMENTS_GAUGES_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "shared/domain/ids.h"
#include "shared/engine/gauges.h"
#include "shared/observability/metrics.h"
#include "shared/projections/known_children.h"
#include "shared/store/store.h"

namespace pepline::assessments {

class Gauges {
 public:
  // All must outlive this.
  Gauges(Store& store, const KnownChildren& children, Metrics& metrics);
  absl::Status Count();

 private:
  struct Note {
    ChildId child;
    std::string authority;  // empty while registry has not spoken of the child
    bool awaited = false;
    bool missing = false;
    bool gap = false;
    bool to_confirm = false;
  };

  const KnownChildren& children_;
  Metrics& metrics_;
  FollowedRecords sdqs_;
  std::map<std::string, Note> notes_;
  AuthorityGauge awaited_, missing_, gaps_, to_confirm_;
};

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_GAUGES_H_
