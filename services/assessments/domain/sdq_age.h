// Whether a PEP asks for an SDQ of a child of this age, and whether a form is one for it. Registry
// says the days (shared/domain/profile/sdq_settings.h); they are whole months, so a birthday is
// known to a month and what is not certain is let pass. Promises: pure; a child of whom registry
// has said no days is of every age. Sources: docs/domain.md 3.2 and 3.5. Threads: values and pure
// functions.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_AGE_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_AGE_H_

#include <optional>

#include "absl/time/time.h"
#include "services/assessments/domain/sdq_form.h"
#include "shared/domain/profile/sdq_settings.h"

namespace pepline::assessments {

// Of one child, and the clock by which days begin and end.
struct ChildsAges {
  SdqDays days;
  absl::TimeZone london;
};

enum class AgeFit {
  kRight,
  kMayBeRight,  // too young today, and a meeting may be set for a day on which the child is not
  kWrong,
};
// The day by which the PEP wants the SDQ decides; while no meeting is set (nullopt), today.
AgeFit AgeFitFor(const std::optional<absl::Time>& required_by, absl::Time now,
                 const std::optional<ChildsAges>& ages);

// Whether the child was of the form's ages on any day from when it was asked to now.
bool MayFit(Form form, absl::Time asked_at, absl::Time now, const std::optional<ChildsAges>& ages);

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_SDQ_AGE_H_
