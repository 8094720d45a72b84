// SDQs, pupil views and outcomes between their rules and their bytes: the stored records and the
// events of the contract. Each decision holds two records of the child's partition: its own, and
// where the child's PEP stands, so that a command and the news of a moved meeting never pass each
// other unseen. Promises: Decode(Encode(state)) is the state; a record that cannot be read is
// DataLoss and never a half state. Answers, scores, views and free text are stored and leave in no
// event. Threads: pure.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_STORAGE_CODEC_H_
#define PEPLINE_SERVICES_ASSESSMENTS_STORAGE_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "services/assessments/domain/outcomes.h"
#include "services/assessments/domain/pupil_views.h"
#include "services/assessments/domain/sdq.h"
#include "shared/engine/execute.h"

namespace pepline::assessments {

struct SdqCodec {
  using Rules = Sdq;
  static constexpr std::string_view kKind = "sdq";
  static absl::StatusOr<SdqState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const SdqState& state);
  static EncodedEvent EncodeEvent(const SdqState& after, const SdqEvent& event,
                                  const common::v1::EventHeader& header);
};
static_assert(Decider<SdqCodec::Rules>);

struct PupilViewsCodec {
  using Rules = PupilViews;
  static constexpr std::string_view kKind = "pupil-views";
  static absl::StatusOr<PupilViewsState> Decode(
      const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const PupilViewsState& state);
  static EncodedEvent EncodeEvent(const PupilViewsState& after, const PupilViewsEvent& event,
                                  const common::v1::EventHeader& header);
};
static_assert(Decider<PupilViewsCodec::Rules>);

struct OutcomesCodec {
  using Rules = Outcomes;
  static constexpr std::string_view kKind = "outcomes";
  static absl::StatusOr<OutcomesState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const OutcomesState& state);
  static EncodedEvent EncodeEvent(const OutcomesState& after, const OutcomesEvent& event,
                                  const common::v1::EventHeader& header);
};
static_assert(Decider<OutcomesCodec::Rules>);

inline constexpr std::string_view kPepKind = "pep";  // id: the child's
absl::StatusOr<PepStanding> DecodePep(const std::string& bytes);
std::string EncodePep(const PepStanding& pep);

// Where they are kept; beside an SDQ is read what registry said of the child.
Target TargetOf(const SdqKey& key);
// What the rules may know of an SDQ besides its state; `also` is what Target::also asks for.
// DataLoss where the child's record cannot be read.
absl::StatusOr<SdqFacts> FactsAt(absl::Time now, const RecordStates& also);
Target ViewsOf(const ChildId& child, const PepId& pep);
Target OutcomesOf(const ChildId& child, const PepId& pep);
// The SDQ's own record, for lists and numbers, which need not know where the PEP stands.
std::vector<RecordKey> RecordOf(const std::string& sdq_id);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_STORAGE_CODEC_H_
