// The plan between its rules and its bytes: the stored record and the events of the contract.
// Promises: Decode(Encode(state)) is the state; a record that cannot be read is DataLoss and never
// a half state. What is private (reasons, attendance) is stored and leaves in no event. Threads:
// pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_CODEC_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/scheduling/storage/v1/child.pb.h"
#include "pepline/scheduling/storage/v1/plan.pb.h"
#include "services/scheduling/domain/plan.h"
#include "shared/engine/execute.h"

namespace pepline::scheduling {

namespace v1 {
class SchedulingEvent;
}

// DecodeEvent is EncodeEvent backwards (event_decoder.cc), for rebuilding from the topic. `child`
// is what registry had emitted by then, which the event leaves out. What no event carries comes
// back empty, instants that are left out as the header's; InvalidArgument for what is not readable.
// PublishedFieldsOnly is the state as it is after a rebuild, the list of what is lost then.
// EncodeBeside are the PEPs that left the plan, and the versions of ePEPs that were made, each for
// a record of its own.
struct PlanCodec {
  using Rules = Plan;
  static constexpr std::string_view kKind = "plan";
  static absl::StatusOr<PlanState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const PlanState& state);
  static std::vector<std::pair<RecordKey, std::string>> EncodeBeside(const PlanState& state);
  static EncodedEvent EncodeEvent(const PlanState& after, const PlanEvent& event,
                                  const common::v1::EventHeader& header);
  static absl::StatusOr<PlanEvent> DecodeEvent(const PlanState& before, const ChildFacts& child,
                                               const v1::SchedulingEvent& emitted);
  static PlanState PublishedFieldsOnly(PlanState state);
};
static_assert(Decider<PlanCodec::Rules>);

inline constexpr std::string_view kChildKind = "child";
inline constexpr std::string_view kPepKind = "pep";

// Where a child's plan is kept; what registry emitted about the child is read with it.
Target PlanOf(const ChildId& child);

// A PEP that is over, in the partition of its child: the plan with that PEP alone.
absl::StatusOr<PlanState> DecodePep(const std::string& bytes);
std::string EncodePep(const PlanState& alone);

// What registry emitted about a child, as kept.
absl::StatusOr<ChildFacts> DecodeChild(const std::string& bytes);
std::string EncodeChild(const ChildFacts& child);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_CODEC_H_
