// What says who somebody is, before anybody is trusted: tokens, and the files of keys and
// certificates.
#include <openssl/pem.h>

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/kafka/kafka_token.h"
#include "shared/security/openssl_objects.h"
#include "shared/security/tls_material.h"
#include "tests/fuzz/keys.h"
#include "tests/fuzz/target.h"
#include "tools/stack/certificate_authority.h"

namespace pepline::fuzz {
namespace {

Metrics& TheMetrics() {
  static auto* const metrics = new Metrics;
  return *metrics;
}

const Authenticator& TheAuthenticator() {
  static const auto* const made = Authenticator::Create(TokenOptions(), TheMetrics())->release();
  return *made;
}

// ---- tokens ----

// A header as it comes with a call. Nobody but us has the keys, so none is ever let in.
void ReadTokenHeader(std::string_view bytes) {
  const auto actor = TheAuthenticator().Authenticate(bytes);
  Expect(absl::IsUnauthenticated(actor.status()), "a token is taken that nobody signed");
  if (bytes.size() > 100) {
    Expect(!absl::StrContains(actor.status().message(), absl::string_view(bytes.data(), 100)),
           "a refusal repeats the token");
  }
}

// Instants of a token count from now, so that an input means the same tomorrow.
void CountFromNow(json_t* claims) {
  for (const char* name : {"exp", "nbf", "iat"}) {
    const json_t* claim = json_object_get(claims, name);
    if (!json_is_integer(claim)) continue;
    const json_int_t seconds = json_integer_value(claim);
    if (seconds > -1'000'000 && seconds < 1'000'000) {
      json_object_set_new(claims, name, json_integer(absl::ToUnixSeconds(absl::Now()) + seconds));
    }
  }
}

// Claims that were signed well: by a service where the first byte is odd, else for a person.
void ReadClaims(std::string_view bytes) {
  if (bytes.empty()) return;
  const bool service = bytes.front() % 2 != 0;
  const Json claims(json_loadb(bytes.data() + 1, bytes.size() - 1, 0, nullptr));
  if (claims == nullptr) return;
  CountFromNow(claims.get());
  const Issuer& issuer = service ? Services() : People();
  const auto token = SignCompact(claims.get(), issuer.private_jwk.get());
  if (!token) return;
  const auto actor = TheAuthenticator().Authenticate(absl::StrCat("Bearer ", *token));
  if (!actor.ok()) {
    Expect(absl::IsUnauthenticated(actor.status()), "a token is refused for no reason");
    return;
  }
  Expect(TextOf(claims.get(), "iss") == (service ? "services" : "people"),
         "somebody speaks in another issuer's name");
  Expect((actor->role == Role::kService) == service, "a role is said by whom it is not given");
  Expect(!actor->subject.empty(), "somebody has no subject");
  const double expires = json_number_value(json_object_get(claims.get(), "exp"));
  const double now = static_cast<double>(absl::ToUnixSeconds(absl::Now()));
  Expect(expires >= now - 1 && expires <= now + 24 * 60 * 60 + 61, "a token lives too long");
}

std::vector<std::string> TokenSeeds() {
  std::vector<std::string> seeds = {"Basic dXNlcjpwYXNz", "Bearer a.b.c",
                                    "Bearer eyJhbGciOiJub25lIn0.e30."};
  for (const char* issuer : {"people", "services"}) {
    const auto signer = TokenSigner::Create(People().private_file, issuer, "pepline");
    Expect(signer.ok(), "a signer is made");
    const auto token = (*signer)->Sign({.subject = "stf-00000000000000000001",
                                        .role = Role::kDesignatedTeacher,
                                        .authority = AuthorityCode("931"),
                                        .schools = {SchoolUrn("123456")}},
                                       absl::Minutes(5));
    seeds.push_back(absl::StrCat("Bearer ", *token));
  }
  return seeds;
}

std::vector<std::string> ClaimSeeds() {
  return {R"(0{"iss":"people","aud":"pepline","sub":"stf-1","role":"auditor","authority":"931",)"
          R"("nbf":-5,"iat":0,"exp":300})",
          R"(0{"iss":"people","aud":["others","pepline"],"sub":"stf-1","role":)"
          R"("designated-teacher","schools":["123456","123457"],"exp":86400})",
          R"(1{"iss":"services","aud":"pepline","sub":"notifications","role":"service","exp":1e9})",
          R"(1{"iss":"services","aud":"pepline","sub":"notifications","role":"service",)"
          R"("authority":"","schools":[],"iat":0,"exp":60})"};
}

// ---- key files ----

// The keys of people: read, and used for tokens that name them in each way there is.
void ReadKeySets(std::string_view bytes) {
  AuthOptions options = TokenOptions();
  options.jwks_path = FileOf("keys.jwks", bytes);
  const auto made = Authenticator::Create(options, TheMetrics());
  if (!made.ok()) {
    Expect(absl::IsInvalidArgument(made.status()), "a key file is refused for no reason");
    return;
  }
  static const std::string claims = "eyJpc3MiOiJwZW9wbGUifQ";  // {"iss":"people"}
  static const std::vector<std::string> heads = {
      "eyJhbGciOiJFUzI1NiJ9",                 // {"alg":"ES256"}
      "eyJhbGciOiJSUzI1NiJ9",                 // {"alg":"RS256"}
      "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ",   // {"alg":"RS256","kid":"k"}
      "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ"};  // {"alg":"ES256","kid":"k"}
  for (const std::string& head : heads) {
    for (const std::size_t length : {86, 342}) {  // of a signature in ES256 and RS256
      const auto actor = (*made)->Authenticate(
          absl::StrCat("Bearer ", head, ".", claims, ".", std::string(length, 'A')));
      Expect(absl::IsUnauthenticated(actor.status()), "a token is taken that nobody signed");
    }
  }
}

void ReadSigningKey(std::string_view bytes) {
  const auto signer = TokenSigner::Create(FileOf("signing.jwk", bytes), "people", "pepline");
  if (!signer.ok()) {
    Expect(absl::IsInvalidArgument(signer.status()), "a key is refused for no reason");
    return;
  }
  const auto token = (*signer)->Sign({.subject = "s", .role = Role::kAuditor}, absl::Minutes(5));
  if (token.ok()) ReadTokenHeader(absl::StrCat("Bearer ", *token));
}

std::vector<std::string> KeySetSeeds() {
  std::vector<std::string> seeds;
  for (const char* algorithm : {"ES256", "RS256"}) {
    const auto pair = NewKeyPair(algorithm);
    Expect(pair.has_value(), "a key pair is made");
    for (const char* kid : {"k", ""}) {
      const Json jwk(json_deep_copy(pair->public_jwk.get()));
      if (*kid != '\0') {
        json_object_set_new(jwk.get(), "kid", json_string(kid));
      } else {
        json_object_del(jwk.get(), "kid");
      }
      const std::unique_ptr<char, decltype(&free)> text(json_dumps(jwk.get(), JSON_COMPACT), free);
      seeds.push_back(absl::StrCat("{\"keys\":[", text.get(), "]}"));
    }
  }
  return seeds;
}

std::vector<std::string> SigningKeySeeds() {
  std::vector<std::string> seeds;
  for (const char* algorithm : {"ES256", "RS256"}) {
    const auto pair = NewKeyPair(algorithm);
    const std::unique_ptr<char, decltype(&free)> text(
        json_dumps(pair->private_jwk.get(), JSON_COMPACT), free);
    seeds.emplace_back(text.get());
  }
  return seeds;
}

// The file that broker's tokens are read from.
void ReadBrokerToken(std::string_view bytes) {
  const auto token = ReadKafkaToken(absl::StrCat("file=", FileOf("token", bytes)));
  if (token.ok()) {
    Expect(token->expires >= absl::UnixEpoch(), "a token ended before time began");
  } else {
    Expect(absl::IsInvalidArgument(token.status()), "a token is refused for no reason");
  }
}

// ---- PEM ----

struct PemFiles {
  std::string authority;
  IssuedCertificate issued;
};
const PemFiles& ThePem() {
  static const auto* const files = [] {
    auto authority = CertificateAuthority::Create("fuzz");
    Expect(authority.ok(), "an authority is made");
    auto issued = (*authority)->Issue({.identity = "spiffe://pepline/funding"});
    Expect(issued.ok(), "a certificate is made");
    return new PemFiles{(*authority)->certificate(), *std::move(issued)};
  }();
  return *files;
}

std::string RsaKey() {
  const openssl::Key key(EVP_RSA_gen(2048));
  const openssl::Bytes bytes(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey_traditional(bytes.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bytes.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

// One of the three files is the input, the others are as they should be.
Target Pem(std::string TlsFiles::*which, std::vector<std::string> (*seeds)()) {
  return {.name = "pem",
          .run =
              [which](std::string_view bytes) {
                TlsFiles files{.certificate = FileOf("own.crt", ThePem().issued.certificate),
                               .key = FileOf("own.key", ThePem().issued.key),
                               .authorities = FileOf("ca.crt", ThePem().authority)};
                files.*which = FileOf("given.pem", bytes);
                const auto read = ReadTls(files, {}, absl::Now());
                if (read.ok()) {
                  Expect(!read->identity.empty(), "a certificate names nobody");
                } else {
                  Expect(absl::IsInvalidArgument(read.status()), "PEM is refused for no reason");
                }
              },
          .seeds = seeds,
          .mutate = &MutatedPem,
          .longest = 8 * 1024};
}

}  // namespace

std::vector<Target> Targets() {
  return {
      Sharing("tokens", {{.name = "header", .run = &ReadTokenHeader, .seeds = &TokenSeeds},
                         {.name = "claims", .run = &ReadClaims, .seeds = &ClaimSeeds}}),
      Sharing(
          "keys",
          {{.name = "key-set", .run = &ReadKeySets, .seeds = &KeySetSeeds, .longest = 2048},
           {.name = "signing-key",
            .run = &ReadSigningKey,
            .seeds = &SigningKeySeeds,
            .longest = 2048},
           {.name = "broker-token",
            .run = &ReadBrokerToken,
            .seeds = [] { return std::vector<std::string>{"e30.eyJzdWIiOiJzIiwiZXhwIjo5fQ.e30"}; }},
           Pem(&TlsFiles::certificate,
               [] { return std::vector<std::string>{ThePem().issued.certificate}; }),
           Pem(&TlsFiles::key,
               [] {
                 return std::vector<std::string>{ThePem().issued.key, RsaKey()};
               }),
           Pem(&TlsFiles::authorities,
               [] { return std::vector<std::string>{ThePem().authority}; })})};
}

}  // namespace pepline::fuzz
