// What an authority's policy profile says, as the rules of scheduling need it: how long each
// deadline runs, when whom is told, and by when a term's PEPs are to be held.
// Promises: plain values; a row that is missing means that the authority does not run that
// deadline, but for pep-open, meeting-recorded and pupil-views-captured-before-meeting, which
// nobody can leave out: a profile without them is read with the usual terms below. Lengths count
// from the day after the anchor; negative lengths count back from it. A deadline counts by the
// profile that was in force when it began (PolicyOn). Threads: values only.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_POLICY_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_POLICY_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/scheduling/domain/epep/content.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/attendee.h"
#include "shared/domain/calendar.h"
#include "shared/domain/deadline.h"
#include "shared/domain/deadline_policy.h"
#include "shared/domain/profile/pep_settings.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/domain/work_items/pep_work.h"

namespace pepline::scheduling {

struct RuleTerms : DeadlineTerms {
  // Of pep-held-within-4-months alone (four_months.cc).
  int school_days_into_term = kSchoolDaysIntoNextTerm;
  // It ends when the ePEP is finalised, and not when the meeting was held; of rules that end so.
  bool until_finalised = false;
  friend bool operator==(const RuleTerms&, const RuleTerms&) = default;
};

struct Policy {
  std::map<Rule, RuleTerms> rules;
  // By academic year and term: the last day on which that term's PEPs are to be held.
  std::map<std::pair<std::string, Term>, absl::CivilDay> cut_offs;
  // Since when the authority keeps its PEPs here: the day of effect of its first profile. What was
  // due before it was due elsewhere. nullopt: not known, so everything is taken as due here.
  std::optional<absl::CivilDay> kept_since = std::nullopt;
  // An interim PEP may open where at most so many school days lie within the initial PEP's start
  // limit, and puts it off until so many school days after the school reopens.
  int interim_most_school_days = kInterimMostSchoolDays;
  int interim_school_days_after_reopening = kInterimSchoolDaysAfterReopening;
  // Who may chair a PEP meeting, and who else must attend; anything else needs a reason.
  std::vector<Attendee> meeting_chairs = {Attendee::kDesignatedTeacher,
                                          Attendee::kDeputyDesignatedTeacher};
  std::vector<Attendee> meeting_attendees = {};
  // Who does a part of the work besides the Virtual School; a part that is not here is the
  // school's.
  std::map<PepWork, std::set<MadeBy>> pep_work = {};
  // An ePEP is finalised with at least one outcome that is SMART, and once every outcome of the
  // PEPs before it is reviewed or dropped.
  bool finalise_needs_outcomes = false;
  // An ePEP is finalised once every mandatory section of its form is complete.
  bool finalise_needs_sections = false;
  // The authority's own forms; the shipped one counts for a phase that is not here.
  std::map<EpepPhase, std::vector<FormSection>> epep_forms = {};
  // From which day it is in force, and the profile before it; null where none is known.
  absl::CivilDay effective_on;
  std::shared_ptr<const Policy> before = nullptr;
};

// How pep-open runs where the profile does not name it, or where there is no profile. Source:
// design; the Virtual School answers for every looked-after child (Children Act 1989 s22(3B)).
inline RuleTerms UsualPepOpenTerms() {
  using enum RecipientRole;
  return {{1,
           DayKind::kWorkingDays,
           {{1, 0, DayKind::kWorkingDays, {kVirtualSchoolCaseworker}},
            {2, 1, DayKind::kWorkingDays, {kVirtualSchoolHead}},
            {3, 5, DayKind::kWorkingDays, {kVirtualSchoolHead}}}}};
}

// How meeting-recorded runs where the profile does not name it. Source: design; a meeting that
// nobody records starts no other deadline, so the Virtual School hears of it with the school.
inline RuleTerms UsualMeetingRecordedTerms() {
  using enum RecipientRole;
  return {{1,
           DayKind::kSchoolDays,
           {{1, 0, DayKind::kSchoolDays, {kDesignatedTeacher, kVirtualSchoolCaseworker}},
            {2, 2, DayKind::kWorkingDays, {kHeadteacher, kVirtualSchoolHead}}}}};
}

// How pupil-views-captured-before-meeting runs where the profile does not name it. Source:
// Oxfordshire asks that pupil views are captured before the meeting (docs/domain.md 6.9, D19); the
// three school days, those of the draft that they go into, are design.
inline RuleTerms UsualViewsCapturedTerms() {
  using enum RecipientRole;
  return {{-3,
           DayKind::kSchoolDays,
           {{0, -2, DayKind::kSchoolDays, {kDesignatedTeacher}},
            {1, 0, DayKind::kSchoolDays, {kDesignatedTeacher}},
            {2, 2, DayKind::kWorkingDays, {kVirtualSchoolCaseworker}}}}};
}

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_POLICY_H_
