// Files that a service does not start with: it says which setting, which file, what and the fix.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/component/rpc/rpc_server_fixture.h"
#include "tests/component/tls/tls_fixture.h"

namespace pepline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kBadSettings = 2;

class TlsFilesTest : public TlsTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(TlsTest::SetUp());
    ASSERT_NO_FATAL_FAILURE(PutFiles("funding", Issue(WishFor("funding"))));
    ASSERT_TRUE(MakeSigningKey(folder() + "/key", folder() + "/jwks").ok());
  }
  // The program alone with these files. Nobody answers at the other addresses, and it does not wait
  // for them before it says this.
  Ended Run(const TlsFiles& files) const {
    std::map<std::string, std::string> environment = Settings(files);
    environment["PEPLINE_KAFKA_BOOTSTRAP"] = "127.0.0.1:9";
    environment["PEPLINE_REDIS_PORT"] = "9";
    environment["PEPLINE_JWKS_FILE"] = folder() + "/jwks";
    environment["PEPLINE_TOKEN_ISSUER"] = "pepline-stack";
    return BareProgram({}, environment);
  }
  template <class... Words>
  void ExpectRefused(const TlsFiles& files, Words... words) const {
    const Ended ended = Run(files);
    EXPECT_EQ(ended.code, kBadSettings);
    EXPECT_THAT(ended.output, AllOf(HasSubstr(words)..., Not(HasSubstr("PRIVATE KEY"))));
  }
};

TEST_F(TlsFilesTest, AMissingFileIsNamed) {
  for (const auto& [setting, change] :
       {std::pair{"PEPLINE_GRPC_TLS_CERTIFICATE_FILE: ", &TlsFiles::certificate},
        std::pair{"PEPLINE_GRPC_TLS_KEY_FILE: ", &TlsFiles::key},
        std::pair{"PEPLINE_GRPC_TLS_CA_FILE: ", &TlsFiles::authorities}}) {
    TlsFiles files = FilesOf("funding");
    files.*change = "/nowhere/file.pem";
    ExpectRefused(files, setting, "/nowhere/file.pem", "No such file", "give a PEM file");
  }
}

TEST_F(TlsFilesTest, AFileWithoutPemIsNamed) {
  const std::string junk = folder() + "/junk";
  ASSERT_TRUE(WriteFile(junk, "not a certificate\n").ok());
  TlsFiles files = FilesOf("funding");
  files.certificate = junk;
  ExpectRefused(files, "PEPLINE_GRPC_TLS_CERTIFICATE_FILE: ", junk, "no certificate");
  files = FilesOf("funding");
  files.key = junk;
  ExpectRefused(files, "PEPLINE_GRPC_TLS_KEY_FILE: ", junk, "no private key");
  files = FilesOf("funding");
  files.authorities = junk;
  ExpectRefused(files, "PEPLINE_GRPC_TLS_CA_FILE: ", junk, "no certificate");
  ASSERT_TRUE(WriteFile(junk, "").ok());
  ExpectRefused(files, "PEPLINE_GRPC_TLS_CA_FILE: ", junk, "it is empty");
}

TEST_F(TlsFilesTest, HalfACertificateIsNamed) {
  const TlsFiles files = FilesOf("funding");
  const std::string whole = ReadFile(files.certificate).value_or("");
  ASSERT_TRUE(WriteFile(files.certificate, whole.substr(0, whole.size() / 2)).ok());
  ExpectRefused(files, "PEPLINE_GRPC_TLS_CERTIFICATE_FILE: ", files.certificate, "no certificate");
}

TEST_F(TlsFilesTest, AKeyOfAnotherCertificateIsNamed) {
  const TlsFiles files = FilesOf("funding");
  ASSERT_TRUE(WriteFile(files.key, Issue(WishFor("funding")).key).ok());
  ExpectRefused(files, "PEPLINE_GRPC_TLS_KEY_FILE: ", files.key,
                "does not belong to the certificate in", files.certificate, "made together");
}

TEST_F(TlsFilesTest, AnExpiredCertificateIsNamedWithItsDate) {
  CertificateWish wish = WishFor("funding");
  wish.not_after = absl::FromUnixSeconds(1'700'000'000);
  wish.not_before = wish.not_after - absl::Hours(24);
  ASSERT_NO_FATAL_FAILURE(PutFiles("funding", Issue(wish)));
  ExpectRefused(FilesOf("funding"),
                "PEPLINE_GRPC_TLS_CERTIFICATE_FILE: ", FilesOf("funding").certificate,
                "expired on 2023-11-14T22:13:20Z", "renew it");
}

TEST_F(TlsFilesTest, ACertificateOfTheFutureIsNamedWithItsDate) {
  CertificateWish wish = WishFor("funding");
  wish.not_before = absl::FromUnixSeconds(4'000'000'000);
  wish.not_after = wish.not_before + absl::Hours(24);
  ASSERT_NO_FATAL_FAILURE(PutFiles("funding", Issue(wish)));
  ExpectRefused(FilesOf("funding"), "valid only from 2096-10-02T07:06:40Z", "clock");
}

TEST_F(TlsFilesTest, ACertificateOfAnotherServiceIsNamed) {
  ASSERT_NO_FATAL_FAILURE(PutFiles("funding", Issue(WishFor("registry"))));
  ExpectRefused(FilesOf("funding"),
                "PEPLINE_GRPC_TLS_CERTIFICATE_FILE: ", "that of spiffe://pepline/registry",
                "spiffe://pepline/funding");
  ASSERT_NO_FATAL_FAILURE(PutFiles("funding", Issue({.identity = ""})));
  ExpectRefused(FilesOf("funding"), "has 0 URIs", "deploy/peers.yaml");
}

TEST_F(TlsFilesTest, PlainTextIsRefusedUnlessAskedForByName) {
  std::map<std::string, std::string> environment = {{"PEPLINE_KAFKA_BOOTSTRAP", "127.0.0.1:9"},
                                                    {"PEPLINE_JWKS_FILE", folder() + "/jwks"},
                                                    {"PEPLINE_TOKEN_ISSUER", "pepline-stack"}};
  const Ended neither = BareProgram({}, environment);
  EXPECT_EQ(neither.code, kBadSettings);
  EXPECT_THAT(neither.output, AllOf(HasSubstr("mutual TLS needs"),
                                    HasSubstr("PEPLINE_GRPC_PLAIN_TEXT=true for development")));
  environment["PEPLINE_GRPC_TLS_CERTIFICATE_FILE"] = FilesOf("funding").certificate;
  EXPECT_THAT(BareProgram({}, environment).output, HasSubstr("give all three"));
  environment["PEPLINE_GRPC_PLAIN_TEXT"] = "true";
  EXPECT_THAT(BareProgram({}, environment).output,
              HasSubstr("PEPLINE_GRPC_PLAIN_TEXT: is true while TLS files are given"));
}

TEST_F(TlsFilesTest, PlainTextIsWarnedOf) {
  auto started =
      ServiceUnderTest::Start({.service = "funding", .now = absl::FromUnixSeconds(1'760'000'000)});
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string log = ReadFile((*started)->process().log_file()).value_or("");
  EXPECT_THAT(log, AllOf(HasSubstr("gRPC is in plain text"), HasSubstr("PEPLINE_GRPC_PLAIN_TEXT"),
                         HasSubstr("\"warning\"")));
}

}  // namespace
}  // namespace pepline
