// Who may know how many looked-after children are at a school, and so that there are any: often it
// is one, whom everybody there knows. Whoever may not is told the rest of what is on record of the
// school. Threads: pure function.
#ifndef PEPLINE_SHARED_DOMAIN_ACCESS_SCHOOL_COUNTS_H_
#define PEPLINE_SHARED_DOMAIN_ACCESS_SCHOOL_COUNTS_H_

#include "shared/domain/authorisation.h"

namespace pepline {

// `school` is the school with the authority that it lies in: its Virtual School, that one's auditor
// and the school's own Designated Teacher may, of children of whatever authority. An authority that
// looks after some of them lists its own.
inline bool MayCountChildrenAt(const Actor& actor, const Resource& school) {
  switch (actor.role) {
    case Role::kVirtualSchool:
    case Role::kAuditor:
      return !school.authority.empty() && actor.authority == school.authority;
    case Role::kDesignatedTeacher:
      return !school.school.empty() && actor.schools.contains(school.school);
    case Role::kSocialWorker:
    case Role::kIndependentReviewingOfficer:
    case Role::kHeadteacher:
    case Role::kFinance:
    case Role::kOperator:
    case Role::kService:
      return false;
  }
  return false;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ACCESS_SCHOOL_COUNTS_H_
