#include "shared/security/jose.h"

// The library's headers do not say that they are C.
extern "C" {
#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>
}

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

constexpr std::size_t kLeastRsaBytes = 256;  // 2048 bits

// The library prints its errors to standard error unless it is told where they go.
void PrintNothing(void*, const char*, int, std::uint64_t, const char*, va_list) {}

struct ConfigFree {
  void operator()(jose_cfg_t* config) const { jose_cfg_decref(config); }
};
// One a call: its reference count is not atomic.
std::unique_ptr<jose_cfg_t, ConfigFree> QuietConfig() {
  std::unique_ptr<jose_cfg_t, ConfigFree> config(jose_cfg());
  if (config != nullptr) jose_cfg_set_err_func(config.get(), PrintNothing, nullptr);
  return config;
}

// Of either kind of key.
constexpr const char* kNumbers[] = {"n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"};

// The library leaks the other numbers of a key where it cannot read one of them.
bool AreNumbersReadable(const json_t* jwk) {
  return std::ranges::all_of(kNumbers, [jwk](const char* name) {
    const json_t* number = json_object_get(jwk, name);
    if (number == nullptr) return true;
    if (!json_is_string(number)) return false;
    std::vector<char> bytes(json_string_length(number));
    return jose_b64_dec(number, bytes.data(), bytes.size()) != SIZE_MAX;
  });
}

json_t* NewText(std::string_view text) { return json_stringn(text.data(), text.size()); }

void SetText(json_t* object, const char* name, std::string_view text) {
  json_object_set_new(object, name, NewText(text));
}

}  // namespace

absl::StatusOr<Json> ReadJsonFile(const std::string& path) {
  json_error_t error = {};
  Json json(json_load_file(path.c_str(), JSON_REJECT_DUPLICATES, &error));
  if (json == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, " as JSON: ", error.text));
  }
  if (!json_is_object(json.get())) {
    return absl::InvalidArgumentError(absl::StrCat(path, " does not hold a JSON object"));
  }
  return json;
}

Json DecodeJson(std::string_view base64url) {
  std::vector<char> bytes(base64url.size());
  const std::size_t size =
      jose_b64_dec_buf(base64url.data(), base64url.size(), bytes.data(), bytes.size());
  if (size == SIZE_MAX) return nullptr;
  return Json(json_loadb(bytes.data(), size, JSON_REJECT_DUPLICATES, nullptr));
}

std::optional<std::string> TextOf(const json_t* object, const char* name) {
  const json_t* value = json_object_get(object, name);
  if (!json_is_string(value)) return std::nullopt;
  return std::string(json_string_value(value), json_string_length(value));
}

std::string AlgorithmOf(const json_t* jwk) {
  const std::string type = TextOf(jwk, "kty").value_or("");
  std::string algorithm;
  if (type == "RSA" && jose_b64_dec(json_object_get(jwk, "n"), nullptr, 0) >= kLeastRsaBytes &&
      jose_b64_dec(json_object_get(jwk, "n"), nullptr, 0) != SIZE_MAX) {
    algorithm = "RS256";
  } else if (type == "EC" && TextOf(jwk, "crv") == "P-256") {
    algorithm = "ES256";
  }
  if (TextOf(jwk, "alg").value_or(algorithm) != algorithm || !AreNumbersReadable(jwk)) return "";
  return algorithm;
}

bool IsSameKey(const json_t* one_jwk, const json_t* other_jwk) {
  const auto config = QuietConfig();
  const Json one(jose_jwk_thp(config.get(), one_jwk, "S256"));
  const Json other(jose_jwk_thp(config.get(), other_jwk, "S256"));
  return one != nullptr && other != nullptr && json_equal(one.get(), other.get()) == 1;
}

bool VerifiesCompact(std::string_view header, std::string_view payload, std::string_view signature,
                     const json_t* jwk) {
  const auto config = QuietConfig();
  const Json jws(json_object());
  if (config == nullptr || jws == nullptr) return false;
  SetText(jws.get(), "protected", header);
  SetText(jws.get(), "payload", payload);
  SetText(jws.get(), "signature", signature);
  return jose_jws_ver(config.get(), jws.get(), nullptr, jwk, false);
}

std::optional<std::string> SignCompact(const json_t* claims, const json_t* private_jwk) {
  const std::string algorithm = AlgorithmOf(private_jwk);
  if (algorithm.empty()) return std::nullopt;
  const auto config = QuietConfig();
  const Json jws(json_object());
  const Json signature(json_object());
  json_t* header = json_object();
  SetText(header, "alg", algorithm);
  SetText(header, "typ", "JWT");
  if (const auto kid = TextOf(private_jwk, "kid")) SetText(header, "kid", *kid);
  json_object_set_new(signature.get(), "protected", header);
  json_object_set_new(jws.get(), "payload", jose_b64_enc_dump(claims));
  if (!jose_jws_sig(config.get(), jws.get(), signature.get(), private_jwk)) return std::nullopt;
  const auto head = TextOf(jws.get(), "protected");
  const auto body = TextOf(jws.get(), "payload");
  const auto seal = TextOf(jws.get(), "signature");
  if (!head || !body || !seal) return std::nullopt;
  return absl::StrCat(*head, ".", *body, ".", *seal);
}

std::optional<KeyPair> NewKeyPair(const std::string& algorithm) {
  const auto config = QuietConfig();
  KeyPair pair{.private_jwk = Json(json_object()), .public_jwk = nullptr};
  SetText(pair.private_jwk.get(), "alg", algorithm);
  if (!jose_jwk_gen(config.get(), pair.private_jwk.get())) return std::nullopt;
  const Json thumbprint(jose_jwk_thp(config.get(), pair.private_jwk.get(), "S256"));
  if (!json_is_string(thumbprint.get())) return std::nullopt;
  SetText(pair.private_jwk.get(), "kid", json_string_value(thumbprint.get()));
  pair.public_jwk.reset(json_deep_copy(pair.private_jwk.get()));
  if (!jose_jwk_pub(config.get(), pair.public_jwk.get())) return std::nullopt;
  SetText(pair.public_jwk.get(), "use", "sig");
  return pair;
}

}  // namespace pepline
