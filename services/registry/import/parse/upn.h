// The Unique Pupil Number: a check letter, nine digits of where and when, and a serial of three
// places whose last is a letter in a temporary number.
// Rule: characters 2 to 13 weighted 2 to 13, summed, modulo 23, as a letter of the alphabet without
// I, O and S; a letter in place 13 counts as its place in that alphabet. Source: DfE, UPN guide
// (docs/domain.md 4.5). The authority inside the number is not looked at: known lists are out of
// date. Threads: pure function.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_UPN_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_UPN_H_

#include <string_view>

namespace pepline::registry::imports {

enum class UpnCheck { kRight, kNotInForm, kWrongLetter };

UpnCheck CheckUpn(std::string_view upn);  // upper case

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_UPN_H_
