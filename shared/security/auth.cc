#include "shared/security/auth.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "shared/base/file_version.h"
#include "shared/observability/log.h"
#include "shared/security/jose.h"

namespace pepline {
namespace {

constexpr std::size_t kLongestHeader = 8192;
// How far the clock of whoever signs may be ahead of ours.
constexpr absl::Duration kLeeway = absl::Seconds(60);
constexpr std::size_t kCachedTokens = 4096;
constexpr absl::Duration kTimeBetweenLooks = absl::Seconds(1);
constexpr double kLastSecond = 253402300799;  // the end of the year 9999

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(absl::StrCat("bearer token refused: ", std::string(why)));
}

// One public key with the only algorithm it may be used with.
struct VerifyingKey {
  Json jwk;
  std::string kid;
  std::string algorithm;
};
using KeySet = std::vector<VerifyingKey>;
struct Keys {
  KeySet people;
  KeySet services;  // empty: no service is let in
};

absl::StatusOr<KeySet> ReadKeySet(const std::string& path) {
  auto parsed = ReadJsonFile(path);
  if (!parsed.ok()) return parsed.status();
  const json_t* keys = json_object_get(parsed->get(), "keys");
  KeySet set;
  std::size_t index = 0;
  json_t* jwk = nullptr;
  json_array_foreach(keys, index, jwk) {
    const std::string use = TextOf(jwk, "use").value_or("sig");
    std::string algorithm = AlgorithmOf(jwk);
    if (algorithm.empty() || use != "sig") continue;
    set.push_back({.jwk = Json(json_incref(jwk)),
                   .kid = TextOf(jwk, "kid").value_or(""),
                   .algorithm = std::move(algorithm)});
  }
  if (set.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path,
        " holds no usable key; give a JWKS ({\"keys\": [...]}) with at least one RSA key of "
        "2048 bits or more (RS256) or one P-256 key (ES256)"));
  }
  return set;
}

// Both sets. A key that stood in both would let either issuer speak for the other.
absl::StatusOr<Keys> ReadKeys(const AuthOptions& options) {
  Keys keys;
  auto people = ReadKeySet(options.jwks_path);
  if (!people.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("PEPLINE_JWKS_FILE: ", people.status().message()));
  }
  keys.people = *std::move(people);
  if (options.service_jwks_path.empty()) return keys;
  auto services = ReadKeySet(options.service_jwks_path);
  if (!services.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("PEPLINE_SERVICE_JWKS_FILE: ", services.status().message()));
  }
  keys.services = *std::move(services);
  for (const VerifyingKey& one : keys.services) {
    for (const VerifyingKey& other : keys.people) {
      if (!IsSameKey(one.jwk.get(), other.jwk.get())) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "PEPLINE_SERVICE_JWKS_FILE: ", options.service_jwks_path, " and ", options.jwks_path,
          " hold the same key; whoever signs people's tokens must not sign those of services: "
          "take the services' key out of the file of people's keys"));
    }
  }
  return keys;
}

const VerifyingKey* KeyFor(const KeySet& keys, const json_t* token_header) {
  const std::optional<std::string> kid = TextOf(token_header, "kid");
  // Without a key id there must be nothing to choose between.
  if (!kid) return keys.size() == 1 ? &keys.front() : nullptr;
  for (const VerifyingKey& key : keys) {
    if (key.kid == *kid) return &key;
  }
  return nullptr;
}

bool IsFor(const json_t* audience, const std::string& expected) {
  if (json_is_string(audience)) return expected == json_string_value(audience);
  std::size_t index = 0;
  json_t* one = nullptr;
  json_array_foreach(audience, index, one) {
    if (json_is_string(one) && expected == json_string_value(one)) return true;
  }
  return false;
}

std::optional<absl::Time> InstantOf(const json_t* claim) {
  if (!json_is_number(claim)) return std::nullopt;
  const double seconds = json_number_value(claim);
  if (!(seconds >= 0 && seconds <= kLastSecond)) return std::nullopt;
  return absl::FromUnixSeconds(0) + absl::Seconds(seconds);
}

struct Verified {
  Actor actor;
  absl::Time issued;  // InfiniteFuture: not told
  absl::Time not_before;
  absl::Time expires;
};

absl::Status CheckPeriod(const Verified& verified, absl::Duration longest_life, absl::Time now) {
  if (now >= verified.expires) return Refused("it has expired");
  if (now + kLeeway < verified.not_before) return Refused("it is not valid yet");
  if (verified.issued != absl::InfiniteFuture() && now + kLeeway < verified.issued) {
    return Refused("it was issued in the future");
  }
  // An issuer that says to have signed it later than now gains nothing by it.
  if (verified.expires - std::min(verified.issued, now) > longest_life) {
    return Refused(absl::StrCat("it lives too long; from iat to exp there may be ",
                                absl::FormatDuration(longest_life)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Actor> ReadActor(const json_t* claims) {
  const auto subject = TextOf(claims, "sub");
  if (!subject || subject->empty()) return Refused("claim sub is missing or malformed");
  const auto role = ParseRole(TextOf(claims, "role").value_or(""));
  if (!role) return Refused("unknown role");
  Actor actor{.subject = *subject, .role = *role, .authority = {}, .schools = {}};
  if (const json_t* authority = json_object_get(claims, "authority"); authority != nullptr) {
    if (!json_is_string(authority)) return Refused("claim authority is malformed");
    actor.authority = AuthorityCode(json_string_value(authority));
  }
  const json_t* schools = json_object_get(claims, "schools");
  if (schools != nullptr && !json_is_array(schools)) return Refused("claim schools is malformed");
  std::size_t index = 0;
  json_t* urn = nullptr;
  json_array_foreach(schools, index, urn) {
    if (!json_is_string(urn)) return Refused("claim schools is malformed");
    actor.schools.insert(SchoolUrn(json_string_value(urn)));
  }
  return actor;
}

// An instant that may be missing.
absl::StatusOr<absl::Time> InstantOr(const json_t* claims, const char* name, absl::Time missing) {
  const json_t* claim = json_object_get(claims, name);
  if (claim == nullptr) return missing;
  const auto instant = InstantOf(claim);
  if (!instant) return Refused(absl::StrCat("claim ", name, " is malformed"));
  return *instant;
}

absl::StatusOr<Verified> ReadClaims(const json_t* claims, bool by_services,
                                    const AuthOptions& options) {
  if (!IsFor(json_object_get(claims, "aud"), options.audience)) return Refused("wrong audience");
  const auto expires = InstantOf(json_object_get(claims, "exp"));
  if (!expires) return Refused("claim exp is missing or malformed");
  const auto issued = InstantOr(claims, "iat", absl::InfiniteFuture());
  if (!issued.ok()) return issued.status();
  const auto not_before = InstantOr(claims, "nbf", absl::InfinitePast());
  if (!not_before.ok()) return not_before.status();
  auto actor = ReadActor(claims);
  if (!actor.ok()) return actor.status();
  if (by_services != (actor->role == Role::kService)) {
    return Refused(by_services ? "the services' issuer may say the role service and no other"
                               : "the role service is for the services' own issuer to say");
  }
  return Verified{*std::move(actor), *issued, *not_before, *expires};
}

absl::StatusOr<Verified> Verify(std::string_view header, const Keys& keys,
                                const AuthOptions& options) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos ||
      !absl::EqualsIgnoreCase(absl::string_view(header.data(), space), "bearer")) {
    return Refused("malformed (say \"authorization: Bearer <token>\")");
  }
  const absl::string_view token(header.data() + space + 1, header.size() - space - 1);
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Refused("malformed");
  const Json token_header = DecodeJson({parts[0].data(), parts[0].size()});
  if (token_header == nullptr || !json_is_object(token_header.get())) return Refused("malformed");
  // An extension that must be understood is not: we know none.
  if (json_object_get(token_header.get(), "crit") != nullptr) return Refused("malformed");
  const std::string algorithm = TextOf(token_header.get(), "alg").value_or("");
  if (algorithm != "RS256" && algorithm != "ES256") return Refused("algorithm not allowed");
  // Whose keys count depends on who says to have signed it; that it is so is seen below.
  const Json claims = DecodeJson({parts[1].data(), parts[1].size()});
  if (claims == nullptr || !json_is_object(claims.get())) return Refused("malformed");
  const std::string issuer = TextOf(claims.get(), "iss").value_or("");
  const bool by_services = !keys.services.empty() && issuer == options.service_issuer;
  if (!by_services && issuer != options.issuer) return Refused("wrong issuer");
  const VerifyingKey* key = KeyFor(by_services ? keys.services : keys.people, token_header.get());
  if (key == nullptr) return Refused("unknown key");
  if (key->algorithm != algorithm) return Refused("algorithm not allowed");
  if (!VerifiesCompact({parts[0].data(), parts[0].size()}, {parts[1].data(), parts[1].size()},
                       {parts[2].data(), parts[2].size()}, key->jwk.get())) {
    return Refused("bad signature");
  }
  return ReadClaims(claims.get(), by_services, options);
}

}  // namespace

namespace {

// Of both files, as they were when they were read last.
using FileVersions = std::array<std::optional<FileVersion>, 2>;
FileVersions VersionsOf(const AuthOptions& options) {
  return {VersionOf(options.jwks_path), VersionOf(options.service_jwks_path)};
}

}  // namespace

struct Authenticator::Parts {
  AuthOptions options;
  Metrics& metrics;
  absl::Mutex mutex;
  std::shared_ptr<const Keys> keys ABSL_GUARDED_BY(mutex);
  FileVersions versions ABSL_GUARDED_BY(mutex);
  absl::Time looked_at ABSL_GUARDED_BY(mutex);
  // Checking a signature costs some hundred times what finding a known token here costs.
  std::unordered_map<std::string, Verified> cache ABSL_GUARDED_BY(mutex);

  void Reload(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  void Remember(std::string header, const Verified& verified, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

void Authenticator::Parts::Reload(absl::Time now) {
  // A clock that was put back must not stop us from looking.
  if (now >= looked_at && now - looked_at < kTimeBetweenLooks) return;
  looked_at = now;
  const FileVersions found = VersionsOf(options);
  if (found == versions) return;
  versions = found;
  auto read = ReadKeys(options);
  if (!read.ok()) {
    metrics.Count("pepline_jwks_reloads_total", {{"outcome", "refused"}});
    LogWarning("the new JWKS file is not usable, the old keys stay in force",
               {{LogField::kCause, std::string(read.status().message())}});
    return;
  }
  keys = std::make_shared<const Keys>(*std::move(read));
  cache.clear();
  metrics.Count("pepline_jwks_reloads_total", {{"outcome", "loaded"}});
}

void Authenticator::Parts::Remember(std::string header, const Verified& verified, absl::Time now) {
  if (cache.size() >= kCachedTokens) {
    std::erase_if(cache, [now](const auto& entry) { return entry.second.expires <= now; });
    if (cache.size() >= kCachedTokens) cache.clear();
  }
  cache.insert_or_assign(std::move(header), verified);
}

Authenticator::Authenticator(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Authenticator::~Authenticator() = default;

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::Create(AuthOptions options,
                                                                     Metrics& metrics) {
  // The versions are older than what is read after them, so a change in between is seen later.
  const FileVersions versions = VersionsOf(options);
  auto keys = ReadKeys(options);
  if (!keys.ok()) return keys.status();
  auto parts =
      std::unique_ptr<Parts>(new Parts{.options = std::move(options),
                                       .metrics = metrics,
                                       .mutex = {},
                                       .keys = std::make_shared<const Keys>(*std::move(keys)),
                                       .versions = versions,
                                       .looked_at = absl::Now(),
                                       .cache = {}});
  return std::unique_ptr<Authenticator>(new Authenticator(std::move(parts)));
}

absl::StatusOr<Actor> Authenticator::Authenticate(std::string_view header) const {
  if (header.empty()) {
    return absl::UnauthenticatedError(
        "bearer token missing; send metadata \"authorization: Bearer <token>\"");
  }
  if (header.size() > kLongestHeader) return Refused("malformed (too long)");
  const absl::Time now = absl::Now();
  std::string key(header);
  std::shared_ptr<const Keys> keys;
  {
    absl::MutexLock lock(&parts_->mutex);
    parts_->Reload(now);
    const auto known = parts_->cache.find(key);
    if (known != parts_->cache.end()) {
      absl::Status status = CheckPeriod(known->second, parts_->options.longest_life, now);
      if (status.ok()) return known->second.actor;
      parts_->cache.erase(known);
      return status;
    }
    keys = parts_->keys;
  }
  auto verified = Verify(header, *keys, parts_->options);
  if (!verified.ok()) return verified.status();
  absl::Status in_time = CheckPeriod(*verified, parts_->options.longest_life, now);
  if (!in_time.ok()) return in_time;
  absl::MutexLock lock(&parts_->mutex);
  // Verified with keys that are no longer in force: good for this call, not for later ones.
  if (parts_->keys == keys) parts_->Remember(std::move(key), *verified, now);
  return verified->actor;
}

}  // namespace pepline
