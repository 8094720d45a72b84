// What several measures stand on: a private Redis, children put straight into scheduling's store by
// scheduling's own code, and a broker (a real Kafka where `make kafka` has fetched one).
// Threads: one at a time unless said otherwise.
#ifndef PEPLINE_TESTS_BENCH_SURROUNDINGS_H_
#define PEPLINE_TESTS_BENCH_SURROUNDINGS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/storage/facts.h"
#include "shared/base/worker_pool.h"
#include "shared/redis/redis_store.h"
#include "tests/component/scheduling/emitted_events.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/dev_broker.h"
#include "tools/stack/servers/kafka_server.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline::bench {

inline constexpr char kSchool[] = "123240";
inline constexpr int kWorkers = 64;  // as the service's default

class Broker {
 public:
  static absl::StatusOr<Broker> Start(const std::string& folder, const std::string& kafka_jars);
  std::string bootstrap() const { return kafka_ ? kafka_->bootstrap() : dev_->bootstrap(); }
  bool real() const { return kafka_ != nullptr; }

 private:
  std::unique_ptr<KafkaServer> kafka_;
  std::unique_ptr<DevBroker> dev_;
};

// scheduling's parts in this process, on any Redis; as main.cc of the service builds them.
class Scheduling {
 public:
  Scheduling(int redis_port, const Clock& clock);
  // OK when Redis answers.
  absl::Status AwaitRedis();
  // The reference data, the first time; then children in care with a PEP of the autumn of 2025 that
  // is due.
  absl::Status PutChildren(const std::vector<std::string>& children);

  RedisStore& store() { return *store_; }
  Metrics& metrics() { return metrics_; }
  scheduling::Inbound& inbound() { return inbound_; }
  Engine& engine() { return engine_; }

 private:
  absl::Status Receive(const registry::v1::RegistryEvent& event);

  const Clock& clock_;
  Metrics metrics_;
  std::unique_ptr<RedisStore> store_;
  ReferenceData reference_;
  scheduling::FactsLoader facts_;
  Engine engine_;
  scheduling::Inbound inbound_;
  scheduling::EmittedEvents events_;
  bool facts_put_ = false;
  WorkerPool pool_{kWorkers, kWorkers * 16};
};

// "chd-<round>...": another set of children for every round.
std::vector<std::string> ChildrenOf(int round, int count);
// The morning on which the autumn term of 2025 begins.
absl::Time TermBegins();

}  // namespace pepline::bench

#endif  // PEPLINE_TESTS_BENCH_SURROUNDINGS_H_
