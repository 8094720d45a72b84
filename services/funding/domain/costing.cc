// What a request must hold before it is a draft: whose it is, what it costs, when it runs.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/funding/domain/funding_request.h"
#include "shared/domain/characters.h"
#include "shared/domain/id_forms.h"

namespace pepline::funding {
namespace {

constexpr std::size_t kLongestDescription = 2000;
constexpr std::size_t kLongestCostDescription = 200;
constexpr std::size_t kMostCostLines = 20;
constexpr int kLongestDays = 366;
// A million pounds a line: far above any real one, far below what sums could overflow.
constexpr Pence kHighestCost{100'000'000};

// "<parent><mark><number>": an id that is one of its parent's, the number counting from 1.
bool BelongsTo(std::string_view id, std::string_view parent, std::string_view mark) {
  if (id.substr(0, parent.size()) != parent) return false;
  id.remove_prefix(parent.size());
  if (id.substr(0, mark.size()) != mark) return false;
  id.remove_prefix(mark.size());
  return !id.empty() && id.size() <= 6 && id.front() != '0' &&
         std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
}

MaybeRefusal CheckCosts(const std::vector<CostLine>& lines) {
  if (lines.empty()) {
    return Refuse(funding_refusals::kCostLinesRequired, "cost_lines",
                  "say what it costs, line by line");
  }
  if (lines.size() > kMostCostLines) {
    return Refuse(funding_refusals::kTooManyCostLines, "cost_lines", "give at most 20 lines");
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string path = absl::StrCat("cost_lines[", i, "].");
    if (auto no = CheckText(lines[i].description, path + "description", kLongestCostDescription)) {
      return no;
    }
    if (lines[i].amount <= Pence{0} || lines[i].amount > kHighestCost) {
      return Refuse(funding_refusals::kCostOutOfRange, path + "amount_pence",
                    "give the cost in pence, more than nothing and at most a million pounds");
    }
  }
  return std::nullopt;
}

MaybeRefusal CheckDays(const Costing& costing) {
  if (costing.start_on < FirstDayOf(costing.line.year) ||
      costing.start_on > LastDayOf(costing.line.year)) {
    return Refuse(funding_refusals::kStartOutsideFinancialYear, "start_on",
                  "start within the fund line's financial year, or use another year's line");
  }
  if (costing.end_on < costing.start_on) {
    return Refuse(funding_refusals::kEndBeforeStart, "end_on", "end on the first day or later");
  }
  if (costing.end_on - costing.start_on > kLongestDays) {
    return Refuse(funding_refusals::kEndTooFarAhead, "end_on", "end within a year of the start");
  }
  return std::nullopt;
}

}  // namespace

MaybeRefusal CheckText(const std::string& text, std::string field, std::size_t longest) {
  if (text.empty()) {
    return Refuse(funding_refusals::kTextRequired, std::move(field), "say it in a few words");
  }
  if (CharactersIn(text) > longest) {
    return Refuse(funding_refusals::kTextTooLong, std::move(field),
                  absl::StrCat("say it in at most ", longest, " characters"));
  }
  return std::nullopt;
}

MaybeRefusal CheckWhose(const Costing& costing, const FundingFacts& facts) {
  if (!facts.child || !facts.child->looked_after) {
    return Refuse(
        funding_refusals::kChildNotLookedAfter, "child_id",
        "Pupil Premium Plus is for a child who is looked after now; check the care episode");
  }
  if (facts.child->authority != costing.line.authority) {
    return Refuse(funding_refusals::kFundLineOfAnotherAuthority, "fund_line_id",
                  "use a fund line of the authority that looks after the child");
  }
  if (!BelongsTo(costing.pep.text(), costing.child.text(), ".")) {
    return Refuse(funding_refusals::kPepOfAnotherChild, "pep_id",
                  "give a PEP of this child: its id is the child's, a dot and a number");
  }
  if (!BelongsTo(costing.outcome.text(), costing.pep.text(), ".o")) {
    return Refuse(funding_refusals::kOutcomeOfAnotherPep, "outcome_id",
                  "give an outcome of this PEP: its id is the PEP's, then .o and a number");
  }
  return std::nullopt;
}

MaybeRefusal CheckPep(const Costing& costing, const FundingFacts& facts) {
  const auto number = NumberOfPep(costing.child, costing.pep);
  if (number && *number <= facts.newest_pep) return std::nullopt;
  if (facts.newest_pep == 0) {
    return Refuse(funding_refusals::kPepNotOpened, "pep_id",
                  "no PEP of this child has opened yet; try again when one is open (pepctl pep "
                  "show says why none is)");
  }
  return Refuse(funding_refusals::kPepNotOpened, "pep_id",
                absl::StrCat("the child has no PEP of this number; its newest is number ",
                             facts.newest_pep, ": give the id of one that it has"));
}

MaybeRefusal CheckOutcome(const FundingFacts& facts) {
  if (facts.outcome_is_pursued.value_or(true)) return std::nullopt;
  return Refuse(funding_refusals::kOutcomeNotSet, "outcome_id",
                "the PEP has no such outcome, or it was dropped; set it first (pepctl outcome "
                "set). What was set just now is known here in some seconds");
}

// What is not allocated by 31 March goes back (docs/domain.md 2.2).
MaybeRefusal CheckYear(const Costing& costing, const FundingFacts& facts) {
  if (facts.today <= LastDayOf(costing.line.year)) return std::nullopt;
  return Refuse(funding_refusals::kFinancialYearOver, "",
                "the financial year of this fund line is over; draft another request from a line "
                "of this year for what is still needed");
}

MaybeRefusal CheckCosting(const Costing& costing) {
  if (auto no = CheckText(costing.description, "description", kLongestDescription)) return no;
  if (auto no = CheckCosts(costing.cost_lines)) return no;
  if (auto no = CheckDays(costing)) return no;
  // An exit plan may be left out, but not be longer than a description.
  if (costing.exit_plan.empty()) return std::nullopt;
  return CheckText(costing.exit_plan, "exit_plan", kLongestDescription);
}

}  // namespace pepline::funding
