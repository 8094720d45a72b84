// The certificate, key and authorities of one end of a TLS connection, read from their files and
// checked: PEM that can be read, a key that belongs to the certificate, within its dates, one URI
// that says who it is. Errors: InvalidArgument, naming the setting, the file, what is wrong with it
// and the fix; never any content. Does not check who signed the certificate: that is the other
// end's part. Threads: functions and values.
#ifndef PEPLINE_SHARED_SECURITY_TLS_MATERIAL_H_
#define PEPLINE_SHARED_SECURITY_TLS_MATERIAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "shared/security/tls_files.h"

namespace pepline {

// How whoever gave the files calls them.
struct TlsNames {
  std::string certificate = "PEPLINE_GRPC_TLS_CERTIFICATE_FILE";
  std::string key = "PEPLINE_GRPC_TLS_KEY_FILE";
  std::string authorities = "PEPLINE_GRPC_TLS_CA_FILE";
};

struct TlsMaterial {
  std::string certificate;  // PEM, the chain from our own upwards
  std::string key;          // PEM
  std::string authorities;  // PEM
  std::string identity;     // "spiffe://pepline/funding"
  std::string serial;       // hexadecimal
  absl::Time expires;       // of our own certificate
};

absl::StatusOr<TlsMaterial> ReadTls(const TlsFiles& files, const TlsNames& names, absl::Time now);

}  // namespace pepline

#endif  // PEPLINE_SHARED_SECURITY_TLS_MATERIAL_H_
