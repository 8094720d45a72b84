// An authority's Pupil Premium Plus for one financial year: the rules of its fund line.
// Promises: pure (see shared/domain/decider.h). What is approved and what is released are together
// never more than the amount; the amount is never lowered below them. A correction of the amount
// needs a reason, and is kept. Integer pence.
// Does not: approve or release; requests do, holding their line in the same decision
// (funding_request.h). Source: docs/domain.md 2.2 "money rule"; conditions of grant 2025 to 2026.
// Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_FUNDING_DOMAIN_FUND_LINE_H_
#define PEPLINE_SERVICES_FUNDING_DOMAIN_FUND_LINE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/money.h"

namespace pepline::funding {

// April to March. Of the years 2014 to 2099.
struct FinancialYear {
  int first_year = 0;  // 2025 for 2025-26
  friend auto operator<=>(const FinancialYear&, const FinancialYear&) = default;
};
std::optional<FinancialYear> ParseFinancialYear(std::string_view text);  // "2025-26"
std::string FormatFinancialYear(FinancialYear year);
absl::CivilDay FirstDayOf(FinancialYear year);
absl::CivilDay LastDayOf(FinancialYear year);

// What a fund line is named by; its id says both: "931.2025-26".
struct FundLineName {
  AuthorityCode authority;  // three digits
  FinancialYear year;
  friend bool operator==(const FundLineName&, const FundLineName&) = default;
};
FundLineId IdOf(const FundLineName& name);
std::optional<FundLineName> NameOf(const FundLineId& id);

// One correction of its amount. The reason never leaves funding.
struct FundLineChange {
  absl::Time at;
  Pence old_amount;
  Pence amount;
  std::string reason;
  friend bool operator==(const FundLineChange&, const FundLineChange&) = default;
};
// More than any line is corrected in its year; a line is read with every request's command.
inline constexpr std::size_t kMostFundLineChanges = 20;

struct FundLine {
  FundLineName name;
  Pence amount;
  Pence approved;  // and not yet released
  Pence released;
  // The oldest first; of more than kMostFundLineChanges the oldest are not kept.
  std::vector<FundLineChange> changes = {};
  Pence committed() const { return approved + released; }
  Pence left() const { return amount - committed(); }
  friend bool operator==(const FundLine&, const FundLine&) = default;
};

struct FundLineState {
  std::optional<FundLine> line;  // nullopt: not opened
  friend bool operator==(const FundLineState&, const FundLineState&) = default;
};

struct OpenFundLine {
  FundLineName name;
  Pence amount;
};
struct ChangeFundLine {
  Pence amount;
  std::string reason;
};
using FundLineCommand = std::variant<OpenFundLine, ChangeFundLine>;

// Events; the contract is pepline.funding.v1.FundingEvent.
struct FundLineOpened {
  FundLineName name;
  Pence amount;
};
struct FundLineChanged {
  absl::Time at;
  Pence old_amount;
  Pence amount;
  std::string reason;
};
using FundLineEvent = std::variant<FundLineOpened, FundLineChanged>;

namespace fund_line_refusals {
inline constexpr RefusalReason kAlreadyOpen{"FUND_LINE_ALREADY_OPEN", RefusalKind::kAlreadyThere};
inline constexpr RefusalReason kNotOpen{"FUND_LINE_NOT_OPEN", RefusalKind::kNotFound};
inline constexpr RefusalReason kAmountOutOfRange{"AMOUNT_OUT_OF_RANGE", RefusalKind::kBadValue};
inline constexpr RefusalReason kBelowCommitted{"BELOW_COMMITTED", RefusalKind::kState};
}  // namespace fund_line_refusals

// Under which every fund line is listed.
IndexEntry AllFundLines();

struct FundLineFacts {
  absl::Time now;
};

struct FundLineRules {
  using State = FundLineState;
  using Command = FundLineCommand;
  using Event = FundLineEvent;
  using Facts = FundLineFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<FundLineRules>);

}  // namespace pepline::funding

#endif  // PEPLINE_SERVICES_FUNDING_DOMAIN_FUND_LINE_H_
