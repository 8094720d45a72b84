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
MaybeRefusal On(const HoldPepMeeting& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const FinaliseEpep& command, Progress& progress, const PlanFacts& facts);
MaybeRefusal On(const OpenInterimPep& command, Progress& progress, const PlanFacts& facts);

// A reason that a person has to give: some text, of at most 500 characters.
MaybeRefusal CheckReason(const std::string& reason, const std::string& field);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_DECIDE_H_
