// How long no mail is handed over while the mail server takes none.
#include "services/notifications/delivery/server_pause.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pepline::notifications {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'760'000'000);

TEST(ServerPause, GrowsWithEveryFailureAfterItIsOverAndEndsWhenTheServerWorks) {
  ServerPause pause;
  EXPECT_EQ(pause.until(), absl::InfinitePast());
  pause.Failed(kStart);
  EXPECT_EQ(pause.until(), kStart + ServerPause::kShortest);
  pause.Failed(kStart + absl::Milliseconds(1));
  EXPECT_EQ(pause.until(), kStart + ServerPause::kShortest) << "what fails together counts once";
  pause.Failed(kStart + absl::Seconds(1));
  EXPECT_EQ(pause.until(), kStart + absl::Seconds(1) + 2 * ServerPause::kShortest);
  pause.Worked();
  EXPECT_EQ(pause.until(), absl::InfinitePast());
  absl::Time now = kStart;
  for (int i = 0; i < 20; ++i) {
    now = std::max(now, pause.until());
    pause.Failed(now);
  }
  EXPECT_EQ(pause.until(), now + ServerPause::kLongest);
}

}  // namespace
}  // namespace pepline::notifications
