// The contract's messages of the plan's events.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_EVENT_MESSAGES_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_EVENT_MESSAGES_H_

#include <variant>

#include "pepline/scheduling/v1/scheduling_events.pb.h"

namespace pepline::scheduling {

// In the order of PepEvent.
using PepMessages =
    std::variant<v1::PepCycleOpened, v1::PepInterimOpened, v1::PepMeetingScheduled,
                 v1::PepMeetingRescheduled, v1::PepMeetingCancelled, v1::PepPreparationStarted,
                 v1::PepReadinessItemCompleted, v1::PepReadinessItemWaived, v1::PepCostsWithdrawn,
                 v1::PepMeetingHeld, v1::PepMeetingCorrected, v1::EpepFinalised,
                 v1::EpepFinalisationTakenBack, v1::PepCycleClosed, v1::PepTransferredToSchool,
                 v1::PepCareStartCorrected, v1::PepMeetingConfirmed, v1::PepHandedOver,
                 v1::PepAgeEnded, v1::PepReadinessItemReopened, v1::DeadlineSet,
                 v1::DeadlineReminderReached, v1::DeadlineMissed, v1::DeadlineMet,
                 v1::DeadlineRecalculated, v1::DeadlineWithdrawn>;

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_EVENT_MESSAGES_H_
