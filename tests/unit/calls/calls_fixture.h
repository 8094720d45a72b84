// A server with the RPCs of all services behind one rpc_server, in process and without a store, and
// calls to it as bytes. Threads: one at a time.
#ifndef PEPLINE_TESTS_UNIT_CALLS_CALLS_FIXTURE_H_
#define PEPLINE_TESTS_UNIT_CALLS_CALLS_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pepline/common/v1/refusal.pb.h"
#include "shared/security/auth.h"
#include "tests/unit/access_audit/all_services.h"
#include "tools/stack/processes.h"

namespace pepline {

inline constexpr char kGetPep[] = "pepline.scheduling.v1.SchedulingService/GetPep";

struct Answered {
  grpc::Status status;
  std::multimap<std::string, std::string> trailing = {};
  std::string bytes = {};
};

class CallsTest : public testing::Test {
 protected:
  void SetUp() override;

  // One unary call by somebody of the Virtual School, with these bytes as its request.
  Answered Ask(const std::string& rpc, const std::string& request,
               const std::map<std::string, std::string>& metadata = {});
  // The same by nobody, without a deadline of its own longer than ten seconds.
  Answered AskBare(const std::string& rpc, const std::string& request);
  // A call that is begun and ends without any request.
  grpc::Status AskWithoutRequest(const std::string& rpc);

  double Refused(const char* cause) const {
    return metrics_.Value("pepline_rpc_refused_total", {{"cause", cause}});
  }

  template <class Detail>
  static Detail DetailOf(const grpc::Status& status) {
    common::v1::RpcStatus details;
    Detail detail;
    EXPECT_TRUE(details.ParseFromString(status.error_details()));
    for (const auto& any : details.details()) {
      if (any.type_url() == "type.googleapis.com/google.rpc." + Detail::descriptor()->name()) {
        EXPECT_TRUE(detail.ParseFromString(any.value()));
      }
    }
    return detail;
  }
  static std::string ReasonOf(const grpc::Status& status) {
    return DetailOf<common::v1::ErrorInfo>(status).reason();
  }
  static std::vector<std::string> FieldsOf(const grpc::Status& status);

  const TemporaryFolder folder_;
  Metrics metrics_;
  WorkerPool pool_{4, 100};
  std::atomic<int> handled_ = 0;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<RpcServer> rpc_server_;
  std::unique_ptr<RpcBackend> backend_;
  std::unique_ptr<ServedServices> services_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::string token_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_UNIT_CALLS_CALLS_FIXTURE_H_
