// The section "deadline_rules" of a policy profile: how long each deadline runs and who is told
// when, or that it does not run, with the reason.
// Promises: a rule that nobody knows or that stands there twice is an error of its row and field,
// and so is one that has to be named (shared/domain/rule_catalogue.h) and is neither there nor
// switched off with a reason. Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_DEADLINE_RULES_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_DEADLINE_RULES_H_

#include "pepline/common/v1/policy_profile.pb.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/yaml_fields.h"

namespace pepline::registry::imports {

// `fields`: those of the whole profile.
void ReadDeadlineRules(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_DEADLINE_RULES_H_
