#include "services/notifications/metrics.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace pepline::notifications {

std::vector<MetricDefinition> NotificationsMetrics() {
  using Type = MetricDefinition::Type;
  return {
      {"pepline_notifications_alerts_open",
       "Open alerts by the highest level reached, counted from the store",
       Type::kGauge,
       {"authority", "level"}},
      {"pepline_notifications_oldest_untold_age_seconds",
       "How long the longest waiting message has waited to be handed over", Type::kGauge},
      {"pepline_notifications_alerts_untold", "Open alerts of which somebody is still to be told",
       Type::kGauge},
      {"pepline_notifications_messages_held",
       "Messages that wait for the hours in which their role is told, or for others to the same "
       "person",
       Type::kGauge},
      {"pepline_notifications_oldest_held_message_age_seconds",
       "Since the level was reached of which the longest held message tells", Type::kGauge},
      {"pepline_notifications_alerts_raised_total",
       "Levels raised: 0 reminders, 1 late",
       Type::kCounter,
       {"level"}},
      {"pepline_notifications_alerts_escalated_total",
       "Levels above 1 reached while nothing happened",
       Type::kCounter,
       {"level"}},
      {"pepline_notifications_alerts_resolved_total",
       "Alerts resolved, by what resolved them",
       Type::kCounter,
       {"cause"}},
      {"pepline_notifications_alerts_acknowledged_total",
       "Alerts that somebody says they have seen", Type::kCounter},
      {"pepline_notifications_deliveries_total",
       "Messages handed over or given up",
       Type::kCounter,
       {"outcome"}},
      {"pepline_notifications_delivery_attempts_failed_total",
       "Attempts that did not succeed and are repeated",
       Type::kCounter,
       {"cause"}},
      {"pepline_notifications_mails_saved_total",
       "Messages that left in the mail of another to the same person", Type::kCounter},
      {"pepline_notifications_deliveries_unrecorded",
       "Mails that left and are not on record yet, of this replica", Type::kGauge},
      {"pepline_notifications_oldest_held_back_age_seconds",
       "How long the longest held back alert waits for this replica to hear what other services "
       "said of it",
       Type::kGauge},
      {"pepline_notifications_notices_total",
       "News of children: given to be told, too old to be told, or of a kind that the policy "
       "profile switches off",
       Type::kCounter,
       {"kind", "outcome"}},
      {"pepline_notifications_redeliveries_requested_total",
       "Roles of a level that somebody wants told again", Type::kCounter},
      {"pepline_notifications_send_seconds", "Time to hand one mail to the mail server",
       Type::kHistogram},
      {"pepline_notifications_unknown_events_total",
       "Consumed events of a later version, passed over",
       Type::kCounter,
       {"topic"}},
  };
}

void CountEvents(Metrics& metrics, const std::vector<AlertEvent>& events) {
  for (const AlertEvent& event : events) {
    std::visit(
        Match{[&](const AlertRaised& raised) {
                metrics.Count("pepline_notifications_alerts_raised_total",
                              {{"level", absl::StrCat(std::max(raised.level, 0))}});
              },
              [&](const AlertEscalated& escalated) {
                metrics.Count("pepline_notifications_alerts_escalated_total",
                              {{"level", absl::StrCat(escalated.level)}});
              },
              [&](const AlertDelivered&) {
                metrics.Count("pepline_notifications_deliveries_total", {{"outcome", "delivered"}});
              },
              [&](const AlertDeliveryFailed& failed) {
                metrics.Count("pepline_notifications_deliveries_total",
                              {{"outcome", FailureName(failed.cause)}});
              },
              [&](const AlertAcknowledged&) {
                metrics.Count("pepline_notifications_alerts_acknowledged_total");
              },
              [&](const AlertRedeliveryRequested&) {
                metrics.Count("pepline_notifications_redeliveries_requested_total");
              },
              [&](const AlertResolved& resolved) {
                metrics.Count("pepline_notifications_alerts_resolved_total",
                              {{"cause", ResolvedName(resolved.cause)}});
              },
              [&](const NoticeGiven& given) {
                metrics.Count("pepline_notifications_notices_total",
                              {{"kind", given.notice.reference.rule_id}, {"outcome", "given"}});
              },
              [](const AlertMoved&) {}, [](const MessageClaimed&) {}, [](const MessageReleased&) {},
              [](const DeliveryPutOff&) {}, [](const DeliveryHeld&) {}},
        event);
  }
}

void CountNoNotice(Metrics& metrics, NoticeKind kind, NoNotice why) {
  if (why == NoNotice::kNoNews) return;
  metrics.Count("pepline_notifications_notices_total",
                {{"kind", InCatalogue(kind).id},
                 {"outcome", why == NoNotice::kTooOld ? "too-old" : "disabled"}});
}

}  // namespace pepline::notifications
