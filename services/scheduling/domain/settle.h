// What follows from a plan's state without any command: its deadlines begin, are met, move and stop
// (Settle), and the next PEP opens (OpeningOf). Used by the rules of scheduling; nobody else.
// Promises: pure; settling a settled plan yields nothing. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_SETTLE_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_SETTLE_H_

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/rules.h"

namespace pepline::scheduling {

// A plan on its way through one decision.
using Progress = pepline::Progress<Plan>;

// The profile by which a deadline counts: the one in force when it began, whatever was adopted
// since. `facts.policy` is not null.
const Policy& PolicyOf(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts);
// Its row there; null where the authority did not run it then, or has no profile.
const RuleTerms* TermsOf(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts);
// The instants of a deadline as they follow from the cycle; nullopt where it does not run.
std::optional<DeadlineInstants> InstantsOf(Rule rule, const Cycle& cycle, const PlanFacts& facts);

// Counts the next meeting from the last one, so that it is due on a school day inside a term and
// not too early in the term that follows (four_months.cc).
DeadlineInstants CountIntoNextTerm(absl::CivilDay held_on, const RuleTerms& terms,
                                   const Calendar& calendar);

// Says every DeadlineSet, Met, Recalculated and Withdrawn (a waiver among them) that the state
// calls for at `at`, of every open PEP, and closes those that a later one has served.
void Settle(Progress& progress, const PlanFacts& facts, absl::Time at);

// PEPs that are open beside a later one (earlier_peps.cc). Their numbers, the oldest first.
std::vector<int> EarlierPeps(const PlanState& state);
// Lets `act` decide on that PEP as if it were the only one, and says what it decided.
void ForEarlierPep(Progress& progress, int number, const std::function<void(Progress& pep)>& act);
std::vector<Cycle> LaterThan(const PlanState& state, int number);
// Every PEP that the plan holds, the oldest first.
template <class State, class Step>
void ForEachPep(State& state, Step step) {
  for (auto& pep : state.earlier) step(pep);
  if (state.cycle) step(*state.cycle);
}
// When the work of a row was done for a PEP, or need not be done: by its own record, or by that of
// a later PEP that serves it. nullopt while neither is.
std::optional<absl::Time> DoneAt(const RuleRow& row, const Cycle& pep,
                                 const std::vector<Cycle>& later, const PlanFacts& facts);
std::optional<absl::Time> WaivedAt(const RuleRow& row, const Cycle& pep,
                                   const std::vector<Cycle>& later);
// Work of that PEP that an event takes back, and when it was on record as done. Called before the
// event; nullopt for every other one.
struct TakenBack {
  int pep = 0;
  absl::Time done_at;
  std::optional<ReadinessItem> item = std::nullopt;  // nullopt: the ePEP's finalisation
};
std::optional<TakenBack> WorkTakenBackBy(const PlanState& state, const PlanEvent& event);
// Called after it: a deadline that this work met, of the PEP or of one before that it served, is
// not met any more and begins anew, unless other work meets it.
void EndWhatItMet(const TakenBack& taken_back, PlanState& state);
// Ends what is still waited for of it, as waived where `closed` is a write-off, and closes it.
void CloseEarlierPep(Progress& progress, int number, const PepCycleClosed& closed, absl::Time at);
void CloseServedPeps(Progress& progress, absl::Time at);

// Puts the deadline of an initial PEP off where an interim PEP is in force (interim.cc),
// until so many school days after the school reopens.
void PutOffByInterim(DeadlineInstants& instants, const RuleTerms& terms, int days_after_reopening,
                     const Cycle& cycle, const PlanFacts& facts);

// What was missed for a meeting that was moved or called off since (moved_meeting.cc): its
// instants; nullopt where there is no such miss, or by a corrected calendar it never was one.
std::optional<DeadlineInstants> MissOfMovedMeeting(const RuleRow& row, const RuleTerms& terms,
                                                   const Cycle& cycle, const PlanFacts& facts);
// The same, where nothing can be counted: it goes on as it was.
bool KeepsMissOfMovedMeeting(const RuleRow& row, const Cycle& cycle, const PlanFacts& facts);
// Called before the cycle changes: `old_meeting_at` is when the meeting was to be.
void RememberMisses(Cycle& cycle, absl::Time old_meeting_at);
// The meeting is moved or called off again now, within ten school days of the time before or of the
// meeting. Called before the cycle changes.
bool IsPutOffAgain(const Cycle& cycle, const PlanFacts& facts);

// A PEP whose meeting was held stays with its school (staying_pep.cc). The child's school is the
// other one, and a PEP of its own opens for the move.
bool OpensForMove(const PlanState& state, const PlanFacts& facts);
// The child has left the school that the PEP stays with.
bool HasBeenLeft(const Cycle& pep, const PlanFacts& facts);
// The enrolment at the one school was at the other in truth.
void CorrectHeldPeps(PlanState& state, const SchoolUrn& from, const SchoolUrn& to);

// What follows from the child's age (age.cc). When it is to be said that the child is 18; nullopt
// where it was said, or is not known.
std::optional<absl::Time> AgeEndsAt(const PlanState& state, const PlanFacts& facts);
void EndAge(Progress& progress, const PlanFacts& facts);
// Of which year group the child is in the academic year that begins in that calendar year: 0 is
// reception, and what is less lies before it.
int YearGroupIn(int first_year, absl::CivilDay adult_on);
// No PEP opens at that instant any more: the child is 18.
bool IsAdultAt(absl::Time at, const PlanFacts& facts);
// No update of the PEP is asked for after the last change of school: it was a planned one, to the
// next phase of education, or the child is 18.
bool NeedsNoUpdate(const PlanFacts& facts);

// The next PEP to open by itself, and when (opening.cc).
struct Opening {
  absl::Time at;
  Cycle cycle;
};
std::optional<Opening> OpeningOf(const PlanState& state, const PlanFacts& facts);
// What registry says of the child is not what the plan says: the care episode is over or another
// one, or the school is another one.
bool EpisodeIsOver(const PlanState& state, const ChildFacts& child);
// Since when the child needs a PEP in this care episode, as far as it was on record.
absl::Time RequiredFrom(const ChildFacts& child, const Calendar& calendar);

// A PEP that is required and not open (missing_pep.cc): when the deadline pep-open begins; nullopt
// where it runs, where none is missing, or where one opens by itself before it would be missed.
std::optional<absl::Time> PepOpenBeginsAt(const PlanState& state, const PlanFacts& facts,
                                          const std::optional<Opening>& opening);
void BeginPepOpen(Progress& progress, const PlanFacts& facts);
// The deadline moves with the facts, and is withdrawn where no PEP is missing any more.
void SettlePepOpen(Progress& progress, const PlanFacts& facts);
// A PEP opened at `at`.
void EndPepOpen(Progress& progress, const PlanFacts& facts, absl::Time at);

// A meeting of which nobody has put on record what became of it (unrecorded_meeting.cc): when it
// was to be; nullopt where none is set, or one was held. The instant may lie ahead.
std::optional<absl::Time> MeetingToRecord(const Cycle& cycle);
// When the provisional deadline of its ePEP begins: with the meeting; nullopt where it runs, or
// where there is none.
std::optional<absl::Time> ProvisionalBeginsAt(const PlanState& state, const PlanFacts& facts);
void BeginProvisional(Progress& progress, const PlanFacts& facts, absl::Time at);
// By when a plan has to be looked at that has a meeting and no deadline to put it on record, as the
// version before left it; nullopt where nothing is missing.
std::optional<absl::Time> MeetingRecordedIsMissing(const PlanState& state, const PlanFacts& facts);
// The same for a plan that has a meeting to ask the child for and no deadline for that
// (pupil_views.cc).
std::optional<absl::Time> ViewsDeadlineIsMissing(const PlanState& state, const PlanFacts& facts);
// The meeting was moved or called off, so what became of it is on record. Where that was late it is
// met late, and the next meeting's begins anew.
void EndMeetingRecorded(Progress& progress, absl::Time at);

// What registry put right after it was said (corrections.cc). Is it the PEP of this care episode,
// by the day on which care started as it is known now, or as it was on record before?
bool IsOfThisCare(const Cycle& cycle, const ChildFacts& child);
// Care ceased, as was on record, before the child's initial PEP was finalised.
bool LeftInitialUnfinished(const Cycle& cycle);
// Lets the open PEP follow corrections of the start of care and of the school. First of all, since
// everything else counts from these.
void SayCorrections(Progress& progress, const PlanFacts& facts);
// What such an event changes in the PEP.
void Apply(const PepCareStartCorrected& corrected, Cycle& cycle);
void ApplyCorrected(const PepTransferredToSchool& transferred, Cycle& cycle);
// What a person put right (meeting_corrections.cc), in the PEP, and in later ones that count from
// its meeting.
void Apply(const PepMeetingCorrected& corrected, Cycle& cycle);
void Apply(const EpepFinalisationTakenBack& taken_back, Cycle& cycle);
void CountFromCorrected(PlanState& state, const PepMeetingCorrected& corrected);
// Names the term of the day on which the PEP opened, where term dates are known (opening.cc).
void NameTermOfOpening(Cycle& cycle, const Calendar& calendar);

// Says everything whose instant is not later than now, in the order of the instants.
void CatchUp(Progress& progress, const PlanFacts& facts);

// The next instant of a reminder or a miss of the current deadlines.
struct NextInstant {
  absl::Time at;
  Rule rule;
  bool reminder = false;
  std::optional<int> earlier = std::nullopt;  // of the PEP with that number, not of the newest
};
std::optional<NextInstant> NextInstantOf(const PlanState& state);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_SETTLE_H_
