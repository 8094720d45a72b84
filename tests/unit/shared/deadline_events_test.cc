// What a deadline's work and its days call for, whichever service it is of.
#include "shared/domain/deadline_events.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/type_name.h"

namespace pepline {
namespace {

constexpr Rule kRule = Rule::kFinalised;
const absl::Time kDue = absl::FromUnixSeconds(1'760'000'000);
const absl::Time kBefore = kDue - absl::Hours(1);
const absl::Time kAfter = kDue + absl::Hours(1);

DeadlineInstants Due(absl::Time due_at) {
  DeadlineInstants instants;
  instants.due_at = due_at;
  return instants;
}
Deadline In(DeadlineStatus status) { return {.instants = Due(kDue), .status = status}; }

// "DeadlineMet late", in their order. What is settled is settled by no further event.
std::vector<std::string> Settled(std::optional<Deadline> deadline, const DeadlineBasis& basis,
                                 absl::Time at) {
  std::vector<std::string> names;
  const auto now = [&] { return deadline ? &*deadline : nullptr; };
  for (const DeadlineEvent& event : SettleDeadline(kRule, now(), basis, at)) {
    std::visit(
        [&]<class Event>(const Event& one) {
          std::string name(TypeName<Event>());
          if constexpr (requires { one.late; }) name += one.late ? " late" : "";
          if constexpr (requires { one.waived_at; }) name += one.waived_at ? " waived" : "";
          if constexpr (requires { one.miss_withdrawn; }) {
            name += one.miss_withdrawn ? " and not missed" : "";
          }
          names.push_back(std::move(name));
          if (!deadline) deadline.emplace();
          Apply(one, *deadline);
        },
        event);
  }
  EXPECT_TRUE(SettleDeadline(kRule, now(), basis, at).empty());
  return names;
}

using Names = std::vector<std::string>;

TEST(DeadlineEvents, ItBeginsOnceWhereItsWorkIsWaitedFor) {
  const DeadlineBasis wanted{.wanted = true, .instants = Due(kDue)};
  EXPECT_EQ(Settled(std::nullopt, wanted, kBefore), Names{"DeadlineSet"});
  EXPECT_EQ(Settled(In(DeadlineStatus::kWithdrawn), wanted, kBefore), Names{"DeadlineSet"});
  EXPECT_EQ(Settled(std::nullopt, {}, kBefore), Names{});
  EXPECT_EQ(Settled(std::nullopt, {.wanted = true}, kBefore), Names{}) << "it cannot be counted";
  DeadlineBasis done = wanted;
  done.done_at = kBefore;
  EXPECT_EQ(Settled(std::nullopt, done, kBefore), Names{}) << "there is nothing to wait for";
}

TEST(DeadlineEvents, ItEndsByItsWorkByAWaiverOrWithWhatItIsOf) {
  DeadlineBasis basis{.wanted = true, .instants = Due(kDue), .done_at = kBefore};
  EXPECT_EQ(Settled(In(DeadlineStatus::kRunning), basis, kBefore), Names{"DeadlineMet"});
  basis.done_at = kAfter;
  EXPECT_EQ(Settled(In(DeadlineStatus::kMissed), basis, kAfter), Names{"DeadlineMet late"});
  basis.done_at.reset();
  basis.waived_at = kAfter;
  EXPECT_EQ(Settled(In(DeadlineStatus::kMissed), basis, kAfter),
            Names{"DeadlineWithdrawn late waived"});
  EXPECT_EQ(Settled(In(DeadlineStatus::kMissed), {}, kAfter), Names{"DeadlineWithdrawn"});
  EXPECT_EQ(Settled(In(DeadlineStatus::kRunning),
                    {.wanted = true, .in_profile = false, .instants = std::nullopt}, kBefore),
            Names{"DeadlineWithdrawn"});
  EXPECT_EQ(Settled(In(DeadlineStatus::kRunning), {.wanted = true}, kBefore), Names{})
      << "it goes on as it was";
}

TEST(DeadlineEvents, ItMovesAndAMissThatItsNewDayDoesNotBearOutIsTakenBack) {
  const DeadlineBasis later{.wanted = true, .instants = Due(kAfter + absl::Hours(1))};
  EXPECT_EQ(Settled(In(DeadlineStatus::kRunning), later, kBefore), Names{"DeadlineRecalculated"});
  EXPECT_EQ(Settled(In(DeadlineStatus::kMissed), later, kAfter),
            Names{"DeadlineRecalculated and not missed"});
  Deadline stands = In(DeadlineStatus::kMissed);
  stands.miss_stands = true;
  EXPECT_EQ(Settled(stands, later, kAfter), Names{"DeadlineRecalculated"});
}

TEST(DeadlineEvents, TimeBringsItsReminderAndItsMissAndNothingMore) {
  Deadline deadline = In(DeadlineStatus::kRunning);
  deadline.instants.levels = {{-1, kBefore - absl::Hours(2), {}}, {0, kBefore, {}}, {1, kDue, {}}};
  auto next = NextInstantOf(deadline);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->at, kBefore - absl::Hours(2)) << "the first of its reminders";
  EXPECT_TRUE(next->reminder);
  Apply(DeadlineReminderReached{kRule}, deadline);
  next = NextInstantOf(deadline);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->at, MissedFrom(kDue));
  EXPECT_FALSE(next->reminder);
  Apply(DeadlineMissed{kRule}, deadline);
  EXPECT_FALSE(NextInstantOf(deadline).has_value());
}

}  // namespace
}  // namespace pepline
