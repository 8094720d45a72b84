// What the rules of a member of staff share (staff_decide.cc, staff_correct.cc); nobody else
// includes it. A check answers nullopt where nothing is wrong.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_STAFF_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_STAFF_RULES_H_

#include <optional>

#include "services/registry/domain/staff.h"

namespace pepline::registry {

using StaffProgress = Progress<Staff>;

MaybeRefusal CheckKnown(const StaffState& state);
// The place of the post is on record, open, and one where the person may hold it.
MaybeRefusal CheckPlace(const StaffState& state, const Post& post, const StaffFacts& facts);
// There is room beside the others who hold the post, which is no child's.
MaybeRefusal CheckOthers(const Post& post, int others);
// The stretch of days of an appointment shares a day with another.
bool Overlap(const Appointment& one, absl::CivilDay from_on,
             const std::optional<absl::CivilDay>& until_on);

MaybeRefusal On(const CorrectAppointment& command, StaffProgress& progress,
                const StaffFacts& facts);
MaybeRefusal On(const SucceedSchool& command, StaffProgress& progress, const StaffFacts& facts);

// What was said of an appointment says again what was corrected since.
MaybeRefusal CheckNotCorrected(const AppointStaff& command, const StaffState& state);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_STAFF_RULES_H_
