#include "services/scheduling/gauges.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/scheduling/domain/rules.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"

namespace pepline::scheduling {
namespace {

// A closed PEP belongs to a child no longer in care.
constexpr std::array kCounted = {Stage::kDue,       Stage::kInterim, Stage::kScheduled,
                                 Stage::kPreparing, Stage::kHeld,    Stage::kFinalised};

std::vector<std::string> CountedStages() {
  std::vector<std::string> names;
  for (Stage stage : kCounted) names.emplace_back(StageName(stage));
  return names;
}

std::vector<std::string> RuleNames() {
  std::vector<std::string> names;
  for (const RuleRow& row : RuleRows()) {
    // No PEP's: its children have a gauge of their own.
    if (row.rule != Rule::kPepOpen) names.emplace_back(RuleId(row.rule));
  }
  return names;
}

absl::Duration MedianOf(std::vector<absl::Duration> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

Gauges::Gauges(Store& store, Metrics& metrics)
    : metrics_(metrics),
      plans_(store, {AllChildren()},
             [](const std::string& child) {
               const Target plan = PlanOf(ChildId(child));
               return std::vector{plan.keys.front(), plan.also.front()};
             }),
      peps_("pepline_scheduling_peps", "state", CountedStages()),
      late_peps_("pepline_scheduling_late_peps"),
      late_deadlines_("pepline_scheduling_late_deadlines", "rule", RuleNames()),
      finalised_("pepline_scheduling_finalised_peps", "outcome", {kWithinLimit, kLate}),
      median_("pepline_scheduling_finalise_median_seconds") {}

std::optional<Gauges::Note> Gauges::NoteOf(const PlanState& state) {
  if (!IsOpen(state)) return std::nullopt;
  const Cycle& cycle = *state.cycle;
  Note note{.authority = state.authority.text()};
  const auto look_at = [](const Cycle& pep) {
    OpenPep open{.stage = pep.stage};
    for (const auto& [rule, deadline] : pep.deadlines) {
      if (deadline.status == DeadlineStatus::kMissed) open.late.push_back(rule);
    }
    return open;
  };
  note.peps.push_back(look_at(cycle));
  for (const Cycle& pep : state.earlier) {
    OpenPep open = look_at(pep);
    if (!open.late.empty() || pep.stage != Stage::kFinalised) note.peps.push_back(std::move(open));
  }
  const Deadline* finalise = FindDeadline(state, Rule::kFinalised);
  if (finalise && finalise->status == DeadlineStatus::kMet) note.finalised_late = finalise->late;
  if (cycle.held_at && cycle.finalised_at) {
    note.until_finalised = std::max(absl::ZeroDuration(), *cycle.finalised_at - *cycle.held_at);
  }
  return note;
}

bool Gauges::IsWithoutPep(const ChildFacts& child, const PlanState& state) {
  if (!child.in_care || !child.pep_required) return false;
  return !IsOpen(state) || (state.pep_open && IsLive(*state.pep_open));
}

absl::Status Gauges::Count() {
  absl::Status status = plans_.Refresh(
      [this](const std::string& child, const FollowedRecords::StateParts& parts) {
        const auto state = PlanCodec::Decode({parts.front()});
        if (!state.ok()) return state.status();
        const auto known = parts.back() ? DecodeChild(*parts.back()) : ChildFacts();
        if (!known.ok()) return known.status();
        notes_.erase(child);
        without_pep_.erase(child);
        if (auto note = NoteOf(*state)) notes_.emplace(child, *std::move(note));
        if (IsWithoutPep(*known, *state)) without_pep_.insert(child);
        return absl::OkStatus();
      },
      [this](const std::string& child) {
        notes_.erase(child);
        without_pep_.erase(child);
      });
  if (status.ok()) Publish();
  return status;
}

void Gauges::Publish() {
  metrics_.Set("pepline_scheduling_children_without_pep", {},
               static_cast<double>(without_pep_.size()));
  std::map<std::string, std::vector<absl::Duration>> until_finalised;
  for (const auto& [child, note] : notes_) {
    for (AuthorityGauge* gauge : {&late_peps_, &late_deadlines_, &finalised_}) {
      gauge->Name(note.authority);
    }
    for (const OpenPep& pep : note.peps) {
      const std::string stage(StageName(pep.stage));
      peps_.Add(note.authority, stage);
      if (!pep.late.empty()) late_peps_.Add(note.authority);
      for (Rule rule : pep.late) late_deadlines_.Add(note.authority, std::string(RuleId(rule)));
    }
    if (note.finalised_late)
      finalised_.Add(note.authority, *note.finalised_late ? kLate : kWithinLimit);
    if (note.until_finalised) until_finalised[note.authority].push_back(*note.until_finalised);
  }
  for (auto& [authority, durations] : until_finalised) {
    const int finalised = static_cast<int>(durations.size());
    median_.Take(authority, absl::ToDoubleSeconds(MedianOf(std::move(durations))), finalised);
  }
  for (AuthorityGauge* gauge : {&peps_, &late_peps_, &late_deadlines_, &finalised_, &median_}) {
    gauge->Publish(metrics_);
  }
}

}  // namespace pepline::scheduling
