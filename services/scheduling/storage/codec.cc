#include "services/scheduling/storage/codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/scheduling/domain/fields.h"
#include "services/scheduling/domain/rules.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/engine/field_mapping.h"

namespace pepline::scheduling {
namespace {

namespace stored = storage::v1;

absl::Time FromMicros(std::int64_t micros) { return absl::FromUnixMicros(micros); }

// The rules that every version knows. One that a version before does not know stands in a list that
// it does not look at; it would not read a plan that has one among the others.
constexpr std::array kReadByAll = {Rule::kInitialStarted,   Rule::kInitialAvailable,
                                   Rule::kHeldByTermCutOff, Rule::kHeldWithinFourMonths,
                                   Rule::kUpdatedAfterMove, Rule::kDraftReady,
                                   Rule::kFinalised,        Rule::kSdqScored};

void Encode(const Deadline& deadline, Rule rule, stored::Deadline& out) {
  WriteFields(deadline, out);
  out.set_rule_id(std::string(RuleId(rule)));
  if (deadline.status == DeadlineStatus::kWaived) out.set_state(common::v1::DEADLINE_STATE_MET);
}

Deadline Decode(const stored::Deadline& in, FieldReader& reader) {
  auto deadline = ReadFields<Deadline>(in, reader);
  if (deadline.waived_at) deadline.status = DeadlineStatus::kWaived;
  return deadline;
}

// See Plan.earlier in storage/v1/plan.proto.
constexpr std::string_view kEarlierPepsRow = "earlier-peps";

void Encode(const Cycle& cycle, stored::Cycle& out) {
  WriteFields(cycle, out);
  for (const auto& [rule, deadline] : cycle.deadlines) {
    const bool known_to_all = std::ranges::find(kReadByAll, rule) != kReadByAll.end();
    Encode(deadline, rule, known_to_all ? *out.add_deadlines() : *out.add_later_deadlines());
  }
}

Cycle Decode(const stored::Cycle& in, FieldReader& reader) {
  auto cycle = ReadFields<Cycle>(in, reader);
  for (const auto& deadline : in.deadlines()) {
    if (deadline.rule_id() == kEarlierPepsRow) continue;
    cycle.deadlines[reader.Known(ParseRule(deadline.rule_id()))] = Decode(deadline, reader);
  }
  for (const auto& deadline : in.later_deadlines()) {
    if (const auto rule = ParseRule(deadline.rule_id())) {
      cycle.deadlines[*rule] = Decode(deadline, reader);
    }
  }
  return cycle;
}

}  // namespace

absl::StatusOr<PlanState> PlanCodec::Decode(const std::vector<std::optional<std::string>>& parts) {
  if (!parts.front()) return PlanState();
  stored::Plan plan;
  FieldReader reader;
  PlanState state;
  bool parsed = plan.ParseFromString(*parts.front());
  if (parsed) {
    state.child = ChildId(plan.child_id());
    state.authority = AuthorityCode(plan.authority_code());
    state.school = SchoolUrn(plan.school_urn());
    if (plan.has_cycle()) state.cycle = scheduling::Decode(plan.cycle(), reader);
    if (plan.has_pep_open()) state.pep_open = scheduling::Decode(plan.pep_open(), reader);
    for (const auto& pep : plan.earlier()) {
      state.earlier.push_back(scheduling::Decode(pep, reader));
    }
    for (const auto& pep : plan.closed()) {
      state.closed.push_back(ReadFields<ClosedPep>(pep, reader));
    }
    state.adult_on = reader.DayIfAny(plan.adult_on());
  }
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored plan cannot be read; see `pepctl rebuild`");
  }
  return state;
}

std::vector<std::string> PlanCodec::Encode(const PlanState& state) {
  stored::Plan plan;
  plan.set_child_id(state.child.text());
  plan.set_authority_code(state.authority.text());
  plan.set_school_urn(state.school.text());
  if (state.cycle) scheduling::Encode(*state.cycle, *plan.mutable_cycle());
  if (state.pep_open) {
    scheduling::Encode(*state.pep_open, Rule::kPepOpen, *plan.mutable_pep_open());
  }
  for (const Cycle& pep : state.earlier) scheduling::Encode(pep, *plan.add_earlier());
  if (!state.earlier.empty()) {
    plan.mutable_cycle()->add_deadlines()->set_rule_id(std::string(kEarlierPepsRow));
  }
  for (const ClosedPep& pep : state.closed) WriteFields(pep, *plan.add_closed());
  plan.set_adult_on(ToText(state.adult_on));
  return {plan.SerializeAsString()};
}

std::vector<std::pair<RecordKey, std::string>> PlanCodec::EncodeBeside(const PlanState& state) {
  std::vector<std::pair<RecordKey, std::string>> records;
  for (const Cycle& pep : state.put_aside) {
    records.emplace_back(RecordKey{std::string(kPepKind), PepIdOf(state.child, pep.number).text()},
                         EncodePep({state.child, state.authority, state.school, pep}));
  }
  for (const EpepVersion& version : state.versions_made) {
    records.emplace_back(VersionOf(version.pep, version.version), EncodeVersion(version));
  }
  return records;
}

std::string EncodePep(const PlanState& alone) {
  stored::Pep out;
  out.set_child_id(alone.child.text());
  out.set_authority_code(alone.authority.text());
  out.set_school_urn(alone.school.text());
  Encode(*alone.cycle, *out.mutable_cycle());
  return out.SerializeAsString();
}

absl::StatusOr<PlanState> DecodePep(const std::string& bytes) {
  stored::Pep in;
  FieldReader reader;
  PlanState alone;
  const bool parsed = in.ParseFromString(bytes) && in.has_cycle();
  if (parsed) {
    alone.child = ChildId(in.child_id());
    alone.authority = AuthorityCode(in.authority_code());
    alone.school = SchoolUrn(in.school_urn());
    alone.cycle = Decode(in.cycle(), reader);
  }
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored PEP cannot be read; see `pepctl rebuild`");
  }
  return alone;
}

Target PlanOf(const ChildId& child) {
  return {child.text(),
          {{std::string(PlanCodec::kKind), child.text()}},
          {{std::string(kChildKind), child.text()}}};
}

absl::StatusOr<ChildFacts> DecodeChild(const std::string& bytes) {
  stored::Child in;
  FieldReader reader;
  const bool parsed = in.ParseFromString(bytes);
  auto child = ReadFields<ChildFacts>(in, reader);
  child.care_started_on = reader.DayIfAny(in.care_started_on()).value_or(absl::CivilDay());
  child.pep_required_at =
      in.pep_required_at() == 0 ? child.care_recorded_at : FromMicros(in.pep_required_at());
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored child record cannot be read; see `pepctl rebuild`");
  }
  return child;
}

std::string EncodeChild(const ChildFacts& child) {
  stored::Child out;
  WriteFields(child, out);
  // A child who was enrolled before care was put on record has no such day yet.
  if (child.care_started_on != absl::CivilDay()) {
    out.set_care_started_on(FormatDate(child.care_started_on));
  }
  if (child.pep_required_at != child.care_recorded_at) {
    out.set_pep_required_at(absl::ToUnixMicros(child.pep_required_at));
  }
  return out.SerializeAsString();
}

}  // namespace pepline::scheduling
