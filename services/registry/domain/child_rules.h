// What the rules of a child share (child_decide.cc, child_correct.cc); nobody else includes it.
// Promises: pure; a check answers nullopt where nothing is wrong. Threads: pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_RULES_H_

#include <string>

#include "services/registry/domain/child.h"

namespace pepline::registry {

using ChildProgress = Progress<Child>;

inline constexpr int kAdult = 18;  // years; care ends with that birthday (Children Act 1989 s105)

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

// A row of an import that says again what was corrected since, or a start of care that contradicts
// the one on record. Without these an old file would undo a correction, or open another episode.
MaybeRefusal CheckStartOfRow(const RecordChild& row, const ChildState& state);
MaybeRefusal CheckEndOfRow(const RecordChild& row, const ChildState& state);
MaybeRefusal CheckSchoolOfRow(const RecordChild& row, const ChildState& state);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CHILD_RULES_H_
