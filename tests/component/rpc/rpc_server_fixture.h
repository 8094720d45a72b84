// The RPC server that all services share, tried on one of them (funding) as a process: who is let
// in, what is refused before any handler runs, what a program says before it starts. Promises:
// BareProgram runs the program alone, to its end. Threads: one at a time, but Ask with a token of
// its own.
#ifndef PEPLINE_TESTS_COMPONENT_RPC_RPC_SERVER_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_RPC_RPC_SERVER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "tests/component/support/rpc_fixture.h"
#include "tools/stack/processes.h"

namespace pepline {

inline constexpr char kService[] = "funding";

// What a program said and how it ended.
struct Ended {
  std::optional<int> code;  // nullopt: it did not end in time, and was killed
  std::string output;
};
Ended BareProgram(const std::vector<std::string>& arguments,
                  const std::map<std::string, std::string>& environment);

class RpcTest : public RpcFixture<funding::v1::FundingService::Stub> {
 protected:
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  RpcTest() : RpcFixture(kService, {.caller = VirtualSchool()}) {}
  void Begin(std::map<std::string, std::string> environment = {});

  std::string Token(const Actor& actor, absl::Duration valid_for = absl::Minutes(10)) const;
  // A read of a fund line that is not there, with this "authorization" (empty: none): NOT_FOUND for
  // whoever is let in.
  grpc::Status Ask(const std::string& authorization,
                   absl::Duration deadline = absl::Seconds(10)) const;
  bool LetsIn(const std::string& token) const;
  double CountRefused(const std::string& cause) const;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_RPC_RPC_SERVER_FIXTURE_H_
