// The field lists of what several services store, publish or answer (field_list.h).
#ifndef PEPLINE_SHARED_DOMAIN_FIELDS_H_
#define PEPLINE_SHARED_DOMAIN_FIELDS_H_

#include <optional>
#include <string>

#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"
#include "shared/domain/deadline.h"
#include "shared/domain/deadline_events.h"
#include "shared/domain/field_list.h"
#include "shared/domain/profile/sdq_settings.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline {

template <>
struct TextForm<Rule> {
  static std::string Write(Rule rule) { return std::string(RuleId(rule)); }
  static std::optional<Rule> Read(const std::string& id) {
    const CataloguedRule* found = FindRule(id);
    return found == nullptr ? std::nullopt : std::optional(found->rule);
  }
};

void Fields(auto& map, Of<AlertInstant> auto& level) {
  map(FIELD(level), level.level);
  map(FIELD(at), level.at);
  map(FIELD(recipients), level.recipients);
}
void Fields(auto& map, Of<AlertLevel> auto& level) {
  map(FIELD(level), level.level);
  map(FIELD(offset), level.offset);
  map(FIELD(day_kind), level.day_kind);
  map(FIELD(recipients), level.recipients);
}
void Fields(auto& map, Of<DeadlineInstants> auto& instants) {
  map(FIELD(due_at), instants.due_at);
  map(FIELD(calendar_known), instants.calendar_known);
  map(FIELD(levels), instants.levels);
  map(FIELD(provisional), instants.provisional);
  map(FIELD(after_interim), instants.after_interim);
  map(FIELD(stays_with_school), instants.stays_with_school);
}
void Fields(auto& map, Of<Deadline> auto& deadline) {
  map.Inline(deadline.instants);
  map(FIELD(state), deadline.status);
  map(FIELD(reminded), deadline.reminded);
  map(FIELD(met_at), deadline.met_at);
  map(FIELD(waived_at), deadline.waived_at);
  map(FIELD(late), deadline.late);
  map(FIELD(missed_for), deadline.missed_for);
  map(FIELD(miss_stands), deadline.miss_stands);
  map(FIELD(set_on), deadline.set_on);
}
// What an event says of its deadline is filled in from the state, as DeadlineReference.
void Fields(auto&, Of<DeadlineSet> auto&) {}
void Fields(auto&, Of<DeadlineReminderReached> auto&) {}
void Fields(auto&, Of<DeadlineMissed> auto&) {}
void Fields(auto& map, Of<DeadlineMet> auto& event) {
  map(FIELD(met_at), event.met_at);
  map(FIELD(late), event.late);
}
void Fields(auto& map, Of<DeadlineRecalculated> auto& event) {
  map(FIELD(old_due_at), event.old_due_at);
  map(FIELD(miss_withdrawn), event.miss_withdrawn);
}
void Fields(auto& map, Of<DeadlineWithdrawn> auto& event) {
  map(FIELD(waived_at), event.waived_at);
  map(FIELD(late), event.late);
}
void Fields(auto& map, Of<TermPart> auto& part) {
  map(FIELD(academic_year), part.academic_year);
  map(FIELD(term), part.term);
  map(FIELD(part), part.part);
  map(FIELD(first_day), part.first_day);
  map(FIELD(last_day), part.last_day);
  map(FIELD(provisional), part.provisional);
}
void Fields(auto& map, Of<SdqDays> auto& sdq) {
  map(FIELD(sdq_from), sdq.from);
  map(FIELD(sdq_until), sdq.until);
  map(FIELD(sdq_from_age), sdq.from_age);
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_FIELDS_H_
