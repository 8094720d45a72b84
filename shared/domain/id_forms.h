// The forms of identifiers, as they come from outside (ids.h has the types). Pure;
// safe from any thread.
#ifndef PEPLINE_SHARED_DOMAIN_ID_FORMS_H_
#define PEPLINE_SHARED_DOMAIN_ID_FORMS_H_

#include <optional>
#include <string_view>

#include "shared/domain/ids.h"

namespace pepline {

bool AllDigits(std::string_view text);        // of none as well
bool IsAuthorityCode(std::string_view text);  // three digits, as in 931
bool IsSchoolUrn(std::string_view text);      // six digits, from the school register
// The number in a PEP's id "<child id>.<number>": a child's PEPs are numbered as they open. nullopt
// where the id is not one of this child.
std::optional<int> NumberOfPep(const ChildId& child, const PepId& pep);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ID_FORMS_H_
