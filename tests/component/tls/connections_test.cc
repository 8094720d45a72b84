// Who gets a connection: each end refuses what it must, and whoever can tell says why.
#include "absl/strings/match.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "shared/rpc/grpc_credentials.h"
#include "tests/component/tls/tls_fixture.h"
#include "tools/client/caller.h"

namespace pepline {
namespace {

using testing::HasSubstr;

class TlsConnectionsTest : public TlsTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(TlsTest::SetUp());
    ASSERT_NO_FATAL_FAILURE(Begin("funding"));
  }
  // No connection comes about; the client hears these words.
  void ExpectNoConnection(const std::shared_ptr<grpc::ChannelCredentials>& how,
                          const std::string& words) {
    const grpc::Status status = Ask(Connect(how));
    EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), HasSubstr(words));
    EXPECT_TRUE(LetIn(Ask(Connect(Showing(Issue(WishFor("pepctl")), authority_->certificate())))))
        << "whoever has a good certificate goes on";
  }
  // The service's log says that a handshake failed, and with these words.
  void ExpectLogged(const std::string& words) {
    EXPECT_TRUE(WaitUntil(
        [&] {
          const std::string log = Log();
          return absl::StrContains(log, "a TLS handshake failed") && absl::StrContains(log, words);
        },
        kPatience))
        << Log();
  }
  // What our own client says to a person who asks funding with these files.
  std::string CallerSays(client::CallerOptions options) {
    options.addresses["funding"] = service_->process().grpc_address();
    options.token_file = folder() + "/token";
    options.attempts = 1;
    EXPECT_TRUE(WriteFile(options.token_file, "a.b.c").ok());
    auto caller = client::Caller::Create(options);
    if (!caller.ok()) return std::string(caller.status().message());
    funding::v1::GetFundLineRequest request;
    funding::v1::GetFundLineResponse response;
    return (*caller)->Call(request, response).error_message();
  }
};

TEST_F(TlsConnectionsTest, ACertificateOfTheAuthorityIsLetIn) {
  const auto good = Showing(Issue(WishFor("pepctl")), authority_->certificate());
  EXPECT_TRUE(LetIn(Ask(Connect(good))));
  EXPECT_TRUE(LetIn(Ask(Connect(good, "localhost"))));
}

TEST_F(TlsConnectionsTest, NoCertificateGetsNoConnection) {
  ExpectNoConnection(Showing({}, authority_->certificate()), "");
  ExpectLogged("peer did not return a certificate");
}

TEST_F(TlsConnectionsTest, ACertificateOfAnotherAuthorityGetsNoConnection) {
  auto other = CertificateAuthority::Create("another authority");
  ASSERT_TRUE(other.ok());
  ExpectNoConnection(Showing(IssueBy(**other, WishFor("pepctl")), authority_->certificate()), "");
  ExpectLogged("certificate verify failed");
}

TEST_F(TlsConnectionsTest, AnExpiredCertificateGetsNoConnection) {
  CertificateWish wish = WishFor("pepctl");
  wish.not_after = absl::Now() - absl::Seconds(5);
  ExpectNoConnection(Showing(Issue(wish), authority_->certificate()), "");
  ExpectLogged("certificate verify failed");
}

TEST_F(TlsConnectionsTest, AClientDoesNotTrustAServerOfAnotherAuthority) {
  auto other = CertificateAuthority::Create("another authority");
  ASSERT_TRUE(other.ok());
  ExpectNoConnection(Showing(Issue(WishFor("pepctl")), (*other)->certificate()),
                     "certificate verify failed");
}

TEST_F(TlsTest, AClientDoesNotTrustAServerUnderAnotherName) {
  CertificateWish wish = WishFor("funding");
  wish.dns_names = {"funding.elsewhere.example"};
  wish.addresses = {"127.0.0.9"};
  ASSERT_NO_FATAL_FAILURE(Begin("funding", wish));
  ASSERT_NO_FATAL_FAILURE(PutFiles("pepctl", Issue(WishFor("pepctl"))));
  auto tls = GrpcTls::Create(FilesOf("pepctl"), {}, nullptr);
  ASSERT_TRUE(tls.ok()) << tls.status();
  const grpc::Status status = Ask(Connect((*tls)->ForChannels()));
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("Hostname Verification Check failed"));
}

TEST_F(TlsConnectionsTest, PlainTextGetsNoConnection) {
  ExpectNoConnection(grpc::InsecureChannelCredentials(), "");
  ExpectLogged("wrong version number");
}

TEST_F(TlsConnectionsTest, OurClientSaysWhatToDo) {
  ASSERT_NO_FATAL_FAILURE(PutFiles("pepctl", Issue(WishFor("pepctl"))));
  const TlsFiles good = FilesOf("pepctl");
  EXPECT_THAT(CallerSays({.tls = good}), HasSubstr("bearer token refused")) << "it got through";
  EXPECT_THAT(CallerSays({}), HasSubstr("--tls-ca, --tls-certificate, --tls-key"));
  EXPECT_THAT(CallerSays({.tls = {.certificate = good.certificate}}),
              HasSubstr("give all of --tls-ca, --tls-certificate and --tls-key"));

  auto other = CertificateAuthority::Create("another authority");
  ASSERT_TRUE(other.ok());
  TlsFiles strange = good;
  strange.authorities = folder() + "/other.crt";
  ASSERT_TRUE(WriteFile(strange.authorities, (*other)->certificate()).ok());
  EXPECT_THAT(CallerSays({.tls = strange}), HasSubstr("that --tls-ca does not vouch for"));

  ASSERT_NO_FATAL_FAILURE(PutFiles("gateway", IssueBy(**other, WishFor("gateway"))));
  EXPECT_THAT(CallerSays({.tls = FilesOf("gateway")}),
              HasSubstr("does it know the authority of --tls-certificate"));

  CertificateWish wish = WishFor("pepctl");
  wish.not_after = absl::FromUnixSeconds(1'700'000'000);
  ASSERT_NO_FATAL_FAILURE(PutFiles("pepctl", Issue(wish)));
  EXPECT_THAT(CallerSays({.tls = good}),
              testing::AllOf(HasSubstr("--tls-certificate: "), HasSubstr(good.certificate),
                             HasSubstr("expired on 2023-11-14T22:13:20Z")));
}

}  // namespace
}  // namespace pepline
