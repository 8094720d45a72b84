// A certificate authority of one's own, for stacks and tests: makes key pairs and certificates for
// peers. For development and tests alone: its key lives in memory and ends with the object.
//   auto authority = CertificateAuthority::Create("test authority");
//   auto issued = (*authority)->Issue({.identity = "spiffe://pepline/funding"});
// Errors: Internal when OpenSSL refuses. Threads: one at a time.
#ifndef PEPLINE_TOOLS_STACK_CERTIFICATE_AUTHORITY_H_
#define PEPLINE_TOOLS_STACK_CERTIFICATE_AUTHORITY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "shared/security/tls_files.h"

namespace pepline {

struct CertificateWish {
  std::string identity;  // a URI; empty: none
  std::vector<std::string> dns_names = {"localhost"};
  std::vector<std::string> addresses = {"127.0.0.1"};
  absl::Time not_before = absl::Now() - absl::Hours(1);
  absl::Time not_after = absl::Now() + absl::Hours(24 * 90);
};

struct IssuedCertificate {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

class CertificateAuthority {
 public:
  static absl::StatusOr<std::unique_ptr<CertificateAuthority>> Create(const std::string& name);
  ~CertificateAuthority();

  std::string certificate() const;  // PEM
  absl::StatusOr<IssuedCertificate> Issue(const CertificateWish& wish);

 private:
  struct Parts;
  explicit CertificateAuthority(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Where the files of one peer are in the folder: <name>.crt, <name>.key and ca.crt.
TlsFiles TlsFilesOf(const std::string& folder, const std::string& name);

// A new authority and the files of every peer of deploy/peers.yaml, in a folder of mode 0700.
absl::Status MakeTlsFiles(const std::string& folder);

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_CERTIFICATE_AUTHORITY_H_
