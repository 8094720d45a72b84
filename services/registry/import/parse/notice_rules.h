// The section "notices" of a policy profile: who is told of which kind of notice, or that a kind is
// switched off, with the reason.
// Promises: a kind or a role that Pepline does not know is an error of its row and field, and so is
// a kind named twice, one that names nobody, and one that is switched off without a reason.
// Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_NOTICE_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_NOTICE_RULES_H_

#include "pepline/common/v1/policy_profile.pb.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/yaml_fields.h"

namespace pepline::registry::imports {

// `fields`: those of the whole profile. Nothing where it has no such section.
void ReadNoticeRules(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_NOTICE_RULES_H_
