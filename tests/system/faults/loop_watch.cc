#include "tests/system/faults/loop_watch.h"

#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/system/killing/group_offsets.h"
#include "tools/stack/environment.h"
#include "tools/stack/http_get.h"

namespace pepline {

absl::StatusOr<std::unique_ptr<LoopWatch>> LoopWatch::Start(
    Stack& stack, const std::vector<story::Settling::Reader>& readers) {
  auto watch = std::unique_ptr<LoopWatch>(new LoopWatch(stack));
  const std::string rules = absl::StrCat(SourceFolder(), "/deploy/prometheus/");
  auto metrics = ScrapedMetrics::For({rules + "alerts.yaml", rules + "recording.yaml"});
  if (!metrics.ok()) return metrics.status();
  {
    absl::MutexLock lock(&watch->mutex_);
    watch->metrics_.emplace(*std::move(metrics));
  }
  for (const auto& reader : readers) watch->topics_[reader.service].push_back(reader.topic);
  for (const std::string& service : stack.Services()) {
    watch->stores_[service] = RedisStore::Create(
        {.port = stack.redis().port(), .service = service, .connections = 1}, nullptr);
  }
  for (const Stack::Part& part : stack.Parts()) {
    const std::string service = part.name.substr(0, part.name.find('-'));
    if (!watch->stores_.contains(service)) continue;
    const std::string address = stack.service(part.name).metrics_address();
    int port = 0;
    if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) {
      return absl::InternalError(absl::StrCat(address, " has no port"));
    }
    watch->metrics_ports_[part.name] = port;
  }
  watch->Every(absl::Seconds(1), &LoopWatch::Scrape);
  watch->Every(absl::Seconds(1), &LoopWatch::LookAtStores);
  watch->Every(absl::Seconds(5), &LoopWatch::LookAtGroups);
  return watch;
}

LoopWatch::~LoopWatch() {
  stopping_.Notify();
  for (std::thread& thread : threads_) thread.join();
}

void LoopWatch::Every(absl::Duration pause, void (LoopWatch::*look)()) {
  threads_.emplace_back([this, pause, look] {
    while (!stopping_.WaitForNotificationWithTimeout(pause)) (this->*look)();
  });
}

void LoopWatch::Scrape() {
  for (const auto& [process, port] : metrics_ports_) {
    const absl::Time at = absl::Now();
    const auto answer = HttpGet(port, "/metrics", absl::Milliseconds(500));
    const bool answered = answer.ok() && answer->status == 200;
    absl::MutexLock lock(&mutex_);
    metrics_->Take(at, process.substr(0, process.find('-')), process,
                   answered ? answer->body : std::string());
  }
}

void LoopWatch::See(const std::string& service, const std::string& loop, bool waits,
                    const std::string& mark) {
  absl::MutexLock lock(&mutex_);
  stands_.See(absl::Now(), service, loop, waits, mark);
}

void LoopWatch::LookAtStores() {
  for (const auto& [service, store] : stores_) {
    if (const auto outbox = store->MeasureOutbox(); outbox.ok()) {
      const absl::Time oldest = outbox->oldest.value_or(absl::InfinitePast());
      See(service, "relay", outbox->entries > 0, absl::FormatTime(oldest));
    }
    if (const auto alarm = store->EarliestAlarm(); alarm.ok()) {
      const absl::Time at = alarm->value_or(absl::InfiniteFuture());
      See(service, "alarms", at <= stack_.clock()->Now(), absl::FormatTime(at));
    }
    if (service != "notifications") continue;
    for (int partition = 0; partition < store->partitions(); ++partition) {
      const auto untold = store->ListIndex(partition, {"untold", "alerts"}, "", 1);
      if (!untold.ok()) break;
      See(service, absl::StrCat("mails of partition ", partition), !untold->empty(),
          untold->empty() ? "" : untold->front());
    }
  }
}

void LoopWatch::LookAtGroups() {
  for (const auto& [service, topics] : topics_) {
    const auto positions =
        PositionsOf(stack_.bootstrap(), absl::StrCat("pepline.", service), topics);
    if (!positions.ok()) return;  // the others would not be told either
    for (const PartitionPosition& one : *positions) {
      See(service, absl::StrCat("consumer of ", one.topic, "/", one.partition),
          one.stored < one.end, std::to_string(one.stored));
    }
  }
}

std::vector<std::string> LoopWatch::Silences() {
  // A look at the rules takes long; nobody may wait for it.
  std::vector<StandStill> stands;
  std::optional<ScrapedMetrics> metrics;
  {
    absl::MutexLock lock(&mutex_);
    stands = stands_.LongerThan(kMayStand + kRuleMayTake, absl::Now());
    metrics = metrics_;
  }
  // Twelve partitions that stand for one reason are one silence.
  std::map<std::string, StandStill> longest;
  for (const StandStill& stand : stands) {
    const std::string kind = absl::StrCat(stand.service, " ", stand.loop.substr(0, 8));
    StandStill& kept = longest.try_emplace(kind, stand).first->second;
    if (stand.until - stand.since > kept.until - kept.since) kept = stand;
  }
  stands.clear();
  for (const auto& [kind, stand] : longest) {
    std::cout << "Stood still: " << stand.loop << " of " << stand.service << " for "
              << absl::ToInt64Seconds(stand.until - stand.since) << " s\n";
    stands.push_back(stand);
  }
  return CheckSilence(stands, [&](const std::string& service, absl::Time since, absl::Time until) {
    auto firing = metrics->Firing(service, since, until);
    if (firing.ok()) {
      for (const std::string& alert : *firing) std::cout << "  " << alert << " fired\n";
    }
    return firing;
  });
}

}  // namespace pepline
