#include "services/scheduling/domain/work_items/work_on_peps.h"

#include <map>
#include <utility>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

// A step, and the PEP that it is done with.
struct Next {
  WorkStep step;
  const Cycle* with;
};

WorkStep TowardsMeeting(const Cycle& pep, absl::Time now) {
  if (!pep.meeting_at) return WorkStep::kScheduleMeeting;
  if (*pep.meeting_at <= now) return WorkStep::kRecordMeeting;
  return pep.meeting_to_confirm ? WorkStep::kConfirmMeeting : WorkStep::kHoldMeeting;
}

// What the stage of the PEP waits for. No meeting is set any more for a PEP that a later one
// followed: the newest one's serves it, so it waits for what the newest waits for, unless its own
// meeting has come and nobody has put it on record.
Next NextOfStage(const Cycle& pep, const PlanState& state, absl::Time now) {
  const bool own = pep.held || (pep.meeting_at && *pep.meeting_at <= now);
  const Cycle& with = own ? pep : *state.cycle;
  return {with.held ? WorkStep::kFinaliseEpep : TowardsMeeting(with, now), &with};
}

Next NextFor(Rule rule, const Cycle& pep, const PlanState& state, absl::Time now) {
  switch (rule) {
    case Rule::kDraftReady:
      return {WorkStep::kUpdateEpepDraft, &pep};
    case Rule::kSdqScored:
      return {WorkStep::kReturnSdq, &pep};
    case Rule::kViewsCaptured:
      return {WorkStep::kCapturePupilViews, &pep};
    case Rule::kInterventionsCosted:
      return {WorkStep::kCostInterventions, &pep};
    case Rule::kInitialStarted:
    case Rule::kInitialAvailable:
    case Rule::kHeldByTermCutOff:
    case Rule::kHeldWithinFourMonths:
    case Rule::kUpdatedAfterMove:
    case Rule::kFinalised:
    case Rule::kMeetingRecorded:
    case Rule::kDesignatedTeacherVacancy:  // registry's; no PEP has it
    case Rule::kPepOpen:                   // the child's; no PEP has it either
    case Rule::kFundingDecided:            // funding's, of requests
    case Rule::kFundingReleased:
      break;
  }
  return NextOfStage(pep, state, now);
}

std::set<Role> RolesOf(const std::set<MadeBy>& workers) {
  std::set<Role> roles;
  for (const MadeBy worker : workers) {
    switch (worker) {
      case MadeBy::kSchool:
        roles.insert(Role::kDesignatedTeacher);
        break;
      case MadeBy::kVirtualSchool:
        roles.insert(Role::kVirtualSchool);
        break;
      case MadeBy::kSocialWorker:
        roles.insert(Role::kSocialWorker);
        break;
    }
  }
  return roles;
}

std::set<Role> WhoTakes(const Next& next, const Policy* policy) {
  using enum Role;
  switch (next.step) {
    case WorkStep::kSeeWhyNoPepIsOpen:
      return {kVirtualSchool, kSocialWorker};
    case WorkStep::kScheduleMeeting:
    case WorkStep::kConfirmMeeting:
      return RolesOf(WhoDoes(PepWork::kArrange, *next.with, policy));
    case WorkStep::kHoldMeeting:
    case WorkStep::kRecordMeeting:
      return RolesOf(WhoDoes(PepWork::kHold, *next.with, policy));
    case WorkStep::kFinaliseEpep:
      return RolesOf(WhoDoes(PepWork::kFinalise, *next.with, policy));
    case WorkStep::kUpdateEpepDraft:
    case WorkStep::kCostInterventions:
      return {kDesignatedTeacher, kVirtualSchool};
    case WorkStep::kCapturePupilViews:
    case WorkStep::kReturnSdq:
      return {kDesignatedTeacher, kSocialWorker, kVirtualSchool};
    case WorkStep::kConfirmSdqNotObtained:
    case WorkStep::kReviewSdq:
    case WorkStep::kSubmitFundingRequest:
    case WorkStep::kDecideFundingRequest:
    case WorkStep::kReleaseFunding:
      break;  // of other services
  }
  return {};
}

Work ToWork(const PlanState& state, const Next& next, Rule rule, const Deadline& deadline,
            const Policy* policy, absl::Time now) {
  Work work{.step = next.step, .child = state.child};
  work.rule = RuleId(rule);
  work.due_at = deadline.instants.due_at;
  work.late =
      deadline.status == DeadlineStatus::kMissed || now >= MissedFrom(deadline.instants.due_at);
  work.estimated = !deadline.instants.calendar_known;
  work.who = WhoTakes(next, policy);
  return work;
}

}  // namespace

std::set<MadeBy> WhoDoes(PepWork work, const Cycle& pep, const Policy* policy) {
  std::set<MadeBy> who = {MadeBy::kSchool};
  if (policy != nullptr) {
    const auto named = policy->pep_work.find(work);
    if (named != policy->pep_work.end()) who = named->second;
  }
  who.insert(MadeBy::kVirtualSchool);
  if (pep.interim_at) who.insert(MadeBy::kSocialWorker);
  return who;
}

std::vector<PepWorkItem> WorkOn(const PlanState& state, const Policy* policy, absl::Time now) {
  std::vector<PepWorkItem> items;
  ForEachPep(state, [&](const Cycle& pep) {
    std::map<WorkStep, Work> by_step;
    for (const auto& [rule, deadline] : pep.deadlines) {
      if (!IsLive(deadline)) continue;
      const Next next = NextFor(rule, pep, state, now);
      Work work = ToWork(state, next, rule, deadline, policy, now);
      work.pep = PepIdOf(state.child, pep.number);
      const auto [first, is_first] = by_step.try_emplace(next.step, work);
      if (!is_first && work.due_at < first->second.due_at) first->second = std::move(work);
    }
    for (auto& [step, work] : by_step) items.push_back({&pep, std::move(work)});
  });
  if (state.pep_open && IsLive(*state.pep_open)) {
    const Next next{WorkStep::kSeeWhyNoPepIsOpen, nullptr};
    items.push_back({nullptr, ToWork(state, next, Rule::kPepOpen, *state.pep_open, policy, now)});
  }
  return items;
}

}  // namespace pepline::scheduling
