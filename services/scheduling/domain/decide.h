// What one PEP answers to each command, whichever PEP of the child it is. Used by plan.cc, which
// finds the PEP and lets the plan catch up before and after. Promises: pure; a refusal says
// nothing.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_DECIDE_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_DECIDE_H_

#include <string>

#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {

// `progress` holds the PEP that the command is for as its newest.
MaybeRefusal On(const SchedulePepMeeting& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const ReschedulePepMeeting& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const CancelPepMeeting& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const StartPepPreparation& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const CompleteReadinessItem& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const WaiveReadinessItem& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const WithdrawCosts& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const HoldPepMeeting& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const FinaliseEpep& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const CorrectPepMeeting& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const TakeBackFinalisation& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const OpenInterimPep& command, Progress& progress, const PlanFacts& facts);
// pupil_views.cc
MaybeRefusal On(const ReopenReadinessItem& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const HandOverPep& command, Progress& progress, const PlanFacts& facts);

// Puts on the meeting's record what is out of the ordinary about it, for which a reason is asked
// (held_meeting.cc).
MaybeRefusal CheckRecord(const Cycle& cycle, const SchoolUrn& school, HeldMeeting& meeting,
                         const PlanFacts& facts);

// The day on which a meeting was held: not ahead, and not before the PEP opened.
MaybeRefusal CheckHeldDay(absl::CivilDay held_on, const Cycle& cycle, const PlanFacts& facts);
// Who was there and who chaired: no role twice, and the chair among them.
MaybeRefusal CheckAttendance(const HeldMeeting& meeting);

// A reason that a person has to give: some text, of at most 500 characters.
MaybeRefusal CheckReason(const std::string& reason, const std::string& field);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_DECIDE_H_
