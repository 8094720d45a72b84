// Who is told of a level in place of a role that could not be told.
// Promises: pure. Nobody stands in where another addressee of the same side, the school's or the
// council's, was told of that level or still may be. The school stands in for its own first
// (Designated Teacher, deputy, headteacher), then the Virtual School does, as it does for the
// council's, unless it hears of that level anyway. Each role is told once of a level. Source:
// docs/domain.md 6.10 and decision 68. Threads: pure.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_SUBSTITUTES_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_SUBSTITUTES_H_

#include <optional>

#include "services/notifications/domain/alert.h"

namespace pepline::notifications {

// nullopt where nobody is.
std::optional<RecipientRole> SubstituteFor(RecipientRole failed, int level,
                                           const AlertState& state);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_SUBSTITUTES_H_
