// What must hold in every life of an alert, whatever comes in whatever order.
#include <random>

#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

class AlertLives : public testing::TestWithParam<unsigned> {};

AlertCommand AnyCommand(std::mt19937& dice, const Story& story) {
  using enum RecipientRole;
  auto any = [&](unsigned count) { return static_cast<int>(dice() % count); };
  Instants instants = any(2) ? UsualInstants() : MovedInstants();
  const RecipientRole role = kAllRecipientRoles[dice() % kAllRecipientRoles.size()];
  switch (any(15)) {
    case 0:
      return RemindOfDeadline{UsualReference(), instants};
    case 1:
      return RaiseMissedDeadline{UsualReference(), instants};
    case 2:
      return ResolveMetDeadline{any(2) == 1};
    case 3:
      return ResolveWithdrawnDeadline{};
    case 4:
      return MoveDeadline{UsualReference(), instants, any(3) == 0};
    case 5:
      return AcknowledgeAlert{role};
    case 6:
      return FollowToSchool{SchoolUrn(any(2) ? kSchool : kOtherSchool)};
    case 7:
    case 8: {
      const auto waiting = story.state.Waiting();
      RecordDeliveries record{story.state.run, any(4), role, {}, any(2) == 0};
      if (!waiting.empty() && any(4)) {
        record.level = waiting[0].level;
        record.role = waiting[0].role;
      }
      if (any(3)) record.settled.push_back({StaffId(kTeacher), Channel::kSmtp, std::nullopt, {}});
      if (any(3) == 0) {
        record.settled.push_back(
            {StaffId(kDeputy), std::nullopt, FailureCause::kAddressRefused, {}});
      }
      return record;
    }
    case 9:
      return RedeliverFailed{};
    case 13: {
      HoldDelivery hold{story.state.run, any(4), role,
                        story.facts.now + absl::Hours(any(240)) - absl::Hours(2)};
      const auto waiting = story.state.Waiting();
      if (!waiting.empty() && any(8)) {
        hold.level = waiting.back().level;
        hold.role = waiting.back().role;
      }
      return hold;
    }
    case 10: {
      RecordDeliveries late{any(story.state.run + 2), any(4), role, {}, any(2) == 0};
      late.settled.push_back(
          {StaffId(any(2) ? kTeacher : kDeputy), Channel::kSmtp, std::nullopt, {}});
      return late;
    }
    case 11:
    case 12: {
      ClaimMessage claim{story.state.run, any(4), role, StaffId(any(2) ? kTeacher : kDeputy),
                         any(2) ? "one" : "other"};
      const auto waiting = story.state.Waiting();
      if (!waiting.empty() && any(8)) {
        claim.level = waiting[0].level;
        claim.role = waiting[0].role;
      }
      if (any(3)) return claim;
      return ReleaseMessage{claim.run,   claim.level,   claim.role,
                            claim.staff, claim.replica, any(2) == 0};
    }
    default:
      return Wake{};
  }
}

// No life raises a level twice in a run, or anything after its end; every run ends at most once;
// nothing is told twice; and the state is what its events make of it.
TEST_P(AlertLives, KeepTheirPromises) {
  std::size_t emitted = 0;
  for (unsigned seed = GetParam(); seed < GetParam() + 100; ++seed) {
    std::mt19937 dice(seed);
    Story story("2025-10-16 07:00");
    const bool vacancy = seed % 4 == 0;
    if (vacancy) story.facts.vacancy = UsualVacancy();
    for (int step = 0; step < 120 && !HasFailure(); ++step) {
      story.facts.now += absl::Minutes(dice() % 1440);
      if (vacancy) {
        if (dice() % 10 == 0) story.facts.vacancy->vacant = !story.facts.vacancy->vacant;
        story.Do(Wake{});
      } else {
        story.Do(AnyCommand(dice, story));
      }
    }
    AlertState folded;
    int run = 0;
    bool open = false;
    std::set<int> levels;
    std::set<std::string> told;
    absl::Time last_level = absl::InfinitePast();
    for (const auto& [at, event] : story.log) {
      const AlertState before = folded;
      folded = Alert::Evolve(std::move(folded), event);
      ++emitted;
      auto reach = [&, now = at](int level) {
        EXPECT_TRUE(levels.insert(level).second) << "level " << level << " twice in run " << run;
        EXPECT_EQ(level, *levels.rbegin()) << "levels go up";
        if (level > 1) {
          EXPECT_GE(now, last_level + kBetweenLevels);
        }
        const LevelInstant* instant = folded.instants.Find(level);
        if (level != 1 && instant) {
          EXPECT_GE(now, instant->at) << "early";
        }
        last_level = now;
      };
      std::visit(Match{[&](const AlertRaised& raised) {
                         if (!open) {
                           EXPECT_EQ(raised.run, ++run);
                           levels.clear();
                           last_level = absl::InfinitePast();
                         }
                         open = true;
                         EXPECT_EQ(raised.run, run);
                         reach(raised.level);
                       },
                       [&](const AlertEscalated& escalated) {
                         EXPECT_TRUE(open);
                         reach(escalated.level);
                       },
                       [&](const AlertDelivered& one) {
                         const int of_run = one.earlier_run != 0 ? one.earlier_run : run;
                         if (of_run < run - kRunsRemembered) return;  // nobody remembers
                         EXPECT_LE(one.earlier_run, run);
                         EXPECT_TRUE(told.insert(DeliveryId(AlertId("a"), of_run, one.level,
                                                            one.role, one.staff))
                                         .second)
                             << "told twice by the record";
                       },
                       [&](const AlertDeliveryFailed&) { EXPECT_TRUE(open); },
                       [&](const AlertAcknowledged&) { EXPECT_TRUE(open); },
                       [&](const AlertRedeliveryRequested&) { EXPECT_TRUE(open); },
                       [&](const AlertResolved&) {
                         EXPECT_TRUE(open);
                         open = false;
                       },
                       [&](const AlertMoved&) { EXPECT_TRUE(open); },
                       [&](const NoticeGiven&) { ADD_FAILURE() << "an alert is no notice"; },
                       [&](const MessageClaimed& claimed) {
                         EXPECT_TRUE(open);
                         const auto* pending = before.Find(claimed.level, claimed.role);
                         ASSERT_NE(pending, nullptr);
                         EXPECT_FALSE(pending->IsSettled(claimed.staff)) << "told twice";
                         const Attempt* attempt = pending->Find(claimed.staff);
                         EXPECT_TRUE(!attempt || attempt->claimed_by.empty())
                             << "another replica sends it now";
                       },
                       [&](const MessageReleased& released) {
                         EXPECT_TRUE(open);
                         const auto* pending = before.Find(released.level, released.role);
                         ASSERT_NE(pending, nullptr);
                         const Attempt* attempt = pending->Find(released.staff);
                         EXPECT_TRUE(attempt && !attempt->claimed_by.empty());
                       },
                       [&, now = at](const DeliveryPutOff& put_off) {
                         EXPECT_TRUE(open);
                         const auto* pending = before.Find(put_off.level, put_off.role);
                         ASSERT_NE(pending, nullptr);
                         EXPECT_EQ(pending->state, DeliveryState::kWaiting);
                         EXPECT_LE(pending->not_before, now) << "before its alarm";
                         EXPECT_GE(put_off.not_before, now + kShortestRetry);
                         EXPECT_LE(put_off.not_before, now + kLongestRetry);
                       },
                       [&, now = at](const DeliveryHeld& held) {
                         EXPECT_TRUE(open);
                         const auto* pending = before.Find(held.hold.level, held.hold.role);
                         ASSERT_NE(pending, nullptr);
                         EXPECT_EQ(pending->state, DeliveryState::kWaiting);
                         EXPECT_FALSE(pending->held);
                         EXPECT_GT(held.hold.until, now);
                         EXPECT_LE(held.hold.until, now + kLongestHold);
                         for (const Attempt& attempt : pending->attempts) {
                           EXPECT_EQ(attempt.claimed_by, "") << "a mail is under way";
                         }
                       }},
                 event);
    }
    EXPECT_EQ(folded, story.state) << "the events reproduce the state";
    EXPECT_EQ(folded.IsOpen(), open);
  }
  EXPECT_GT(emitted, 500u) << "the dice no longer make lives worth looking at";
}

INSTANTIATE_TEST_SUITE_P(Seeds, AlertLives, testing::Values(0u, 100u, 200u, 300u, 400u));

}  // namespace
}  // namespace pepline::notifications
