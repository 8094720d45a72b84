// Mending the days of an appointment that were put on record wrongly, and what becomes of posts at
// a school that another one goes on with.
#include <algorithm>
#include <utility>

#include "services/registry/domain/corrections.h"
#include "services/registry/domain/staff_rules.h"

namespace pepline::registry {
namespace {

const Appointment* FindBegunOn(const StaffState& state, const Post& post, absl::CivilDay from_on) {
  const auto found = std::ranges::find_if(state.appointments, [&](const Appointment& one) {
    return one.post == post && one.from_on == from_on;
  });
  return found == state.appointments.end() ? nullptr : &*found;
}

bool IsOver(const std::optional<absl::CivilDay>& until_on, absl::CivilDay today) {
  return until_on && *until_on < today;
}

MaybeRefusal CheckDays(absl::CivilDay from_on, const std::optional<absl::CivilDay>& until_on,
                       absl::CivilDay today) {
  if (until_on && *until_on < from_on) {
    return Refuse(refusals::kEndsBeforeItBegins, "until_on",
                  "the last day lies before the first; mend the days");
  }
  if (from_on > today + kFurthestDaysAhead) {
    return Refuse(refusals::kTooFarAhead, "from_on",
                  "give a first day within the next twelve months");
  }
  if (until_on && *until_on > today + kFurthestDaysAhead) {
    return Refuse(refusals::kTooFarAhead, "until_on",
                  "give a last day within the next twelve months");
  }
  return std::nullopt;
}

}  // namespace

MaybeRefusal On(const CorrectAppointment& command, StaffProgress& progress,
                const StaffFacts& facts) {
  const StaffState& state = progress.state;
  const absl::CivilDay today = facts.moment.today();
  if (auto no = CheckKnown(state); no && !command.of_child) return no;
  if (auto no = CheckCorrection(command.reason, state.corrections.size(), "staff_id")) return no;
  const Appointment* found = FindBegunOn(state, command.post, command.from_on);
  if (found == nullptr) {
    return Refuse(refusals::kNoSuchAppointment, "appointment.from_on",
                  "the person has no appointment to this from that day on; check role, place and "
                  "the first day as it is on record (pepctl staff list)");
  }
  const Appointment known = *found;
  const absl::CivilDay from_on = command.right_from_on.value_or(known.from_on);
  std::optional<absl::CivilDay> until_on = known.until_on;
  if (command.right_until_on) until_on = command.right_until_on;
  if (command.not_ended) until_on.reset();
  if (from_on == known.from_on && until_on == known.until_on) {
    return SameAsOnRecord(command.right_from_on ? "from_on" : "until_on");
  }
  if (auto no = CheckDays(from_on, until_on, today)) return no;
  for (const Appointment& other : state.appointments) {
    if (other.post == known.post && other.from_on != known.from_on &&
        Overlap(other, from_on, until_on)) {
      return Refuse(refusals::kAlreadyAppointed, "from_on",
                    "the person holds this post at that time by another appointment; mend the "
                    "days, or correct that one first");
    }
  }
  if (known.ended && !IsOver(until_on, today)) {
    if (auto no = CheckPlace(state, known.post, facts)) return no;
    if (known.post.child.empty()) {
      if (auto no = CheckOthers(known.post, facts.others_in_post)) return no;
    }
  }
  progress.Emit(AppointmentCorrected{{known.post, known.from_on, from_on, known.until_on, until_on,
                                      command.reason, command.by, facts.moment.now},
                                     known.begun && from_on <= today,
                                     known.ended && IsOver(until_on, today)});
  return std::nullopt;
}

MaybeRefusal CheckNotCorrected(const AppointStaff& command, const StaffState& state) {
  if (!command.from_on) return std::nullopt;
  const Appointment* known = FindBegunOn(state, command.post, *command.from_on);
  if (known && (!command.until_on || known->until_on == command.until_on)) return std::nullopt;
  const bool corrected =
      std::ranges::any_of(state.corrections, [&](const AppointmentCorrection& one) {
        if (one.post != command.post || one.old_from_on != *command.from_on) return false;
        return known == nullptr || (command.until_on && one.old_until_on == command.until_on);
      });
  if (!corrected) return std::nullopt;
  return Refuse(refusals::kCorrectedSince,
                known == nullptr ? "appointment.from_on" : "appointment.until_on",
                "this was corrected since; mend the row, or correct the appointment once more "
                "(pepctl staff correct-appointment)");
}

MaybeRefusal On(const SucceedSchool& command, StaffProgress& progress, const StaffFacts&) {
  const std::vector<Appointment> appointments = progress.state.appointments;
  for (const Appointment& one : appointments) {
    if (one.post.school != command.from || one.ended) continue;
    Post post = one.post;
    post.school = command.to;
    absl::CivilDay from_on = std::max(one.from_on, command.on);
    if (one.begun) {
      const absl::CivilDay last_day = std::max(one.from_on, command.on - 1);
      if (one.until_on && *one.until_on <= last_day) continue;  // it ends with the school
      progress.Emit(AppointmentEndRecorded{one.post, one.from_on, last_day});
      from_on = last_day + 1;
    } else {
      progress.Emit(AppointmentCalledOff{one.post, one.from_on});
    }
    // Whoever was appointed at the successor already needs no second one there.
    const bool is_there =
        std::ranges::any_of(progress.state.appointments, [&](const Appointment& other) {
          return other.post == post && Overlap(other, from_on, one.until_on);
        });
    if (is_there || (one.until_on && *one.until_on < from_on)) continue;
    progress.Emit(AppointmentRecorded{post, from_on});
    if (one.until_on) progress.Emit(AppointmentEndRecorded{post, from_on, *one.until_on});
  }
  return std::nullopt;
}

}  // namespace pepline::registry
