// The contract's messages of registry's events, each list in the order of its aggregate's events.
#ifndef PEPLINE_SERVICES_REGISTRY_STORAGE_EVENT_MESSAGES_H_
#define PEPLINE_SERVICES_REGISTRY_STORAGE_EVENT_MESSAGES_H_

#include <variant>

#include "pepline/registry/v1/registry_events.pb.h"
#include "shared/engine/event_mapping.h"

namespace pepline::registry {

using BankHolidaysMessages = std::variant<v1::BankHolidaysPublished>;
using TermDatesMessages = std::variant<v1::TermDatesPublished>;
using SchoolCalendarMessages = std::variant<v1::SchoolCalendarPublished>;
using PolicyMessages = std::variant<v1::PolicyProfileAdopted, Unpublished>;
using SchoolMessages =
    std::variant<v1::SchoolRegistered, v1::SchoolClosed, v1::SchoolMovedAuthority,
                 v1::DesignatedTeacherAppointed, v1::DesignatedTeacherVacancyBegan,
                 v1::DesignatedTeacherVacancyEnded, v1::SchoolSucceeded, Unpublished, Unpublished,
                 Unpublished, Unpublished, Unpublished, Unpublished>;
using StaffMessages =
    std::variant<v1::StaffAppointed, v1::AppointmentEnded, v1::AppointmentCorrected, Unpublished,
                 Unpublished, Unpublished, Unpublished, Unpublished>;
// SdqDaysChanged leaves as a ChildBecameLookedAfter.
using ChildMessages =
    std::variant<v1::ChildBecameLookedAfter, Unpublished, v1::ChildEnrolled, v1::ChildMovedSchool,
                 v1::SchoolOfChildMovedAuthority, v1::SchoolOfChildSucceeded,
                 v1::ChildCeasedToBeLookedAfter, v1::CareStartCorrected, v1::CareEndCorrected,
                 v1::EnrolmentCorrected, Unpublished, Unpublished, Unpublished, Unpublished>;

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_STORAGE_EVENT_MESSAGES_H_
