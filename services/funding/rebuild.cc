#include "services/funding/rebuild.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pepline/funding/v1/funding_events.pb.h"
#include "services/funding/config.h"
#include "services/funding/inbound.h"
#include "services/funding/operations.h"
#include "services/funding/storage/codec.h"
#include "services/funding/storage/facts.h"
#include "shared/admin/rebuild_fold.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/child_outcomes.h"
#include "shared/projections/child_peps.h"
#include "shared/projections/known_children.h"
#include "shared/projections/reference_data.h"

namespace pepline::funding {
namespace {

class FundingRebuild final : public Rebuild {
 public:
  FundingRebuild(MemoryStore& memory, const Clock& clock)
      : memory_(memory),
        clock_(clock),
        reference_(memory),
        facts_(clock, reference_),
        children_(memory, clock),
        peps_(memory) {}

  std::vector<RecordKind> Kinds() const override { return RecordKinds(clock_, facts_); }

  absl::Status Receive(const InboundRecord& record) override {
    if (record.topic == kRegistryTopic) {
      return ReadThen<registry::v1::RegistryEvent>(
          record, [this](const auto& event) { return OnRegistry(event); });
    }
    if (record.topic == kAssessmentsTopic) {
      return ReadThen<assessments::v1::AssessmentsEvent>(
          record, [this](const auto& event) { return KeepOutcome(memory_, event); });
    }
    if (record.topic == kSchedulingTopic) {
      return ReadThen<scheduling::v1::SchedulingEvent>(
          record, [this](const auto& event) { return peps_.Receive(event); });
    }
    return ReadThen<v1::FundingEvent>(record, [this](const auto& event) { return OnOwn(event); });
  }

  absl::Status Finish() override {
    // A request moves the money of its line, whose own events come in another partition.
    for (const auto& [id, event] : payments_) {
      const auto name = LineOf(FundingRequestId(id));
      const auto line = name ? lines_.all().find(IdOf(*name).text()) : lines_.all().end();
      if (line == lines_.all().end()) {
        return absl::DataLossError("a request was approved from a fund line that was never opened");
      }
      FundLineState& state = line->second.state;
      state.line = FundingRules::Evolve({std::nullopt, state.line}, event).line;
    }
    for (auto& [id, one] : lines_.all()) {
      one.record.set_state(FundLineCodec::Encode(one.state).front());
      const Target target = TargetOf(one.state.line->name);
      absl::Status kept = KeepFolded(memory_, target.routing_id, target.keys.front(), one.record);
      if (!kept.ok()) return kept;
    }
    for (auto& [id, one] : requests_.all()) {
      one.record.set_state(FundingCodec::Encode(one.state).front());
      const Target target = TargetOf(FundingRequestId(id), one.state.request->costing.line);
      absl::Status kept = KeepFolded(memory_, target.routing_id, target.keys.front(), one.record);
      if (!kept.ok()) return kept;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status OnRegistry(const registry::v1::RegistryEvent& event) {
    if (event.has_bank_holidays_published()) {
      return reference_.Receive(event, std::nullopt).status();
    }
    return children_.Receive(event).status();
  }

  absl::Status OnOwn(const v1::FundingEvent& emitted) {
    const auto& header = emitted.header();
    if (const std::string line = FoldedId(header, "funding", FundLineCodec::kKind); !line.empty()) {
      return lines_.Take(line, header,
                         [&](const FundLineState&) { return FundLineCodec::DecodeEvent(emitted); });
    }
    const std::string request = FoldedId(header, "funding", FundingCodec::kKind);
    if (request.empty()) return EventNotReadable();
    return requests_.Take(
        request, header, [&](const FundingState&) -> absl::StatusOr<FundingEvent> {
          auto event = FundingCodec::DecodeEvent(emitted);
          if (event.ok() && (emitted.has_funding_approved() || emitted.has_funding_released())) {
            payments_.emplace_back(request, *event);
          }
          return event;
        });
  }

  MemoryStore& memory_;
  const Clock& clock_;
  ReferenceData reference_;
  const FactsLoader facts_;
  KnownChildren children_;
  ChildPeps peps_;
  Fold<FundLineCodec> lines_;
  Fold<FundingCodec> requests_;
  std::vector<std::pair<std::string, FundingEvent>> payments_;  // by request id
};

}  // namespace

RebuildRules HowToRebuild() {
  return {.group = kConsumerGroup,
          .topics = {std::string(kRegistryTopic), std::string(kSchedulingTopic),
                     std::string(kAssessmentsTopic), kTopic},
          .without = {"descriptions, exit plans and single cost lines of requests; their sum is "
                      "kept as one line",
                      "first and last days of interventions; those of the financial year stand "
                      "instead",
                      "reasons of declined requests, and of corrections of fund lines",
                      "who submitted, decided and released; until a submitted request is decided, "
                      "nothing keeps the person who submitted it from approving it: have such "
                      "requests withdrawn and drafted again",
                      "instants of steps, which become those of their events",
                      "the memory of request ids; a command that is repeated is decided anew"},
          .make = [](MemoryStore& memory, const Clock& clock) {
            return std::make_unique<FundingRebuild>(memory, clock);
          }};
}

}  // namespace pepline::funding
