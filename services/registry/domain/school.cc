#include "services/registry/domain/school.h"

#include <algorithm>
#include <utility>

namespace pepline::registry {
namespace {

using SchoolProgress = Progress<School>;

// Who holds the role today, as the school's own authority has it; of two appointments of one
// person, the earlier counts.
std::map<StaffId, absl::CivilDay> InForce(const AuthorityCode& authority,
                                          const SchoolFacts& facts) {
  const absl::CivilDay today = facts.moment.today();
  std::map<StaffId, absl::CivilDay> in_force;
  for (const TeacherAppointment& one : facts.teachers) {
    if (one.recorded_by != authority) continue;
    if (one.from_on > today || (one.until_on && *one.until_on < today)) continue;
    auto [held, is_new] = in_force.emplace(one.staff, one.from_on);
    if (!is_new) held->second = std::min(held->second, one.from_on);
  }
  return in_force;
}

// From which day children are there without anybody in the role: the day after the last one left,
// but not before registry knew of a child there. Who held the role by the word of the authority
// that the school was of until now filled it until today.
absl::CivilDay VacantSince(const SchoolState& state, const SchoolState& before,
                           const SchoolFacts& facts) {
  const absl::CivilDay today = facts.moment.today();
  absl::CivilDay since = today;
  for (const auto& [child, since_on] : state.looked_after) since = std::min(since, since_on);
  for (const TeacherAppointment& one : facts.teachers) {
    const bool own = one.recorded_by == state.details.authority;
    if (!own && !before.teachers.contains(one.staff)) continue;
    if (one.until_on && *one.until_on < today) {
      since = std::max(since, *one.until_on + 1);
    } else if (!own) {
      since = today;
    }
  }
  return since;
}

void CatchUpWithTeachers(SchoolProgress& progress, const SchoolFacts& facts) {
  const auto in_force = InForce(progress.state.details.authority, facts);
  const auto before = progress.state.teachers;
  for (const auto& [staff, from_on] : in_force) {
    if (!before.contains(staff)) progress.Emit(DesignatedTeacherAppointed{staff, from_on});
  }
  for (const auto& [staff, from_on] : before) {
    if (!in_force.contains(staff)) progress.Emit(DesignatedTeacherLeft{staff});
  }
}

void CatchUpWithVacancy(SchoolProgress& progress, const SchoolState& before,
                        const SchoolFacts& facts) {
  const SchoolState& state = progress.state;
  const bool vacant = IsOpen(state) && !state.looked_after.empty() && state.teachers.empty();
  if (!vacant) {
    if (!state.vacant_since) return;
    // An appointment and a closure speak for themselves.
    if (state.vacancy_said && IsOpen(state) && state.teachers.empty()) {
      progress.Emit(DesignatedTeacherVacancyEnded{*state.vacant_since, facts.moment.today()});
    }
    progress.Emit(VacancyEnded{});
    return;
  }
  if (!state.vacant_since) progress.Emit(VacancyNoticed{VacantSince(state, before, facts)});
  if (state.vacancy_said || !facts.calendar || !facts.profile) return;
  const absl::CivilDay since_on = *state.vacant_since;
  // An authority whose profile has no such row tells nobody; the vacancy is a fact all the same.
  const DeadlineRule* row = facts.profile->RowOf(kVacancyRule);
  DesignatedTeacherVacancyBegan began{since_on, {}};
  if (row) began.levels = VacancyLevels(since_on, *row, *facts.calendar);
  began.estimated = row && IsVacancyEstimated(since_on, *row, *facts.calendar);
  progress.Emit(std::move(began));
}

void EndCaringVacancy(SchoolProgress& progress, const AuthorityCode& caring, bool appointed,
                      const SchoolFacts& facts) {
  const absl::CivilDay since_on = progress.state.caring_vacancies.at(caring);
  progress.Emit(DesignatedTeacherVacancyEnded{since_on, facts.moment.today(), caring, appointed});
}

// The authorities whose profile stands in for that of the school's own, which has none.
void CatchUpWithCaringVacancies(SchoolProgress& progress, const SchoolFacts& facts) {
  const auto is_needed_by = [&](const CaringAuthority& caring) {
    return IsOpen(progress.state) && !facts.profile && caring.profile &&
           std::ranges::any_of(caring.children, [&](const ChildId& child) {
             return progress.state.looked_after.contains(child);
           });
  };
  const auto is_held_for = [&](const AuthorityCode& authority) {
    return !progress.state.teachers.empty() || !InForce(authority, facts).empty();
  };
  const auto said = progress.state.caring_vacancies;
  for (const auto& [authority, since_on] : said) {
    const auto caring = facts.caring.find(authority);
    const bool needed = caring != facts.caring.end() && is_needed_by(caring->second);
    const bool held = is_held_for(authority);
    if (!needed || held) EndCaringVacancy(progress, authority, needed && held, facts);
  }
  for (const auto& [authority, caring] : facts.caring) {
    if (said.contains(authority) || !is_needed_by(caring) || is_held_for(authority)) continue;
    const DeadlineRule* row = caring.profile->RowOf(kVacancyRule);
    if (!row || !facts.calendar) continue;
    // When the one before left is known of the school's own people alone, so it counts from now.
    const absl::CivilDay since_on = facts.moment.today();
    progress.Emit(DesignatedTeacherVacancyBegan{
        since_on, VacancyLevels(since_on, *row, *facts.calendar), authority,
        IsVacancyEstimated(since_on, *row, *facts.calendar)});
  }
}

// A vacancy was said to the authority that the school is of no longer; the next one has to hear of
// it, by its own profile.
void MoveAuthority(const AuthorityCode& to, SchoolProgress& progress, const SchoolFacts& facts) {
  const SchoolState& state = progress.state;
  if (state.vacancy_said) {
    progress.Emit(DesignatedTeacherVacancyEnded{*state.vacant_since, facts.moment.today()});
    progress.Emit(VacancyEnded{});
  }
  progress.Emit(SchoolMovedAuthority{state.details.authority, to});
}

MaybeRefusal On(const RecordSchool& command, SchoolProgress& progress, const SchoolFacts& facts) {
  const SchoolState& state = progress.state;
  SchoolDetails details = command.details;
  if (IsOpen(state) && details.authority != state.details.authority) {
    MoveAuthority(details.authority, progress, facts);
  }
  if (!command.closed) {
    details.closed_on.reset();
    if (!IsOpen(state)) {
      progress.Emit(SchoolRegistered{std::move(details)});
    } else if (details != state.details) {
      progress.Emit(SchoolDetailsRecorded{std::move(details)});
    }
    return std::nullopt;
  }
  // Where the register does not know the day, the day it was first seen closed counts.
  if (!details.closed_on) {
    details.closed_on =
        IsKnown(state) && state.details.closed_on ? *state.details.closed_on : facts.moment.today();
  }
  if (IsOpen(state)) progress.Emit(SchoolClosed{*details.closed_on});
  // Nobody was ever told of a school that is first seen closed, so nothing is said of it.
  if (details != state.details) progress.Emit(SchoolDetailsRecorded{std::move(details)});
  return std::nullopt;
}

MaybeRefusal On(const RecordLookedAfterChild& command, SchoolProgress& progress,
                const SchoolFacts& facts) {
  if (!IsKnown(progress.state)) {
    return Refuse(refusals::kUnknownSchool, "school_urn",
                  "this URN is not in the register; import the school register first");
  }
  const bool there = progress.state.looked_after.contains(command.child);
  if (command.there && !there) {
    progress.Emit(LookedAfterChildArrived{command.child, facts.moment.today()});
  } else if (!command.there && there) {
    progress.Emit(LookedAfterChildLeft{command.child});
  }
  return std::nullopt;
}

MaybeRefusal On(const RecordSuccessor& command, SchoolProgress& progress,
                const SchoolFacts& facts) {
  const SchoolState& state = progress.state;
  const Succession& successor = command.successor;
  // The register names a successor before the day; a later file brings it once this one has closed.
  if (!IsKnown(state) || IsOpen(state) || state.successor == successor) return std::nullopt;
  if (!facts.successor_open) {
    return Refuse(refusals::kUnknownSchool, "successor",
                  "the successor is not in the register, or is closed; import the school register "
                  "first");
  }
  progress.Emit(SchoolSucceeded{successor});
  return std::nullopt;
}

MaybeRefusal On(const Wake&, SchoolProgress&, const SchoolFacts&) { return std::nullopt; }

}  // namespace

Decision<SchoolEvent> School::Decide(const State& state, const Command& command,
                                     const Facts& facts) {
  SchoolProgress progress{state};
  auto no = std::visit([&](const auto& one) { return On(one, progress, facts); }, command);
  if (no) return *std::move(no);
  if (IsKnown(progress.state)) {
    CatchUpWithTeachers(progress, facts);
    CatchUpWithVacancy(progress, state, facts);
    CatchUpWithCaringVacancies(progress, facts);
  }
  return std::move(progress.events);
}

SchoolState School::Evolve(State state, const Event& event) {
  std::visit(Match{
                 [&](const SchoolRegistered& registered) {
                   state.details = registered.details;
                   state.successor.reset();
                 },
                 [&](const SchoolClosed& closed) { state.details.closed_on = closed.closed_on; },
                 [&](const SchoolMovedAuthority& moved) { state.details.authority = moved.to; },
                 [&](const DesignatedTeacherAppointed& appointed) {
                   state.teachers[appointed.staff] = appointed.from_on;
                 },
                 [&](const DesignatedTeacherVacancyBegan& began) {
                   if (began.caring.empty()) {
                     state.vacancy_said = true;
                   } else {
                     state.caring_vacancies[began.caring] = began.since_on;
                   }
                 },
                 [&](const DesignatedTeacherVacancyEnded& ended) {
                   if (ended.caring.empty()) {
                     state.vacancy_said = false;
                   } else {
                     state.caring_vacancies.erase(ended.caring);
                   }
                 },
                 [&](const SchoolSucceeded& succeeded) { state.successor = succeeded.successor; },
                 [&](const SchoolDetailsRecorded& recorded) { state.details = recorded.details; },
                 [&](const LookedAfterChildArrived& arrived) {
                   state.looked_after[arrived.child] = arrived.since_on;
                 },
                 [&](const LookedAfterChildLeft& left) { state.looked_after.erase(left.child); },
                 [&](const DesignatedTeacherLeft& left) { state.teachers.erase(left.staff); },
                 [&](const VacancyNoticed& noticed) {
                   state.vacant_since = noticed.since_on;
                   state.vacancy_said = false;
                 },
                 [&](const VacancyEnded&) {
                   state.vacant_since.reset();
                   state.vacancy_said = false;
                 },
             },
             event);
  return state;
}

std::optional<absl::Time> School::NextWake(const State&, const Facts&) { return std::nullopt; }

IndexEntry AllSchools() { return {"schools", "all"}; }

IndexEntry SchoolsOf(const AuthorityCode& authority) {
  return {"schools-of-authority", authority.text()};
}

IndexEntry SchoolsWithLookedAfterChildren() {
  return {"schools-with-looked-after-children", "all"};
}

std::vector<IndexEntry> School::Index(const State& state) {
  if (!IsKnown(state)) return {};
  std::vector<IndexEntry> entries{AllSchools(), SchoolsOf(state.details.authority)};
  if (!state.looked_after.empty()) entries.push_back(SchoolsWithLookedAfterChildren());
  return entries;
}

}  // namespace pepline::registry
