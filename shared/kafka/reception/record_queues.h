// The records that a consumer has read and not done, each key in a queue of its own.
// Promises: of one key one record at a time is handled, in the order they came; keys run side by
// side on the pool. A record that has to wait is tried again, after a growing pause, before
// anything behind it in its queue, and holds up no other queue. What is done of a Kafka partition
// is told up to the first record that is not. Does not: read, pause or store anything. Threads:
// Add, StartDue and Leave by one thread; the others from any.
#ifndef PEPLINE_SHARED_KAFKA_RECEPTION_RECORD_QUEUES_H_
#define PEPLINE_SHARED_KAFKA_RECEPTION_RECORD_QUEUES_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "shared/base/worker_pool.h"
#include "shared/kafka/inbound_record.h"
#include "shared/observability/heartbeat.h"

namespace pepline {

class RecordQueues {
 public:
  // OK: done. Anything else: the same record again, later.
  using Handle = std::function<absl::Status(const InboundRecord&)>;
  // `pool` must outlive it. `clock` is what ages are counted on (Heartbeats).
  RecordQueues(WorkerPool& pool, std::function<SteadyTime()> clock, Handle handle)
      : pool_(pool), clock_(std::move(clock)), handle_(std::move(handle)) {}
  ~RecordQueues() { Leave(absl::InfiniteDuration()); }

  void Add(InboundRecord record);
  // Starts every queue that has something to do and is not at work already.
  void StartDue();
  // When the next queue that waits may be tried again.
  absl::Time NextTry() const;

  // For each Kafka partition that has got on since the last call: the offset behind the last record
  // before which all are done.
  std::map<KafkaPlace, std::int64_t> TakeDone();

  struct Standing {
    int waiting_queues = 0;     // whose first record could not be handled at the last try
    std::size_t held = 0;       // records that are not told as done, done ones behind them included
    SteadyTime oldest_read_at;  // of those that are not done
  };
  std::map<KafkaPlace, Standing> Standings() const;  // of the partitions that hold any
  std::size_t unfinished() const;
  int at_work() const;
  // False when the bound passes before.
  bool AwaitFewerThan(std::size_t records, absl::Duration bound) const;

  // The partitions are somebody else's from now on: starts nothing more, waits at most so long for
  // what is at work, and forgets everything. The last TakeDone.
  std::map<KafkaPlace, std::int64_t> Leave(absl::Duration bound);

 private:
  struct KeyQueue {
    std::deque<InboundRecord> records;
    bool at_work = false;
    bool waiting = false;  // the first record could not be handled
    absl::Time try_at = absl::InfinitePast();
    absl::Duration pause = absl::ZeroDuration();
    bool left = false;  // what it does counts no more
  };
  struct Read {
    SteadyTime at;
    bool done = false;
  };
  struct Partition {
    std::map<std::int64_t, Read> records;  // from the first that is not done on
    std::int64_t done_before = -1;         // -1: nothing new
    int waiting_queues = 0;
  };
  void Work(KeyQueue& queue);
  void SetDone(const InboundRecord& record) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::map<KafkaPlace, std::int64_t> TakeDoneLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  WorkerPool& pool_;
  const std::function<SteadyTime()> clock_;
  const Handle handle_;
  mutable absl::Mutex mutex_;
  // By topic and key.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<KeyQueue>> queues_
      ABSL_GUARDED_BY(mutex_);
  std::map<KafkaPlace, Partition> partitions_ ABSL_GUARDED_BY(mutex_);
  std::size_t unfinished_ ABSL_GUARDED_BY(mutex_) = 0;
  int at_work_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_RECEPTION_RECORD_QUEUES_H_
