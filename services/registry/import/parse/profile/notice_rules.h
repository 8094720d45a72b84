// The sections "notices" and "mail_hours" of a policy profile: who is told of which kind of notice,
// or that a kind is switched off, with the reason; and at which hours and on which days people are
// told, and what is told at once (shared/domain/alert_levels.h).
// Promises: a kind or a role that Pepline does not know is an error of its row and field, and so is
// a kind named twice, one that names nobody, and one that is switched off without a reason; an hour
// that there is not, hours that end before they begin, and what is no deadline's id and no kind of
// notice.
// Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_NOTICE_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_NOTICE_RULES_H_

#include "pepline/common/v1/policy_profile.pb.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/yaml_fields.h"

namespace pepline::registry::imports {

// `fields`: those of the whole profile. Each does nothing where it has no such section.
void ReadNoticeRules(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile);
void ReadMailHours(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_NOTICE_RULES_H_
