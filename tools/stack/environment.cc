#include "tools/stack/environment.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "shared/security/auth.h"
#include "tools/stack/certificate_authority.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

// A new random key as 64 hexadecimal digits.
absl::StatusOr<std::string> MakeIdKey(const std::string& path) {
  std::string bytes(32, '\0');
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return absl::InternalError("the kernel gives no random bytes");
  }
  const std::string key = absl::BytesToHexString(bytes);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, key.data(), key.size()) == static_cast<ssize_t>(key.size());
  if (file >= 0) close(file);
  if (!written) return absl::InternalError(absl::StrCat("cannot write ", path));
  return key;
}

}  // namespace

absl::StatusOr<StackKeys> FindOrMakeKeys(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make the folder ", folder));
  StackKeys keys{.issuer = "pepline-stack",
                 .audience = "pepline",
                 .jwks_file = absl::StrCat(folder, "/token-keys.jwks"),
                 .signing_key_file = absl::StrCat(folder, "/signing-key.jwk"),
                 .service_issuer = "pepline-services",
                 .service_jwks_file = absl::StrCat(folder, "/service-token-keys.jwks"),
                 .service_signing_key_file = absl::StrCat(folder, "/service-signing-key.jwk"),
                 .id_key = {}};
  for (const auto& [signing_key, jwks] :
       {std::pair(keys.signing_key_file, keys.jwks_file),
        std::pair(keys.service_signing_key_file, keys.service_jwks_file)}) {
    if (std::filesystem::exists(signing_key) && std::filesystem::exists(jwks)) continue;
    if (absl::Status made = MakeSigningKey(signing_key, jwks); !made.ok()) return made;
  }
  const std::string id_key_file = absl::StrCat(folder, "/id-key");
  auto id_key = ReadFile(id_key_file);
  if (!id_key.ok()) id_key = MakeIdKey(id_key_file);
  if (!id_key.ok()) return id_key.status();
  keys.id_key = *std::move(id_key);
  return keys;
}

std::map<std::string, std::string> EnvironmentOf(const std::string& service,
                                                 const Surroundings& surroundings) {
  std::map<std::string, std::string> environment = {
      {"PEPLINE_REDIS_HOST", "127.0.0.1"},
      {"PEPLINE_REDIS_PORT", std::to_string(surroundings.redis_port)},
      {"PEPLINE_KAFKA_BOOTSTRAP", surroundings.kafka_bootstrap},
      {"PEPLINE_JWKS_FILE", surroundings.keys.jwks_file},
      {"PEPLINE_TOKEN_ISSUER", surroundings.keys.issuer},
      {"PEPLINE_TOKEN_AUDIENCE", surroundings.keys.audience},
      {"PEPLINE_SERVICE_JWKS_FILE", surroundings.keys.service_jwks_file},
      {"PEPLINE_SERVICE_TOKEN_ISSUER", surroundings.keys.service_issuer},
      {"PEPLINE_CLOCK", surroundings.clock}};
  if (surroundings.tls_folder.empty()) {
    environment["PEPLINE_GRPC_PLAIN_TEXT"] = "true";
  } else {
    const TlsFiles files = TlsFilesOf(surroundings.tls_folder, service);
    environment["PEPLINE_GRPC_TLS_CERTIFICATE_FILE"] = files.certificate;
    environment["PEPLINE_GRPC_TLS_KEY_FILE"] = files.key;
    environment["PEPLINE_GRPC_TLS_CA_FILE"] = files.authorities;
  }
  if (surroundings.clock != "system") environment["PEPLINE_ALLOW_SIMULATED_CLOCK"] = "true";
  // The development broker answers an empty fetch only after the whole wait.
  if (surroundings.dev_broker) environment["PEPLINE_KAFKA_SETTINGS"] = "fetch.wait.max.ms=10";
  if (service == "registry") environment["PEPLINE_ID_KEY"] = surroundings.keys.id_key;
  if (service == "notifications") {
    environment["PEPLINE_SMTP_URL"] = surroundings.smtp_url;
    environment["PEPLINE_SMTP_PLAIN_TEXT"] = "allowed";  // a mail sink of this machine
    environment["PEPLINE_MAIL_FROM"] = "pepline@virtual-school.example";
    environment["PEPLINE_MAIL_FOLDER"] = surroundings.mail_folder;
    environment["PEPLINE_MAIL_ALLOWED_DOMAINS"] = "example,example.org,example.com";
    environment["PEPLINE_REGISTRY_ADDRESS"] = surroundings.registry_address;
    environment["PEPLINE_SIGNING_KEY_FILE"] = surroundings.keys.service_signing_key_file;
  }
  return environment;
}

std::string SourceFolder() { return PEPLINE_SOURCE; }

}  // namespace pepline
