// One PEP of a child: what it is and what was put on record of it.
// Promises: plain values. Instants are UTC, days Europe/London. Free texts (reasons) never leave
// scheduling. Source of the stages: docs/domain.md 6.3.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_PEP_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_PEP_H_

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/domain/attendee.h"
#include "shared/domain/calendar.h"
#include "shared/domain/deadline.h"
#include "shared/domain/ids.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline::scheduling {

// The enums have the contract's numbers and names; a test of the field lists compares them.
enum class Stage {
  kDue = 1,
  kInterim,
  kScheduled,
  kPreparing,
  kHeld,
  kFinalised,
  kClosed,
};
constexpr Stage LastOf(Stage) { return Stage::kClosed; }
enum class CycleKind { kInitial = 1, kTermly, kMove };
constexpr CycleKind LastOf(CycleKind) { return CycleKind::kMove; }
// kNotCompleted: a later PEP was held in its place. kWrittenOff: a named person of the Virtual
// School settled, with a reason that is kept, that its work will not be done.
enum class CycleOutcome { kCompleted = 1, kNotCompleted, kCareCeased, kWrittenOff };
constexpr CycleOutcome LastOf(CycleOutcome) { return CycleOutcome::kWrittenOff; }
enum class ReadinessItem {
  kPupilViews = 1,
  kSdq = 2,
  kEpepDraft = 3,
  kInterventionsCosted = 4,
};
constexpr ReadinessItem LastOf(ReadinessItem) { return ReadinessItem::kInterventionsCosted; }
inline constexpr std::array kAllItems = {ReadinessItem::kPupilViews, ReadinessItem::kSdq,
                                         ReadinessItem::kEpepDraft,
                                         ReadinessItem::kInterventionsCosted};
// Whose SDQ. The numbers are those of the contract of assessments.
enum class SdqInformant { kTeacher = 1, kCarer = 2, kSelf = 3 };
constexpr SdqInformant LastOf(SdqInformant) { return SdqInformant::kSelf; }
// What is out of the ordinary about a meeting on record (held_meeting.cc).
enum class Irregularity {
  kOtherDay = 1,
  kRecordedLate = 2,
  kOtherChair = 3,
  kNotAllAttended = 4,
};
constexpr Irregularity LastOf(Irregularity) { return Irregularity::kNotAllAttended; }

// What is on record of a meeting that took place.
struct HeldMeeting {
  absl::CivilDay held_on;
  std::optional<Attendee> chair;
  std::vector<Attendee> attendees;
  std::string missing_pupil_views_reason;  // free text; never leaves scheduling
  std::string missing_sdq_reason;
  // Why it was on another day than it was set for, or was put on record late; and why somebody else
  // chaired, or not everybody attended who must.
  std::string record_reason = {};
  std::string attendance_reason = {};
  std::vector<Irregularity> irregularities = {};
  friend bool operator==(const HeldMeeting&, const HeldMeeting&) = default;
};

// More than any meeting is moved; a record is read with every command.
inline constexpr std::size_t kMostMeetingChanges = 20;
inline constexpr std::size_t kMostCorrections = 20;
// A meeting that was moved or called off, and why; it never leaves scheduling.
struct MeetingChange {
  absl::Time changed_at;
  absl::Time old_meeting_at;
  std::optional<absl::Time> meeting_at;  // nullopt: called off
  std::string reason;
  friend bool operator==(const MeetingChange&, const MeetingChange&) = default;
};

// What was put right after it was put on record, and why; it never leaves scheduling.
struct Correction {
  absl::Time corrected_at;
  std::optional<absl::CivilDay> old_held_on;   // of a held meeting: the day on record before
  std::optional<absl::Time> old_finalised_at;  // where it was taken back that it is finalised
  std::string reason;
  friend bool operator==(const Correction&, const Correction&) = default;
};

struct Cycle {
  int number = 0;
  CycleKind kind = CycleKind::kTermly;
  std::string academic_year;  // empty while no term dates are known
  std::optional<Term> term;
  absl::CivilDay opened_on;
  absl::CivilDay care_started_on;
  std::optional<absl::CivilDay> previous_held_on;  // of the PEP before
  std::optional<absl::CivilDay> moved_on;          // the first change of school since it opened
  Stage stage = Stage::kDue;
  std::optional<absl::Time> meeting_at;
  // Why it is on a day without a session at the school; free text, never leaves scheduling.
  std::string no_school_day_reason;
  int times_rescheduled = 0;
  // The oldest first; of more than kMostMeetingChanges the oldest are not kept.
  std::vector<MeetingChange> meeting_changes;
  std::optional<absl::Time> interim_at;
  std::optional<absl::Time> started_at;  // first work: preparing, interim or held
  std::optional<HeldMeeting> held;
  std::optional<absl::Time> held_at;  // the end of held_on, or when it was recorded on that day
  // When it was put on record that the meeting was held; nullopt where this was not kept yet.
  std::optional<absl::Time> recorded_at;
  // Of a meeting that nobody put on record until its ePEP was said late, and that was then moved or
  // called off: that lateness goes on until a meeting is held.
  std::optional<absl::Time> unrecorded_meeting_at;
  std::optional<absl::Time> finalised_at;
  std::map<ReadinessItem, absl::Time> readiness;
  std::map<ReadinessItem, absl::Time> waived;  // not done, and need not be any more
  std::map<Rule, Deadline> deadlines;
  std::optional<CycleOutcome> outcome;  // of a closed one; nullopt, too, where it was not kept yet
  std::string write_off_reason;         // free text; never leaves scheduling
  // That held its meeting, or that it was handed over to since (staying_pep.cc). Empty: it goes
  // with the child, since the meeting was held while the child was on no roll, or before this was
  // kept.
  SchoolUrn school;
  std::string hand_over_reason;     // free text; never leaves scheduling
  bool meeting_to_confirm = false;  // it was set at the school that the child has left since
  // What ticked the interventions' costs: requests for Pupil Premium Plus that are not withdrawn,
  // and a person. Neither where that was before this was kept.
  std::set<FundingRequestId> costing_requests;
  bool costs_ticked_by_hand = false;
  // The oldest first; of more than kMostCorrections the oldest are not kept.
  std::vector<Correction> corrections;
  // How many versions of the ePEP's content were made, each with its finalising.
  int epep_versions = 0;
  friend bool operator==(const Cycle&, const Cycle&) = default;
};

// What a child's plan knows of a PEP that is over and lies in a record of its own.
struct ClosedPep {
  int number = 0;
  std::string academic_year;
  std::optional<Term> term;
  friend bool operator==(const ClosedPep&, const ClosedPep&) = default;
};

PepId PepIdOf(const ChildId& child, int cycle_number);     // "<child id>.<number>"
bool ChairedByDesignatedTeacher(const HeldMeeting& held);  // or by the deputy
bool ChildAttended(const HeldMeeting& held);
// The item is done or waived: nothing is left to wait for.
bool IsSettled(const Cycle& cycle, ReadinessItem item);
std::string_view StageName(Stage stage);  // "due"

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_PEP_H_
