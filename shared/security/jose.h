// The seam to the JOSE library: JSON values that free themselves, base64url, and signatures of
// compact JWS tokens with an algorithm that the key alone decides. Used by auth.cc and
// token_signer.cc only. Does not look at claims. Nothing of a token or key is ever printed.
// Threads: safe from any thread as long as a Json is not changed by two at once.
#ifndef PEPLINE_SHARED_SECURITY_JOSE_H_
#define PEPLINE_SHARED_SECURITY_JOSE_H_

#include <jansson.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pepline {

struct JsonFree {
  void operator()(json_t* json) const { json_decref(json); }
};
using Json = std::unique_ptr<json_t, JsonFree>;

// The object that the file holds. InvalidArgument names the file.
absl::StatusOr<Json> ReadJsonFile(const std::string& path);
// Null unless it is base64url of JSON whose objects have no key twice.
Json DecodeJson(std::string_view base64url);
std::optional<std::string> TextOf(const json_t* object, const char* name);

// "RS256" for an RSA key of at least 2048 bits, "ES256" for a P-256 key, else empty. A key that
// itself names another algorithm gives empty as well, and so does one with a part that is no
// base64url.
std::string AlgorithmOf(const json_t* jwk);

// Do they name the same key, whatever else they say of it (RFC 7638)?
bool IsSameKey(const json_t* one_jwk, const json_t* other_jwk);

// Does the signature of header "." payload hold for the key? The header must already be known to
// name AlgorithmOf(jwk).
bool VerifiesCompact(std::string_view header, std::string_view payload, std::string_view signature,
                     const json_t* jwk);
// The compact token; nullopt when the key cannot sign.
std::optional<std::string> SignCompact(const json_t* claims, const json_t* private_jwk);

struct KeyPair {
  Json private_jwk;
  Json public_jwk;
};
// A new pair for "ES256" or "RS256" whose kid is its RFC 7638 thumbprint.
std::optional<KeyPair> NewKeyPair(const std::string& algorithm);

}  // namespace pepline

#endif  // PEPLINE_SHARED_SECURITY_JOSE_H_
