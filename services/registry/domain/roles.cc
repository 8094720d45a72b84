#include "services/registry/domain/roles.h"

namespace pepline::registry {

bool MayBeHeldAt(StaffRole role, Place place) {
  switch (role) {
    case StaffRole::kDesignatedTeacher:
    case StaffRole::kDeputyDesignatedTeacher:
    case StaffRole::kHeadteacher:
    case StaffRole::kSchoolOffice:
      return place == Place::kSchool;
    case StaffRole::kVirtualSchoolHead:
      return place == Place::kAuthority;
    case StaffRole::kVirtualSchoolCaseworker:
    case StaffRole::kSocialWorker:
    case StaffRole::kIndependentReviewingOfficer:
      return place == Place::kAuthority || place == Place::kChild;
  }
  return false;
}

}  // namespace pepline::registry
