// Clients that ask by HTTP/2 pings whether the server lives, as most do that keep one connection.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {
namespace {

class PingsTest : public testing::Test {
 protected:
  void Start(absl::Duration least_between_pings) {
    auto started = GrpcServer::Start({.least_between_pings = least_between_pings}, {}, metrics_);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 200);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    channel_ = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                         grpc::InsecureChannelCredentials(), arguments);
    ASSERT_TRUE(channel_->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(20))));
  }
  // The client, which has no call, is sent away within the time.
  bool IsSentAwayWithin(absl::Duration time) {
    return channel_->WaitForStateChange(GRPC_CHANNEL_READY, absl::ToChronoTime(absl::Now() + time));
  }

  Metrics metrics_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(PingsTest, AnIdleClientThatPingsWithinTheBoundIsLeftAlone) {
  ASSERT_NO_FATAL_FAILURE(Start(absl::Milliseconds(20)));
  EXPECT_FALSE(IsSentAwayWithin(absl::Seconds(3)));
}

TEST_F(PingsTest, AClientThatPingsTooOftenIsSentAway) {
  ASSERT_NO_FATAL_FAILURE(Start(absl::Seconds(5)));
  EXPECT_TRUE(IsSentAwayWithin(absl::Seconds(20)));
}

}  // namespace
}  // namespace pepline
