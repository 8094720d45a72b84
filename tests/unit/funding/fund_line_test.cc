// Fund lines: every command in both states, amounts, and the financial years they are named by.
#include "services/funding/domain/fund_line.h"

#include <gtest/gtest.h>

#include <limits>

#include "services/funding/domain/funding_request.h"

namespace pepline::funding {
namespace {

using namespace fund_line_refusals;

const absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

FundLineName Line() { return {AuthorityCode("931"), {2025}}; }
FundLineState Open(Pence amount, Pence approved = {}, Pence released = {}) {
  return {FundLine{Line(), amount, approved, released}};
}

ChangeFundLine Changing(Pence amount) { return {amount, "the grant was confirmed"}; }

std::optional<Refusal> RefusalOf(const FundLineState& state, const FundLineCommand& command) {
  auto decision = FundLineRules::Decide(state, command, {kNow});
  auto* no = std::get_if<Refusal>(&decision);
  if (no == nullptr) return std::nullopt;
  EXPECT_FALSE(no->advice.empty());
  return *no;
}
FundLineState After(FundLineState state, const FundLineCommand& command) {
  auto decision = FundLineRules::Decide(state, command, {kNow});
  EXPECT_EQ(decision.index(), 0u) << "refused";
  if (decision.index() != 0) return state;
  for (const FundLineEvent& event : std::get<0>(decision)) {
    state = FundLineRules::Evolve(std::move(state), event);
  }
  return state;
}

TEST(FundLineRules, AnswerEveryCommandInBothStates) {
  const FundLineState opened = After({}, OpenFundLine{Line(), {1'000'000}});
  EXPECT_EQ(opened, Open({1'000'000}));
  EXPECT_EQ(RefusalOf(opened, OpenFundLine{Line(), {1'000'000}})->reason, kAlreadyOpen);
  EXPECT_EQ(RefusalOf({}, Changing({1}))->reason, kNotOpen);
  EXPECT_EQ(After(opened, Changing({2'000'000})).line->amount, Pence{2'000'000});
  auto same = FundLineRules::Decide(opened, Changing({1'000'000}), {kNow});
  EXPECT_TRUE(std::get<0>(same).empty()) << "nothing changes";
}

TEST(FundLineRules, KeepTheAmountInRange) {
  for (std::int64_t wrong :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{100'000'000'001},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(RefusalOf({}, OpenFundLine{Line(), {wrong}})->reason, kAmountOutOfRange);
    EXPECT_EQ(RefusalOf(Open({5}), Changing({wrong}))->field, "amount_pence");
  }
  EXPECT_EQ(After({}, OpenFundLine{Line(), {100'000'000'000}}), Open({100'000'000'000}));
}

TEST(FundLineRules, AreNotLoweredBelowWhatIsApprovedAndReleased) {
  const FundLineState state = Open({1'000}, {300}, {200});
  const auto no = RefusalOf(state, Changing({499}));
  ASSERT_TRUE(no.has_value());
  EXPECT_EQ(no->reason, kBelowCommitted);
  EXPECT_EQ(no->field, "amount_pence");
  EXPECT_EQ(After(state, Changing({500})).line->left(), Pence{0});
}

TEST(FundLineRules, SayTheOldAmountWithTheNew) {
  auto decision = FundLineRules::Decide(Open({1'000}), Changing({700}), {kNow});
  const auto* changed = std::get_if<FundLineChanged>(&std::get<0>(decision).front());
  ASSERT_NE(changed, nullptr);
  EXPECT_EQ(changed->old_amount, Pence{1'000});
  EXPECT_EQ(changed->amount, Pence{700});
}

TEST(FundLineRules, ACorrectionNeedsAReasonWhichIsKept) {
  ChangeFundLine change{{700}, ""};
  EXPECT_EQ(RefusalOf(Open({1'000}), change)->reason, funding_refusals::kTextRequired);
  EXPECT_EQ(RefusalOf(Open({1'000}), change)->field, "reason");
  change.reason = std::string(501, 'x');
  EXPECT_EQ(RefusalOf(Open({1'000}), change)->reason, funding_refusals::kTextTooLong);
  change.reason = "the grant was confirmed";
  EXPECT_EQ(After(Open({1'000}), change).line->changes,
            (std::vector<FundLineChange>{{kNow, {1'000}, {700}, "the grant was confirmed"}}));
}

TEST(FundLineRules, KeepTheLatestTwentyCorrections) {
  FundLineState state = Open({1'000});
  for (int i = 1; i <= 21; ++i) state = After(state, Changing({1'000 + i}));
  ASSERT_EQ(state.line->changes.size(), kMostFundLineChanges);
  EXPECT_EQ(state.line->changes.front().old_amount, Pence{1'001});
  EXPECT_EQ(state.line->changes.back().amount, Pence{1'021});
}

TEST(FundLineRules, NeverWake) {
  EXPECT_EQ(FundLineRules::NextWake(Open({1'000}), {}), std::nullopt);
}

TEST(FundLineRules, AreListedOnceOpen) {
  EXPECT_TRUE(FundLineRules::Index({}).empty());
  EXPECT_EQ(FundLineRules::Index(Open({1'000})), (std::vector<IndexEntry>{{"all", "fund-lines"}}));
}

TEST(FinancialYears, RunFromAprilToMarch) {
  const auto year = ParseFinancialYear("2025-26");
  ASSERT_TRUE(year.has_value());
  EXPECT_EQ(FirstDayOf(*year), absl::CivilDay(2025, 4, 1));
  EXPECT_EQ(LastDayOf(*year), absl::CivilDay(2026, 3, 31));
  EXPECT_EQ(FormatFinancialYear({2099}), "2099-00");
  EXPECT_EQ(FormatFinancialYear({std::numeric_limits<int>::max()}), "2147483647-48");
  EXPECT_EQ(ParseFinancialYear("2099-00"), FinancialYear{2099});
  for (const char* wrong : {"", "2025", "2025-27", "2025-25", "2025/26", "25-26", "2025-2026",
                            "2013-14", "2100-01", "20x5-26", "2025-2x", "+025-26"}) {
    EXPECT_EQ(ParseFinancialYear(wrong), std::nullopt) << wrong;
  }
}

TEST(FundLineIds, SayAuthorityAndYear) {
  EXPECT_EQ(IdOf(Line()).text(), "931.2025-26");
  EXPECT_EQ(NameOf(FundLineId("931.2025-26")), Line());
  for (const char* wrong : {"", "931", "931-2025-26", "9311.2025-26", "93x.2025-26", "931.2025-27",
                            "931.2025-26 ", ".2025-26"}) {
    EXPECT_EQ(NameOf(FundLineId(wrong)), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace pepline::funding
