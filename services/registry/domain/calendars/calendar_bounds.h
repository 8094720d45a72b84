// How much one calendar holds. What is published is one event, and Kafka takes a megabyte (1 MiB,
// message.max.bytes, where nobody set more): one that is larger would hold up everybody's events
// behind it for ever. Threads: pure.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_CALENDAR_BOUNDS_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_CALENDAR_BOUNDS_H_

#include <cstddef>
#include <string>

#include "services/registry/domain/refusals.h"

namespace pepline::registry {

// Of a division: ten years have ninety.
inline constexpr std::size_t kMostBankHolidays = 10'000;
// Of an authority, and of a school's own: ten years have sixty.
inline constexpr std::size_t kMostTermParts = 2'000;
// Days of a school without a session: ten years have a hundred.
inline constexpr std::size_t kMostClosedDays = 4'000;

Refusal TooManyDays(std::string field);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_CALENDAR_BOUNDS_H_
