// Fund lines and requests between their rules and their bytes: the stored records and the events of
// the contract. A request is two records, its own and its fund line's, written together.
// Promises: Decode(Encode(state)) is the state; a record that cannot be read is DataLoss and never
// a half state. What is private (descriptions, reasons, who decided) is stored and leaves in no
// event. Threads: pure functions.
#ifndef PEPLINE_SERVICES_FUNDING_STORAGE_CODEC_H_
#define PEPLINE_SERVICES_FUNDING_STORAGE_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/funding/storage/v1/fund_line.pb.h"
#include "pepline/funding/storage/v1/funding_request.pb.h"
#include "services/funding/domain/fund_line.h"
#include "services/funding/domain/funding_request.h"
#include "shared/engine/execute.h"

namespace pepline::funding {

namespace v1 {
class FundingEvent;
}

// DecodeEvent is EncodeEvent backwards (event_decoder.cc), for rebuilding from the topic: what no
// event carries comes back empty, instants as the header's; InvalidArgument for what is not
// readable. PublishedFieldsOnly is the state as it is after a rebuild, the list of what is lost
// then.
struct FundLineCodec {
  using Rules = FundLineRules;
  static constexpr std::string_view kKind = "fund-line";
  static absl::StatusOr<FundLineState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const FundLineState& state);
  static EncodedEvent EncodeEvent(const FundLineState& after, const FundLineEvent& event,
                                  const common::v1::EventHeader& header);
  static absl::StatusOr<FundLineEvent> DecodeEvent(const v1::FundingEvent& emitted);
  static FundLineState PublishedFieldsOnly(FundLineState state);
};
static_assert(Decider<FundLineCodec::Rules>);

struct FundingCodec {
  using Rules = FundingRules;
  static constexpr std::string_view kKind = "funding-request";
  static absl::StatusOr<FundingState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const FundingState& state);
  static EncodedEvent EncodeEvent(const FundingState& after, const FundingEvent& event,
                                  const common::v1::EventHeader& header);
  static absl::StatusOr<FundingEvent> DecodeEvent(const v1::FundingEvent& emitted);
  static FundingState PublishedFieldsOnly(FundingState state);
};
static_assert(Decider<FundingCodec::Rules>);

// Where they are kept: both in the fund line's partition.
Target TargetOf(const FundLineName& line);
Target TargetOf(const FundingRequestId& request, const FundLineName& line);
// Of a listed request. Only ids that RequestIdOf made are listed, and those say their line; nothing
// is stored under any other.
Target ListedTarget(const std::string& request);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_STORAGE_CODEC_H_
