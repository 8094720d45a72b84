#include "services/funding/gauges.h"

#include <utility>

#include "services/funding/metrics.h"
#include "services/funding/storage/codec.h"
#include "shared/base/london.h"

namespace pepline::funding {
namespace {

std::vector<std::string> WaitingNames() {
  std::vector<std::string> names;
  for (RequestStage stage : kWaitingStages) names.emplace_back(StageName(stage));
  return names;
}

}  // namespace

Gauges::Gauges(Store& store, const Clock& clock, Metrics& metrics)
    : clock_(clock),
      metrics_(metrics),
      lines_(store, {AllFundLines()},
             [](const std::string& line) {
               return std::vector<RecordKey>{{std::string(FundLineCodec::kKind), line}};
             }),
      requests_(store, {OpenRequests()},
                [](const std::string& request) {
                  return std::vector<RecordKey>{{std::string(FundingCodec::kKind), request}};
                }),
      line_gbp_("pepline_funding_line_gbp", "state", {"left", "approved", "released"}),
      open_requests_("pepline_funding_open_requests", "state", WaitingNames()),
      late_deadlines_("pepline_funding_late_deadlines", "rule",
                      {std::string(RuleId(Rule::kFundingDecided)),
                       std::string(RuleId(Rule::kFundingReleased))}) {
  for (RequestStage stage : kAllStages) {
    metrics.Count("pepline_funding_requests_total", {{"state", StageName(stage)}}, 0);
  }
  for (const Rule rule : {Rule::kFundingDecided, Rule::kFundingReleased}) {
    metrics.Count("pepline_funding_deadlines_missed_total", {{"rule", RuleId(rule)}}, 0);
  }
}

absl::Status Gauges::Count() {
  absl::Status status = lines_.Refresh(
      [this](const std::string& id, const FollowedRecords::StateParts& parts) {
        const auto state = FundLineCodec::Decode(parts);
        if (!state.ok()) return state.status();
        known_lines_.erase(id);
        if (state->line) known_lines_.emplace(id, *state->line);
        return absl::OkStatus();
      },
      [this](const std::string& id) { known_lines_.erase(id); });
  if (!status.ok()) return status;
  status = requests_.Refresh(
      [this](const std::string& id, const FollowedRecords::StateParts& parts) {
        const auto state = FundingCodec::Decode({parts.front(), std::nullopt});
        if (!state.ok()) return state.status();
        waiting_.erase(id);
        // What was named when the list was read may wait no more.
        if (!state->request || !Waits(state->request->stage)) return absl::OkStatus();
        Waiting waiting{state->request->costing.line.authority.text(),
                        std::string(StageName(state->request->stage)),
                        {}};
        for (const auto& [rule, deadline] : state->request->deadlines) {
          if (deadline.status == DeadlineStatus::kMissed) waiting.late.push_back(rule);
        }
        waiting_[id] = std::move(waiting);
        return absl::OkStatus();
      },
      [this](const std::string& id) { waiting_.erase(id); });
  if (!status.ok()) return status;

  const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), London());
  for (const auto& [id, line] : known_lines_) {
    if (today < FirstDayOf(line.name.year) || today > LastDayOf(line.name.year)) continue;
    const std::string& authority = line.name.authority.text();
    line_gbp_.Add(authority, "left", Gbp(line.left()));
    line_gbp_.Add(authority, "approved", Gbp(line.approved));
    line_gbp_.Add(authority, "released", Gbp(line.released));
    open_requests_.Name(authority);
    late_deadlines_.Name(authority);
  }
  for (const auto& [id, request] : waiting_) {
    open_requests_.Add(request.authority, request.stage);
    for (Rule rule : request.late) {
      late_deadlines_.Add(request.authority, std::string(RuleId(rule)));
    }
  }
  line_gbp_.Publish(metrics_);
  open_requests_.Publish(metrics_);
  late_deadlines_.Publish(metrics_);
  return absl::OkStatus();
}

}  // namespace pepline::funding
