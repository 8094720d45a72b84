// Drives one RPC as a caller with many calls under way, and a server that only echoes: the floor.
// Both go through the same caller, the same messages and a process of their own, so that what is
// left between them is Pepline. Threads: one load at a time.
#ifndef PEPLINE_TESTS_BENCH_LOAD_H_
#define PEPLINE_TESTS_BENCH_LOAD_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/scheduling/v1/scheduling_service.grpc.pb.h"
#include "tools/stack/processes.h"

namespace pepline::bench {

using Request = scheduling::v1::CompleteReadinessItemRequest;
using Response = scheduling::v1::CompleteReadinessItemResponse;

struct Load {
  double per_second = 0;
  std::vector<double> micros;  // of each call
};

// Sends request_of(0) ... request_of(total - 1), keeping `in_flight` calls under way.
// Unavailable with the first message when a call fails.
absl::StatusOr<Load> Drive(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
                           int total, int in_flight, const std::function<Request(int)>& request_of);

// A process of this program that answers every call with `answer`.
class EchoServer {
 public:
  static absl::StatusOr<std::unique_ptr<EchoServer>> Start(const std::string& folder,
                                                           const Response& answer);
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }

 private:
  std::unique_ptr<ChildProcess> process_;
  std::shared_ptr<grpc::Channel> channel_;
};
// What that process does: serves until SIGTERM. `folder` holds the answer and gets the port.
int ServeEcho(const std::string& folder);

}  // namespace pepline::bench

#endif  // PEPLINE_TESTS_BENCH_LOAD_H_
