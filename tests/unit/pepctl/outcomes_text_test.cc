// How `pepctl outcome show` tells a PEP's outcomes.
#include <gtest/gtest.h>

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "tools/pepctl/commands/rpc_command.h"

namespace pepline::pepctl {
namespace {

namespace v1 = assessments::v1;

std::string Told(const v1::GetOutcomesResponse& response) {
  const std::vector<RpcCommand> rows = AssessmentsCommands();
  const auto show = std::ranges::find_if(
      rows, [](const RpcCommand& row) { return row.group == "outcome" && row.name == "show"; });
  return show == rows.end() ? "no such command" : show->text(response);
}

TEST(OutcomesText, IsABlockForEachWithWhatItLacks) {
  v1::GetOutcomesResponse response;
  EXPECT_EQ(Told(response), "This PEP has no outcomes.\n");
  auto& vague = *response.add_outcomes();
  vague.mutable_outcome()->set_outcome_id("chd-x.1.o1");
  vague.mutable_outcome()->set_category(v1::OUTCOME_CATEGORY_ATTENDANCE);
  vague.mutable_content()->set_description("is in school on time");
  vague.mutable_content()->set_due_on("2026-02-12");
  vague.mutable_content()->set_cost(v1::OUTCOME_COST_NO_COST);
  auto& gap = *vague.mutable_outcome()->add_gaps();
  gap.set_part(v1::SMART_PART_MEASURABLE);
  gap.set_advice("say where the child is now");
  auto& done = *response.add_outcomes();
  done.mutable_outcome()->set_outcome_id("chd-x.1.o2");
  done.mutable_outcome()->set_category(v1::OUTCOME_CATEGORY_ACADEMIC);
  done.mutable_outcome()->set_state(v1::OUTCOME_STATE_REVIEWED);
  done.mutable_outcome()->set_result(v1::OUTCOME_RESULT_PARTLY_MET);
  google::protobuf::util::TimeUtil::FromString("2026-01-19T10:00:00Z",
                                               done.mutable_outcome()->mutable_closed_at());
  done.mutable_content()->set_description("reads a chapter aloud");
  done.set_closing_words("6 pages");
  EXPECT_EQ(Told(response),
            "chd-x.1.o1  attendance\n"
            "  what         is in school on time\n"
            "  due          Thu 12 Feb 2026\n"
            "  cost         no-cost\n"
            "  lacks        measurable: say where the child is now\n"
            "\n"
            "chd-x.1.o2  academic\n"
            "  what         reads a chapter aloud\n"
            "  ended        partly-met Mon 19 Jan 2026 10:00: 6 pages\n");
}

}  // namespace
}  // namespace pepline::pepctl
