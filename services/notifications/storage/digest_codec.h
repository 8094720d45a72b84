// The digest of one person between its rules and its bytes. None of its events is published.
// Promises: Decode(Encode(state)) is the state; a record that cannot be read is DataLoss and never
// a half state. Threads: pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_DIGEST_CODEC_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_DIGEST_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/notifications/storage/v1/digest.pb.h"
#include "services/notifications/domain/digest.h"
#include "shared/engine/execute.h"

namespace pepline::notifications {

struct DigestCodec {
  using Rules = Digest;
  static constexpr std::string_view kKind = "digest";
  static absl::StatusOr<DigestState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const DigestState& state);
  static bool IsPublished(const DigestEvent&) { return false; }
  static EncodedEvent EncodeEvent(const DigestState&, const DigestEvent&,
                                  const common::v1::EventHeader&) {
    return {};
  }
};
static_assert(Decider<DigestCodec::Rules>);

// Where the digest of a person is kept: by the staff id.
Target DigestOf(const StaffId& staff);

// "<staff id>/digest/<of what>": the same for the same messages, in whatever order, so that a mail
// that is sent once more is recognised, and one that tells of other things is not taken for it.
std::string DigestId(const StaffId& staff, std::vector<std::string> delivery_ids);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_DIGEST_CODEC_H_
