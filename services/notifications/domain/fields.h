// The fields of what notifications keeps and publishes (shared/domain/field_list.h).
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_FIELDS_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_FIELDS_H_

#include <optional>
#include <string>

#include "services/notifications/domain/alert.h"
#include "services/notifications/domain/digest.h"
#include "shared/domain/fields.h"

namespace pepline {

template <>
struct TextForm<notifications::Channel>
    : NamedText<notifications::ChannelName, notifications::ParseChannel> {};
template <>
struct TextForm<notifications::FailureCause>
    : NamedText<notifications::FailureName, notifications::ParseFailure> {};
template <>
struct TextForm<notifications::ResolvedCause>
    : NamedText<notifications::ResolvedName, notifications::ParseResolved> {};

}  // namespace pepline

namespace pepline::notifications {

void Fields(auto& map, Of<AlertReference> auto& reference) {
  map(FIELD(alert_id), reference.alert);
  map(FIELD(rule_id), reference.rule_id);
  map(FIELD(child_id), reference.child);
  map(FIELD(pep_id), reference.pep);
  map(FIELD(school_urn), reference.school);
  map(FIELD(authority_code), reference.authority);
  map(FIELD(stays_with_school), reference.stays_with_school);
}
void Fields(auto& map, Of<Instants> auto& instants) {
  map(FIELD(due_at), instants.due_at);
  map(FIELD(levels), instants.levels);
  map(FIELD(estimated), instants.estimated);
  map(FIELD(provisional), instants.provisional);
  map(FIELD(after_interim), instants.after_interim);
}
void Fields(auto& map, Of<Settled> auto& settled) {
  map(FIELD(staff_id), settled.staff);
  map(FIELD(channel), settled.channel);
  map(FIELD(cause), settled.cause);
  map(FIELD(at), settled.at);
}
void Fields(auto& map, Of<Attempt> auto& attempt) {
  map(FIELD(staff_id), attempt.staff);
  map(FIELD(claimed_by), attempt.claimed_by);
  map(FIELD(refusals), attempt.refusals);
}
void Fields(auto& map, Of<PendingDelivery> auto& pending) {
  map(FIELD(level), pending.level);
  map(FIELD(role), pending.role);
  map(FIELD(since), pending.since);
  map(FIELD(state), pending.state);
  map(FIELD(instead_of), pending.instead_of);
  map(FIELD(settled), pending.settled);
  map(FIELD(attempts), pending.attempts);
  map(FIELD(not_before), pending.not_before);
  map(FIELD(held), pending.held);
}
void Fields(auto& map, Of<Acknowledgement> auto& acknowledgement) {
  map(FIELD(level), acknowledgement.level);
  map(FIELD(at), acknowledgement.at);
}
void Fields(auto& map, Of<EarlierDelivery> auto& delivery) {
  map(FIELD(run), delivery.run);
  map(FIELD(level), delivery.level);
  map(FIELD(role), delivery.role);
  map(FIELD(staff_id), delivery.staff);
}
// Without what became of it, which an older version has to be able to read (storage/codec.cc).
void Fields(auto& map, Of<AlertState> auto& state) {
  map(FIELD(reference), state.reference);
  map.Inline(state.instants);
  map(FIELD(run), state.run);
  map(FIELD(late), state.late);
  map.Rows(FIELD(reached), state.reached, FIELD(level), FIELD(at));
  map(FIELD(tellings), state.deliveries);
  map.Rows(FIELD(acknowledgements), state.acknowledgements, FIELD(role));
  map(FIELD(earlier), state.earlier);
}
// Its reference follows from the school and the authority (storage/codec.cc).
void Fields(auto& map, Of<Vacancy> auto& vacancy) {
  map(FIELD(school_urn), vacancy.reference.school);
  map(FIELD(authority_code), vacancy.reference.authority);
  map(FIELD(vacant), vacancy.vacant);
  map(FIELD(nobody_needed), vacancy.nobody_needed);
  map.Inline(vacancy.instants);
  map(FIELD(of_caring_authority), vacancy.of_caring_authority);
}
void Fields(auto& map, Of<DigestItem> auto& item) {
  map(FIELD(alert_id), item.alert);
  map(FIELD(run), item.run);
  map(FIELD(level), item.level);
  map(FIELD(role), item.role);
}
void Fields(auto& map, Of<DigestState> auto& digest) {
  map(FIELD(items), digest.items);
  map(FIELD(due_at), digest.due_at);
  map(FIELD(taken), digest.taken);
  map(FIELD(taken_at), digest.taken_at);
}

// Events. Recipients and the id of a delivery are filled in from the state
// (storage/event_codec.cc).
void Fields(auto& map, Of<AlertRaised> auto& event) {
  map(FIELD(level), event.level);
  map(FIELD(due_at), event.instants.due_at);
  map(FIELD(estimated), event.instants.estimated);
}
void Fields(auto& map, Of<AlertEscalated> auto& event) { map(FIELD(level), event.level); }
void Fields(auto& map, Of<AlertDelivered> auto& event) {
  map(FIELD(level), event.level);
  map(FIELD(role), event.role);
  map(FIELD(staff_id), event.staff);
  map(FIELD(channel), event.channel);
  map(FIELD(digest_id), event.digest);
}
void Fields(auto& map, Of<AlertDeliveryFailed> auto& event) {
  map(FIELD(level), event.level);
  map(FIELD(role), event.role);
  map(FIELD(cause), event.cause);
}
void Fields(auto& map, Of<AlertAcknowledged> auto& event) { map(FIELD(role), event.role); }
void Fields(auto& map, Of<AlertRedeliveryRequested> auto& event) {
  map(FIELD(level), event.level);
  map(FIELD(role), event.role);
}
void Fields(auto& map, Of<AlertResolved> auto& event) { map(FIELD(cause), event.cause); }
void Fields(auto& map, Of<AlertMoved> auto& event) {
  map(FIELD(due_at), event.instants.due_at);
  map(FIELD(estimated), event.instants.estimated);
}
void Fields(auto& map, Of<NoticeGiven> auto& event) {
  map(FIELD(happened_at), event.notice.happened_at);
}

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_FIELDS_H_
