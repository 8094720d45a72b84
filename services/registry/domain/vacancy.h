// When whom is told that a school with looked-after children has no Designated Teacher.
// Promises: pure; the vacancy is late at 23:59:59 Europe/London of its last day (level 1), and
// reminders and escalations are reached at 08:00 London of their day, as every deadline of Pepline.
// Length, levels and recipients are the policy profile's row "designated-teacher-vacancy". Source:
// docs/domain.md 6.8 and 6.10; the duty itself: Children and Young Persons Act 2008 s20. Threads:
// pure.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_VACANCY_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_VACANCY_H_

#include <vector>

#include "services/registry/domain/policy.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/calendar.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline::registry {

// Counts from the day after `since_on`.
std::vector<AlertInstant> VacancyLevels(absl::CivilDay since_on, const DeadlineRule& row,
                                        const Calendar& calendar);
// School days were counted of which no term dates are known.
bool IsVacancyEstimated(absl::CivilDay since_on, const DeadlineRule& row, const Calendar& calendar);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_VACANCY_H_
