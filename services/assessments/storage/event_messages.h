// The contract's messages of the events of assessments.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_STORAGE_EVENT_MESSAGES_H_
#define PEPLINE_SERVICES_ASSESSMENTS_STORAGE_EVENT_MESSAGES_H_

#include <variant>

#include "pepline/assessments/v1/assessments_events.pb.h"
#include "shared/engine/event_mapping.h"

namespace pepline::assessments {

// In the order of SdqEvent. SdqNotOfAge is published as an SdqNotObtained.
using SdqMessages =
    std::variant<v1::SdqRequested, v1::SdqSent, v1::SdqReceived, v1::SdqScored, v1::SdqCorrected,
                 v1::SdqReviewed, v1::SdqNotObtainedProposed, v1::SdqNotObtained, Unpublished,
                 v1::SdqBecameMissing, v1::SdqRequiredByMoved>;
// In the order of PupilViewsEvent.
using PupilViewsMessages =
    std::variant<v1::PupilViewsCaptured, v1::PupilViewsDeclined, v1::PupilViewsCorrected>;
// In the order of OutcomesEvent.
using OutcomesMessages = std::variant<v1::OutcomeSet, v1::OutcomeRefined, v1::OutcomeReviewed,
                                      v1::OutcomeDropped, v1::OutcomeReopened>;

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_STORAGE_EVENT_MESSAGES_H_
