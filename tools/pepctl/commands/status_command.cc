// `pepctl status`.
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/client/stack_file.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/pepctl/table.h"
#include "tools/stack/http_get.h"

namespace pepline::pepctl {
namespace {

struct ServiceStatus {
  std::string service;
  bool answers = false;
  bool ready = false;
  std::string reason;  // why it is not ready, or why it does not answer
  std::vector<std::pair<std::string, std::string>> loops;  // name, what is known of it
};

absl::StatusOr<std::map<std::string, std::string>> AddressesOf(const StatusArguments& arguments,
                                                               const Globals& globals) {
  std::map<std::string, std::string> addresses;
  for (const std::string& given : arguments.addresses) {
    const std::vector<std::string> parts = absl::StrSplit(given, absl::MaxSplits('=', 1));
    if (parts.size() != 2 || parts[1].find(':') == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--metrics '", given, "' is not SERVICE=HOST:PORT"));
    }
    addresses[parts[0]] = parts[1];
  }
  if (!addresses.empty()) return addresses;
  auto stack = client::ReadStackFile(globals.stack);
  if (absl::IsNotFound(stack.status())) {
    return absl::NotFoundError(absl::StrCat("no stack is up in ", globals.stack,
                                            "; start one with `make up`, or give the metrics ports "
                                            "with --metrics SERVICE=HOST:PORT"));
  }
  if (!stack.ok()) return stack.status();
  return stack->metrics;
}

// The first line of /readyz is "ok" or the reason; below it there is a line a loop.
ServiceStatus Ask(const std::string& service, const std::string& address, absl::Duration bound) {
  ServiceStatus status{.service = service};
  const auto answer = HttpGet(address, "/readyz", bound);
  if (!answer.ok()) {
    status.reason = std::string(answer.status().message());
    return status;
  }
  status.answers = true;
  status.ready = answer->status == 200;
  const std::vector<std::string> lines = absl::StrSplit(answer->body, '\n', absl::SkipEmpty());
  if (!status.ready && !lines.empty()) status.reason = lines.front();
  for (std::size_t i = 1; i < lines.size(); ++i) {
    status.loops.emplace_back(absl::StrSplit(lines[i], absl::MaxSplits(": ", 1)));
  }
  return status;
}

std::string StateOf(const ServiceStatus& status) {
  if (!status.answers) return "no answer";
  return status.ready ? "ready" : "not ready";
}

void PrintJson(const std::vector<ServiceStatus>& all, Invocation& invocation) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const ServiceStatus& status : all) {
    nlohmann::ordered_json loops = nlohmann::ordered_json::object();
    for (const auto& [loop, words] : status.loops) loops[loop] = words;
    rows.push_back({{"service", status.service},
                    {"state", StateOf(status)},
                    {"reason", status.reason},
                    {"loops", loops}});
  }
  // What answers at an address may be anything; JSON is UTF-8.
  invocation.out << rows.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                 << "\n";
}

void PrintTable(const std::vector<ServiceStatus>& all, Invocation& invocation) {
  Table table({"service", "state", "loop", "it"});
  for (const ServiceStatus& status : all) {
    if (status.loops.empty()) table.Add({status.service, StateOf(status), "", ""});
    for (std::size_t i = 0; i < status.loops.size(); ++i) {
      table.Add({i == 0 ? status.service : "", i == 0 ? StateOf(status) : "", status.loops[i].first,
                 status.loops[i].second});
    }
  }
  invocation.out << table.Text();
  for (const ServiceStatus& status : all) {
    if (status.reason.empty()) continue;
    invocation.out << status.service << ": " << client::OneLine(status.reason) << "\n";
  }
}

}  // namespace

int Status(const StatusArguments& arguments, Invocation& invocation) {
  const auto addresses = AddressesOf(arguments, invocation.globals);
  if (!addresses.ok()) return Fail(invocation, addresses.status());
  std::vector<ServiceStatus> all;
  int exit_code = kDone;
  for (const auto& [service, address] : *addresses) {
    all.push_back(Ask(service, address, absl::Seconds(invocation.globals.timeout_seconds)));
    if (!all.back().answers) {
      exit_code = kNotReachable;
    } else if (!all.back().ready && exit_code == kDone) {
      exit_code = kRefused;
    }
  }
  invocation.globals.json() ? PrintJson(all, invocation) : PrintTable(all, invocation);
  return exit_code;
}

}  // namespace pepline::pepctl
