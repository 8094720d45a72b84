// The five services in one process: their own handlers, inbound events and alarms, their server
// with its check of tokens, rules, page tokens, behind one gRPC server; the stores are in memory,
// and what Kafka and the waker do is done by Settle. So a call takes the way that it takes in
// production, and thousands of them a second can be asked.
// Promises: after Settle every event was handed to whoever reads it, in order, and no alarm is due.
// Does not: send mail (the deliverer is stopped), or keep the audit trail, which goes nowhere.
// Threads: one at a time calls; handlers run on a pool.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_FIVE_SERVICES_H_
#define PEPLINE_TESTS_COMPONENT_REACH_FIVE_SERVICES_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/registry/import/opaque_ids.h"
#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"
#include "shared/engine/execute.h"
#include "shared/kafka/inbound_record.h"
#include "shared/security/auth.h"
#include "shared/store/memory_store.h"
#include "tests/support/forwarding_store.h"

namespace pepline::reach {

// A store in memory that counts what is committed.
class CountingStore final : public ForwardingStore {
 public:
  CountingStore() : ForwardingStore(memory_) {}
  absl::StatusOr<std::optional<SeenCommand>> Apply(const Commit& commit) override {
    auto applied = ForwardingStore::Apply(commit);
    if (applied.ok() && !applied->has_value()) ++commits;
    return applied;
  }
  std::atomic<std::int64_t> commits = 0;

 private:
  MemoryStore memory_{4, 1'000'000};
};

// One service as the others see it.
class Member {
 public:
  virtual ~Member() = default;
  virtual grpc::Service& api() = 0;
  virtual bool Reads(const std::string& topic) const = 0;
  virtual absl::Status OnRecord(const InboundRecord& record) = 0;
  virtual absl::Status OnAlarm(const DueAlarm& alarm) = 0;

  CountingStore store;
};

class FiveServices {
 public:
  // Every event is told to `on_event` before anybody else has it. All must outlive this.
  using OnEvent = std::function<void(const std::string& topic, const std::string& bytes)>;
  FiveServices(const Clock& clock, const Authenticator& authenticator,
               const TokenSigner& service_signer, OnEvent on_event);
  ~FiveServices();

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  void Settle();
  // Of all five stores.
  std::int64_t commits() const;
  const registry::OpaqueIds& ids() const { return ids_; }

 private:
  bool HandOverEvents();
  bool FireAlarms();

  const Clock& clock_;
  const OnEvent on_event_;
  const registry::OpaqueIds ids_{std::string(32, 'k')};
  WorkerPool calls_{2, 64};
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_FIVE_SERVICES_H_
