#include "services/funding/domain/fund_line.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/funding/domain/funding_request.h"
#include "shared/domain/id_forms.h"
#include "shared/domain/keep_newest.h"

namespace pepline::funding {
namespace {

constexpr int kEarliestYear = 2014;  // the first year of Pupil Premium Plus
constexpr int kLatestYear = 2099;    // an id has two digits for the year
// A billion pounds: far above any authority's grant, far below what sums could overflow.
constexpr Pence kHighestAmount{100'000'000'000};

MaybeRefusal CheckAmount(Pence amount) {
  if (amount > Pence{0} && amount <= kHighestAmount) return std::nullopt;
  return Refusal{fund_line_refusals::kAmountOutOfRange, "amount_pence",
                 "give the amount in pence, more than nothing and at most a "
                 "billion pounds"};
}

void Change(const FundLineChanged& changed, FundLine& line) {
  KeepNewest(line.changes, {changed.at, changed.old_amount, changed.amount, changed.reason},
             kMostFundLineChanges);
  line.amount = changed.amount;
}

}  // namespace

std::optional<FinancialYear> ParseFinancialYear(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  const std::string first(text.substr(0, 4));
  const std::string second(text.substr(5));
  if (!AllDigits(first) || !AllDigits(second)) return std::nullopt;
  int year = 0;
  int next = 0;
  if (!absl::SimpleAtoi(first, &year) || !absl::SimpleAtoi(second, &next)) return std::nullopt;
  if (year < kEarliestYear || year > kLatestYear || next != (year + 1) % 100) return std::nullopt;
  return FinancialYear{year};
}

std::string FormatFinancialYear(FinancialYear year) {
  return absl::StrFormat("%04d-%02d", year.first_year, (year.first_year % 100 + 1) % 100);
}

absl::CivilDay FirstDayOf(FinancialYear year) { return absl::CivilDay(year.first_year, 4, 1); }
absl::CivilDay LastDayOf(FinancialYear year) { return absl::CivilDay(year.first_year + 1, 3, 31); }

FundLineId IdOf(const FundLineName& name) {
  return FundLineId(name.authority.text() + "." + FormatFinancialYear(name.year));
}

std::optional<FundLineName> NameOf(const FundLineId& id) {
  const std::string_view text = id.text();
  if (text.size() != 11 || text[3] != '.' || !IsAuthorityCode(text.substr(0, 3))) {
    return std::nullopt;
  }
  const auto year = ParseFinancialYear(text.substr(4));
  if (!year) return std::nullopt;
  return FundLineName{AuthorityCode(std::string(text.substr(0, 3))), *year};
}

Decision<FundLineEvent> FundLineRules::Decide(const FundLineState& state,
                                              const FundLineCommand& command,
                                              const FundLineFacts& facts) {
  using Answer = Decision<FundLineEvent>;
  return std::visit(
      Match{[&](const OpenFundLine& open) -> Answer {
              if (state.line) {
                return Refusal{fund_line_refusals::kAlreadyOpen, "financial_year",
                               "this fund line is open; change its amount instead"};
              }
              if (auto no = CheckAmount(open.amount)) return *std::move(no);
              return std::vector<FundLineEvent>{FundLineOpened{open.name, open.amount}};
            },
            [&](const ChangeFundLine& change) -> Answer {
              if (!state.line) {
                return Refusal{fund_line_refusals::kNotOpen, "fund_line_id",
                               "this fund line is not open; open it first"};
              }
              if (auto no = CheckAmount(change.amount)) return *std::move(no);
              if (change.amount < state.line->committed()) {
                return Refusal{fund_line_refusals::kBelowCommitted, "amount_pence",
                               "more than this is approved or released; give at least that"};
              }
              if (change.amount == state.line->amount) return std::vector<FundLineEvent>{};
              if (auto no = CheckText(change.reason, "reason", kLongestReason)) {
                return *std::move(no);
              }
              return std::vector<FundLineEvent>{
                  FundLineChanged{facts.now, state.line->amount, change.amount, change.reason}};
            }},
      command);
}

FundLineState FundLineRules::Evolve(FundLineState state, const FundLineEvent& event) {
  std::visit(Match{[&](const FundLineOpened& opened) {
                     state.line = FundLine{opened.name, opened.amount, {}, {}};
                   },
                   [&](const FundLineChanged& changed) {
                     // A change of a line that is not open cannot come from Decide.
                     if (state.line) Change(changed, *state.line);
                   }},
             event);
  return state;
}

std::optional<absl::Time> FundLineRules::NextWake(const FundLineState&, const FundLineFacts&) {
  return std::nullopt;
}

IndexEntry AllFundLines() { return {"all", "fund-lines"}; }

std::vector<IndexEntry> FundLineRules::Index(const FundLineState& state) {
  if (!state.line) return {};
  return {AllFundLines()};
}

}  // namespace pepline::funding
