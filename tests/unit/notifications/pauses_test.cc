// How long nothing is tried, and what is looked at when.
#include "services/notifications/delivery/pauses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "services/notifications/delivery/agenda.h"

namespace pepline::notifications {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'760'000'000);

TEST(Pauses, DoubleUpToTheLongest) {
  EXPECT_EQ(PauseAfter(1), kShortestPause);
  EXPECT_EQ(PauseAfter(2), 2 * kShortestPause);
  EXPECT_EQ(PauseAfter(4), 8 * kShortestPause);
  EXPECT_EQ(PauseAfter(1000), kLongestPause);
}

TEST(Pauses, MakeTheUsualAttemptsTakeMoreThanADay) {
  absl::Duration all;
  for (int failures = 1; failures < 1000; ++failures) all += PauseAfter(failures);
  EXPECT_GT(all, absl::Hours(24));
}

TEST(ServerPause, GrowsWithEveryFailureAfterItIsOverAndEndsWhenTheServerWorks) {
  ServerPause pause;
  EXPECT_EQ(pause.until(), absl::InfinitePast());
  pause.Failed(kStart);
  EXPECT_EQ(pause.until(), kStart + ServerPause::kFirst);
  pause.Failed(kStart + absl::Milliseconds(1));
  EXPECT_EQ(pause.until(), kStart + ServerPause::kFirst) << "what fails together counts once";
  pause.Failed(kStart + absl::Seconds(1));
  EXPECT_EQ(pause.until(), kStart + absl::Seconds(1) + 2 * ServerPause::kFirst);
  pause.Worked();
  EXPECT_EQ(pause.until(), absl::InfinitePast());
  absl::Time now = kStart;
  for (int i = 0; i < 20; ++i) {
    now = std::max(now, pause.until());
    pause.Failed(now);
  }
  EXPECT_EQ(pause.until(), now + kLongestPause);
}

class AgendaTest : public testing::Test {
 protected:
  std::string Next() {
    const auto alert = agenda_.Take(absl::ZeroDuration());
    return alert ? alert->text() : "";
  }
  const AlertId a_{"chd-a.1.rule"}, b_{"chd-b.1.rule"};
  Agenda agenda_{3};
};

TEST_F(AgendaTest, GivesWhatIsDueInTheOrderOfInstantsAndNothingElse) {
  const absl::Time now = absl::Now();
  agenda_.Post(a_, now - absl::Seconds(1));
  agenda_.Post(b_, now - absl::Seconds(2));
  agenda_.Post(AlertId("chd-later"), now + absl::Hours(1));
  EXPECT_EQ(Next(), b_.text());
  EXPECT_EQ(Next(), a_.text());
  EXPECT_EQ(Next(), "");
  EXPECT_TRUE(agenda_.Contains(AlertId("chd-later")));
}

TEST_F(AgendaTest, KeepsAnAlertOnceWithItsEarliestInstant) {
  const absl::Time now = absl::Now();
  agenda_.Post(a_, now + absl::Hours(1));
  agenda_.Post(a_, now);
  agenda_.Post(a_, now + absl::Hours(2));
  EXPECT_EQ(Next(), a_.text());
  agenda_.Done(a_);
  EXPECT_EQ(Next(), "");
  EXPECT_FALSE(agenda_.Contains(a_));
}

TEST_F(AgendaTest, GivesWhatIsAtWorkAgainOnlyWhenItIsDone) {
  agenda_.Post(a_);
  ASSERT_EQ(Next(), a_.text());
  EXPECT_TRUE(agenda_.Contains(a_));
  agenda_.Post(a_);
  EXPECT_EQ(Next(), "");
  agenda_.Done(a_);
  EXPECT_EQ(Next(), a_.text());
}

TEST_F(AgendaTest, LeavesWhatIsTooManyToTheScan) {
  for (const char* alert : {"1", "2", "3", "4"}) agenda_.Post(AlertId(alert));
  EXPECT_TRUE(agenda_.Contains(AlertId("3")));
  EXPECT_FALSE(agenda_.Contains(AlertId("4")));
}

TEST_F(AgendaTest, WakesWhoeverWaitsWhenSomethingIsPosted) {
  const absl::Time start = absl::Now();
  std::thread waiting([this] { EXPECT_EQ(agenda_.Take(absl::Seconds(30)), a_); });
  agenda_.Post(a_);
  waiting.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST_F(AgendaTest, WakesWhoeverWaitsWhenItStops) {
  const absl::Time start = absl::Now();
  std::thread waiting([this] { EXPECT_EQ(agenda_.Take(absl::Seconds(30)), std::nullopt); });
  agenda_.Stop();
  waiting.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

}  // namespace
}  // namespace pepline::notifications
