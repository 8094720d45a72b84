// What all corrections share: each has a reason, and a record keeps a bounded number of them. A
// check answers nullopt where nothing is wrong.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CORRECTIONS_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CORRECTIONS_H_

#include <cstddef>
#include <string>

#include "services/registry/domain/refusals.h"

namespace pepline::registry {

// `kept`: how many the record holds; `id_field`: which field of the command names the record.
MaybeRefusal CheckCorrection(const std::string& reason, std::size_t kept,
                             const std::string& id_field);
// Nothing would change.
Refusal SameAsOnRecord(const std::string& field);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CORRECTIONS_H_
