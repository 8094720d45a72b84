#include "tests/system/replicas/replica_numbers.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pepline {

absl::StatusOr<std::unique_ptr<client::Caller>> CallerOfSecondReplicas(Stack& stack) {
  client::CallerOptions options{.stack_folder = stack.folder(), .attempts = 8};
  for (const std::string& service : stack.Services()) {
    options.addresses[service] = stack.service(absl::StrCat(service, "-2")).grpc_address();
  }
  return client::Caller::Create(std::move(options));
}

double SumOf(ServiceProcess& process, const std::string& metric, const std::string& label) {
  double sum = 0;
  const std::string text = process.Metrics().value_or("");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, metric + "{") && !absl::StartsWith(line, metric + " ")) continue;
    if (!absl::StrContains(line, label)) continue;
    double value = 0;
    if (absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) sum += value;
  }
  return sum;
}

}  // namespace pepline
