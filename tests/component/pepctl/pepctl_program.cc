#include "tests/component/pepctl/pepctl_program.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::pepctl {
namespace {

constexpr absl::Duration kLongest = absl::Seconds(60);

}  // namespace

PepctlProgram::PepctlProgram(ServiceUnderTest& service, const std::string& name)
    : service_(service) {
  const auto keys = FindOrMakeKeys(service_.folder() + "/keys");
  EXPECT_TRUE(keys.ok()) << keys.status();
  if (!keys.ok()) return;
  const auto environment = ReadFile(absl::StrCat("/proc/", service_.process().pid(), "/environ"));
  const std::string settings = absl::StrCat(service_.folder(), "/", name, ".settings");
  EXPECT_TRUE(WriteFile(settings, environment.value_or("")).ok()) << environment.status();
  const nlohmann::json text = {
      {"folder", service_.folder()},
      {"clock", "simulated:" + service_.folder() + "/clock"},
      {"broker", {{"kind", "dev"}, {"bootstrap_servers", service_.bootstrap()}}},
      {"tokens",
       {{"issuer", keys->issuer},
        {"audience", keys->audience},
        {"jwks_file", keys->jwks_file},
        {"signing_key_file", keys->signing_key_file}}},
      {"services",
       {{name, {{"grpc", service_.process().grpc_address()}, {"settings", settings}}}}}};
  EXPECT_TRUE(WriteFile(service_.folder() + "/stack.json", text.dump()).ok());
}

Answer PepctlProgram::operator()(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--stack", service_.folder()});
  return Plain(std::move(arguments));
}

Answer PepctlProgram::Plain(std::vector<std::string> arguments) {
  const auto program = FindProgram("pepctl");
  EXPECT_TRUE(program.ok()) << program.status();
  if (!program.ok()) return {};
  arguments.insert(arguments.begin(), *program);
  return Run(std::move(arguments));
}

Answer PepctlProgram::Run(std::vector<std::string> command) {
  const std::string output = absl::StrCat(service_.folder(), "/run-", ++runs_, ".txt");
  auto process = ChildProcess::Start({.command = std::move(command), .output_file = output});
  EXPECT_TRUE(process.ok()) << process.status();
  if (!process.ok()) return {};
  EXPECT_TRUE(WaitUntil([&] { return !(*process)->Running(); }, kLongest));
  return {(*process)->ExitCode().value_or(-1), ReadFile(output).value_or("")};
}

}  // namespace pepline::pepctl
