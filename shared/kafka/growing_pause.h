// How long to wait before something that broke is made again: not at all at first, and longer each
// time that it breaks again soon, as two processes of one group.instance.id do to each other.
//   const absl::Duration pause = pauses.AfterBreak(now);
// Promises: never longer than kLongest; what has held for kHolds is well again. Threads: one.
#ifndef PEPLINE_SHARED_KAFKA_GROWING_PAUSE_H_
#define PEPLINE_SHARED_KAFKA_GROWING_PAUSE_H_

#include <algorithm>

#include "absl/time/time.h"

namespace pepline {

class GrowingPause {
 public:
  static constexpr absl::Duration kShortest = absl::Seconds(1);
  static constexpr absl::Duration kLongest = absl::Minutes(1);
  static constexpr absl::Duration kHolds = absl::Minutes(2);

  absl::Duration AfterBreak(absl::Time now) {
    const bool again = now < made_again_at_ + kHolds;
    pause_ = again ? std::clamp(2 * pause_, kShortest, kLongest) : absl::ZeroDuration();
    made_again_at_ = now + pause_;
    return pause_;
  }

 private:
  absl::Time made_again_at_ = absl::InfinitePast();
  absl::Duration pause_ = absl::ZeroDuration();
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_GROWING_PAUSE_H_
