// pepline-bench: measures floor and ours in one run and prints the ratios; see measures.h.
#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "shared/observability/log.h"
#include "tests/bench/load.h"
#include "tests/bench/measures.h"
#include "tools/stack/environment.h"
#include "tools/stack/servers/kafka_server.h"

namespace pepline::bench {
namespace {

absl::Status MeasureAll(const Options& options, const std::string& only, std::vector<Row>& rows) {
  const auto wanted = [&](const std::string& measure) { return only.empty() || only == measure; };
  auto script = MeasureScript(options);
  if (!script.ok()) return script.status();
  Floors floors = *script;
  rows.push_back({"script",
                  "bare atomic script, appendfsync always, 64 pipelined",
                  "1/s",
                  {},
                  floors.script_per_second,
                  "the floor"});
  rows.push_back({"script",
                  "the same, 512 pipelined",
                  "1/s",
                  {},
                  floors.script_deep_per_second,
                  "the floor of storms"});
  const std::pair<std::string, std::function<absl::Status()>> measures[] = {
      {"commands", [&] { return MeasureCommands(options, floors, rows); }},
      {"alarms", [&] { return MeasureAlarms(options, floors, rows); }},
      {"outbox", [&] { return MeasureOutbox(options, rows); }},
      {"memory", [&] { return MeasureMemory(options, rows); }},
      {"start", [&] { return MeasureStart(options, rows); }}};
  for (const auto& [name, measure] : measures) {
    if (!wanted(name)) continue;
    std::cerr << "measuring " << name << " ...\n";
    if (absl::Status status = measure(); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

int Run(const Options& options, const std::string& only, const std::string& results) {
  std::vector<Row> rows;
  const absl::Status status = MeasureAll(options, only, rows);
  const std::string text = absl::StrCat(
      "Pepline, ", absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::Now(), absl::UTCTimeZone()), ", ",
      std::thread::hardware_concurrency(), " cores with the load generator on them, median of ",
      options.rounds, options.divide > 1 ? absl::StrCat(", work divided by ", options.divide) : "",
      "\nratio = ours / floor\n\n", Table(rows));
  std::cout << text;
  if (!status.ok()) {
    std::cerr << "pepline-bench: " << status.message() << "\n";
    return 1;
  }
  if (!results.empty() && !WriteFile(results, text).ok()) return 1;
  return 0;
}

}  // namespace
}  // namespace pepline::bench

int main(int argc, char** argv) {
  using namespace pepline::bench;
  CLI::App app("Measures Pepline against the floor of the machine.", "pepline-bench");
  Options options;
  options.kafka_jars = pepline::SourceFolder() + "/.cache/kafka";
  std::string only, results, echo;
  app.add_option("--only", only, "one measure")
      ->check(CLI::IsMember({"commands", "alarms", "outbox", "memory", "start"}));
  app.add_option("--rounds", options.rounds, "of which the median counts")->check(CLI::Range(1, 9));
  app.add_option("--divide", options.divide, "do only this part of the work, to try it")
      ->check(CLI::Range(1, 1000));
  app.add_option("--results", results, "a file to keep the table in");
  app.add_option("--echo", echo, "be the echo server (used by itself)")->group("");
  CLI11_PARSE(app, argc, argv);
  if (!echo.empty()) return ServeEcho(echo);
  return Run(options, only, results);
}
