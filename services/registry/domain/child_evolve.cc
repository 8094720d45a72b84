// How each event changes a child, and what follows from the state alone.
#include <utility>

#include "services/registry/domain/age.h"
#include "services/registry/domain/child.h"

namespace pepline::registry {

std::string_view CareCeasedName(CareCeasedReason reason) {
  switch (reason) {
    case CareCeasedReason::kAdoption:
      return "adoption";
    case CareCeasedReason::kSpecialGuardianship:
      return "special-guardianship";
    case CareCeasedReason::kChildArrangements:
      return "child-arrangements";
    case CareCeasedReason::kReturnedHome:
      return "returned-home";
    case CareCeasedReason::kTurnedEighteen:
      return "turned-eighteen";
    case CareCeasedReason::kOther:
      return "other";
  }
  return "";
}

std::optional<CareCeasedReason> ParseCareCeased(std::string_view name) {
  for (CareCeasedReason reason : kAllCareCeasedReasons) {
    if (CareCeasedName(reason) == name) return reason;
  }
  return std::nullopt;
}

ChildState Child::Evolve(ChildState state, const ChildEvent& event) {
  std::visit(
      Match{
          [&](const ChildBecameLookedAfter& became) {
            state.care = CareEpisode{became.started_on, {}, {}, became.pep_required, became.sdq};
          },
          [&](const SdqDaysChanged& changed) {
            if (state.care) state.care->sdq = changed.sdq;  // else it cannot come from Decide
          },
          [&](const ChildEnrolled& enrolled) { state.enrolment = enrolled.enrolment; },
          [&](const ChildMovedSchool& moved) { state.enrolment = moved.to; },
          [&](const SchoolOfChildMovedAuthority& moved) {
            if (!state.enrolment) return;  // cannot come from Decide
            state.enrolment->school_authority = moved.authority;
          },
          [&](const ChildCeasedToBeLookedAfter& ceased) {
            if (!state.care) return;  // cannot come from Decide
            state.care->ceased_on = ceased.ceased_on;
            state.care->reason = ceased.reason;
          },
          [&](const ChildDetailsRecorded& recorded) { state.details = recorded.details; },
      },
      event);
  return state;
}

std::optional<absl::Time> Child::NextWake(const State& state, const Facts& facts) {
  if (!IsLookedAfter(state) || state.care->pep_required) return std::nullopt;
  const absl::CivilDay from = PepAgeFrom(state.details.date_of_birth);
  // Past it, the child has grown out of it.
  if (from <= facts.moment.today()) return std::nullopt;
  return facts.moment.StartOf(from);
}

IndexEntry ChildrenOf(const AuthorityCode& authority) {
  return {"children-of-authority", authority.text()};
}

IndexEntry ChildrenAt(const SchoolUrn& school) { return {"children-at-school", school.text()}; }

std::vector<IndexEntry> Child::Index(const State& state) {
  if (!IsKnown(state)) return {};
  std::vector<IndexEntry> entries{ChildrenOf(state.details.authority)};
  if (state.enrolment) entries.push_back(ChildrenAt(state.enrolment->school));
  return entries;
}

}  // namespace pepline::registry
