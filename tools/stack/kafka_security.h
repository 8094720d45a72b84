// What a real Kafka needs to be reached as in a council: an authority with a certificate for
// 127.0.0.1, one listener with TLS and a user's password (SCRAM-SHA-512 or PLAIN), and one with TLS
// and OAUTHBEARER tokens signed by a key that a JWKS file tells. Promises: everything in files of
// one folder, valid for two days. Errors: Internal naming the log. Threads: functions and values
// only; blocks on openssl.
#ifndef PEPLINE_TOOLS_STACK_KAFKA_SECURITY_H_
#define PEPLINE_TOOLS_STACK_KAFKA_SECURITY_H_

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
// <folder>/server.pem, as Kafka reads it: the key and the certificate that `authority` signed.
absl::Status MakeServerCertificate(const std::string& folder, const std::string& authority);

// The lines of server.properties for both listeners, which are named PASSWORD and TOKEN.
std::string SecurityProperties(const KafkaSecurity& security, const std::string& folder);

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_KAFKA_SECURITY_H_
