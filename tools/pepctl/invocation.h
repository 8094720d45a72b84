// What every command of pepctl is given besides its own options: who asks, where the services are,
// how to answer. And the exit codes, which scripts rely on (README.md).
// Threads: values only.
#ifndef PEPLINE_TOOLS_PEPCTL_INVOCATION_H_
#define PEPLINE_TOOLS_PEPCTL_INVOCATION_H_

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "tools/client/caller.h"

namespace pepline::pepctl {

enum ExitCode : int {
  kDone = 0,
  kRefused = 1,
  kUsage = 2,
  kNotReachable = 3,
  kNotAllowed = 4,
  kImportHasErrors = 5,
};

// The options that may stand before or after any command.
struct Globals {
  std::string stack = ".run";
  bool stack_given = false;
  std::map<std::string, std::string> addresses;  // service -> HOST:PORT
  std::string kafka;
  std::string token_file;
  TlsFiles tls;
  std::string role = "virtual-school";
  std::string actor;
  std::string authority = "931";
  std::vector<std::string> schools;
  std::string output = "table";
  bool dry_run = false;
  std::string request_id;
  int timeout_seconds = 10;

  bool json() const { return output == "json"; }
};

struct Invocation {
  Globals globals;
  std::ostream& out;
  std::ostream& err;
};

// Whether somebody in that role is of a school and not of an authority.
bool IsOfSchool(std::string_view role);
// Who asks: role, authority and schools of the globals. Somebody of a school without --school is of
// the one that the request names. InvalidArgument with the fix.
absl::StatusOr<Actor> ActorOf(const Globals& globals, const google::protobuf::Message* request);
// NotFound (nothing is up) or InvalidArgument.
absl::StatusOr<std::unique_ptr<client::Caller>> MakeCaller(const Globals& globals, Actor actor);

// "pepctl: <message>" to err; the code that fits.
int Fail(Invocation& invocation, const absl::Status& status);
// The same of a failed call. `names` says by which option a field is given: "meeting_at" -> "--at".
int Fail(Invocation& invocation, const grpc::Status& status,
         const std::map<std::string, std::string>& names = {});

// What is in a file. InvalidArgument with the fix, also where nothing is.
absl::StatusOr<std::string> ReadWhole(const std::string& path);

// As pepctl prints messages with --output json: field names as in the contract.
std::string Json(const google::protobuf::Message& message, bool with_defaults);
std::string JsonLine(const google::protobuf::Message& message);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_INVOCATION_H_
