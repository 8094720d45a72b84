#include "services/notifications/domain/due_day.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"

namespace pepline::notifications {
namespace {

// Scheduling and funding count the day anew when the dates come; registry has said a vacancy's once
// and for all.
std::string_view Estimate(const std::string& rule_id) {
  if (rule_id == kVacancyRule) {
    return "That day is an estimate: the school's term dates are not known, so every weekday that "
           "is no bank holiday was taken for a school day. Go by the school's own calendar where "
           "it says otherwise, and have the Virtual School import its term dates.";
  }
  const CataloguedRule* rule = FindRule(rule_id);
  if (rule_id == RuleId(Rule::kPepOpen) || (rule != nullptr && rule->of_request)) {
    return "That day is an estimate: no bank holidays are on record, so every weekday was taken "
           "for a working day. Have whoever runs Pepline import the bank holidays; the day is then "
           "counted anew.";
  }
  return "That day is an estimate: the school's term dates are not known, so every weekday that is "
         "no bank holiday was taken for a school day, and the terms of the authority that looks "
         "after the child for those of the school. Go by the school's own calendar where it says "
         "otherwise, and have the Virtual School import its term dates; the day is then counted "
         "anew.";
}

}  // namespace

std::string RemarksOnDueDay(const std::string& rule_id, const Instants& instants) {
  std::vector<std::string> remarks;
  if (instants.estimated) remarks.emplace_back(Estimate(rule_id));
  if (instants.provisional) {
    remarks.emplace_back(
        "That day is provisional: nobody has put on record what became of the PEP meeting, so it "
        "counts from the day for which the meeting was set. Put on record first that it was held, "
        "or move it or call it off.");
  }
  if (instants.after_interim) {
    remarks.emplace_back(
        "An interim PEP stood in for it in the school holidays, so that day counts from when the "
        "school reopened.");
  }
  return absl::StrJoin(remarks, " ");
}

}  // namespace pepline::notifications
