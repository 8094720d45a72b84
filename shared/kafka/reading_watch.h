// Whether the Kafka client reads what there is. After some answers of a broker (an error about
// offsets, librdkafka 2.0.2) a client stands for ever with partitions that it was given, and says
// that all is well; only a new client reads on.
//   watch.SetAssigned(places, now);
//   watch.Read(place, now);                      // for each record
//   if (watch.Stands(place, lag.BehindSince(place), now)) ... make a new client
// Promises: says so after kMayStand, and of a partition that no new client reads either after
// growing pauses up to kLongest. Does not: know why. Threads: one thread.
#ifndef PEPLINE_SHARED_KAFKA_READING_WATCH_H_
#define PEPLINE_SHARED_KAFKA_READING_WATCH_H_

#include <map>
#include <set>

#include "absl/time/time.h"
#include "shared/kafka/inbound_record.h"

namespace pepline {

class ReadingWatch {
 public:
  // Longer than a group takes to be gathered and a broker to be found again.
  static constexpr absl::Duration kMayStand = absl::Seconds(15);
  static constexpr absl::Duration kLongest = absl::Minutes(10);

  // These and no others may be read from now on.
  void SetAssigned(const std::set<KafkaPlace>& places, absl::Time now);
  // A record was read.
  void Read(const KafkaPlace& place, absl::Time now);
  // It is not to be read at the moment, since what was read of it is at work.
  void Rest(const KafkaPlace& place, absl::Time now);
  // Whether there has been more to read for too long, `behind_since` by the broker
  // (InfiniteFuture: there is nothing more). True at once means that the caller does something.
  bool Stands(const KafkaPlace& place, absl::Time behind_since, absl::Time now);

 private:
  struct Reading {
    absl::Time since = absl::InfiniteFuture();  // assigned, or last read from, or at work
    absl::Duration may_stand = kMayStand;       // outlives an assignment
  };
  std::map<KafkaPlace, Reading> readings_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_READING_WATCH_H_
