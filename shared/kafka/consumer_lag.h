// How far a consumer is behind its topics: what the broker has at this moment, against what is
// done. It is asked on a thread of its own with a client of its own, so that the answer does not
// depend on whether the consumer moves. Promises: an answer that is not to be had makes no lag of
// 0: pepline_consumer_lag_measured_age_seconds grows, and the lag stays what it was. Sets the
// gauges pepline_consumer_lag_records, _position_records, _lag_measured_age_seconds and
// _partitions_ratio. Errors: none; said in the log once a trouble. Threads: one of its own; the
// functions from any.
#ifndef PEPLINE_SHARED_KAFKA_CONSUMER_LAG_H_
#define PEPLINE_SHARED_KAFKA_CONSUMER_LAG_H_

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "shared/kafka/inbound_record.h"
#include "shared/kafka/kafka_client.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/metrics.h"

namespace pepline {

class ConsumerLag {
 public:
  ConsumerLag(KafkaOptions kafka, std::string group, std::vector<std::string> topics,
              Metrics& metrics);
  ~ConsumerLag();  // Stop()
  void Start();
  void Stop();

  // These and no others are this replica's now.
  void SetAssigned(const std::set<KafkaPlace>& places);
  // Everything before this offset is done.
  void SetDone(const KafkaPlace& place, std::int64_t done_before);

  // The latest instant (real time) at which everything that the broker then had of this partition
  // is handled by now; InfinitePast when that never was so or the partition is not this replica's.
  absl::Time CaughtUpSince(const KafkaPlace& place) const;
  // The same of the partition that records with this key are in; InfinitePast also while it is not
  // known how many partitions the topic has.
  absl::Time CaughtUpSince(const std::string& topic, const std::string& key) const;
  // The earliest instant (real time) at which the broker had more of the partition than is done by
  // now; InfiniteFuture when it had not at the last measuring.
  absl::Time BehindSince(const KafkaPlace& place) const;

 private:
  struct Partition {
    std::optional<std::int64_t> done_before;  // nullopt: not known yet
    std::int64_t end = 0;                     // at the last measuring
    bool measured = false;
    struct Sample {
      absl::Time at;
      std::int64_t end;
    };
    std::deque<Sample> samples;  // those that are not reached, oldest first
    absl::Time caught_up = absl::InfinitePast();
    void Catch();
  };
  void Run();
  absl::Status Measure();
  // How many partitions each topic has.
  absl::Status AskPartitions();
  absl::Status AskCommitted(const std::set<KafkaPlace>& places);
  absl::Status Ask(const std::set<KafkaPlace>& places, std::int64_t which,
                   std::map<KafkaPlace, std::int64_t>& offsets);
  void Show();

  const KafkaOptions kafka_;
  const std::string group_;
  const std::vector<std::string> topics_;
  Metrics& metrics_;
  std::thread thread_;
  // Its own thread's.
  KafkaHandle client_;
  SteadyTime measured_at_;
  SteadyTime partitions_asked_at_ = SteadyTime::min();

  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool asked_anew_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<KafkaPlace, Partition> partitions_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> partitions_of_ ABSL_GUARDED_BY(mutex_);  // topics
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_CONSUMER_LAG_H_
