// What people do in a story, and when. A story is a list of steps: plain values, written down
// before anything runs. StoryClock (story_clock.h) carries them out on a stack. Promises: nothing
// here knows a stack, a clock or an id that the stack gives; children and staff go by the
// authority's own ids, schools by their URNs. Civil times are Europe/London. Threads: values only.
#ifndef PEPLINE_TOOLS_STORY_STEP_H_
#define PEPLINE_TOOLS_STORY_STEP_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "pepline/registry/v1/registry_service.pb.h"

namespace pepline::story {

// The Virtual School.
struct ImportFile {
  registry::v1::ImportKind kind;
  std::string path;
};
struct MoveToSchool {
  std::string school_urn;
};
// Of a child who was on no roll.
struct EnrolAtSchool {
  std::string school_urn;
};
struct ApproveFunding {
  std::int64_t pence = 0;
};
struct DeclineFunding {
  std::string reason;
};
struct ConfirmSdqGivenUp {
  std::string explanation;
};
// All open alerts of the child that have reached level 1.
struct AcknowledgeAlerts {};

// The Designated Teacher of the child's school; the Virtual School where there is none.
struct SchedulePep {
  absl::CivilSecond meeting_at;
};
struct ReschedulePep {
  absl::CivilSecond meeting_at;
  std::string reason;
};
struct CancelPep {
  std::string reason;
};
struct DraftEpep {};
struct SendSdq {};
struct ReturnSdq {};
// Proposes to do without it.
struct GiveUpSdq {
  std::string reason;
};
// The first outcome of the current PEP: SMART, or with gaps that RefineOutcome fills.
struct SetOutcome {
  bool smart = true;
};
struct RefineOutcome {};
struct CaptureViews {};
struct DeclineViews {
  std::string reason;
};
struct HoldPep {
  bool deputy_chairs = false;
  std::string missing_views_reason;
  std::string missing_sdq_reason;
};
struct FinaliseEpep {};
// Drafts the request and submits it.
struct AskForFunding {
  std::int64_t pence = 0;
  std::string intervention;
};

// Finance.
struct OpenFundLine {
  std::string financial_year;  // "2025-26"
  std::int64_t pence = 0;
};
struct ReleaseFunding {};

using Action =
    std::variant<ImportFile, MoveToSchool, EnrolAtSchool, ApproveFunding, DeclineFunding,
                 ConfirmSdqGivenUp, AcknowledgeAlerts, SchedulePep, ReschedulePep, CancelPep,
                 DraftEpep, SetOutcome, RefineOutcome, SendSdq, ReturnSdq, GiveUpSdq, CaptureViews,
                 DeclineViews, HoldPep, FinaliseEpep, AskForFunding, OpenFundLine, ReleaseFunding>;

struct Step {
  absl::CivilSecond at;
  std::string child;  // the authority's own id; empty where no child is concerned
  Action action;
  // The reason (of ErrorInfo) by which it is to be refused; empty: it is to be done.
  std::string refused = {};
};

using Story = std::vector<Step>;

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_STEP_H_
