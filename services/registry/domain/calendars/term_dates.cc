#include "services/registry/domain/calendars/term_dates.h"

#include <algorithm>
#include <set>
#include <string>

#include "services/registry/domain/calendars/calendar_bounds.h"

namespace pepline::registry {
namespace {

using Answer = Decision<TermDatesEvent>;

Answer On(const TermDatesState& state, const PublishTermDates& command) {
  if (command.terms.empty()) {
    return Refuse(refusals::kNothingToPublish, "", "give at least one part of a term");
  }
  std::set<std::string> named;
  for (const TermPart& part : command.terms) named.insert(part.academic_year);
  std::vector<TermPart> terms = command.terms;
  for (const TermPart& part : state.terms) {
    if (!named.contains(part.academic_year)) terms.push_back(part);
  }
  if (terms.size() > kMostTermParts) return TooManyDays("first_day");
  terms = InOrder(std::move(terms));
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].last_day < terms[i].first_day) {
      return Refuse(refusals::kEndsBeforeItBegins, "last_day",
                    "a part of a term ends before it begins; mend its days");
    }
    if (i > 0 && terms[i].first_day <= terms[i - 1].last_day) {
      return Refuse(
          refusals::kTermsOverlap, "first_day",
          "two parts of terms share a day, perhaps with a year that is on record already; "
          "mend their days");
    }
  }
  if (terms == state.terms) return std::vector<TermDatesEvent>{};
  return std::vector<TermDatesEvent>{TermDatesPublished{command.authority, std::move(terms)}};
}

Answer On(const TermDatesState&, const Wake&) { return std::vector<TermDatesEvent>{}; }

}  // namespace

std::vector<TermPart> InOrder(std::vector<TermPart> terms) {
  std::sort(terms.begin(), terms.end(),
            [](const TermPart& a, const TermPart& b) { return a.first_day < b.first_day; });
  return terms;
}

Answer TermDateList::Decide(const State& state, const Command& command, const Facts&) {
  return std::visit([&](const auto& one) { return On(state, one); }, command);
}

TermDatesState TermDateList::Evolve(State state, const Event& event) {
  std::visit(Match{[&](const TermDatesPublished& published) {
               state.authority = published.authority;
               state.terms = published.terms;
             }},
             event);
  return state;
}

std::optional<absl::Time> TermDateList::NextWake(const State&, const Facts&) {
  return std::nullopt;
}

std::vector<IndexEntry> TermDateList::Index(const State&) { return {}; }

}  // namespace pepline::registry
