// Which faults happen to a stack, drawn from a seed: the kind, whom it meets and for how long. Long
// and short by the time-outs of the product: a call to Redis (2 s), a replica's life (4 s), a
// consumer's session (10 s, lost for good after 14), a message to Kafka (30 s).
// Promises: the same seed gives the same faults; every kind comes before any comes again.
// Threads: values only.
#ifndef PEPLINE_TESTS_SYSTEM_FAULTS_FAULT_SCHEDULE_H_
#define PEPLINE_TESTS_SYSTEM_FAULTS_FAULT_SCHEDULE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace pepline {

enum class FaultKind {
  kKill,               // SIGKILL; away for a while
  kStop,               // SIGSTOP, later SIGCONT
  kCutFromRedis,       // nothing passes between a service's process and Redis
  kCutFromKafka,       //
  kCutFromNetwork,     // from Redis, Kafka, registry and the mail server at once
  kSlowRedis,          // every byte to and from Redis takes longer
  kClockJumps,         // of a process that runs
  kClockWrongAtStart,  // a process starts with a wrong clock
  kSlowDisk,           // Redis answers in bursts only, as when its disk does
  kRedisIsFull,        // Redis takes no writes, as when its memory is used up
  kDiskIsFull,         // Redis cannot write its file any more, and ends
  kBrokerIsKilled,     //
  kBrokerIsStopped,    //
  kMailIsStopped,      //
};

struct Fault {
  FaultKind kind = FaultKind::kKill;
  // "scheduling-2"; "redis", "kafka" or "smtp" where the kind meets that.
  std::string target;
  absl::Duration lasts;
  // How slow, how wrong, or how much earlier than the rest of the network Kafka comes back; 0 where
  // the kind has none of these.
  absl::Duration amount;
  bool breaks_after = false;  // connections that were cut are broken when the cut is over
};

std::string FaultName(FaultKind kind);
std::string Describe(const Fault& fault);  // "clock jumps of scheduling-2 by 960h for 8s"

class FaultDeck {
 public:
  // `processes` are the services' with all replicas. Without a real Kafka nothing happens to it.
  // `only`: a part of the names of the kinds that are wanted; empty: all.
  FaultDeck(unsigned seed, std::vector<std::string> processes, bool has_kafka,
            const std::string& only = "");
  Fault Draw();

 private:
  template <class T>
  const T& Any(const std::vector<T>& of);

  std::mt19937 random_;
  const std::vector<std::string> processes_;
  std::vector<FaultKind> kinds_;
  std::vector<FaultKind> left_;
};

// How long the faults take when one begins `between` after another, once its target and one of
// `at_once` places are free.
absl::Duration HowLong(const std::vector<Fault>& faults, absl::Duration between,
                       std::size_t at_once);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_FAULTS_FAULT_SCHEDULE_H_
