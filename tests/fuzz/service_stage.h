// One service under fuzz: its handlers behind a real gRPC server, its consumer's and its alarms'
// handlers, over a store in memory that begins each input with the same records.
// Promises: an input meets the same store, clock and callers each time; after each step what was
// answered is held against what every service promises. Does not: speak to Kafka, Redis or mail.
// Threads: Run by one; the server's are its own.
#ifndef PEPLINE_TESTS_FUZZ_SERVICE_STAGE_H_
#define PEPLINE_TESTS_FUZZ_SERVICE_STAGE_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "shared/base/clock.h"
#include "shared/engine/execute.h"
#include "shared/kafka/inbound_record.h"
#include "shared/rpc/admit_first.h"
#include "shared/rpc/grpc_server.h"
#include "shared/store/memory_store.h"
#include "tests/fuzz/steps.h"
#include "tests/fuzz/target.h"
#include "tests/support/forwarding_store.h"

namespace pepline::fuzz {

// What a service's main.cc makes before the service's own parts.
class ServiceStage {
 public:
  ServiceStage(const std::string& service, std::vector<MetricDefinition> metrics);

  // One of the records that each input begins with: the state of one stored message, filled.
  void Begin(const std::string& routing_id, const RecordKey& key,
             const google::protobuf::Message& stored);
  // An aggregate, with its place in lists and, where its rules set alarms, one that is due.
  // `stored` in the order of the target's keys; those that are there already are left as they are.
  enum class Alarm { kDue, kNone };
  template <class Codec>
  void Begin(const pepline::Target& target,
             const std::vector<const google::protobuf::Message*>& stored,
             Alarm alarm = Alarm::kDue) {
    const auto state = Codec::Decode(BeginParts(target, stored));
    Expect(state.ok(), "a filled record cannot be read");
    BeginLists(target, Codec::Rules::Index(*state), alarm);
  }
  // The topics that the service reads, with the envelope of their events.
  void Hear(std::string_view topic, const google::protobuf::Message& envelope);

  using OnRecord = std::function<absl::Status(const InboundRecord&)>;
  using OnAlarm = std::function<absl::Status(const DueAlarm&)>;
  // Everything is said; now the service can be called.
  void Open(grpc::Service& api, const google::protobuf::ServiceDescriptor& rpcs, OnRecord on_record,
            OnAlarm on_alarm);

  void Run(std::string_view input);
  std::vector<std::string> Seeds() const;
  // The message of a step of this kind; null: it holds none.
  const google::protobuf::Message* MessageOf(unsigned char kind) const;

  const std::string name;
  MemoryStore nothing;
  ForwardingStore store{nothing};
  FakeClock clock;
  Metrics metrics;
  WorkerPool pool{2, 64};
  RpcServer rpc_server;
  const Engine engine;

 private:
  using RecordOf = std::vector<std::optional<std::string>>;
  struct Stored {
    int partition;
    RecordKey key;
    const google::protobuf::Message* message;
  };
  struct Topic {
    std::string name;
    const google::protobuf::Message* envelope;
  };
  // What a step's number stands for: RPCs first, then topics, stored records, and alarms.
  enum class What { kRpc, kTopic, kStored, kAlarms };
  struct Meaning {
    What what;
    std::size_t index;
  };
  Meaning MeaningOf(unsigned char kind) const;
  unsigned char KindOf(What what, std::size_t index) const;

  RecordOf BeginParts(const pepline::Target& target,
                      const std::vector<const google::protobuf::Message*>& stored);
  void BeginLists(const pepline::Target& target, std::vector<IndexEntry> index, Alarm alarm);
  void BeginAnew();
  void Call(const google::protobuf::MethodDescriptor& rpc, unsigned char who,
            const std::vector<std::string>& messages);
  void CheckAnswer(const google::protobuf::MethodDescriptor& rpc, const grpc::Status& status,
                   const std::string& answer) const;
  void Receive(const Topic& topic, unsigned char who, const std::string& bytes);
  void Damage(const Stored& stored, const std::string& bytes);
  void FireAlarms(unsigned days);

  std::vector<Commit> beginning_;
  std::vector<Stored> stored_;
  std::vector<Topic> topics_;
  const google::protobuf::ServiceDescriptor* rpcs_ = nullptr;
  OnRecord on_record_;
  OnAlarm on_alarm_;
  std::unique_ptr<AdmitFirst> admitted_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
  // The last of them is in use. A thread of the service may still be in one before it, so these go
  // only after a while.
  std::deque<std::unique_ptr<MemoryStore>> stores_;
  bool damaged_ = false;  // this input changed stored bytes
};

// The target of a service that `make` puts on its stage.
Target ServiceTarget(const std::string& name, ServiceStage& (*make)());

}  // namespace pepline::fuzz

#endif  // PEPLINE_TESTS_FUZZ_SERVICE_STAGE_H_
