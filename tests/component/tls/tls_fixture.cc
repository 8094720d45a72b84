#include "tests/component/tls/tls_fixture.h"

#include <grpc/grpc_security_constants.h>

#include "absl/strings/str_cat.h"
#include "pepline/funding/v1/funding_service.grpc.pb.h"
#include "shared/domain/access/peers.h"
#include "tests/component/support/refusal_of.h"

namespace pepline {

void TlsTest::SetUp() {
  auto authority = CertificateAuthority::Create("an authority of this test");
  ASSERT_TRUE(authority.ok()) << authority.status();
  authority_ = *std::move(authority);
  ASSERT_TRUE(WriteFile(folder() + "/ca.crt", authority_->certificate()).ok());
}

void TlsTest::PutFiles(const std::string& service, const IssuedCertificate& issued) {
  const TlsFiles files = FilesOf(service);
  ASSERT_TRUE(WriteFile(files.key, issued.key).ok());
  ASSERT_TRUE(WriteFile(files.certificate, issued.certificate).ok());
}

std::map<std::string, std::string> TlsTest::Settings(const TlsFiles& files) {
  return {{"PEPLINE_GRPC_PLAIN_TEXT", "false"},
          {"PEPLINE_GRPC_TLS_CERTIFICATE_FILE", files.certificate},
          {"PEPLINE_GRPC_TLS_KEY_FILE", files.key},
          {"PEPLINE_GRPC_TLS_CA_FILE", files.authorities}};
}

void TlsTest::Begin(const std::string& service) {
  ASSERT_NO_FATAL_FAILURE(Begin(service, WishFor(service)));
}

void TlsTest::Begin(const std::string& service, const CertificateWish& wish) {
  ASSERT_NO_FATAL_FAILURE(PutFiles(service, Issue(wish)));
  auto started = ServiceUnderTest::Start({.service = service,
                                          .now = absl::FromUnixSeconds(1'760'000'000),
                                          .environment = Settings(FilesOf(service))});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  auto token = service_->signer().Sign(Finance(), absl::Minutes(30));
  ASSERT_TRUE(token.ok()) << token.status();
  token_ = *token;
}

IssuedCertificate TlsTest::IssueBy(CertificateAuthority& authority, const CertificateWish& wish) {
  auto issued = authority.Issue(wish);
  EXPECT_TRUE(issued.ok()) << issued.status();
  return issued.value_or(IssuedCertificate{});
}

CertificateWish TlsTest::WishFor(const std::string& name) {
  return {.identity = std::string(IdentityOf(name).value_or(""))};
}

std::shared_ptr<grpc::ChannelCredentials> TlsTest::Showing(const IssuedCertificate& issued,
                                                           const std::string& authorities) {
  return grpc::SslCredentials({.pem_root_certs = authorities,
                               .pem_private_key = issued.key,
                               .pem_cert_chain = issued.certificate});
}

std::shared_ptr<grpc::Channel> TlsTest::Connect(
    const std::shared_ptr<grpc::ChannelCredentials>& how, const std::string& host) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  const std::string address = service_->process().grpc_address();
  return grpc::CreateCustomChannel(absl::StrCat(host, address.substr(address.rfind(':'))), how,
                                   arguments);
}

grpc::Status TlsTest::Ask(const std::shared_ptr<grpc::Channel>& channel, std::string* seen) const {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token_);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  funding::v1::GetFundLineRequest request;
  request.set_fund_line_id("931.2025-26");
  funding::v1::GetFundLineResponse response;
  const grpc::Status status =
      funding::v1::FundingService::NewStub(channel)->GetFundLine(&context, request, &response);
  if (seen != nullptr && context.auth_context() != nullptr) {
    const auto found = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
    *seen = found.empty() ? "" : std::string(found.front().data(), found.front().size());
  }
  return status;
}

bool TlsTest::LetIn(const grpc::Status& status) {
  return status.error_code() == grpc::NOT_FOUND &&
         ReasonOf(status, "funding") == "FUND_LINE_NOT_OPEN";
}

}  // namespace pepline
