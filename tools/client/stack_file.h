// Where the parts of a running stack are, as its <folder>/stack.json says (tools/stack/stack.h).
// Errors: NotFound, saying how to start one, when there is no stack.json; InvalidArgument when it
// is not one. Threads: values only.
#ifndef PEPLINE_TOOLS_CLIENT_STACK_FILE_H_
#define PEPLINE_TOOLS_CLIENT_STACK_FILE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "shared/security/tls_files.h"

namespace pepline::client {

struct StackFile {
  std::string folder;
  std::map<std::string, std::string> services;  // name -> gRPC address
  std::map<std::string, std::string> metrics;   // name -> address of /metrics and /readyz
  std::map<std::string, std::string> settings;  // name -> file, in the form of /proc/<pid>/environ
  std::string clock_file;                       // of a simulated clock; empty: the machine's clock
  std::string bootstrap_servers;
  std::string mail_folder;
  // For signing tokens that the stack's services accept.
  std::string issuer;
  std::string audience;
  std::string signing_key_file;
  TlsFiles tls;  // of an operator; empty: the services speak plain text
};

absl::StatusOr<StackFile> ReadStackFile(const std::string& folder);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_STACK_FILE_H_
