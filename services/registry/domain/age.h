// From when to when a PEP is due by age: from the academic year of the third birthday, of a child
// who is in provision, or from the term after that birthday (shared/domain/profile/pep_settings.h),
// to the end of Year 13, the academic year of the eighteenth. Academic years run from 1 September.
// Source: domain 1.2, "Age range" (Gateshead, Solihull). And from when to when it asks for an SDQ,
// in whole months, since these days leave registry and a birthday must not. Threads: pure
// functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_AGE_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_AGE_H_

#include <optional>

#include "absl/time/civil_time.h"
#include "shared/domain/profile/pep_settings.h"
#include "shared/domain/profile/sdq_settings.h"

namespace pepline::registry {

// The first day of the academic year that a day lies in.
absl::CivilDay AcademicYearOf(absl::CivilDay day);
// The first day of the term after a day, as free early education has its terms.
absl::CivilDay TermOfEntitlementAfter(absl::CivilDay day);

// The ages from which a PEP is due: the profile's.
struct PepAges {
  int in_provision_from = kPepInProvisionFromAge;
  int from = kPepFromAge;
  friend bool operator==(const PepAges&, const PepAges&) = default;
};
// The first day, of a child who is in provision since that day; nullopt: of one who is not.
absl::CivilDay PepAgeFrom(absl::CivilDay date_of_birth, const PepAges& ages,
                          std::optional<absl::CivilDay> in_provision_since);
absl::CivilDay PepAgeUntil(absl::CivilDay date_of_birth);  // last day, inclusive
// The day on which somebody reaches an age; those born on 29 February reach it on 1 March.
absl::CivilDay Birthday(absl::CivilDay date_of_birth, int age);

// The first and the last age, in completed years, at which a PEP asks for an SDQ: the profile's.
struct SdqAges {
  int from = kSdqFromAge;
  int until = kSdqUntilAge;
  friend bool operator==(const SdqAges&, const SdqAges&) = default;
};
// Nobody is asked for before the birthday; the last month goes to its end.
SdqDays SdqDaysOf(absl::CivilDay date_of_birth, const SdqAges& ages);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_AGE_H_
