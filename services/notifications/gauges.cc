#include "services/notifications/gauges.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/notifications/delivery/smtp_answer.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/topics_read.h"

namespace pepline::notifications {
namespace {

constexpr int kHighestLevel = 3;

std::vector<std::string> Levels() {
  std::vector<std::string> levels;
  for (int level = 0; level <= kHighestLevel; ++level) levels.push_back(absl::StrCat(level));
  return levels;
}

}  // namespace

Gauges::Gauges(Store& store, const Clock& clock, Metrics& metrics)
    : clock_(clock),
      metrics_(metrics),
      // A resolved alert may still have somebody to tell.
      alerts_(store, {OpenAlerts(), UndeliveredAlerts()},
              [](const std::string& alert) { return AlertOf(AlertId(alert)).keys; }),
      open_("pepline_notifications_alerts_open", "level", Levels()) {
  metrics.Count("pepline_notifications_deliveries_total", {{"outcome", "delivered"}}, 0);
  for (FailureCause cause : {FailureCause::kNobodyInRole, FailureCause::kAddressRefused,
                             FailureCause::kTooManyAttempts}) {
    metrics.Count("pepline_notifications_deliveries_total", {{"outcome", FailureName(cause)}}, 0);
  }
  for (const std::string_view cause : kWaitingCauses) {
    metrics.Count("pepline_notifications_delivery_attempts_failed_total", {{"cause", cause}}, 0);
  }
  for (const std::string& level : Levels()) {
    const bool raised = level < "2";
    metrics.Count(raised ? "pepline_notifications_alerts_raised_total"
                         : "pepline_notifications_alerts_escalated_total",
                  {{"level", level}}, 0);
  }
  for (const CataloguedNotice& notice : kNoticeCatalogue) {
    for (const std::string_view outcome : {"given", "too-old", "disabled"}) {
      metrics.Count("pepline_notifications_notices_total",
                    {{"kind", notice.id}, {"outcome", outcome}}, 0);
    }
  }
  for (const std::string_view topic : {kRegistryTopic, kSchedulingTopic}) {
    metrics.Count("pepline_notifications_unknown_events_total", {{"topic", topic}}, 0);
  }
}

absl::Status Gauges::Count() {
  absl::Status status = alerts_.Refresh(
      [this](const std::string& alert, const FollowedRecords::StateParts& parts) {
        const auto state = AlertCodec::Decode(parts);
        if (!state.ok()) return state.status();
        Note& note = notes_[alert];
        note = {state->reference.authority.text(), state->level(), state->IsOpen(), std::nullopt};
        for (const PendingDelivery& pending : state->Waiting()) {
          note.undelivered_since =
              std::min(note.undelivered_since.value_or(pending.since), pending.since);
        }
        return absl::OkStatus();
      },
      [this](const std::string& alert) { notes_.erase(alert); });
  if (!status.ok()) return status;

  const absl::Time now = clock_.Now();
  absl::Time oldest = now;
  int undelivered = 0;
  for (const auto& [alert, note] : notes_) {
    if (note.open) open_.Add(note.authority, absl::StrCat(note.level));
    if (!note.undelivered_since) continue;
    ++undelivered;
    oldest = std::min(oldest, *note.undelivered_since);
  }
  open_.Publish(metrics_);
  metrics_.Set("pepline_notifications_alerts_untold", {}, undelivered);
  metrics_.Set("pepline_notifications_oldest_untold_age_seconds", {},
               absl::ToDoubleSeconds(now - oldest));
  return absl::OkStatus();
}

}  // namespace pepline::notifications
