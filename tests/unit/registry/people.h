// The invented people, schools and posts of the tests. Threads: values only.
#ifndef PEPLINE_TESTS_UNIT_REGISTRY_PEOPLE_H_
#define PEPLINE_TESTS_UNIT_REGISTRY_PEOPLE_H_

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/registry/domain/child.h"
#include "services/registry/domain/policy.h"
#include "services/registry/domain/school.h"
#include "services/registry/domain/staff.h"
#include "tests/unit/registry/machine.h"

namespace pepline::registry {

inline const SchoolUrn kSchool("123456");
inline const SchoolUrn kOtherSchool("654321");
inline const AuthorityCode kAuthority("931");
inline const AuthorityCode kNeighbour("940");  // another authority
inline const ChildId kChild("chd-a");

inline SchoolDetails Details(std::optional<absl::CivilDay> closed_on = std::nullopt) {
  return {kSchool, "Test Meadow School", kAuthority, "primary", closed_on};
}

inline ChildDetails Somebody(std::string_view born = "2013-05-03") {
  return {kChild, kAuthority, "C-1", "Amber", "Test-Alder", Day(born), "", false};
}

inline StaffDetails Petra() {
  return {StaffId("stf-p"), kAuthority, "DT-1", "Petra Sample", "petra@meadow.example"};
}
inline Post TeacherAt(const SchoolUrn& school = kSchool) {
  return {StaffRole::kDesignatedTeacher, school, {}, {}};
}

inline std::vector<TermPart> Terms() {
  return {{"2025/26", Term::kAutumn, 1, Day("2025-09-02"), Day("2025-10-24"), false},
          {"2025/26", Term::kAutumn, 2, Day("2025-11-03"), Day("2025-12-19"), false},
          {"2025/26", Term::kSpring, 1, Day("2026-01-05"), Day("2026-02-13"), false}};
}
inline std::set<absl::CivilDay> Holidays() {
  return {Day("2025-08-25"), Day("2025-12-25"), Day("2025-12-26"), Day("2026-01-01")};
}

inline PolicyProfile Profile(std::string_view effective_on = "2025-09-01") {
  using enum StaffRole;
  const auto days = DayKind::kSchoolDays;
  return {kAuthority,
          0,
          Day(effective_on),
          {{std::string(kVacancyRule),
            5,
            days,
            {{0, -3, days, {kSchoolOffice}},
             {1, 0, days, {kHeadteacher}},
             {2, 1, DayKind::kWorkingDays, {kVirtualSchoolHead}},
             {3, 1, DayKind::kCalendarMonths, {kVirtualSchoolHead, kHeadteacher}}},
            "design",
            true}},
          {{"2025/26", Term::kAutumn, Day("2025-11-28")}},
          "a test"};
}

// A school of the register whose vacancy can be counted.
inline Machine<School> KnownSchool(std::string_view now = "2025-09-01 09:00") {
  Machine<School> school(now);
  school.facts.calendar = std::make_shared<const Calendar>(London(), Holidays(), Terms());
  school.facts.profile = std::make_shared<const PolicyProfile>(Profile());
  school.Done(RecordSchool{Details()});
  return school;
}

inline Machine<Child> KnownChild(std::string_view now = "2025-09-01 09:00",
                                 std::string_view born = "2013-05-03") {
  Machine<Child> child(now);
  child.facts.school_known = child.facts.school_open = true;
  child.facts.school_authority = kAuthority;
  child.Done(RecordChild{Somebody(born), {}, {}, {}});
  return child;
}

inline Machine<Staff> KnownStaff(std::string_view now = "2025-09-01 09:00") {
  Machine<Staff> staff(now);
  staff.facts.place_known = staff.facts.place_open = true;
  staff.facts.place_authority = kAuthority;
  staff.Done(RecordStaff{Petra()});
  return staff;
}

}  // namespace pepline::registry

#endif  // PEPLINE_TESTS_UNIT_REGISTRY_PEOPLE_H_
