// Certificates are exchanged while the service works: nobody notices, and the newest counts.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "shared/rpc/grpc_credentials.h"
#include "tests/component/tls/tls_fixture.h"

namespace pepline {
namespace {

using testing::HasSubstr;

constexpr int kRotations = 20;
constexpr int kNewAuthorityAt = 10;

class TlsRotationTest : public TlsTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(TlsTest::SetUp());
    ASSERT_NO_FATAL_FAILURE(Begin("funding"));
    ASSERT_NO_FATAL_FAILURE(PutFiles("pepctl", Issue(WishFor("pepctl"))));
    auto tls = GrpcTls::Create(FilesOf("pepctl"), {}, nullptr);
    ASSERT_TRUE(tls.ok()) << tls.status();
    tls_ = *std::move(tls);
  }
  // What a new connection of a client with this certificate sees of the server's.
  std::string SeenBy(const std::shared_ptr<grpc::ChannelCredentials>& how) const {
    std::string seen;
    return LetIn(Ask(Connect(how), &seen)) ? seen : "";
  }
  // Puts the service's new files and waits until a new connection sees them.
  void Rotate(CertificateAuthority& authority, const std::string& trusted) {
    const IssuedCertificate issued = IssueBy(authority, WishFor("funding"));
    ASSERT_NO_FATAL_FAILURE(PutFiles("funding", issued));
    const auto client = Showing(IssueBy(authority, WishFor("pepctl")), trusted);
    EXPECT_TRUE(WaitUntil([&] { return SeenBy(client) == issued.certificate; }, kPatience));
  }
  // Waits until the client too takes a server of this authority for true.
  void AwaitClientTrusts(CertificateAuthority& authority) {
    const IssuedCertificate issued = IssueBy(authority, {.identity = ""});
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({issued.key, issued.certificate});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    ASSERT_NE(server, nullptr);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
    const auto channel =
        grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), tls_->ForChannels(), arguments);
    EXPECT_TRUE(channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience)));
    server->Shutdown();
  }
  double Reloads(const std::string& outcome) const {
    return service_->Metric(absl::StrCat("pepline_tls_reloads_total{outcome=\"", outcome, "\"}"));
  }

  std::unique_ptr<GrpcTls> tls_;  // of callers
};

TEST_F(TlsRotationTest, TwentyCertificatesAndANewAuthorityUnderLoadFailNoCall) {
  auto next = CertificateAuthority::Create("the next authority");
  ASSERT_TRUE(next.ok());
  std::atomic<bool> enough = false;
  std::atomic<int> kept_calls = 0;
  std::atomic<int> new_calls = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {  // always on one connection
      const auto channel = Connect(tls_->ForChannels());
      for (; !enough; ++kept_calls) {
        const grpc::Status status = Ask(channel);
        ASSERT_TRUE(LetIn(status)) << status.error_message();
      }
    });
  }
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] {  // on a new connection each time
      for (; !enough; ++new_calls) {
        const grpc::Status status = Ask(Connect(tls_->ForChannels()));
        ASSERT_TRUE(LetIn(status)) << status.error_message();
      }
    });
  }

  const std::string before = authority_->certificate();
  const std::string after = (*next)->certificate();
  for (int rotation = 0; rotation < kNewAuthorityAt; ++rotation) Rotate(*authority_, before);
  // Both are trusted for a while; then everybody gets certificates of the next; then the old goes.
  ASSERT_TRUE(WriteFile(FilesOf("funding").authorities, before + after).ok());
  const auto early = Showing(IssueBy(**next, WishFor("pepctl")), before);
  EXPECT_TRUE(WaitUntil([&] { return !SeenBy(early).empty(); }, kPatience));
  AwaitClientTrusts(**next);
  for (int rotation = kNewAuthorityAt; rotation < kRotations; ++rotation) {
    ASSERT_NO_FATAL_FAILURE(PutFiles("pepctl", IssueBy(**next, WishFor("pepctl"))));
    Rotate(**next, after);
  }
  ASSERT_TRUE(WriteFile(FilesOf("funding").authorities, after).ok());
  const auto late = Showing(Issue(WishFor("pepctl")), after);
  EXPECT_TRUE(WaitUntil([&] { return SeenBy(late).empty(); }, kPatience));

  const int by_now = new_calls;
  EXPECT_TRUE(WaitUntil([&] { return new_calls > by_now + 20; }, kPatience));
  enough = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(kept_calls, 1000);
  EXPECT_GT(new_calls, 100);
  EXPECT_EQ(Reloads("failed"), 0);
  EXPECT_GE(Reloads("ok"), kRotations);
  RecordProperty("calls", kept_calls + new_calls);
}

TEST_F(TlsRotationTest, FilesThatCannotBeUsedLeaveTheOldOnesInForce) {
  const auto client = Showing(Issue(WishFor("pepctl")), authority_->certificate());
  const std::string before = SeenBy(client);
  const TlsFiles files = FilesOf("funding");
  ASSERT_TRUE(WriteFile(files.key, Issue(WishFor("funding")).key).ok());
  EXPECT_TRUE(WaitUntil([&] { return Reloads("failed") == 1; }, kPatience));
  EXPECT_THAT(Log(), HasSubstr("the old ones stay in force"));
  EXPECT_THAT(Log(), HasSubstr("does not belong to the certificate"));
  EXPECT_EQ(SeenBy(client), before);

  const IssuedCertificate good = Issue(WishFor("funding"));
  ASSERT_NO_FATAL_FAILURE(PutFiles("funding", good));
  EXPECT_TRUE(WaitUntil([&] { return SeenBy(client) == good.certificate; }, kPatience));
  EXPECT_EQ(Reloads("failed"), 1) << "it is told once";
}

TEST_F(TlsRotationTest, TheDateOfExpiryIsMeasured) {
  const std::string sample = "pepline_tls_certificate_expiry_timestamp_seconds{kind=\"grpc\"}";
  EXPECT_GT(service_->Metric(sample), static_cast<double>(absl::ToUnixSeconds(absl::Now())));
  CertificateWish wish = WishFor("funding");
  wish.not_after = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 7200);
  ASSERT_NO_FATAL_FAILURE(PutFiles("funding", Issue(wish)));
  EXPECT_TRUE(WaitUntil(
      [&] {
        return service_->Metric(sample) == static_cast<double>(absl::ToUnixSeconds(wish.not_after));
      },
      kPatience));
}

}  // namespace
}  // namespace pepline
