#include "services/registry/domain/calendars/school_calendar.h"

#include "services/registry/domain/calendars/calendar_bounds.h"
#include "services/registry/domain/calendars/term_dates.h"

namespace pepline::registry {
namespace {

using Answer = Decision<SchoolCalendarEvent>;

Answer On(const SchoolCalendarState& state, const PublishSchoolCalendar& command,
          const SchoolCalendarFacts& facts) {
  if (!facts.school_authority) {
    return Refuse(refusals::kUnknownSchool, "school_urn",
                  "this URN is not in the register; import the school register first");
  }
  SchoolCalendarPublished published{command.school, *facts.school_authority, command.closed_days,
                                    InOrder(command.terms)};
  if (published.closed_days == state.closed_days && published.terms == state.terms) {
    return std::vector<SchoolCalendarEvent>{};
  }
  if (published.closed_days.size() > kMostClosedDays || published.terms.size() > kMostTermParts) {
    return TooManyDays("first_day");
  }
  if (command.published_by != *facts.school_authority) {
    return Refuse(
        refusals::kOtherAuthority, "school_urn",
        "the school is another authority's, which alone changes its calendar; leave it out");
  }
  return std::vector<SchoolCalendarEvent>{std::move(published)};
}

Answer On(const SchoolCalendarState&, const Wake&, const SchoolCalendarFacts&) {
  return std::vector<SchoolCalendarEvent>{};
}

}  // namespace

Answer SchoolCalendarOverlay::Decide(const State& state, const Command& command,
                                     const Facts& facts) {
  return std::visit([&](const auto& one) { return On(state, one, facts); }, command);
}

SchoolCalendarState SchoolCalendarOverlay::Evolve(State state, const Event& event) {
  std::visit(Match{[&](const SchoolCalendarPublished& published) {
               state.school = published.school;
               state.authority = published.authority;
               state.closed_days = published.closed_days;
               state.terms = published.terms;
             }},
             event);
  return state;
}

std::optional<absl::Time> SchoolCalendarOverlay::NextWake(const State&, const Facts&) {
  return std::nullopt;
}

std::vector<IndexEntry> SchoolCalendarOverlay::Index(const State&) { return {}; }

}  // namespace pepline::registry
