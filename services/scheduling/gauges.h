// The PEPs of now, counted for /metrics: by stage, late, finalised, and how long that took; and the
// children who need a PEP and have none open, from what registry said of them, so that one counts
// whose plan nobody ever woke.
// Promises: taken from the store, so right after a start and the same in every replica; of each
// child the current PEP counts, so a term's numbers stand until the next term's PEP opens. Labels
// name the authority and never a school or a child. Errors: whatever the store answers. Threads:
// belongs to one.
#ifndef PEPLINE_SERVICES_SCHEDULING_GAUGES_H_
#define PEPLINE_SERVICES_SCHEDULING_GAUGES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/scheduling/domain/plan.h"
#include "shared/engine/gauges.h"
#include "shared/observability/metrics.h"
#include "shared/store/store.h"

namespace pepline::scheduling {

class Gauges {
 public:
  // Both must outlive this.
  Gauges(Store& store, Metrics& metrics);
  absl::Status Count();

 private:
  // What one plan adds to the numbers.
  struct OpenPep {
    Stage stage = Stage::kDue;
    std::vector<Rule> late;
  };
  struct Note {
    std::string authority;
    // The newest, and earlier ones with work to do; a finalised one of which nothing is late waits
    // for the next meeting, and would count its child twice.
    std::vector<OpenPep> peps;
    // Of the newest.
    std::optional<bool> finalised_late;
    std::optional<absl::Duration> until_finalised;  // since the meeting
  };
  static std::optional<Note> NoteOf(const PlanState& state);
  // A PEP is required and none is open, or the finalised one has served its time.
  static bool IsWithoutPep(const ChildFacts& child, const PlanState& state);
  void Publish();

  Metrics& metrics_;
  FollowedRecords plans_;
  std::map<std::string, Note> notes_;
  std::set<std::string> without_pep_;  // children
  AuthorityGauge peps_, late_peps_, late_deadlines_, finalised_, median_;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_GAUGES_H_
