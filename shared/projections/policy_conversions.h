// What a policy profile says, as the domain's types. Promises: total; the numbers of roles and
// kinds of days are the contract's, checked when this is compiled. Threads: pure.
#ifndef PEPLINE_SHARED_PROJECTIONS_POLICY_CONVERSIONS_H_
#define PEPLINE_SHARED_PROJECTIONS_POLICY_CONVERSIONS_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/deadline.h"
#include "shared/domain/deadline_policy.h"
#include "shared/domain/notice_catalogue.h"
#include "shared/domain/profile/sdq_settings.h"
#include "shared/domain/recipient_role.h"
#include "shared/projections/reference_data.h"

namespace pepline {

// For how many calendar months those who worked with a child reach its records after its care has
// ceased (shared/domain/access/access_after_care.h); the default where the profile does not say.
int MonthsOfAccessAfterCare(const common::v1::PolicyProfile& profile);

// Who is told of a kind of notice; the catalogue's default where the profile does not say, or there
// is none (null). Empty where the profile switches the kind off.
std::vector<RecipientRole> RecipientsOfNotice(const common::v1::PolicyProfile* profile,
                                              NoticeKind kind);

// What besides the total asks for strategies in the review of an SDQ
// (shared/domain/profile/sdq_settings.h); the default where the profile does not say, or there is
// none (null).
SdqStrategies StrategiesAskedFor(const common::v1::PolicyProfile* profile);

// How long a rule's deadlines run and when whom is told; nullopt where a later version's kind of
// days counts. Level 1 is the deadline itself and needs no way of counting.
std::optional<DeadlineTerms> TermsFrom(const common::v1::DeadlineRule& row);
// The deadlines of a profile. Rules and levels that this version does not know are passed over.
DeadlinePolicy DeadlinesOf(const common::v1::PolicyProfile& profile);

// The newest profile as `read` makes it of each, with those before it (`Policy::before`).
template <class Policy>
std::shared_ptr<const Policy> WithThoseBefore(
    const PolicyVersions& versions, Policy (*read)(const common::v1::PolicyProfile& profile)) {
  std::shared_ptr<const Policy> before;
  const auto add = [&](const common::v1::PolicyProfile& profile) {
    Policy policy = read(profile);
    policy.before = std::move(before);
    before = std::make_shared<const Policy>(std::move(policy));
  };
  for (const auto& profile : versions.earlier) add(profile);
  add(versions.newest);
  return before;
}

// The recipients of a message, in its order; roles that this version does not know are passed over.
std::vector<RecipientRole> KnownRoles(const google::protobuf::RepeatedField<int>& roles);

}  // namespace pepline

#endif  // PEPLINE_SHARED_PROJECTIONS_POLICY_CONVERSIONS_H_
