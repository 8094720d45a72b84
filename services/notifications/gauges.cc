#include "services/notifications/gauges.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/notifications/delivery/smtp_answer.h"
#include "services/notifications/storage/codec.h"

namespace pepline::notifications {
namespace {

std::vector<std::string> Levels() {
  std::vector<std::string> levels;
  for (int level = 0; level <= kHighestLevel; ++level) levels.push_back(absl::StrCat(level));
  return levels;
}

}  // namespace

Gauges::Gauges(Store& store, const Clock& clock, Metrics& metrics)
    : clock_(clock),
      metrics_(metrics),
      // A resolved alert may still have somebody to tell, and a notice is never open.
      alerts_(store, {OpenAlerts(), UndeliveredAlerts(), AlertsWithHeldMessages()},
              [](const std::string& alert) { return AlertOf(AlertId(alert)).keys; }),
      open_("pepline_notifications_alerts_open", "level", Levels()) {
  metrics.Count("pepline_notifications_deliveries_total", {{"outcome", "delivered"}}, 0);
  for (FailureCause cause : {FailureCause::kNobodyInRole, FailureCause::kAddressRefused,
                             FailureCause::kTooManyAttempts}) {
    metrics.Count("pepline_notifications_deliveries_total", {{"outcome", FailureName(cause)}}, 0);
  }
  metrics.Count("pepline_notifications_mails_saved_total", {}, 0);
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
}

absl::Status Gauges::Count() {
  absl::Status status = alerts_.Refresh(
      [this](const std::string& alert, const FollowedRecords::StateParts& parts) {
        const auto state = AlertCodec::Decode(parts);
        if (!state.ok()) return state.status();
        Note& note = notes_[alert];
        note = {state->reference.authority.text(), state->level(), state->IsOpen(), {}, {}};
        for (const PendingDelivery& pending : state->Waiting()) {
          if (pending.held) {
            const auto reached = state->reached.find(pending.level);
            note.held.push_back({pending.not_before, reached == state->reached.end()
                                                         ? pending.since
                                                         : reached->second});
          } else {
            note.undelivered_since =
                std::min(note.undelivered_since.value_or(pending.since), pending.since);
          }
        }
        return absl::OkStatus();
      },
      [this](const std::string& alert) { notes_.erase(alert); });
  if (!status.ok()) return status;

  const absl::Time now = clock_.Now();
  absl::Time oldest = now;
  absl::Time oldest_held = now;
  int undelivered = 0;
  int held = 0;
  for (const auto& [alert, note] : notes_) {
    if (note.open) open_.Add(note.authority, absl::StrCat(std::max(note.level, 0)));
    std::optional<absl::Time> since = note.undelivered_since;
    for (const HeldMessage& message : note.held) {
      if (message.until <= now) {
        since = std::min(since.value_or(message.until), message.until);
      } else {
        ++held;
        oldest_held = std::min(oldest_held, message.raised_at);
      }
    }
    if (!since) continue;
    ++undelivered;
    oldest = std::min(oldest, *since);
  }
  open_.Publish(metrics_);
  metrics_.Set("pepline_notifications_alerts_untold", {}, undelivered);
  metrics_.Set("pepline_notifications_oldest_untold_age_seconds", {},
               absl::ToDoubleSeconds(now - oldest));
  metrics_.Set("pepline_notifications_messages_held", {}, held);
  metrics_.Set("pepline_notifications_oldest_held_message_age_seconds", {},
               absl::ToDoubleSeconds(now - oldest_held));
  return absl::OkStatus();
}

}  // namespace pepline::notifications
