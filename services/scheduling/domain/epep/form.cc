#include "services/scheduling/domain/epep/form.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "services/scheduling/domain/settle.h"

namespace pepline::scheduling {
namespace {

// In which calendar year the PEP's academic year begins. It has none while no term dates are known.
int FirstYearOfPep(const Cycle& pep) {
  int year = 0;
  if (absl::SimpleAtoi(pep.academic_year.substr(0, 4), &year)) return year;
  return static_cast<int>(pep.opened_on.year()) - (pep.opened_on.month() >= 9 ? 0 : 1);
}

EpepPhase PhaseOf(const SchoolUrn& school, const Cycle& pep, const PlanFacts& facts) {
  if (school.empty()) return EpepPhase::kNotOnRoll;
  if (!facts.child || !facts.child->adult_on) return EpepPhase::kNotKnown;
  const int year_group = YearGroupIn(FirstYearOfPep(pep), *facts.child->adult_on);
  if (year_group < 1) return EpepPhase::kEarlyYears;
  if (year_group <= 6) return EpepPhase::kPrimary;
  return year_group <= 11 ? EpepPhase::kSecondary : EpepPhase::kPost16;
}

}  // namespace

EpepForm FormOf(const PlanState& plan, const Cycle& pep, const PlanFacts& facts) {
  EpepForm form{PhaseOf(SchoolOf(plan, pep), pep, facts), {}};
  if (facts.policy) {
    const auto own = facts.policy->epep_forms.find(form.phase);
    if (own != facts.policy->epep_forms.end()) form.sections = own->second;
  }
  if (!form.sections.empty()) return form;
  for (const ShippedSection& section : ShippedForm(form.phase)) {
    form.sections.push_back({std::string(section.code), section.owner, section.mandatory});
  }
  return form;
}

EpepFacts FactsOf(PlanState plan, int pep, const PlanFacts& known) {
  EpepFacts facts{known.now, known.child_id, PepIdOf(known.child_id, pep), std::move(plan), {}};
  const auto alone = PlanOfPep(facts.plan, pep);
  if (alone) facts.form = FormOf(facts.plan, *alone->cycle, known);
  return facts;
}

}  // namespace pepline::scheduling
