// A planted silence is found, and what an alert tells of is none.
#include "tests/system/checker/silence.h"

#include <gmock/gmock.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "shared/domain/all_services.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
absl::Time At(int second) { return kStart + absl::Seconds(second); }

// The relay of scheduling has something to do and the same oldest event for so long.
StandStills Standing(int seconds) {
  StandStills stands;
  stands.See(At(0), "scheduling", "relay", false, "");
  for (int second = 10; second <= 10 + seconds; ++second) {
    stands.See(At(second), "scheduling", "relay", true, "event 7");
  }
  stands.See(At(11 + seconds), "scheduling", "relay", true, "event 8");
  return stands;
}

AskRules Fires(std::vector<std::string> alerts) {
  return [alerts](const std::string&, absl::Time, absl::Time) { return alerts; };
}

TEST(Silence, ALoopThatStandsStillWithoutAnAlertIsFound) {
  const auto stands = Standing(100).LongerThan(kMayStand, At(120));
  ASSERT_THAT(stands, SizeIs(1));
  EXPECT_EQ(stands[0].since, At(10));
  EXPECT_THAT(CheckSilence(stands, Fires({})),
              ElementsAre(HasSubstr("silence: relay of scheduling stood still for 101 s")));
  EXPECT_THAT(CheckSilence(stands, Fires({"PeplineOutboxAgeing"})), IsEmpty());
}

TEST(Silence, ALoopThatStillStandsAtTheEndIsFound) {
  StandStills stands;
  stands.See(At(0), "funding", "consumer", true, "41");
  EXPECT_THAT(stands.LongerThan(kMayStand, At(90)), SizeIs(1));
  EXPECT_THAT(stands.LongerThan(kMayStand, At(50)), IsEmpty());
}

TEST(Silence, ProgressAndHavingNothingToDoAreNoStandStill) {
  EXPECT_THAT(Standing(50).LongerThan(kMayStand, At(70)), IsEmpty());
  StandStills idle;
  idle.See(At(0), "funding", "consumer", false, "41");
  EXPECT_THAT(idle.LongerThan(kMayStand, At(500)), IsEmpty());
}

TEST(Silence, WhatIsLateByTheRacingClockSpeaksForNobodyElse) {
  const auto stands = Standing(100).LongerThan(kMayStand, At(120));
  EXPECT_THAT(CheckSilence(stands, Fires({"PeplineAlarmsStandStill"})), SizeIs(1));
  StandStills alarms;
  alarms.See(At(0), "scheduling", "alarms", true, "1");
  EXPECT_THAT(
      CheckSilence(alarms.LongerThan(kMayStand, At(90)), Fires({"PeplineAlarmsStandStill"})),
      IsEmpty());
}

TEST(Silence, RulesThatCannotBeAskedExcuseNobody) {
  EXPECT_THAT(CheckSilence(Standing(100).LongerThan(kMayStand, At(120)),
                           [](const std::string&, absl::Time,
                              absl::Time) -> absl::StatusOr<std::vector<std::string>> {
                             return absl::UnavailableError("no promtool");
                           }),
              ElementsAre(HasSubstr("could not be asked: no promtool")));
}

// The rules as they are shipped, asked about planted metrics.
class RulesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FindProgram("promtool").ok()) {
      GTEST_SKIP() << "*** no promtool here: the rules are NOT asked. `make setup-check` ***";
    }
    const std::string folder = SourceFolder() + "/deploy/prometheus/";
    auto metrics = ScrapedMetrics::For({folder + "alerts.yaml", folder + "recording.yaml"});
    ASSERT_TRUE(metrics.ok()) << metrics.status();
    metrics_.emplace(*std::move(metrics));
  }
  // All services are well but for Redis's answers to one of them.
  void Scrape(int from, int to, bool redis_answers) {
    for (int second = from; second < to; ++second) {
      for (const std::string& service : AllServices()) {
        const bool up = redis_answers || service != "scheduling";
        metrics_->Take(At(second), service, service,
                       absl::StrCat("# HELP pepline_ready x\npepline_ready 1\n"
                                    "pepline_store_up ",
                                    up ? 1 : 0,
                                    "\npepline_not_in_any_rule 3\n"
                                    "pepline_consumer_lag_records{topic=\"t\"} 0\n"));
      }
    }
  }
  std::optional<ScrapedMetrics> metrics_;
};

TEST_F(RulesTest, NumbersThatAreWellFireNothing) {
  Scrape(0, 1000, true);
  const auto firing = metrics_->Firing("scheduling", At(900), At(980));
  ASSERT_TRUE(firing.ok()) << firing.status();
  EXPECT_THAT(*firing, IsEmpty());
}

TEST_F(RulesTest, AnAlertFiresForTheServiceThatItIsAboutAndForNoOther) {
  Scrape(0, 900, true);
  Scrape(900, 1000, false);
  const auto firing = metrics_->Firing("scheduling", At(905), At(990));
  ASSERT_TRUE(firing.ok()) << firing.status();
  EXPECT_THAT(*firing, Contains("PeplineRedisAway"));
  const auto of_another = metrics_->Firing("funding", At(905), At(990));
  ASSERT_TRUE(of_another.ok()) << of_another.status();
  EXPECT_THAT(*of_another, Not(Contains("PeplineRedisAway")));
}

TEST_F(RulesTest, AProcessThatDoesNotAnswerIsSeenAsPrometheusSeesIt) {
  Scrape(0, 900, true);
  for (int second = 900; second < 980; ++second) {
    metrics_->Take(At(second), "funding", "funding-2", "");
  }
  const auto firing = metrics_->Firing("funding", At(905), At(975));
  ASSERT_TRUE(firing.ok()) << firing.status();
  EXPECT_THAT(*firing, Contains("PeplineReplicaSilent"));
}

}  // namespace
}  // namespace pepline
