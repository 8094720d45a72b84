// How each event changes a member of staff, and what follows from the state alone.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/domain/staff.h"

namespace pepline::registry {
namespace {

template <class Change>
void ChangeAppointment(StaffState& state, const Post& post, absl::CivilDay from_on, Change change) {
  for (Appointment& one : state.appointments) {
    if (one.post == post && one.from_on == from_on) change(one);
  }
}

}  // namespace

std::optional<Place> PlaceOf(const Post& post) {
  const int places = !post.school.empty() + !post.authority.empty() + !post.child.empty();
  if (places != 1) return std::nullopt;
  if (!post.school.empty()) return Place::kSchool;
  if (!post.authority.empty()) return Place::kAuthority;
  return Place::kChild;
}

int MostInRole(const Post& post) {
  const bool few = !post.school.empty() || post.role == StaffRole::kVirtualSchoolHead;
  return few ? kMostInOneRole : kMostInOneRoleOfAuthority;
}

IndexEntry StaffOf(const AuthorityCode& authority) {
  return {"staff-of-authority", authority.text()};
}

IndexEntry HoldersOf(const Post& post) {
  return {"holders-of-post", absl::StrCat(static_cast<int>(post.role), ".", post.school.text(), ".",
                                          post.authority.text(), ".", post.child.text())};
}

IndexEntry ChildrenOf(const StaffId& staff) { return {"children-of-staff", staff.text()}; }

StaffState Staff::Evolve(State state, const Event& event) {
  std::visit(Match{
                 [&](const StaffAppointed& appointed) {
                   ChangeAppointment(state, appointed.post, appointed.from_on,
                                     [](Appointment& one) { one.begun = true; });
                 },
                 [&](const AppointmentEnded& ended) {
                   ChangeAppointment(state, ended.post, ended.from_on,
                                     [](Appointment& one) { one.ended = true; });
                 },
                 [&](const AppointmentCorrected& corrected) {
                   const AppointmentCorrection& days = corrected.correction;
                   ChangeAppointment(state, days.post, days.old_from_on, [&](Appointment& one) {
                     one.from_on = days.from_on;
                     one.until_on = days.until_on;
                     one.begun = corrected.begun;
                     one.ended = corrected.ended;
                   });
                   state.corrections.push_back(days);
                 },
                 [&](const StaffDetailsRecorded& recorded) { state.details = recorded.details; },
                 [&](const StaffOfChildRecorded& recorded) {
                   state.details.staff = recorded.staff.staff;
                   state.details.authority = recorded.staff.authority;
                   state.child = recorded.child;
                 },
                 [&](const AppointmentRecorded& recorded) {
                   state.appointments.push_back(
                       {recorded.post, recorded.from_on, std::nullopt, false, false});
                 },
                 [&](const AppointmentEndRecorded& recorded) {
                   ChangeAppointment(state, recorded.post, recorded.from_on,
                                     [&](Appointment& one) { one.until_on = recorded.until_on; });
                 },
                 [&](const AppointmentCalledOff& off) {
                   std::erase_if(state.appointments, [&](const Appointment& one) {
                     return one.post == off.post && one.from_on == off.from_on;
                   });
                 },
             },
             event);
  return state;
}

std::optional<absl::Time> Staff::NextWake(const State& state, const Facts& facts) {
  std::optional<absl::CivilDay> next;
  for (const Appointment& one : state.appointments) {
    if (one.ended) continue;
    if (one.begun && !one.until_on) continue;
    const absl::CivilDay day = one.begun ? *one.until_on + 1 : one.from_on;
    next = next ? std::min(*next, day) : day;
  }
  return next ? std::optional(facts.moment.StartOf(*next)) : std::nullopt;
}

std::vector<IndexEntry> Staff::Index(const State& state) {
  if (state.details.staff.empty()) return {};
  std::vector<IndexEntry> entries;
  if (state.child.empty()) {
    entries.push_back(StaffOf(state.details.authority));
  } else {
    entries.push_back(ChildrenOf(state.details.staff));
  }
  for (const Appointment& one : state.appointments) {
    if (!one.ended) entries.push_back(HoldersOf(one.post));
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

}  // namespace pepline::registry
