// What the rules of a child share (child_decide.cc, child_correct.cc, child_evolve.cc); nobody else
// includes it.
// Promises: pure; a check answers nullopt where nothing is wrong. Threads: pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_RULES_H_

#include <optional>
#include <string>

#include "services/registry/domain/child.h"

namespace pepline::registry {

using ChildProgress = Progress<Child>;

inline constexpr int kAdult = 18;  // years; care ends with that birthday (Children Act 1989 s105)

// The day from which a PEP is due by age, and whether it is on a day. A child is in provision from
// the day of its enrolment at the main school on record; where none is, from the day that is given.
absl::CivilDay PepDueFrom(const ChildState& state, const ChildFacts& facts,
                          std::optional<absl::CivilDay> in_provision_since = std::nullopt);
bool IsOfPepAge(const ChildState& state, absl::CivilDay day, const ChildFacts& facts,
                std::optional<absl::CivilDay> in_provision_since = std::nullopt);
// By age and legal status; only of a child in care.
bool PepRequiredNow(const ChildState& state, const ChildFacts& facts);
SdqDays SdqDaysNow(const ChildState& state, const ChildFacts& facts);

MaybeRefusal CheckKnown(const ChildState& state);
// The school of the command is in the register, and open.
MaybeRefusal CheckSchool(const ChildFacts& facts);
// Not before the child was born.
MaybeRefusal CheckDay(absl::CivilDay day, const std::string& field, const ChildState& state);
MaybeRefusal CheckNotAhead(absl::CivilDay day, const std::string& field, const ChildFacts& facts);

// Corrections. A refusal where there is nothing to correct, where nothing would change, or where
// the new day contradicts another fact on record.
MaybeRefusal On(const CorrectCareStart& command, ChildProgress& progress, const ChildFacts& facts);
MaybeRefusal On(const CorrectCareEnd& command, ChildProgress& progress, const ChildFacts& facts);
MaybeRefusal On(const CorrectEnrolment& command, ChildProgress& progress, const ChildFacts& facts);
MaybeRefusal On(const CorrectLegalStatus& command, ChildProgress& progress,
                const ChildFacts& facts);
MaybeRefusal On(const RestrictLocation& command, ChildProgress& progress, const ChildFacts& facts);

// A row of an import that says again what was corrected since, or a start of care that contradicts
// the one on record. Without these an old file would undo a correction, or open another episode.
MaybeRefusal CheckStartOfRow(const RecordChild& row, const ChildState& state);
MaybeRefusal CheckEndOfRow(const RecordChild& row, const ChildState& state);
MaybeRefusal CheckSchoolOfRow(const RecordChild& row, const ChildState& state);
MaybeRefusal CheckLocationOfRow(const RecordChild& row, const ChildState& state);
MaybeRefusal CheckStatusOfRow(LegalStatus status, const ChildState& state);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_RULES_H_
