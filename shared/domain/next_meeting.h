// How early the next PEP meeting may be due after the last one: what a profile that says nothing
// means, and what one may say. Source of the four months between two meetings: Knowsley, "Reviewing
// the PEP" (docs/domain.md 1.2 and 6.9, D4); the days into a term are design, none is published.
// Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_NEXT_MEETING_H_
#define PEPLINE_SHARED_DOMAIN_NEXT_MEETING_H_

namespace pepline {

// School days after the first day of the term that follows the one of the last meeting: three weeks
// to arrange a meeting in and to hold it.
inline constexpr int kSchoolDaysIntoNextTerm = 15;
inline constexpr int kHighestSchoolDaysIntoNextTerm = 40;

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_NEXT_MEETING_H_
