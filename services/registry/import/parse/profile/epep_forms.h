// The section "epep_forms" of a policy profile: which sections an ePEP has in a phase of education,
// who writes each, and which are mandatory (shared/domain/profile/epep_form.h).
// Promises: a phase or an owner that Pepline does not know is an error of its row and field, and so
// is a phase named twice, two sections of one code in a form, a code that is none, a form without
// sections, and one with more than kMostEpepSections. Threads: one thread.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_EPEP_FORMS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_EPEP_FORMS_H_

#include "pepline/common/v1/policy_profile.pb.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/yaml_fields.h"

namespace pepline::registry::imports {

// `fields`: those of the whole profile. Does nothing where it has no such section.
void ReadEpepForms(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_PROFILE_EPEP_FORMS_H_
