#include "shared/engine/gauges.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/time/clock.h"
#include "shared/engine/envelopes.h"
#include "shared/observability/heartbeat.h"
#include "shared/observability/log.h"

namespace pepline {
namespace {

constexpr int kPage = 1000;
constexpr std::size_t kAtOnce = 200;
constexpr absl::Duration kShortestRest = absl::Seconds(2);
constexpr int kRestPerWork = 50;
// The first count of 84,000 children takes some 20 seconds.
constexpr absl::Duration kLongestCount = absl::Seconds(45);
constexpr absl::Duration kBetweenHeartbeats = absl::Seconds(10);
constexpr char kOther[] = "other";

}  // namespace

absl::StatusOr<std::map<std::string, int>> FollowedRecords::ListMembers() {
  std::map<std::string, int> members;
  for (int partition = 0; partition < store_.partitions(); ++partition) {
    for (const IndexEntry& list : lists_) {
      std::string after;
      while (true) {
        auto page = store_.ListIndex(partition, list, after, kPage);
        if (!page.ok()) return page.status();
        for (const std::string& member : *page) members.emplace(member, partition);
        if (page->size() < static_cast<std::size_t>(kPage)) break;
        after = page->back();
      }
    }
  }
  return members;
}

absl::Status FollowedRecords::Refresh(const Changed& changed, const Gone& gone) {
  const auto members = ListMembers();
  if (!members.ok()) return members.status();
  for (auto known = read_.begin(); known != read_.end();) {
    if (members->contains(known->first)) {
      ++known;
    } else {
      gone(known->first);
      known = read_.erase(known);
    }
  }
  std::vector<std::pair<std::string, int>> some;
  for (const auto& member : *members) {
    some.emplace_back(member);
    if (some.size() < kAtOnce) continue;
    if (absl::Status status = ReadSome(some, changed, gone); !status.ok()) return status;
    some.clear();
  }
  return ReadSome(some, changed, gone);
}

absl::Status FollowedRecords::ReadSome(const std::vector<std::pair<std::string, int>>& some,
                                       const Changed& changed, const Gone& gone) {
  std::vector<Store::Place> places;
  for (const auto& [member, partition] : some) {
    for (RecordKey& key : keys_(member)) places.push_back({partition, std::move(key)});
  }
  if (places.empty()) return absl::OkStatus();
  const auto revisions = store_.Revisions(places);
  if (!revisions.ok()) return revisions.status();
  auto next = revisions->begin();
  for (const auto& [member, partition] : some) {
    const auto end = next + static_cast<std::ptrdiff_t>(keys_(member).size());
    Revisions now(next, end);
    next = end;
    if (const auto known = read_.find(member); known != read_.end() && known->second == now) {
      continue;
    }
    const absl::Status status = ReadOne(member, partition, changed);
    if (absl::IsDataLoss(status) || absl::IsInvalidArgument(status)) {
      LogWarning("a stored record cannot be read and is not counted",
                 {{LogField::kCause, std::string(status.message())}});
      gone(member);
    } else if (!status.ok()) {
      return status;
    }
    // Older than what was read, where somebody wrote in between: then it is read once more.
    read_[member] = std::move(now);
  }
  return absl::OkStatus();
}

absl::Status FollowedRecords::ReadOne(const std::string& member, int partition,
                                      const Changed& changed) {
  const auto states = LoadStates(store_, partition, keys_(member));
  if (!states.ok()) return states.status();
  return changed(member, *states);
}

void AuthorityGauge::Add(const std::string& authority, const std::string& value, double by) {
  sums_[authority][value] += by;
  ++sizes_[authority];
}

void AuthorityGauge::Take(const std::string& authority, double number, int size) {
  adds_up_ = false;
  sums_[authority][""] = number;
  sizes_[authority] = size;
}

template <class Visit>
void AuthorityGauge::WithLabels(const std::string& authority, const std::string& value,
                                Visit visit) const {
  if (label_.empty()) {
    visit({{"authority", authority}});
  } else {
    visit({{"authority", authority}, {label_, value}});
  }
}

void AuthorityGauge::Publish(Metrics& metrics) {
  std::vector<std::pair<int, std::string>> ranking;
  for (const auto& [authority, size] : sizes_) ranking.emplace_back(-size, authority);
  std::sort(ranking.begin(), ranking.end());
  std::set<std::string> named = {kOther};
  for (const auto& [size, authority] : ranking) {
    if (named.size() <= kMostAuthorities) named.insert(authority);
  }
  for (auto shown = shown_.begin(); shown != shown_.end();) {
    // What was named and has nothing now shows 0, as long as there is room.
    if (named.size() <= kMostAuthorities) named.insert(shown->first);
    if (named.contains(shown->first)) {
      for (auto& [value, number] : shown->second) number = 0;
      ++shown;
      continue;
    }
    for (const auto& [value, number] : shown->second) {
      WithLabels(shown->first, value, [&](MetricLabels labels) { metrics.Forget(name_, labels); });
    }
    shown = shown_.erase(shown);
  }
  for (const auto& [size, authority] : ranking) {
    const bool alone = named.contains(authority);
    if (!alone && !adds_up_) continue;
    auto& row = shown_[alone ? authority : kOther];
    for (const std::string& value : values_) row.emplace(value, 0);
    for (const auto& [value, sum] : sums_[authority]) row[value] += sum;
  }
  for (const auto& [authority, values] : shown_) {
    for (const auto& [value, number] : values) {
      WithLabels(authority, value,
                 [&](MetricLabels labels) { metrics.Set(name_, labels, number); });
    }
  }
  sums_.clear();
  sizes_.clear();
}

GaugeThread::GaugeThread(Metrics& metrics, std::function<absl::Status()> count)
    : metrics_(metrics), count_(std::move(count)) {
  thread_ = std::thread([this] { Run(); });
}

GaugeThread::~GaugeThread() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void GaugeThread::Run() {
  const auto heartbeat =
      metrics_.heartbeats().Begin("gauges", {.limit = kLongestCount, .essential = false});
  while (true) {
    heartbeat->Turned();
    const absl::Time start = absl::Now();
    const absl::Status status = count_();
    const absl::Duration took = absl::Now() - start;
    if (status.ok()) {
      metrics_.Set("pepline_census_last_success_timestamp_seconds", {},
                   absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
      metrics_.Observe("pepline_census_seconds", {}, took);
    }
    absl::MutexLock lock(&mutex_);
    // Waiting for a store that is away is no work.
    const absl::Duration work = status.ok() ? took : absl::ZeroDuration();
    const absl::Time until = absl::Now() + std::max(kShortestRest, kRestPerWork * work);
    while (absl::Now() < until) {
      heartbeat->Turned();
      const absl::Duration nap = std::min(until - absl::Now(), kBetweenHeartbeats);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), nap)) return;
    }
  }
}

}  // namespace pepline
