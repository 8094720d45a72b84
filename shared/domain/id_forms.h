// The forms of identifiers that people and files bring from outside (ids.h has the types). Pure;
// safe from any thread.
#ifndef PEPLINE_SHARED_DOMAIN_ID_FORMS_H_
#define PEPLINE_SHARED_DOMAIN_ID_FORMS_H_

#include <string_view>

namespace pepline {

bool AllDigits(std::string_view text);        // of none as well
bool IsAuthorityCode(std::string_view text);  // three digits, as in 931
bool IsSchoolUrn(std::string_view text);      // six digits, from the school register

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ID_FORMS_H_
