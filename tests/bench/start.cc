// P9: how long a service takes from its start until it serves, and what it holds in memory then.
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/bench/measures.h"
#include "tests/bench/surroundings.h"
#include "tools/stack/environment.h"
#include "tools/stack/service_process.h"

namespace pepline::bench {
namespace {

// Resident memory in megabytes.
absl::StatusOr<double> ResidentOf(pid_t pid) {
  std::ifstream statm(absl::StrCat("/proc/", pid, "/statm"));
  double size = 0, resident = 0;
  if (!(statm >> size >> resident)) return absl::InternalError("the process is gone");
  return resident * 4096 / 1e6;
}

}  // namespace

absl::Status MeasureStart(const Options& options, std::vector<Row>& rows) {
  TemporaryFolder folder;
  auto redis = RedisServer::Start(folder.path() + "/redis");
  if (!redis.ok()) return redis.status();
  auto broker = Broker::Start(folder.path() + "/broker", options.kafka_jars);
  if (!broker.ok()) return broker.status();
  auto keys = FindOrMakeKeys(folder.path() + "/keys");
  if (!keys.ok()) return keys.status();
  const Surroundings surroundings{.redis_port = (*redis)->port(),
                                  .kafka_bootstrap = broker->bootstrap(),
                                  .dev_broker = !broker->real(),
                                  .keys = *keys};
  std::vector<double> millis, megabytes;
  for (int round = 0; round < options.rounds; ++round) {
    const absl::Time start = absl::Now();
    auto service =
        ServiceProcess::Start({.service = "scheduling",
                               .folder = folder.path(),
                               .environment = EnvironmentOf("scheduling", surroundings)});
    if (!service.ok()) return service.status();
    if (absl::Status ready = (*service)->WaitReady(absl::Seconds(30)); !ready.ok()) return ready;
    millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    auto resident = ResidentOf((*service)->pid());
    if (!resident.ok()) return resident.status();
    megabytes.push_back(*resident);
  }
  rows.push_back({"P9",
                  absl::StrCat("start of scheduling until it serves, ",
                               broker->real() ? "real Kafka" : "development broker"),
                  "ms",
                  {},
                  Median(std::move(millis)),
                  "<= 100 ms"});
  rows.push_back({"P9",
                  "resident memory of scheduling, idle",
                  "MB",
                  {},
                  Median(std::move(megabytes)),
                  "<= 25 MB"});
  return absl::OkStatus();
}

}  // namespace pepline::bench
