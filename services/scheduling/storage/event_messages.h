// The contract's messages of the plan's events.
#ifndef PEPLINE_SERVICES_SCHEDULING_STORAGE_EVENT_MESSAGES_H_
#define PEPLINE_SERVICES_SCHEDULING_STORAGE_EVENT_MESSAGES_H_

#include <variant>

#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "shared/engine/event_mapping.h"

namespace pepline::scheduling {

// In the order of PepEvent.
using PepMessages = std::variant<
    v1::PepCycleOpened, v1::PepInterimOpened, v1::PepMeetingScheduled, v1::PepMeetingRescheduled,
    v1::PepMeetingCancelled, v1::PepPreparationStarted, v1::PepReadinessItemCompleted,
    v1::PepReadinessItemWaived, v1::PepCostsWithdrawn, v1::PepMeetingHeld, v1::PepMeetingCorrected,
    v1::EpepFinalised, v1::EpepFinalisationTakenBack, v1::PepCycleClosed,
    v1::PepTransferredToSchool, v1::PepCareStartCorrected, v1::PepMeetingConfirmed,
    v1::PepHandedOver, v1::PepAgeEnded, v1::PepReadinessItemReopened, common::v1::DeadlineSet,
    common::v1::DeadlineReminderReached, common::v1::DeadlineMissed, common::v1::DeadlineMet,
    common::v1::DeadlineRecalculated, common::v1::DeadlineWithdrawn>;
// In the order of EpepEvent.
using EpepMessages = std::variant<Unpublished, v1::EpepSectionCompleted, v1::EpepSectionReopened>;

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_STORAGE_EVENT_MESSAGES_H_
