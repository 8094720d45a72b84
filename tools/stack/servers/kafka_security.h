// What a real Kafka needs to be reached as in a council: an authority with a certificate for
// 127.0.0.1, and three listeners with TLS: one for a user's password (SCRAM-SHA-512 or PLAIN), one
// for OAUTHBEARER tokens signed by a key that a JWKS file tells, and one for clients with a
// certificate of the authority. Promises: everything in files of one folder, valid for two days.
// Errors: Internal naming the log. Threads: functions and values only; blocks on openssl.
#ifndef PEPLINE_TOOLS_STACK_SERVERS_KAFKA_SECURITY_H_
#define PEPLINE_TOOLS_STACK_SERVERS_KAFKA_SECURITY_H_

#include <string>

#include "absl/status/status.h"

namespace pepline {

struct KafkaSecurity {
  std::string user;
  std::string password;
  std::string jwks_file;
  std::string issuer;
  std::string audience;
};

// <folder>/<name>.pem and .key of an authority of that name.
absl::Status MakeAuthority(const std::string& folder, const std::string& name);
// <folder>/<name>.pem and .key of a peer at 127.0.0.1; `authority` signed the certificate.
absl::Status MakeCertificate(const std::string& folder, const std::string& name,
                             const std::string& authority);
// <folder>/server.pem, as Kafka reads it: the key and the certificate that `authority` signed.
absl::Status MakeServerCertificate(const std::string& folder, const std::string& authority);

// The lines of server.properties for the listeners, which are named PASSWORD, TOKEN and
// CERTIFICATE. The last takes the clients that <folder>/<authority>.pem vouches for, and no others.
std::string SecurityProperties(const KafkaSecurity& security, const std::string& folder,
                               const std::string& authority);

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_SERVERS_KAFKA_SECURITY_H_
