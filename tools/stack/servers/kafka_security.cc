#include "tools/stack/servers/kafka_security.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/stack/processes.h"

namespace pepline {
namespace {

absl::Status Openssl(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  const std::string log = absl::StrCat(folder, "/openssl.log");
  auto process =
      ChildProcess::Start({.command = std::move(arguments), .output_file = log, .folder = folder});
  if (!process.ok()) return process.status();
  WaitUntil([&] { return !(*process)->Running(); }, absl::Seconds(30));
  if ((*process)->ExitCode() == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("openssl made no certificate; see ", log));
}

std::vector<std::string> NewCertificate(const std::string& name) {
  return {
      "req",         "-x509", "-newkey",    "ec",    "-pkeyopt",    "ec_paramgen_curve:prime256v1",
      "-days",       "2",     "-nodes",     "-subj", "/CN=" + name, "-keyout",
      name + ".key", "-out",  name + ".pem"};
}

}  // namespace

absl::Status MakeAuthority(const std::string& folder, const std::string& name) {
  return Openssl(folder, NewCertificate(name));
}

absl::Status MakeCertificate(const std::string& folder, const std::string& name,
                             const std::string& authority) {
  std::vector<std::string> arguments = NewCertificate(name);
  for (const std::string& more :
       {std::string("-CA"), authority + ".pem", std::string("-CAkey"), authority + ".key",
        std::string("-addext"), std::string("subjectAltName=IP:127.0.0.1"), std::string("-addext"),
        std::string("basicConstraints=CA:FALSE")}) {
    arguments.push_back(more);
  }
  return Openssl(folder, std::move(arguments));
}

absl::Status MakeServerCertificate(const std::string& folder, const std::string& authority) {
  if (absl::Status made = MakeCertificate(folder, "server", authority); !made.ok()) return made;
  const std::string path = absl::StrCat(folder, "/server.pem");
  const auto certificate = ReadFile(path);
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadFile(absl::StrCat(folder, "/server.key"));
  if (!key.ok()) return key.status();
  return WriteFile(path, absl::StrCat(*key, *certificate));
}

std::string SecurityProperties(const KafkaSecurity& security, const std::string& folder,
                               const std::string& authority) {
  constexpr char kModules[] = "org.apache.kafka.common.security.";
  const std::string token = "listener.name.token.";
  const std::string certificate = "listener.name.certificate.ssl.";
  // Kafka 4.1.1 by itself takes a validator that accepts every token, whoever signed it.
  const std::string validator = absl::StrCat("sasl.oauthbearer.jwt.validator.class=", kModules,
                                             "oauthbearer.BrokerJwtValidator\n");
  return absl::StrCat(
      "ssl.keystore.type=PEM\n"
      "ssl.keystore.location=",
      folder,
      "/server.pem\n"
      "listener.name.password.sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN\n"
      "listener.name.password.scram-sha-512.sasl.jaas.config=",
      kModules,
      "scram.ScramLoginModule required;\nlistener.name.password.plain.sasl.jaas.config=", kModules,
      "plain.PlainLoginModule required user_", security.user, "=\"", security.password, "\";\n",
      token, "sasl.enabled.mechanisms=OAUTHBEARER\n", token,
      "oauthbearer.sasl.jaas.config=", kModules, "oauthbearer.OAuthBearerLoginModule required;\n",
      token, "oauthbearer.sasl.server.callback.handler.class=", kModules,
      "oauthbearer.OAuthBearerValidatorCallbackHandler\n", token, validator, token,
      "sasl.oauthbearer.jwks.endpoint.url=file://", security.jwks_file, "\n", token,
      "sasl.oauthbearer.expected.issuer=", security.issuer, "\n", token,
      "sasl.oauthbearer.expected.audience=", security.audience, "\n", certificate,
      "client.auth=required\n", certificate, "truststore.type=PEM\n", certificate,
      "truststore.location=", folder, "/", authority, ".pem\n");
}

}  // namespace pepline
