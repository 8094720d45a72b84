#include "services/registry/domain/calendars/bank_holidays.h"

#include "services/registry/domain/calendars/calendar_bounds.h"

namespace pepline::registry {
namespace {

using Answer = Decision<BankHolidaysEvent>;

Answer On(const BankHolidaysState& state, const PublishBankHolidays& command) {
  if (command.days.empty()) {
    return Refuse(refusals::kNothingToPublish, "events", "give at least one bank holiday");
  }
  std::set<absl::CivilYear> named;
  for (absl::CivilDay day : command.days) named.insert(absl::CivilYear(day));
  std::set<absl::CivilDay> days = command.days;
  for (absl::CivilDay day : state.days) {
    if (!named.contains(absl::CivilYear(day))) days.insert(day);
  }
  if (days.size() > kMostBankHolidays) return TooManyDays("events");
  if (days == state.days) return std::vector<BankHolidaysEvent>{};
  return std::vector<BankHolidaysEvent>{BankHolidaysPublished{command.division, std::move(days)}};
}

Answer On(const BankHolidaysState&, const Wake&) { return std::vector<BankHolidaysEvent>{}; }

}  // namespace

Answer BankHolidayList::Decide(const State& state, const Command& command, const Facts&) {
  return std::visit([&](const auto& one) { return On(state, one); }, command);
}

BankHolidaysState BankHolidayList::Evolve(State state, const Event& event) {
  std::visit(Match{[&](const BankHolidaysPublished& published) {
               state.division = published.division;
               state.days = published.days;
             }},
             event);
  return state;
}

std::optional<absl::Time> BankHolidayList::NextWake(const State&, const Facts&) {
  return std::nullopt;
}

std::vector<IndexEntry> BankHolidayList::Index(const State&) { return {}; }

}  // namespace pepline::registry
