// The environment variables of each service of a stack, from what surrounds it, and the keys that a
// stack makes for itself. Promises: exactly the variables that the service reads, since it refuses
// to start with others. Threads: functions and values only.
#ifndef PEPLINE_TOOLS_STACK_ENVIRONMENT_H_
#define PEPLINE_TOOLS_STACK_ENVIRONMENT_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace pepline {

// Keys and names of whoever issues the tokens of a stack: to people, and to its own services.
struct StackKeys {
  std::string issuer;
  std::string audience;
  std::string jwks_file;         // public keys
  std::string signing_key_file;  // one private JWK
  std::string service_issuer;
  std::string service_jwks_file;
  std::string service_signing_key_file;
  std::string id_key;  // registry makes opaque ids with it; a secret
};

// Finds the keys in `folder` or makes new ones there (private files have mode 0600), so that a
// stack that is started again keeps them.
absl::StatusOr<StackKeys> FindOrMakeKeys(const std::string& folder);

// What a service needs to know of its surroundings.
struct Surroundings {
  int redis_port = 0;
  std::string kafka_bootstrap;
  bool dev_broker = true;
  StackKeys keys;
  std::string tls_folder;        // of MakeTlsFiles; empty: gRPC in plain text
  std::string clock = "system";  // or "simulated:<file>"
  std::string smtp_url;          // notifications only, as all below
  std::string mail_folder;
  std::string registry_address;
};

std::map<std::string, std::string> EnvironmentOf(const std::string& service,
                                                 const Surroundings& surroundings);

// The folder of this source tree, where deploy/ and .cache/ are.
std::string SourceFolder();

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_ENVIRONMENT_H_
