#include "services/assessments/gauges.h"

#include <utility>

#include "services/assessments/storage/codec.h"

namespace pepline::assessments {
namespace {

// An id that names no SDQ has no records.
std::vector<RecordKey> SdqAndPep(const std::string& sdq) {
  const auto key = ParseSdqId(sdq);
  return key ? TargetOf(*key).keys : RecordOf(sdq);
}

}  // namespace

Gauges::Gauges(Store& store, const KnownChildren& children, Metrics& metrics)
    : children_(children),
      metrics_(metrics),
      sdqs_(store, {OpenSdqs()}, &SdqAndPep),
      awaited_("pepline_assessments_awaited_sdqs"),
      missing_("pepline_assessments_missing_sdqs"),
      gaps_("pepline_assessments_sdq_gaps"),
      to_confirm_("pepline_assessments_sdqs_to_confirm") {}

absl::Status Gauges::Count() {
  absl::Status status = sdqs_.Refresh(
      [this](const std::string& sdq, const FollowedRecords::StateParts& parts) {
        const auto state = SdqCodec::Decode(parts);
        if (!state.ok()) return state.status();
        const bool missing = IsMissingForPep(*state);
        notes_[sdq] = {state->key.child,           "",
                       IsAwaited(*state),          missing,
                       state->missing && !missing, AwaitsConfirmation(*state)};
        return absl::OkStatus();
      },
      [this](const std::string& sdq) { notes_.erase(sdq); });
  if (!status.ok()) return status;
  for (auto& [sdq, note] : notes_) {
    if (note.authority.empty()) {  // registry's word may come after scheduling's
      const auto child = children_.Find(note.child);
      if (!child.ok()) return child.status();
      if (!*child) continue;
      note.authority = (*child)->authority.text();
    }
    awaited_.Add(note.authority, note.awaited ? 1 : 0);
    missing_.Add(note.authority, note.missing ? 1 : 0);
    gaps_.Add(note.authority, note.gap ? 1 : 0);
    to_confirm_.Add(note.authority, note.to_confirm ? 1 : 0);
  }
  awaited_.Publish(metrics_);
  missing_.Publish(metrics_);
  gaps_.Publish(metrics_);
  to_confirm_.Publish(metrics_);
  return absl::OkStatus();
}

}  // namespace pepline::assessments
