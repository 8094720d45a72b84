#include "services/scheduling/api/answers.h"

#include <utility>

#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/engine/field_mapping.h"

namespace pepline::scheduling {

v1::Pep ToPep(const PlanState& state) {
  const Cycle& cycle = *state.cycle;
  v1::Pep pep;
  *pep.mutable_reference() = ReferenceOf(state);
  WriteFields(cycle, pep);
  pep.set_state(static_cast<v1::PepState>(cycle.stage));
  if (cycle.held) {
    WriteFields(*cycle.held, pep);
    pep.set_chaired_by_designated_teacher(ChairedByDesignatedTeacher(*cycle.held));
  }
  for (const auto& [rule, deadline] : cycle.deadlines) {
    *pep.add_deadlines() = ToDeadline(state, rule, deadline);
  }
  if (state.pep_open && IsLive(*state.pep_open)) {
    *pep.add_deadlines() = ToDeadline(state, Rule::kPepOpen, *state.pep_open);
  }
  return pep;
}

v1::PepRecord ToRecord(const PlanState& state) {
  const Cycle& cycle = *state.cycle;
  v1::PepRecord record;
  WriteFields(cycle, record);
  if (cycle.held) WriteFields(*cycle.held, record);
  return record;
}

std::vector<PlanState> PepsIn(const PlanState& state) {
  std::vector<PlanState> peps;
  for (const Cycle& pep : state.earlier) peps.push_back(*PlanOfPep(state, pep.number));
  if (state.cycle) peps.push_back(*PlanOfPep(state, state.cycle->number));
  return peps;
}

Resource ResourceOfPep(const PlanState& state, const Cycle& pep, Resource child) {
  const SchoolUrn school = SchoolOf(state, pep);
  if (pep.stage == Stage::kHeld && !school.empty()) child.school = school;
  return child;
}

Resource ResourceOfPep(const PlanState& state, int pep, Resource child) {
  const auto alone = PlanOfPep(state, pep);
  return alone ? ResourceOfPep(state, *alone->cycle, std::move(child)) : child;
}

v1::GetEpepResponse ToEpep(const EpepVersion& content) {
  v1::GetEpepResponse shown;
  const Completeness so_far = CompletenessOf(content.sections);
  WriteFields(content, shown);
  WriteFields(so_far, shown);
  shown.set_per_cent_complete(so_far.per_cent());
  if (content.version > 0) shown.set_content_sha256(Sha256Of(content));
  for (v1::EpepSection& section : *shown.mutable_sections()) {
    if (!section.on_form()) section.clear_owner();
  }
  return shown;
}

v1::Deadline ToDeadline(const PlanState& state, Rule rule, const Deadline& deadline) {
  v1::Deadline shown;
  *shown.mutable_pep() = ReferenceOf(state);
  *shown.mutable_deadline() = ToReference(state, rule, deadline.instants);
  WriteFields(deadline, shown);
  return shown;
}

}  // namespace pepline::scheduling
