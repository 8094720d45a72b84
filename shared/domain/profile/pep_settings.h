// What a profile that says nothing of these means, and what one may say: when an interim PEP may
// open and how far it puts the initial PEP off, how early the next meeting may be due after the
// last one, and from which age a PEP is due. Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_PROFILE_PEP_SETTINGS_H_
#define PEPLINE_SHARED_DOMAIN_PROFILE_PEP_SETTINGS_H_

namespace pepline {

// Source: Gateshead, ePEP guidance (an interim PEP until the school reopens; docs/domain.md 1.2);
// the numbers are design, none is published. How many school days may lie within the start limit of
// the initial PEP.
inline constexpr int kInterimMostSchoolDays = 0;
inline constexpr int kHighestInterimMostSchoolDays = 20;
// School days after the school reopens: two weeks of school to meet in and to finalise.
inline constexpr int kInterimSchoolDaysAfterReopening = 10;
inline constexpr int kHighestInterimSchoolDaysAfterReopening = 40;

// School days after the first day of the term that follows the one of the last meeting: three weeks
// to arrange a meeting in and to hold it. Source of the four months between two meetings: Knowsley,
// "Reviewing the PEP" (docs/domain.md 1.2 and 6.9, D4); the days into a term are design.
inline constexpr int kSchoolDaysIntoNextTerm = 15;
inline constexpr int kHighestSchoolDaysIntoNextTerm = 40;

// Ages in completed years. A child in provision (on the roll of a school or nursery) needs a PEP
// from the start of the academic year in which it reaches the one; every other from the start of
// the term after it reaches the other, when early education is free (the terms of the entitlement
// begin on 1 January, 1 April and 1 September: SI 2014/2147). Source: docs/domain.md 1.2, "Age
// range" (Gateshead, Solihull; Kirklees and York from age 2).
inline constexpr int kPepInProvisionFromAge = 3;
inline constexpr int kPepFromAge = 3;
inline constexpr int kLowestPepFromAge = 2;
inline constexpr int kHighestPepInProvisionFromAge = 4;
inline constexpr int kHighestPepFromAge = 5;  // compulsory school age begins with the term after it

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_PROFILE_PEP_SETTINGS_H_
