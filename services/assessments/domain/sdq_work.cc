#include "services/assessments/domain/sdq_work.h"

namespace pepline::assessments {
namespace {

bool HasDeadlineOfPep(const SdqState& sdq) {
  return sdq.required_by && sdq.key.purpose == Purpose::kPep &&
         sdq.key.informant == Informant::kTeacher && FindOpen(sdq.current_pep, sdq.key.pep);
}

bool IsWanted(const SdqState& sdq) {
  return sdq.required_by || sdq.key.purpose != Purpose::kPep ||
         FindOpen(sdq.current_pep, sdq.key.pep);
}

}  // namespace

std::optional<Work> WorkOn(const SdqState& sdq) {
  using enum Role;
  Work work{.child = sdq.key.child, .pep = sdq.key.pep, .record = IdOf(sdq.key).text()};
  if (AwaitsConfirmation(sdq)) {
    work.step = WorkStep::kConfirmSdqNotObtained;
    work.waiting_since = *sdq.not_obtained_proposed_at;
    work.who = {kVirtualSchool, kSocialWorker};
    return work;
  }
  // Who looked at any other score may put that on record; nothing waits for it.
  if (AwaitsStrategies(sdq)) {
    work.step = WorkStep::kReviewSdq;
    work.waiting_since = sdq.scored_at.value_or(sdq.latest_return->received_at);
    work.who = {kVirtualSchool, kDesignatedTeacher};
    return work;
  }
  if (!IsAwaited(sdq) || HasDeadlineOfPep(sdq) || !IsWanted(sdq)) return std::nullopt;
  work.step = WorkStep::kReturnSdq;
  work.due_at = sdq.required_by;
  work.late = sdq.missing;
  work.waiting_since = sdq.requested_at.value_or(absl::UnixEpoch());
  work.who = {kDesignatedTeacher, kSocialWorker, kVirtualSchool};
  return work;
}

}  // namespace pepline::assessments
