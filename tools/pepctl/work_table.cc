#include "tools/pepctl/work_table.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "shared/base/london.h"
#include "shared/rpc/work_list.h"
#include "tools/client/text_forms.h"

namespace pepline::pepctl {
namespace {

using common::v1::WorkItem;

std::string InWords(common::v1::WorkStep step) {
  switch (step) {
    case common::v1::WORK_STEP_SEE_WHY_NO_PEP_IS_OPEN:
      return "see why no PEP is open";
    case common::v1::WORK_STEP_SCHEDULE_MEETING:
      return "schedule the meeting";
    case common::v1::WORK_STEP_CONFIRM_MEETING:
      return "confirm the meeting of the school before";
    case common::v1::WORK_STEP_CAPTURE_PUPIL_VIEWS:
      return "capture the child's views";
    case common::v1::WORK_STEP_RETURN_SDQ:
      return "return the SDQ";
    case common::v1::WORK_STEP_UPDATE_EPEP_DRAFT:
      return "update the ePEP draft";
    case common::v1::WORK_STEP_COST_INTERVENTIONS:
      return "cost the interventions";
    case common::v1::WORK_STEP_HOLD_MEETING:
      return "hold the meeting";
    case common::v1::WORK_STEP_RECORD_MEETING:
      return "put the meeting on record";
    case common::v1::WORK_STEP_FINALISE_EPEP:
      return "finalise the ePEP";
    case common::v1::WORK_STEP_CONFIRM_SDQ_NOT_OBTAINED:
      return "settle whether the SDQ can be had";
    case common::v1::WORK_STEP_REVIEW_SDQ:
      return "review the SDQ";
    case common::v1::WORK_STEP_SUBMIT_FUNDING_REQUEST:
      return "submit the funding request";
    case common::v1::WORK_STEP_DECIDE_FUNDING_REQUEST:
      return "decide the funding request";
    case common::v1::WORK_STEP_RELEASE_FUNDING:
      return "release the funding";
    default:  // of a service that is newer than this program
      return client::EnumText(*common::v1::WorkStep_descriptor(), step);
  }
}

absl::CivilDay DayOf(const google::protobuf::Timestamp& at) {
  return absl::ToCivilDay(client::TimeOf(at), London());
}

std::string DueText(const WorkItem& item, absl::CivilDay today) {
  if (!item.has_due_at()) {
    return absl::StrCat("waits since ", absl::FormatCivilTime(DayOf(item.waiting_since())));
  }
  const absl::CivilDay day = DayOf(item.due_at());
  std::string text = absl::FormatCivilTime(day);
  if (item.estimated()) absl::StrAppend(&text, " (estimate)");
  if (!item.late()) return text;
  const auto days = today - day;
  absl::StrAppend(&text, ", late");
  if (days > 0) absl::StrAppend(&text, " ", days, days == 1 ? " day" : " days");
  return text;
}

}  // namespace

void SortWork(std::vector<WorkItem>& items) { std::ranges::stable_sort(items, {}, WorkOrder); }

Table WorkTable(const std::vector<WorkItem>& items, absl::CivilDay today) {
  Table table({"due", "child", "school", "to do", "about"});
  for (const WorkItem& item : items) {
    table.Add({DueText(item, today), item.child_id(), item.school_urn(), InWords(item.step()),
               item.rule_id().empty() ? item.record_id() : item.rule_id()});
  }
  return table;
}

}  // namespace pepline::pepctl
