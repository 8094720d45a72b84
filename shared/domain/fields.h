// The field lists of what several services store, publish or answer (field_list.h).
#ifndef PEPLINE_SHARED_DOMAIN_FIELDS_H_
#define PEPLINE_SHARED_DOMAIN_FIELDS_H_

#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"
#include "shared/domain/field_list.h"
#include "shared/domain/sdq_settings.h"

namespace pepline {

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
