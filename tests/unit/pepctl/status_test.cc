// `pepctl status` asks the metrics ports, so that a service that answers no call can say why.
#include <gmock/gmock.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/metrics_port.h"
#include "tools/pepctl/commands/special_commands.h"

namespace pepline::pepctl {
namespace {

using testing::HasSubstr;

class StatusTest : public testing::Test {
 protected:
  std::unique_ptr<MetricsPort> Listen(Metrics& metrics, absl::Status ready) {
    auto port = MetricsPort::Start(
        "127.0.0.1:0", metrics,
        {.before_scrape = {},
         .health = [] { return absl::OkStatus(); },
         .ready = [ready] { return ready; },
         .details = [&metrics] { return LoopLines(metrics.heartbeats().Ages()); }});
    EXPECT_TRUE(port.ok()) << port.status();
    return *std::move(port);
  }
  int Ask(std::vector<std::string> addresses, const std::string& output = "table") {
    std::ostringstream out, err;
    Invocation invocation{
        .globals = {.output = output, .timeout_seconds = 2}, .out = out, .err = err};
    const int code = Status({.addresses = std::move(addresses)}, invocation);
    said_ = out.str() + err.str();
    return code;
  }

  std::string said_;
};

TEST_F(StatusTest, ShowsEveryLoopOfAServiceThatIsReady) {
  Metrics metrics;
  const auto relay = metrics.heartbeats().Begin("relay");
  relay->SetOldest(std::chrono::steady_clock::now() - std::chrono::minutes(2));
  const auto port = Listen(metrics, absl::OkStatus());
  EXPECT_EQ(Ask({absl::StrCat("scheduling=127.0.0.1:", port->port())}), kDone) << said_;
  EXPECT_THAT(said_, HasSubstr("scheduling  ready  relay"));
  EXPECT_THAT(said_, HasSubstr("the oldest that waits has waited 120."));
}

TEST_F(StatusTest, SaysWhyAServiceIsNotReadyAndWhichOneDoesNotAnswer) {
  Metrics metrics;
  const auto port =
      Listen(metrics, absl::UnavailableError("the consumer loop has not come round for 35 s"));
  const std::string standing = absl::StrCat("scheduling=127.0.0.1:", port->port());
  EXPECT_EQ(Ask({standing}), kRefused) << said_;
  EXPECT_THAT(said_, HasSubstr("scheduling: the consumer loop has not come round for 35 s"));
  // Port 1 of this machine is nobody's.
  EXPECT_EQ(Ask({standing, "funding=127.0.0.1:1"}), kNotReachable) << said_;
  EXPECT_THAT(said_, HasSubstr("funding     no answer"));
}

TEST_F(StatusTest, AnswersInJsonForScripts) {
  Metrics metrics;
  const auto waker = metrics.heartbeats().Begin("waker");
  const auto port = Listen(metrics, absl::OkStatus());
  EXPECT_EQ(Ask({absl::StrCat("funding=127.0.0.1:", port->port())}, "json"), kDone);
  EXPECT_THAT(said_, HasSubstr("\"state\": \"ready\""));
  EXPECT_THAT(said_, HasSubstr("\"waker\": \"came round"));
}

TEST_F(StatusTest, AnAddressOfAnotherFormIsRefusedWithTheForm) {
  EXPECT_EQ(Ask({"scheduling"}), kUsage);
  EXPECT_THAT(said_, HasSubstr("SERVICE=HOST:PORT"));
}

}  // namespace
}  // namespace pepline::pepctl
