// What is out of the ordinary about a meeting that is put on record as held.
//
// A meeting on another day than it was set for, or one that is put on record weeks later, turns a
// miss into work done in time by the word of whoever was late. A meeting that the child chairs
// alone is none. Neither is forbidden, since it may have been so: it needs a reason, which is kept,
// and the Virtual School is told. Who chairs and who must attend is the profile's; while an interim
// PEP is in force, and for a child on no school's roll, the Virtual School and the social worker do
// the school's part. Source: docs/domain.md 1.2, 6.3; decision 64.
#include <algorithm>

#include "services/scheduling/domain/decide.h"

namespace pepline::scheduling {
namespace {

constexpr int kSchoolDaysToRecord = 5;

bool Contains(const std::vector<Attendee>& roles, Attendee role) {
  return std::ranges::find(roles, role) != roles.end();
}

bool MayChair(Attendee chair, const Policy& policy, bool without_school) {
  const bool of_council = chair == Attendee::kVirtualSchool || chair == Attendee::kSocialWorker;
  return Contains(policy.meeting_chairs, chair) || (without_school && of_council);
}

// The deputy stands in for the Designated Teacher.
bool Attends(const std::vector<Attendee>& attendees, Attendee role) {
  return Contains(attendees, role) || (role == Attendee::kDesignatedTeacher &&
                                       Contains(attendees, Attendee::kDeputyDesignatedTeacher));
}

// A reason is kept where one is asked for.
MaybeRefusal TakeReason(bool needed, std::string& reason, const std::string& field) {
  if (needed) return CheckReason(reason, field);
  reason.clear();
  return std::nullopt;
}

}  // namespace

MaybeRefusal CheckRecord(const Cycle& cycle, const SchoolUrn& school, HeldMeeting& meeting,
                         const PlanFacts& facts) {
  const Calendar& calendar = *facts.calendar;
  const Policy usual;
  const Policy& policy = facts.policy ? *facts.policy : usual;
  std::vector<Irregularity>& found = meeting.irregularities;
  found.clear();
  if (cycle.meeting_at && calendar.DayOf(*cycle.meeting_at) != meeting.held_on) {
    found.push_back(Irregularity::kOtherDay);
  }
  if (calendar.SchoolDaysBetween(meeting.held_on, calendar.DayOf(facts.now)) >
      kSchoolDaysToRecord) {
    found.push_back(Irregularity::kRecordedLate);
  }
  const std::size_t of_day = found.size();
  if (of_day > 0 && meeting.record_reason.empty()) {
    return Refuse(plan_refusals::kReasonRequired, "record_reason",
                  "the meeting was on another day than it was set for, or more than five school "
                  "days ago; say why, and the Virtual School is told");
  }
  if (auto no = TakeReason(of_day > 0, meeting.record_reason, "record_reason")) return no;
  if (!MayChair(*meeting.chair, policy, cycle.interim_at || school.empty())) {
    found.push_back(Irregularity::kOtherChair);
  }
  if (!std::ranges::all_of(policy.meeting_attendees,
                           [&](Attendee role) { return Attends(meeting.attendees, role); })) {
    found.push_back(Irregularity::kNotAllAttended);
  }
  const bool of_people = found.size() > of_day;
  if (of_people && meeting.attendance_reason.empty()) {
    return Refuse(plan_refusals::kReasonRequired, "attendance_reason",
                  "somebody else chaired than is to by the authority's profile, or somebody was "
                  "not there who must attend; say why, and the Virtual School is told");
  }
  return TakeReason(of_people, meeting.attendance_reason, "attendance_reason");
}

}  // namespace pepline::scheduling
