#include "tools/client/stack_file.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace pepline::client {
namespace {

// The text at a path such as {"broker", "bootstrap_servers"}; empty where there is none.
std::string TextAt(const nlohmann::json& json, std::initializer_list<const char*> path) {
  const nlohmann::json* here = &json;
  for (const char* name : path) {
    if (!here->is_object() || !here->contains(name)) return "";
    here = &(*here)[name];
  }
  return here->is_string() ? here->get<std::string>() : "";
}

}  // namespace

absl::StatusOr<StackFile> ReadStackFile(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/stack.json");
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("no stack is up in ", folder, " (there is no ", path,
                     "); start one with `make up`, or give addresses with --registry, "
                     "--scheduling, ... and a token with --token-file"));
  }
  std::stringstream text;
  text << file.rdbuf();
  const nlohmann::json json = nlohmann::json::parse(text.str(), nullptr, false);
  if (!json.is_object() || !json.contains("services") || !json["services"].is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " does not describe a stack"));
  }
  StackFile stack{.folder = TextAt(json, {"folder"}),
                  .bootstrap_servers = TextAt(json, {"broker", "bootstrap_servers"}),
                  .mail_folder = TextAt(json, {"mail_folder"}),
                  .issuer = TextAt(json, {"tokens", "issuer"}),
                  .audience = TextAt(json, {"tokens", "audience"}),
                  .signing_key_file = TextAt(json, {"tokens", "signing_key_file"}),
                  .tls = {.certificate = TextAt(json, {"tls", "certificate_file"}),
                          .key = TextAt(json, {"tls", "key_file"}),
                          .authorities = TextAt(json, {"tls", "authorities_file"})}};
  const std::string clock = TextAt(json, {"clock"});
  absl::string_view clock_file = clock;
  if (absl::ConsumePrefix(&clock_file, "simulated:")) stack.clock_file = std::string(clock_file);
  for (const auto& [name, service] : json["services"].items()) {
    stack.services[name] = TextAt(service, {"grpc"});
    stack.metrics[name] = TextAt(service, {"metrics"});
    if (std::string settings = TextAt(service, {"settings"}); !settings.empty()) {
      stack.settings[name] = std::move(settings);
    }
  }
  return stack;
}

}  // namespace pepline::client
