// The answer to every command about a member of staff.
#include <algorithm>
#include <set>
#include <utility>

#include "services/registry/domain/staff_rules.h"

namespace pepline::registry {

MaybeRefusal CheckKnown(const StaffState& state) {
  if (!state.details.staff.empty()) return std::nullopt;
  return Refuse(refusals::kUnknownStaff, "staff_id",
                "this member of staff is not on record; import the staff first");
}

MaybeRefusal CheckPlace(const StaffState& state, const Post& post, const StaffFacts& facts) {
  switch (*PlaceOf(post)) {
    case Place::kSchool:
      if (!facts.place_known) {
        return Refuse(refusals::kUnknownSchool, "appointment.school_urn",
                      "this URN is not in the register; import the school register first");
      }
      if (!facts.place_open) {
        return Refuse(refusals::kSchoolClosed, "appointment.school_urn",
                      "the register shows this school as closed; appoint at its successor");
      }
      return std::nullopt;
    case Place::kAuthority:
      if (post.authority == state.details.authority) return std::nullopt;
      return Refuse(refusals::kOtherAuthority, "appointment.authority_code",
                    "the person is on record for another authority; give that one's code");
    case Place::kChild:
      // Another authority's child is as unknown as one that does not exist.
      if (facts.place_known && facts.place_authority == state.details.authority) {
        return std::nullopt;
      }
      return Refuse(refusals::kUnknownChild, "appointment.child_id",
                    "this child is not on record; import the children first");
  }
  return std::nullopt;
}

MaybeRefusal CheckOthers(const Post& post, int others) {
  if (others < MostInRole(post)) return std::nullopt;
  static_assert(kMostInOneRole == 20 && kMostInOneRoleOfAuthority == 2'000,
                "the texts say how many");
  if (!post.school.empty()) {
    return Refuse(refusals::kTooManyInRole, "appointment.role",
                  "20 people are on record in this role at this school, which is the most; end the "
                  "appointments of those who have left it first");
  }
  if (post.role == StaffRole::kVirtualSchoolHead) {
    return Refuse(refusals::kTooManyInRole, "appointment.role",
                  "20 people are on record as head of this Virtual School, which is the most; end "
                  "the appointments of those who have left it first");
  }
  return Refuse(refusals::kTooManyInRole, "appointment.role",
                "2,000 people are on record in this role at this authority, which is the most; end "
                "the appointments of those who have left it first");
}

bool Overlap(const Appointment& one, absl::CivilDay from_on,
             const std::optional<absl::CivilDay>& until_on) {
  return (!one.until_on || from_on <= *one.until_on) && (!until_on || one.from_on <= *until_on);
}

namespace {

void CatchUp(StaffProgress& progress, const Moment& moment) {
  const absl::CivilDay today = moment.today();
  const std::vector<Appointment> appointments = progress.state.appointments;
  for (const Appointment& one : appointments) {
    if (!one.begun && one.from_on <= today) progress.Emit(StaffAppointed{one.post, one.from_on});
    if (!one.ended && one.until_on && *one.until_on < today) {
      progress.Emit(AppointmentEnded{one.post, one.from_on, *one.until_on});
    }
  }
}

MaybeRefusal CheckPost(const Post& post) {
  const auto place = PlaceOf(post);
  if (place && MayBeHeldAt(post.role, *place)) return std::nullopt;
  return Refuse(
      refusals::kRoleNotThere, "appointment.role",
      "name one place: a school for school roles, the authority for the others, or a child "
      "for caseworker, social worker and reviewing officer");
}

// Every appointment writes the record again, with those that are over.
MaybeRefusal CheckLength(const StaffState& state, const Post& post) {
  const auto kept =
      std::count_if(state.appointments.begin(), state.appointments.end(),
                    [&](const Appointment& one) { return one.post.child == post.child; });
  if (kept < kMostAppointments) return std::nullopt;
  static_assert(kMostAppointments == 1'000, "the text says how many");
  return Refuse(refusals::kTooManyAppointments, "staff_id",
                "1,000 appointments of this person are on record, those that are over among them, "
                "which is the most; give the one that goes on a later last day instead of adding "
                "another");
}

MaybeRefusal CheckSchools(const StaffState& state, const SchoolUrn& school) {
  std::set<SchoolUrn> schools = {school};
  for (const Appointment& one : state.appointments) {
    if (!one.ended && !one.post.school.empty()) schools.insert(one.post.school);
  }
  if (schools.size() <= static_cast<std::size_t>(kMostSchools)) return std::nullopt;
  static_assert(kMostSchools == 200, "the text says how many");
  return Refuse(refusals::kTooManySchools, "appointment.school_urn",
                "this person has posts at 200 schools, which is the most; end those at schools "
                "that the person has left, or name the people who are at each school");
}

MaybeRefusal CheckRoom(const StaffState& state, const AppointStaff& command,
                       const StaffFacts& facts) {
  const Post& post = command.post;
  if (auto no = CheckLength(state, post)) return no;
  // Whose last day is past takes nobody's place.
  if (command.until_on && *command.until_on < facts.moment.today()) return std::nullopt;
  if (!post.school.empty()) {
    if (auto no = CheckSchools(state, post.school)) return no;
  }
  return post.child.empty() ? CheckOthers(post, facts.others_in_post) : std::nullopt;
}

MaybeRefusal SetEnd(const Appointment& one, absl::CivilDay until_on, StaffProgress& progress) {
  if (one.until_on == until_on) return std::nullopt;
  if (until_on < one.from_on) {
    return Refuse(refusals::kEndsBeforeItBegins, "appointment.until_on",
                  "the last day lies before the first; mend the days");
  }
  if (one.ended) {
    return Refuse(refusals::kAppointmentAlreadyEnded, "appointment.until_on",
                  "the appointment has ended on another day; leave that day as it is on record");
  }
  for (const Appointment& other : progress.state.appointments) {
    if (other.post == one.post && other.from_on != one.from_on &&
        Overlap(other, one.from_on, until_on)) {
      return Refuse(refusals::kAlreadyAppointed, "appointment.until_on",
                    "the person holds this post again before that day; give an earlier last day");
    }
  }
  progress.Emit(AppointmentEndRecorded{one.post, one.from_on, until_on});
  return std::nullopt;
}

MaybeRefusal On(const RecordStaff& command, StaffProgress& progress, const StaffFacts&) {
  if (command.details != progress.state.details) {
    progress.Emit(StaffDetailsRecorded{command.details});
  }
  return std::nullopt;
}

MaybeRefusal On(const AppointStaff& command, StaffProgress& progress, const StaffFacts& facts) {
  if (command.of_child && progress.state.details.staff.empty()) {
    progress.Emit(StaffOfChildRecorded{*command.of_child, command.post.child});
  }
  if (auto no = CheckKnown(progress.state)) return no;
  if (auto no = CheckPost(command.post)) return no;
  if (auto no = CheckNotCorrected(command, progress.state)) return no;
  const absl::CivilDay today = facts.moment.today();
  const std::vector<Appointment> appointments = progress.state.appointments;
  for (const Appointment& one : appointments) {
    if (one.post != command.post) continue;
    const bool same = command.from_on ? one.from_on == *command.from_on : one.InForceOn(today);
    if (!same) continue;
    return command.until_on ? SetEnd(one, *command.until_on, progress) : std::nullopt;
  }
  const absl::CivilDay from_on = command.from_on.value_or(today);
  if (command.until_on && *command.until_on < from_on) {
    return Refuse(refusals::kEndsBeforeItBegins, "appointment.until_on",
                  "the last day lies before the first; mend the days");
  }
  if (from_on > today + kFurthestDaysAhead) {
    return Refuse(refusals::kTooFarAhead, "appointment.from_on",
                  "give a first day within the next twelve months");
  }
  if (auto no = CheckPlace(progress.state, command.post, facts)) return no;
  for (const Appointment& one : appointments) {
    if (one.post == command.post && Overlap(one, from_on, command.until_on)) {
      return Refuse(refusals::kAlreadyAppointed, "appointment.from_on",
                    "the person holds this post already, since another day; end that appointment "
                    "first, or give its first day");
    }
  }
  if (auto no = CheckRoom(progress.state, command, facts)) return no;
  progress.Emit(AppointmentRecorded{command.post, from_on});
  if (command.until_on) {
    progress.Emit(AppointmentEndRecorded{command.post, from_on, *command.until_on});
  }
  return std::nullopt;
}

MaybeRefusal On(const EndAppointment& command, StaffProgress& progress, const StaffFacts& facts) {
  if (auto no = CheckKnown(progress.state); no && !command.of_child) return no;
  const absl::CivilDay until_on = command.until_on.value_or(facts.moment.today());
  // The latest of this post.
  std::optional<Appointment> found;
  for (const Appointment& one : progress.state.appointments) {
    if (one.post == command.post && (!found || found->from_on < one.from_on)) found = one;
  }
  if (!found) {
    return Refuse(refusals::kNoSuchAppointment, "appointment.role",
                  "the person was never appointed to this; check role and place");
  }
  if (!found->begun && until_on < found->from_on) {
    progress.Emit(AppointmentCalledOff{found->post, found->from_on});
    return std::nullopt;
  }
  if (until_on > facts.moment.today() + kFurthestDaysAhead) {
    return Refuse(refusals::kTooFarAhead, "appointment.until_on",
                  "give a last day within the next twelve months");
  }
  return SetEnd(*found, until_on, progress);
}

MaybeRefusal On(const Wake&, StaffProgress&, const StaffFacts&) { return std::nullopt; }

}  // namespace

Decision<StaffEvent> Staff::Decide(const State& state, const Command& command, const Facts& facts) {
  StaffProgress progress{state};
  CatchUp(progress, facts.moment);
  auto no = std::visit([&](const auto& one) { return On(one, progress, facts); }, command);
  if (no) return *std::move(no);
  CatchUp(progress, facts.moment);
  return std::move(progress.events);
}

}  // namespace pepline::registry
