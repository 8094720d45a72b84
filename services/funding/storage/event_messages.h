// The contract's messages of the events of funding.
#ifndef PEPLINE_SERVICES_FUNDING_STORAGE_EVENT_MESSAGES_H_
#define PEPLINE_SERVICES_FUNDING_STORAGE_EVENT_MESSAGES_H_

#include <variant>

#include "pepline/funding/v1/funding_events.pb.h"

namespace pepline::funding {

// In the order of FundLineEvent, and of FundingEvent.
using FundLineMessages = std::variant<v1::FundLineOpened, v1::FundLineChanged>;
using FundingMessages =
    std::variant<v1::FundingDrafted, v1::FundingSubmitted, v1::FundingWithdrawn,
                 v1::FundingApproved, v1::FundingDeclined, v1::FundingReleased,
                 common::v1::DeadlineSet, common::v1::DeadlineReminderReached,
                 common::v1::DeadlineMissed, common::v1::DeadlineMet,
                 common::v1::DeadlineRecalculated, common::v1::DeadlineWithdrawn>;

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_STORAGE_EVENT_MESSAGES_H_
