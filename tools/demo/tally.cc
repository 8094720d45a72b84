#include "tools/demo/tally.h"

#include <variant>

namespace pepline::demo {

void Tally::Count(const story::AnyEvent& event) {
  ++events;
  std::visit([this](const auto& one) { CountOne(one); }, event);
}

void Tally::CountOne(const registry::v1::RegistryEvent&) {}

void Tally::CountOne(const scheduling::v1::SchedulingEvent& event) {
  const std::string& pep = event.pep().pep_id();
  if (event.has_pep_cycle_opened()) {
    absl::CivilDay opened_on;
    // A date that cannot be read counts for this term, where it would be seen.
    if (absl::ParseCivilTime(event.pep_cycle_opened().opened_on(), &opened_on) &&
        opened_on > last_day_) {
      ++next_term_due;
    } else {
      due.insert(pep);
    }
  }
  if (event.has_deadline_missed()) ++deadlines_missed;
  if (!due.contains(pep)) return;
  if (event.has_pep_meeting_held()) held.insert(pep);
  if (event.has_epep_finalised()) {
    (event.epep_finalised().within_limit() ? finalised_in_time : finalised_late).insert(pep);
  }
}

void Tally::CountOne(const assessments::v1::AssessmentsEvent& event) {
  if (event.has_sdq_became_missing()) sdqs_missing.insert(event.pep_id());
  const auto stands = [this](const auto& said) {
    outcomes[said.outcome_id()] = said.missing().empty();
  };
  if (event.has_outcome_set()) stands(event.outcome_set());
  if (event.has_outcome_refined()) stands(event.outcome_refined());
}

void Tally::CountOne(const funding::v1::FundingEvent& event) {
  if (event.has_funding_submitted()) ++funding_asked;
  if (event.has_funding_approved()) ++funding_approved;
  if (event.has_funding_declined()) ++funding_declined;
  if (event.has_funding_released()) {
    released_pence += event.funding_released().released_pence();
  }
}

void Tally::CountOne(const notifications::v1::NotificationsEvent& event) {
  if (event.has_alert_raised()) ++alerts_raised;
  if (event.has_alert_escalated()) ++alerts_escalated;
  if (event.has_alert_resolved()) ++alerts_resolved;
  if (event.has_alert_acknowledged()) ++alerts_seen;
  const auto count_mail = [this](const auto& left) {
    if (left.channel() != "smtp") return;
    if (left.digest_id().empty() || digests_.insert(left.digest_id()).second) ++delivered;
  };
  if (event.has_alert_delivered()) count_mail(event.alert_delivered());
  if (event.has_notice_delivered()) count_mail(event.notice_delivered());
  if (event.has_alert_delivery_failed() || event.has_notice_dropped()) ++not_delivered;
}

}  // namespace pepline::demo
