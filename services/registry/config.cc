#include "services/registry/config.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "shared/base/hex.h"

namespace pepline::registry {
namespace {

constexpr std::size_t kHexDigits = 64;

}  // namespace

Config ReadConfig(Settings& settings) {
  Config config{ReadCommonConfig("registry", settings), ""};
  if (config.common.auth.service_jwks_path.empty()) {
    settings.Reject("PEPLINE_SERVICE_JWKS_FILE",
                    "must be set: notifications asks here whom it may write to, and nobody would "
                    "be written to");
  }
  const std::string key = settings.Secret(
      "PEPLINE_ID_KEY",
      "secret key of opaque ids, 64 hexadecimal digits; never change it: every id would change");
  const bool right = key.size() == kHexDigits && std::all_of(key.begin(), key.end(), [](char c) {
                       return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                     });
  if (right) {
    config.id_key = BytesOfHex(key);
  } else {
    settings.Reject("PEPLINE_ID_KEY",
                    "must be set to 64 hexadecimal digits; make one with `openssl rand -hex 32` "
                    "and keep it with your secrets");
  }
  return config;
}

}  // namespace pepline::registry
