#include "shared/engine/deadline_mapping.h"

#include "absl/strings/str_cat.h"

namespace pepline {

common::v1::DeadlineReference ToReference(const std::string& whose, Rule rule,
                                          const DeadlineInstants& instants) {
  common::v1::DeadlineReference reference;
  WriteFields(instants, reference);
  reference.set_rule_id(std::string(RuleId(rule)));
  reference.set_deadline_id(absl::StrCat(whose, ".", reference.rule_id()));
  return reference;
}

}  // namespace pepline
