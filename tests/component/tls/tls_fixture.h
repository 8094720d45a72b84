// A service that speaks mutual TLS, with certificates made for the test, and callers with whatever
// certificate a test gives them. Promises: every call has a good token, so that what is refused is
// refused for its certificate; each channel makes a connection of its own. Threads: Ask from any.
#ifndef PEPLINE_TESTS_COMPONENT_TLS_TLS_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_TLS_TLS_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "shared/security/tls_files.h"
#include "tests/component/support/service_under_test.h"
#include "tools/stack/certificate_authority.h"
#include "tools/stack/processes.h"

namespace pepline {

class TlsTest : public testing::Test {
 protected:
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  void SetUp() override;
  // The service's files, as the authority makes them; they lie at FilesOf(service).
  void PutFiles(const std::string& service, const IssuedCertificate& issued);
  TlsFiles FilesOf(const std::string& service) const { return TlsFilesOf(folder(), service); }
  // The service with a certificate of its own, or of these names.
  void Begin(const std::string& service);
  void Begin(const std::string& service, const CertificateWish& wish);
  // What tells a service to use the files.
  static std::map<std::string, std::string> Settings(const TlsFiles& files);

  IssuedCertificate Issue(const CertificateWish& wish) const { return IssueBy(*authority_, wish); }
  static IssuedCertificate IssueBy(CertificateAuthority& authority, const CertificateWish& wish);
  static CertificateWish WishFor(const std::string& name);

  // Credentials that show this certificate and trust these authorities, without our own code.
  static std::shared_ptr<grpc::ChannelCredentials> Showing(const IssuedCertificate& issued,
                                                           const std::string& authorities);
  // A new connection to the service, at another name of this machine where one is given.
  std::shared_ptr<grpc::Channel> Connect(const std::shared_ptr<grpc::ChannelCredentials>& how,
                                         const std::string& host = "127.0.0.1") const;
  // A read of a fund line that is not there by somebody of finance: NOT_FOUND for whoever is let
  // in. `seen` is told the server's certificate (PEM).
  grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel,
                   std::string* seen = nullptr) const;
  static bool LetIn(const grpc::Status& status);
  std::string Log() const { return ReadFile(service_->process().log_file()).value_or(""); }

  const std::string& folder() const { return folder_.path(); }
  std::unique_ptr<CertificateAuthority> authority_;
  std::unique_ptr<ServiceUnderTest> service_;

 private:
  TemporaryFolder folder_;
  std::string token_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_TLS_TLS_FIXTURE_H_
