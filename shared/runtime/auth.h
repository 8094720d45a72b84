// Who calls, and may they? A bearer JWT (RS256 or ES256, keys from a JWKS file) gives an Actor; one
// table (shared/domain/authorisation.h) says which role may call which RPC on whose records.
// Promises: default deny; the algorithm is pinned to the key's; iss, aud, exp and nbf are checked
// against the machine's clock; a changed JWKS file counts within a second, without restart; a
// broken new file leaves the old keys in force and is counted.
// Threads: safe from any thread.
#ifndef PEPLINE_SHARED_RUNTIME_AUTH_H_
#define PEPLINE_SHARED_RUNTIME_AUTH_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/domain/authorisation.h"
#include "shared/runtime/metrics.h"

namespace pepline {

struct AuthOptions {
  std::string jwks_path;
  std::string issuer;
  std::string audience;
};

class Authenticator {
 public:
  // InvalidArgument with the fix when the file cannot be read or holds no usable key.
  static absl::StatusOr<std::unique_ptr<Authenticator>> Create(AuthOptions options,
                                                               Metrics& metrics);
  ~Authenticator();
  // `header` is the value of the "authorization" metadata. Unauthenticated with the reason
  // (missing, malformed, expired, not yet valid, wrong issuer, wrong audience, unknown key, bad
  // signature, algorithm not allowed, unknown role); never repeats the token.
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

#endif  // PEPLINE_SHARED_RUNTIME_AUTH_H_
