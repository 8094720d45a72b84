#include "services/scheduling/rebuild.h"

#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/scheduling/config.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/operations.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/epep_codec.h"
#include "services/scheduling/storage/facts.h"
#include "shared/admin/rebuild_fold.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/child_outcomes.h"
#include "shared/projections/reference_data.h"
#include "shared/rpc/request_fields.h"

namespace pepline::scheduling {
namespace {

using registry::v1::RegistryEvent;

class SchedulingRebuild final : public Rebuild {
 public:
  SchedulingRebuild(MemoryStore& memory, const Clock& clock)
      : memory_(memory), reference_(memory), facts_(memory, clock, reference_) {}

  std::vector<RecordKind> Kinds() const override { return RecordKinds(facts_); }

  absl::Status Receive(const InboundRecord& record) override {
    if (record.topic == kRegistryTopic) {
      return ReadThen<RegistryEvent>(record,
                                     [this](const auto& event) { return OnRegistry(event); });
    }
    if (record.topic == kAssessmentsTopic) {
      return ReadThen<assessments::v1::AssessmentsEvent>(
          record, [this](const auto& event) { return KeepOutcome(memory_, event); });
    }
    // What this said is in scheduling's own events; it is read for the group's sake alone.
    if (record.topic == kFundingTopic) return absl::OkStatus();
    return ReadThen<v1::SchedulingEvent>(record,
                                         [this](const auto& event) { return OnOwn(event); });
  }

  absl::Status Finish() override {
    for (auto& [id, one] : plans_.all()) {
      one.record.set_state(PlanCodec::Encode(one.state).front());
      const Target target = PlanOf(ChildId(id));
      absl::Status kept = KeepFolded(memory_, target.routing_id, target.keys.front(), one.record);
      if (!kept.ok()) return kept;
      for (auto& [key, state] : PlanCodec::EncodeBeside(one.state)) {
        runtime::v1::AggregateRecord record;
        record.set_state(std::move(state));
        kept = KeepFolded(memory_, target.routing_id, key, record);
        if (!kept.ok()) return kept;
      }
    }
    for (const auto& [id, record] : epeps_) {
      const PepId pep(id);
      absl::Status kept = KeepFolded(memory_, ChildOfPep(id)->text(), EpepOf(pep), record);
      if (!kept.ok()) return kept;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status OnRegistry(const RegistryEvent& event) {
    if (auto kept = reference_.Receive(event, std::nullopt); !kept.ok()) return kept.status();
    const std::string child = ChildIn(event);
    if (child.empty()) return absl::OkStatus();
    if (absl::Status kept = KeepChild(memory_, child, event); !kept.ok()) return kept;
    auto known = facts_.LoadChild(ChildId(child));
    if (!known.ok()) return known.status();
    const auto at = FromTimestamp(event.header().occurred_at());
    if (*known && at) children_[child][*at] = **known;
    return absl::OkStatus();
  }

  // What registry had said of the child by then.
  ChildFacts ChildAt(const std::string& child, absl::Time at) const {
    const auto found = children_.find(child);
    if (found == children_.end()) return {};
    const auto later = found->second.upper_bound(at);
    return later == found->second.begin() ? later->second : std::prev(later)->second;
  }

  absl::Status OnOwn(const v1::SchedulingEvent& emitted) {
    if (const std::string pep = FoldedId(emitted.header(), "scheduling", EpepCodec::kKind);
        ChildOfPep(pep)) {
      return NoteFolded(emitted.header(), epeps_[pep]).status();
    }
    const std::string child = FoldedId(emitted.header(), "scheduling", PlanCodec::kKind);
    const auto at = FromTimestamp(emitted.header().occurred_at());
    if (child.empty() || !at) return EventNotReadable();
    return plans_.Take(child, emitted.header(), [&](const PlanState& before) {
      return PlanCodec::DecodeEvent(before, ChildAt(child, *at), emitted);
    });
  }

  MemoryStore& memory_;
  ReferenceData reference_;
  const FactsLoader facts_;
  std::map<std::string, std::map<absl::Time, ChildFacts>> children_;  // as they became known
  Fold<PlanCodec> plans_;
  // Of the content of ePEPs what they said is counted, so that the next event has the next number.
  // A section that counts as complete without its text would be worse than none.
  std::map<std::string, runtime::v1::AggregateRecord> epeps_;
};

}  // namespace

RebuildRules HowToRebuild() {
  return {
      .group = kConsumerGroup,
      .topics = {std::string(kRegistryTopic), std::string(kAssessmentsTopic),
                 std::string(kFundingTopic), kTopic},
      .without = {"who chaired and attended meetings, but for whether a Designated Teacher (or "
                  "the deputy) chaired and whether the child was there",
                  "reasons for missing pupil views, a missing SDQ and a meeting on a day "
                  "without school, for moving a meeting or calling it off, for a meeting that is "
                  "out of the ordinary, and for writing a PEP off or handing it over",
                  "instants of an interim PEP, of the first work, of a meeting recorded on its "
                  "own day and of its record, which become those of their events",
                  "what is written in ePEPs, and their versions, of which a plan knows how many "
                  "there were",
                  "the memory of request ids; a command that is repeated is decided anew"},
      .make = [](MemoryStore& memory, const Clock& clock) {
        return std::make_unique<SchedulingRebuild>(memory, clock);
      }};
}

}  // namespace pepline::scheduling
