#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/security/auth.h"
#include "shared/security/jose.h"

namespace pepline {
namespace {

// A token counts from a little before it was made: another machine's clock may be behind.
constexpr absl::Duration kEarlier = absl::Seconds(5);

// Whole or not at all, and never readable by more than `mode` says, not even for a moment.
absl::Status WriteKeyFile(const std::string& path, const json_t* json, mode_t mode) {
  const std::string beside = absl::StrCat(path, ".new");
  unlink(beside.c_str());
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  bool written = false;
  if (file >= 0) {
    written = json_dumpfd(json, file, JSON_INDENT(2)) == 0 && fchmod(file, mode) == 0;
    written = close(file) == 0 && written;
  }
  if (!written || std::rename(beside.c_str(), path.c_str()) != 0) {
    const std::string why = strerror(errno);
    unlink(beside.c_str());
    return absl::InternalError(absl::StrCat("cannot write ", path, ": ", why));
  }
  return absl::OkStatus();
}

void SetText(json_t* object, const char* name, const std::string& text) {
  json_object_set_new(object, name, json_stringn(text.data(), text.size()));
}

}  // namespace

struct TokenSigner::Parts {
  Json private_jwk;
  std::string issuer;
  std::string audience;
};

TokenSigner::TokenSigner(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TokenSigner::~TokenSigner() = default;

absl::StatusOr<std::unique_ptr<TokenSigner>> TokenSigner::Create(
    const std::string& private_jwk_path, std::string issuer, std::string audience) {
  auto jwk = ReadJsonFile(private_jwk_path);
  if (!jwk.ok()) return jwk.status();
  if (AlgorithmOf(jwk->get()).empty() || !TextOf(jwk->get(), "d")) {
    return absl::InvalidArgumentError(
        absl::StrCat(private_jwk_path,
                     " is not a private key; give one private JWK, RSA of 2048 bits or more or "
                     "P-256"));
  }
  return std::unique_ptr<TokenSigner>(
      new TokenSigner(std::unique_ptr<Parts>(new Parts{.private_jwk = *std::move(jwk),
                                                       .issuer = std::move(issuer),
                                                       .audience = std::move(audience)})));
}

absl::StatusOr<std::string> TokenSigner::Sign(const Actor& actor, absl::Duration valid_for) const {
  const absl::Time now = absl::Now();
  const Json claims(json_object());
  SetText(claims.get(), "iss", parts_->issuer);
  SetText(claims.get(), "aud", parts_->audience);
  SetText(claims.get(), "sub", actor.subject);
  SetText(claims.get(), "role", std::string(RoleName(actor.role)));
  SetText(claims.get(), "authority", actor.authority.text());
  json_t* schools = json_array();
  for (const SchoolUrn& urn : actor.schools) {
    json_array_append_new(schools, json_stringn(urn.text().data(), urn.text().size()));
  }
  json_object_set_new(claims.get(), "schools", schools);
  json_object_set_new(claims.get(), "iat", json_integer(absl::ToUnixSeconds(now)));
  json_object_set_new(claims.get(), "nbf", json_integer(absl::ToUnixSeconds(now - kEarlier)));
  json_object_set_new(claims.get(), "exp", json_integer(absl::ToUnixSeconds(now + valid_for)));
  auto token = SignCompact(claims.get(), parts_->private_jwk.get());
  if (!token) return absl::InternalError("the key cannot sign");
  return *std::move(token);
}

absl::Status MakeSigningKey(const std::string& private_jwk_path, const std::string& jwks_path) {
  auto pair = NewKeyPair("ES256");
  if (!pair) return absl::InternalError("cannot make an ES256 key");
  const Json set(json_object());
  json_t* keys = json_array();
  json_array_append(keys, pair->public_jwk.get());
  json_object_set_new(set.get(), "keys", keys);
  if (absl::Status status = WriteKeyFile(private_jwk_path, pair->private_jwk.get(), 0600);
      !status.ok()) {
    return status;
  }
  return WriteKeyFile(jwks_path, set.get(), 0644);
}

}  // namespace pepline
