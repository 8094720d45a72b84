// What the fuzz targets sign and encrypt with: an issuer of tokens whose keys live as long as the
// process, and files of PEM that are changed inside their base64. Threads: one.
#ifndef PEPLINE_TESTS_FUZZ_KEYS_H_
#define PEPLINE_TESTS_FUZZ_KEYS_H_

#include <memory>
#include <string>
#include <string_view>

#include "shared/security/auth.h"
#include "shared/security/jose.h"

namespace pepline::fuzz {

// An ES256 key pair of an issuer's: the private JWK, and a JWKS file with its public half.
struct Issuer {
  explicit Issuer(const std::string& name);
  const std::string private_file;
  const std::string jwks_file;
  Json private_jwk;
};
const Issuer& People();    // whose `iss` is "people"
const Issuer& Services();  // "services"

// Of these two; aud is "pepline", and a token may live for a day.
AuthOptions TokenOptions();

// Other bytes inside a PEM file: what its first block holds is changed and wrapped up again, or the
// text of the file where it holds none.
std::string MutatedPem(std::string_view pem, std::size_t longest, unsigned random);

}  // namespace pepline::fuzz

#endif  // PEPLINE_TESTS_FUZZ_KEYS_H_
