// Checks from the outside what a stack promised, and prints what it counted.
// Exit code: 0 every promise was kept, 1 some were broken (each on a line), 2 could not look.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "shared/domain/all_services.h"
#include "tests/system/checker/promises.h"

int main(int argc, char** argv) {
  pepline::Evidence evidence;
  std::string bootstrap;
  std::string commands_file;
  std::string mail_folder;
  std::int64_t until = 0;
  CLI::App app("Checks what the stack promised against what it did.");
  app.add_option("--bootstrap", bootstrap, "Kafka bootstrap servers")->required();
  app.add_option("--commands", commands_file, "JSON lines of the commands sent")->required();
  app.add_option("--mails", mail_folder, "the maildir")->required();
  app.add_option("--until", until, "the stack's clock at rest, microseconds since 1970")
      ->required();
  std::string arrivals_file;
  std::int64_t interruptions = -1;
  app.add_option("--arrivals", arrivals_file, "JSON lines: when each record was seen");
  app.add_option("--interruptions", interruptions,
                 "how many mails may have been sent again or be without a record");
  app.add_flag("--everybody-reachable", evidence.everybody_reachable,
               "the mail server refuses nobody for good");
  CLI11_PARSE(app, argc, argv);

  evidence.until = absl::FromUnixMicros(until);
  std::vector<std::string> topics;
  for (const std::string& service : pepline::AllServices()) {
    topics.push_back("pepline." + service + ".events.v1");
  }
  auto records = pepline::ReadTopics(bootstrap, topics, absl::Seconds(60));
  auto commands = pepline::ReadCommands(commands_file);
  auto mails = pepline::ReadMails(mail_folder);
  absl::StatusOr<std::map<pepline::RecordPlace, absl::Time>> arrivals;
  if (arrivals_file.empty()) {
    arrivals.emplace();
  } else {
    arrivals = pepline::ReadArrivals(arrivals_file);
  }
  if (interruptions >= 0) evidence.interruptions = interruptions;
  for (const absl::Status& status :
       {records.status(), commands.status(), mails.status(), arrivals.status()}) {
    if (!status.ok()) {
      std::fprintf(stderr, "cannot look: %s\n", std::string(status.message()).c_str());
      return 2;
    }
  }
  evidence.records = *std::move(records);
  evidence.commands = *std::move(commands);
  evidence.mails = *std::move(mails);
  evidence.arrivals = *std::move(arrivals);

  const pepline::Verdict verdict = pepline::CheckPromises(evidence);
  std::printf("The checker counted\n");
  for (const auto& [name, count] : verdict.counts) {
    std::printf("  %8lld  %s\n", static_cast<long long>(count), name.c_str());
  }
  for (const std::string& line : verdict.broken) std::printf("BROKEN  %s\n", line.c_str());
  std::printf(verdict.broken.empty() ? "Every promise was kept.\n" : "%zu promises were broken.\n",
              verdict.broken.size());
  return verdict.broken.empty() ? 0 : 1;
}
