// The bank holidays of one division of the United Kingdom, as published.
// Promises: pure (see shared/domain/decider.h). What is published replaces the calendar years it
// names; other years stay as they were, since GOV.UK's list forgets the oldest. The same list again
// says nothing. Errors: refusals of RefusalReason. Source: Banking and Financial Dealings Act
// 1971; GOV.UK "UK bank holidays". Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_BANK_HOLIDAYS_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_BANK_HOLIDAYS_H_

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "shared/domain/decider.h"

namespace pepline::registry {

struct BankHolidaysState {
  std::string division;  // empty: never published
  std::set<absl::CivilDay> days;
  friend bool operator==(const BankHolidaysState&, const BankHolidaysState&) = default;
};

struct PublishBankHolidays {
  std::string division;  // "england-and-wales"
  std::set<absl::CivilDay> days;
};
using BankHolidaysCommand = std::variant<PublishBankHolidays, Wake>;

// The contract's event of the same name.
struct BankHolidaysPublished {
  std::string division;
  std::set<absl::CivilDay> days;  // the whole list
};
using BankHolidaysEvent = std::variant<BankHolidaysPublished>;

struct BankHolidayList {
  using State = BankHolidaysState;
  using Command = BankHolidaysCommand;
  using Event = BankHolidaysEvent;
  using Facts = Moment;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<BankHolidayList>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_CALENDARS_BANK_HOLIDAYS_H_
