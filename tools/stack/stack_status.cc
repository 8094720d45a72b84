#include "tools/stack/stack_status.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tools/stack/http_get.h"
#include "tools/stack/keeper.h"
#include "tools/stack/processes.h"
#include "tools/stack/servers/kafka_server.h"
#include "tools/stack/servers/redis_server.h"

namespace pepline {
namespace {

int PortOf(const std::string& address) {
  int port = 0;
  return absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port) ? port : 0;
}

std::string DownSince(const Keeping& keeping) {
  if (keeping.down_since == absl::InfiniteFuture()) return "down since this moment";
  return absl::StrCat(
      "down since ",
      absl::FormatTime("%Y-%m-%d %H:%M:%S", keeping.down_since, absl::LocalTimeZone()),
      ", exit code ", keeping.exit_code, ", ",
      keeping.given_up ? "GIVEN UP; stack.json names its log" : "to be started again");
}

// The reason why /readyz does not say yes; empty when it does.
std::string WhyNotReady(int metrics_port) {
  const auto answer = HttpGet(metrics_port, "/readyz");
  if (!answer.ok()) return "/readyz does not answer";
  if (answer->status == 200) return "";
  const std::string reason(absl::StripAsciiWhitespace(answer->body));
  return absl::StrReplaceAll(reason, {{"\n", "; "}});
}

}  // namespace

std::string ProgramOf(pid_t pid) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink(absl::StrCat("/proc/", pid, "/exe"), error);
  return error ? "" : program.filename().string();
}

std::vector<PartStatus> LookAtParts(const nlohmann::json& stack) {
  const std::map<std::string, Keeping> keeping = ReadKeeping(stack.value("folder", ""));
  std::vector<PartStatus> parts;
  const auto add = [&](const std::string& name, const nlohmann::json& about,
                       const std::string& ports, const std::function<std::string()>& why_not) {
    PartStatus part{.name = name, .pid = about.value("pid", 0), .state = {}, .ports = ports};
    if (ProgramOf(part.pid).empty()) {
      part.pid = 0;
      const auto known = keeping.find(name);
      part.state = DownSince(known == keeping.end() ? Keeping() : known->second);
    } else {
      const std::string reason = why_not();
      part.ready = reason.empty();
      part.state = part.ready ? "ready" : absl::StrCat("not ready: ", reason);
    }
    if (const auto known = keeping.find(name); known != keeping.end() && part.pid != 0) {
      absl::StrAppend(&part.state, " (started again ", known->second.deaths,
                      known->second.deaths == 1 ? " time)" : " times)");
    }
    parts.push_back(std::move(part));
  };
  const std::string no_answer = "does not answer";
  const std::string redis = stack["redis"].value("address", "");
  add("redis", stack["redis"], redis, [&] { return RedisAnswers(PortOf(redis)) ? "" : no_answer; });
  const std::string kafka = stack["broker"].value("bootstrap_servers", "");
  const bool dev = stack["broker"].value("kind", "") == "dev";
  add(dev ? "broker" : "kafka", stack["broker"], kafka,
      [&] { return KafkaAnswers(kafka) ? "" : no_answer; });
  const std::string smtp = stack["smtp"].value("url", "");
  add("smtp", stack["smtp"], smtp, [&] { return Accepts(PortOf(smtp)) ? "" : no_answer; });
  for (const auto& [name, service] : stack["services"].items()) {
    const std::string metrics = service.value("metrics", "");
    add(name, service, absl::StrCat("gRPC ", service.value("grpc", ""), ", http ", metrics),
        [&] { return WhyNotReady(PortOf(metrics)); });
  }
  return parts;
}

bool AllReady(const std::vector<PartStatus>& parts) {
  return std::all_of(parts.begin(), parts.end(), [](const PartStatus& part) { return part.ready; });
}

std::string StatusTable(const std::vector<PartStatus>& parts) {
  std::string table = absl::StrFormat("%-16s %8s  %-48s %s\n", "part", "process", "ports", "state");
  for (const PartStatus& part : parts) {
    absl::StrAppendFormat(&table, "%-16s %8s  %-48s %s\n", part.name,
                          part.pid == 0 ? "-" : std::to_string(part.pid), part.ports, part.state);
  }
  return table;
}

}  // namespace pepline
