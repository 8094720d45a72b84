// When an interim PEP may open and how far it puts the initial PEP off: what a profile that says
// nothing means, and what one may say. Source: Gateshead, ePEP guidance (an interim PEP until the
// school reopens; docs/domain.md 1.2); the numbers are design, none is published. Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_INTERIM_PEP_H_
#define PEPLINE_SHARED_DOMAIN_INTERIM_PEP_H_

namespace pepline {

// How many school days may lie within the start limit of the initial PEP.
inline constexpr int kInterimMostSchoolDays = 0;
inline constexpr int kHighestInterimMostSchoolDays = 20;
// School days after the school reopens: two weeks of school to meet in and to finalise.
inline constexpr int kInterimSchoolDaysAfterReopening = 10;
inline constexpr int kHighestInterimSchoolDaysAfterReopening = 40;

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_INTERIM_PEP_H_
