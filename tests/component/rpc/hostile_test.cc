// What callers without a token may cost a service: within the memory of its pod, which the kernel
// holds it to, with few threads, and others are answered all the while.
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/component/rpc/http2_peer.h"
#include "tests/component/rpc/rpc_server_fixture.h"

namespace pepline {
namespace {

constexpr char kGetFundLine[] = "/pepline.funding.v1.FundingService/GetFundLine";
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

class RpcHostileTest : public RpcTest {
 protected:
  void SetUp() override {
    if (kMemoryIsTheProgramsOwn) RunInPod();
    ASSERT_NO_FATAL_FAILURE(Begin());
    token_ = Token(VirtualSchool());
    ASSERT_TRUE(LetsIn(token_));
    const std::vector<std::string> parts = absl::StrSplit(service_->process().grpc_address(), ':');
    ASSERT_TRUE(absl::SimpleAtoi(parts.back(), &port_));
    threads_before_ = Of("Threads");
  }
  void TearDown() override {
    EXPECT_TRUE(service_->process().Running());
    EXPECT_TRUE(LetsIn(token_)) << "others are not answered any more";
    const int most = Of("VmHWM") / 1024;
    EXPECT_LT(most, kPodsMebibytes);
    RecordProperty("most_mebibytes", most);
    ExpectNoKillInPod();
    std::printf("memory: %d MiB at most, %d MiB in the end; %d threads\n", most, Of("VmRSS") / 1024,
                Of("Threads"));
    RpcTest::TearDown();
  }
  // A line of the service's /proc/<pid>/status: kB, or a count.
  int Of(const std::string& name) const {
    std::ifstream status(absl::StrCat("/proc/", service_->process().pid(), "/status"));
    for (std::string line; std::getline(status, line);) {
      const std::vector<std::string> words =
          absl::StrSplit(line, absl::ByAnyChar(":\t "), absl::SkipEmpty());
      int number = 0;
      if (words.size() > 1 && words[0] == name && absl::SimpleAtoi(words[1], &number)) {
        return number;
      }
    }
    return 0;
  }

  // What as many calls at once are answered, each with a request of nearly 4 MiB, of zeros.
  std::vector<grpc::Status> SendLarge(std::size_t count, const std::string& token) {
    const grpc::Slice slice(std::string(4 * 1024 * 1024 - 100, '\0'));
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
    std::vector<std::unique_ptr<grpc::GenericClientAsyncResponseReader>> calls;
    grpc::CompletionQueue queue;
    std::vector<grpc::Status> statuses(count);
    std::vector<grpc::ByteBuffer> answers(count);
    grpc::GenericStub stub(service_->channel());
    for (std::size_t i = 0; i < count; ++i) {
      contexts.push_back(std::make_unique<grpc::ClientContext>());
      contexts.back()->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
      if (!token.empty()) contexts.back()->AddMetadata("authorization", "Bearer " + token);
      calls.push_back(stub.PrepareUnaryCall(contexts.back().get(), kGetFundLine,
                                            grpc::ByteBuffer(&slice, 1), &queue));
      calls.back()->StartCall();
      calls.back()->Finish(&answers[i], &statuses[i], nullptr);
    }
    for (std::size_t i = 0; i < count; ++i) {
      void* tag = nullptr;
      bool ok = false;
      EXPECT_TRUE(queue.Next(&tag, &ok));
    }
    return statuses;
  }

  int port_ = 0;
  int threads_before_ = 0;
  std::string token_;
};

TEST_F(RpcHostileTest, AThousandStreamsOfReflection) {
  std::vector<std::unique_ptr<Http2Peer>> peers;
  for (int i = 0; i < 4; ++i) {
    peers.push_back(std::make_unique<Http2Peer>(port_));
    for (int stream = 0; stream < 250; ++stream) peers.back()->Open(kReflection);
    peers.back()->Flush();
  }
  for (int look = 0; look < 20; ++look) {
    EXPECT_TRUE(LetsIn(token_));
    for (const auto& peer : peers) peer->Flush();
  }
  EXPECT_LT(Of("Threads"), threads_before_ + 40);
}

TEST_F(RpcHostileTest, WhatABurstOfLargeRequestsTookIsGivenBack) {
  const int before = Of("VmRSS");
  for (const grpc::Status& status : SendLarge(48, token_)) EXPECT_FALSE(status.ok());
  constexpr int kMore = 16 * 1024;  // kB
  EXPECT_GT(Of("VmHWM"), before + kMore) << "it took nothing that could be given back";
  EXPECT_TRUE(WaitUntil([&] { return Of("VmRSS") < before + kMore; }, absl::Seconds(30)));
}

TEST_F(RpcHostileTest, HundredsOfLargeRequestsWithoutAToken) {
  for (const char* token : {"", "no.good.token"}) {
    const std::vector<grpc::Status> statuses = SendLarge(256, token);
    EXPECT_EQ(std::ranges::count_if(
                  statuses,
                  [this](const grpc::Status& one) { return ReasonOf(one) == "UNAUTHENTICATED"; }),
              256)
        << token << statuses.front().error_message();
  }
  // A stream's window is 64 kB, and grows with what is read.
  EXPECT_LT(Of("VmHWM"), kPodsMebibytes / 2 * 1024) << "messages were read";
}

TEST_F(RpcHostileTest, MoreThanAHundredThousandStreamsThatAreResetAtOnce) {
  const char* const paths[] = {kGetFundLine, kReflection, "/grpc.health.v1.Health/Check",
                               "/no/Rpc"};
  constexpr int kStreams = 40'000;  // of each that is let
  std::vector<std::unique_ptr<Http2Peer>> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(std::make_unique<Http2Peer>(port_));
  for (int i = 0; i < kStreams; ++i) {
    for (std::size_t peer = 0; peer < peers.size(); ++peer) {
      if (peers[peer]->alive()) peers[peer]->Reset(peers[peer]->Open(paths[peer]));
    }
  }
  for (const auto& peer : peers) peer->Flush();
  EXPECT_GE(CountRefused("overloaded"), 1) << "nobody was cut off";
  // Whoever behaves is not.
  EXPECT_TRUE(LetsIn(token_));
}

TEST_F(RpcHostileTest, ThreeThousandConnections) {
  std::vector<std::unique_ptr<Http2Peer>> peers;
  for (int i = 0; i < 3'000; ++i) {
    peers.push_back(std::make_unique<Http2Peer>(port_, absl::StrCat("127.0.0.", 2 + i % 3)));
  }
  EXPECT_TRUE(WaitUntil([&] { return CountRefused("overloaded") > 2'000; }, absl::Seconds(30)));
  // A new connection of somebody else has its place.
  const auto stub = funding::v1::FundingService::NewStub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  funding::v1::GetFundLineResponse response;
  EXPECT_EQ(stub->GetFundLine(&context, funding::v1::GetFundLineRequest(), &response).error_code(),
            grpc::UNAUTHENTICATED);
  // What ends makes room.
  peers.clear();
  EXPECT_TRUE(WaitUntil([&] { return Http2Peer(port_, "127.0.0.2").alive(); }, absl::Seconds(10)));
}

}  // namespace
}  // namespace pepline
