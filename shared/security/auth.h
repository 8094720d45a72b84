// Who calls? A bearer JWT (RS256 or ES256, keys from a JWKS file) gives an Actor; what it may call
// is said by the contracts (rpc_access.h).
// Promises: default deny; people and services have an issuer and a key set each, and neither can
// say a role of the other; the algorithm is pinned to the key's; iss, aud, exp, nbf and iat are
// checked against the machine's clock (nbf and iat with a minute's leeway), and how long a token
// may live; a changed JWKS file counts
// within a second, without restart; a broken new file leaves the old keys in force and is counted.
// Threads: safe from any thread.
#ifndef PEPLINE_SHARED_SECURITY_AUTH_H_
#define PEPLINE_SHARED_SECURITY_AUTH_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/domain/authorisation.h"
#include "shared/observability/metrics.h"

namespace pepline {

struct AuthOptions {
  // Of people's tokens, which say every role but `service`.
  std::string jwks_path;
  std::string issuer;
  std::string audience;
  // Of the tokens of Pepline's own services, which say the role `service` alone. Without a file no
  // service is let in. No key may be in both files.
  std::string service_jwks_path = {};
  std::string service_issuer = {};
  // From iat to exp; from now where there is no iat.
  absl::Duration longest_life = absl::Hours(2);
};

class Authenticator {
 public:
  // InvalidArgument with the setting and the fix when a file cannot be read or holds no usable key,
  // or when the two hold the same one.
  static absl::StatusOr<std::unique_ptr<Authenticator>> Create(AuthOptions options,
                                                               Metrics& metrics);
  ~Authenticator();
  // `header` is the value of the "authorization" metadata. Unauthenticated with the reason
  // (missing, malformed, expired, not yet valid, lives too long, wrong issuer, wrong audience,
  // unknown key, bad signature, algorithm not allowed, unknown role, a role that is not the
  // issuer's to say); never repeats the token.
  absl::StatusOr<Actor> Authenticate(std::string_view header) const;

 private:
  struct Parts;
  explicit Authenticator(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Signs tokens; for services calling each other, the demo, tests and pepctl. The key file is one
// private JWK. Claims: iss, aud, sub, iat, nbf, exp, role, authority, schools[] (URNs).
class TokenSigner {
 public:
  static absl::StatusOr<std::unique_ptr<TokenSigner>> Create(const std::string& private_jwk_path,
                                                             std::string issuer,
                                                             std::string audience);
  ~TokenSigner();
  absl::StatusOr<std::string> Sign(const Actor& actor, absl::Duration valid_for) const;

 private:
  struct Parts;
  explicit TokenSigner(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Makes an ES256 key pair: the private JWK and a JWKS with its public half, files of mode
// 0600/0644.
absl::Status MakeSigningKey(const std::string& private_jwk_path, const std::string& jwks_path);

}  // namespace pepline

#endif  // PEPLINE_SHARED_SECURITY_AUTH_H_
