// How each event changes a child, and what follows from the state alone.
#include <algorithm>
#include <utility>

#include "services/registry/domain/age.h"
#include "services/registry/domain/child_rules.h"

namespace pepline::registry {
namespace {

// In the order of the numbers, the first of which is 1.
constexpr std::array<std::string_view, 6> kReasons = {"adoption",           "special-guardianship",
                                                      "child-arrangements", "returned-home",
                                                      "turned-eighteen",    "other"};
// In the order of CorrectedFact.
constexpr std::array<std::string_view, 6> kFacts = {
    "care-start",          "care-end",
    "enrolment",           "legal-status",
    "location-restricted", "location-not-restricted"};

// Where the name stands in a list; nullopt where it does not.
template <class Names>
std::optional<int> PlaceOf(std::string_view name, const Names& names) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<int>(found - names.begin());
}

}  // namespace

std::string_view CareCeasedName(CareCeasedReason reason) {
  return kReasons[static_cast<std::size_t>(reason) - 1];
}

std::string_view CareCeasedClass(CareCeasedReason reason) {
  switch (reason) {
    case CareCeasedReason::kAdoption:
    case CareCeasedReason::kSpecialGuardianship:
    case CareCeasedReason::kChildArrangements:
      return "plac";
    case CareCeasedReason::kReturnedHome:
    case CareCeasedReason::kTurnedEighteen:
    case CareCeasedReason::kOther:
      return "not-plac";
  }
  return "";
}

std::optional<CareCeasedReason> ParseCareCeased(std::string_view name) {
  const auto place = PlaceOf(name, kReasons);
  return place ? std::optional(static_cast<CareCeasedReason>(*place + 1)) : std::nullopt;
}

std::string_view CorrectedFactName(CorrectedFact fact) {
  return kFacts[static_cast<std::size_t>(fact)];
}

std::optional<CorrectedFact> ParseCorrectedFact(std::string_view name) {
  const auto place = PlaceOf(name, kFacts);
  return place ? std::optional(static_cast<CorrectedFact>(*place)) : std::nullopt;
}

ChildState Child::Evolve(ChildState state, const ChildEvent& event) {
  std::visit(
      Match{
          [&](const ChildBecameLookedAfter& became) {
            if (IsLookedAfter(state)) {  // said once more of the same episode
              state.care->pep_required = became.pep_required;
              state.care->sdq = became.sdq;
              return;
            }
            CareEpisode care{became.started_on, {}, {}, became.pep_required, became.sdq};
            care.is_first = !state.care;
            if (state.care) care.previous_ceased_on = state.care->ceased_on;
            care.legal_status = became.legal_status;
            state.care = care;
          },
          [&](const SdqDaysChanged& changed) {
            if (state.care) state.care->sdq = changed.sdq;  // else it cannot come from Decide
          },
          [&](const ChildEnrolled& enrolled) {
            state.enrolment = enrolled.enrolment;
            state.succession.reset();
          },
          [&](const ChildMovedSchool& moved) {
            if (state.enrolment) {
              state.before_move = EarlierEnrolment{*state.enrolment, state.before_move.has_value()};
            }
            state.enrolment = moved.to;
            state.succession.reset();
          },
          [&](const CareStartCorrected& corrected) {
            state.corrections.push_back(corrected.correction);
            if (!state.care || !corrected.correction.new_day) return;
            state.care->started_on = *corrected.correction.new_day;
          },
          [&](const CareEndCorrected& corrected) {
            state.corrections.push_back(corrected.correction);
            if (!state.care) return;  // cannot come from Decide
            state.care->ceased_on = corrected.correction.new_day;
            state.care->reason = corrected.reason;
          },
          [&](const EnrolmentCorrected& corrected) {
            state.corrections.push_back(corrected.correction);
            if (corrected.correction.old_school != corrected.enrolment.school) {
              state.succession.reset();
            }
            state.enrolment = corrected.enrolment;
            if (corrected.move_taken_back) state.before_move.reset();
          },
          [&](const SchoolOfChildMovedAuthority& moved) {
            if (!state.enrolment) return;  // cannot come from Decide
            state.enrolment->school_authority = moved.authority;
          },
          [&](const SchoolOfChildSucceeded& succeeded) {
            state.enrolment = succeeded.to;
            state.succession = Succession{succeeded.from, succeeded.on};
          },
          [&](const ChildCeasedToBeLookedAfter& ceased) {
            if (!state.care) return;  // cannot come from Decide
            state.care->ceased_on = ceased.ceased_on;
            state.care->reason = ceased.reason;
          },
          [&](const ChildDetailsRecorded& recorded) { state.details = recorded.details; },
          [&](const LegalStatusRecorded& recorded) {
            if (state.care) state.care->legal_status = recorded.status;
          },
          [&](const LegalStatusCorrected& corrected) {
            state.corrections.push_back(corrected.correction);
            if (state.care) state.care->legal_status = corrected.correction.new_status;
          },
          [&](const LocationRestricted& restricted) {
            state.corrections.push_back(restricted.correction);
            state.details.location_restricted =
                restricted.correction.fact == CorrectedFact::kLocationRestricted;
          },
      },
      event);
  return state;
}

std::optional<absl::Time> Child::NextWake(const State& state, const Facts& facts) {
  if (!IsLookedAfter(state) || state.care->pep_required) return std::nullopt;
  if (IsShortBreaks(state.care->legal_status)) return std::nullopt;
  const absl::CivilDay from = PepDueFrom(state, facts);
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
