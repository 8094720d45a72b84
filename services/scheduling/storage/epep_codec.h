// The content of ePEPs between its rules and its bytes: as it is being written, and the versions
// that were finalised. Both lie in the partition of the child's plan.
// Promises: Decode(Encode(state)) is the state; a record that cannot be read, and a version that is
// not what was finalised, is DataLoss and never a half state. What people wrote is stored and
// leaves in no event. Threads: pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_EPEP_CODEC_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_EPEP_CODEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "services/scheduling/domain/epep/epep.h"
#include "shared/engine/execute.h"

namespace pepline::scheduling {

struct EpepCodec {
  using Rules = Epep;
  static constexpr std::string_view kKind = "epep";
  static bool IsPublished(const EpepEvent& event);
  static absl::StatusOr<EpepState> Decode(const RecordStates& parts);
  static std::vector<std::string> Encode(const EpepState& state);
  static EncodedEvent EncodeEvent(const EpepState& after, const EpepEvent& event,
                                  const common::v1::EventHeader& header);
};

inline constexpr std::string_view kEpepVersionKind = "epep-version";

RecordKey EpepOf(const PepId& pep);
RecordKey VersionOf(const PepId& pep, int version);

// Reading verifies the hash: DataLoss where the content is not what was finalised.
std::string EncodeVersion(const EpepVersion& version);
absl::StatusOr<EpepVersion> DecodeVersion(const std::string& bytes);
// 64 hexadecimal digits.
std::string Sha256Of(const EpepVersion& version);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_EPEP_CODEC_H_
