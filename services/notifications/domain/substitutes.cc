#include "services/notifications/domain/substitutes.h"

#include <algorithm>
#include <vector>

namespace pepline::notifications {
namespace {

using enum RecipientRole;

// Of the same school, in the order in which they are asked.
std::vector<RecipientRole> AtTheSchool(RecipientRole failed) {
  switch (failed) {
    case kDesignatedTeacher:
      return {kDeputyDesignatedTeacher, kHeadteacher};
    case kDeputyDesignatedTeacher:
      return {kDesignatedTeacher, kHeadteacher};
    case kSchoolOffice:
      return {kHeadteacher};
    case kHeadteacher:
    case kVirtualSchoolCaseworker:
    case kVirtualSchoolHead:
    case kSocialWorker:
    case kIndependentReviewingOfficer:
      return {};
  }
  return {};
}

bool IsOfVirtualSchool(RecipientRole role) {
  return role == kVirtualSchoolCaseworker || role == kVirtualSchoolHead;
}

}  // namespace

std::optional<RecipientRole> SubstituteFor(RecipientRole failed, int level,
                                           const AlertState& state) {
  // Of the level, and not given up.
  const auto is_any_told = [&](auto is_meant) {
    return std::ranges::any_of(state.deliveries, [&](const PendingDelivery& pending) {
      return pending.level == level && pending.role != failed && is_meant(pending.role) &&
             pending.state != DeliveryState::kFailed;
    });
  };
  const bool of_council = IsOfCouncil(failed);
  if (is_any_told([&](RecipientRole role) { return IsOfCouncil(role) == of_council; })) {
    return std::nullopt;
  }
  std::vector<RecipientRole> substitutes;
  if (!state.reference.school.empty()) substitutes = AtTheSchool(failed);
  if (!is_any_told(IsOfVirtualSchool)) {
    substitutes.insert(substitutes.end(), {kVirtualSchoolCaseworker, kVirtualSchoolHead});
  }
  const auto next = std::ranges::find_if(
      substitutes, [&](RecipientRole role) { return state.Find(level, role) == nullptr; });
  if (next == substitutes.end()) return std::nullopt;
  return *next;
}

}  // namespace pepline::notifications
