#include "shared/kafka/reception/received_versions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "pepline/runtime/v1/any_event.pb.h"

namespace pepline {
namespace {

constexpr std::size_t kMostRemembered = 20'000;

// A Kafka partition that is read from its beginning is kept as if it had said one event.
SourceAggregate AggregateOf(const KafkaPlace& place) {
  std::string name = absl::StrCat(place.first, "/", place.second);
  return {name, absl::StrCat("from-beginning/", name)};
}

std::uint32_t DigestOf(const std::string& value) {
  const std::uint64_t hash = StableHash(value);
  const auto digest = static_cast<std::uint32_t>(hash ^ hash >> 32);
  return digest == 0 ? 1 : digest;  // 0: not known
}

}  // namespace

std::optional<ReceivedEvent> EventOf(const InboundRecord& record) {
  runtime::v1::AnyEvent event;
  if (!event.ParseFromString(record.value) || event.header().aggregate_id().empty() ||
      event.header().aggregate_version() == 0) {
    return std::nullopt;
  }
  return ReceivedEvent{{record.key, event.header().aggregate_id()},
                       {event.header().aggregate_version(), DigestOf(record.value)}};
}

absl::StatusOr<ReceivedVersions::Last> ReceivedVersions::LastKnown(
    const SourceAggregate& aggregate) {
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = last_.find(aggregate); found != last_.end()) return found->second;
  }
  const auto kept = store_.LoadReceived({aggregate});
  if (!kept.front().ok()) return kept.front().status();
  absl::MutexLock lock(&mutex_);
  return last_.try_emplace(aggregate, *kept.front()).first->second;
}

absl::StatusOr<bool> ReceivedVersions::FromBeginning(const KafkaPlace& place) {
  {
    absl::MutexLock lock(&mutex_);
    const auto found = from_beginning_.find(place);
    if (found != from_beginning_.end()) return found->second;
  }
  const auto kept = store_.LoadReceived({AggregateOf(place)});
  if (!kept.front().ok()) return kept.front().status();
  absl::MutexLock lock(&mutex_);
  return from_beginning_.try_emplace(place, kept.front()->has_value()).first->second;
}

absl::StatusOr<ReceivedVersions::Next> ReceivedVersions::Look(const KafkaPlace& place,
                                                              const ReceivedEvent& event) {
  const auto last = LastKnown(event.aggregate);
  if (!last.ok()) return last.status();
  if (!last->has_value()) {
    if (event.at.version == 1) return Next::kExpected;
    const auto from_beginning = FromBeginning(place);
    if (!from_beginning.ok()) return from_beginning.status();
    return *from_beginning ? Next::kGap : Next::kExpected;
  }
  const ReceivedVersion& received = **last;
  if (event.at.version > received.version + 1) return Next::kGap;
  const bool other = event.at.version == received.version && received.digest != 0 &&
                     received.digest != event.at.digest;
  return other ? Next::kReused : Next::kExpected;
}

void ReceivedVersions::Receive(const ReceivedEvent& event) {
  absl::MutexLock lock(&mutex_);
  Last& last = last_[event.aggregate];
  if (last && last->version >= event.at.version) return;
  last = event.at;
  to_keep_.insert(event.aggregate);
}

void ReceivedVersions::GiveUpBefore(const ReceivedEvent& event) {
  if (event.at.version <= 1) return;
  Receive({event.aggregate, {event.at.version - 1, 0}});
}

std::uint64_t ReceivedVersions::LastOf(const ReceivedEvent& event) {
  const auto last = LastKnown(event.aggregate);
  return last.ok() && last->has_value() ? (*last)->version : 0;
}

void ReceivedVersions::Fetch(const std::vector<ReceivedEvent>& events) {
  std::set<SourceAggregate> wanted;
  {
    absl::MutexLock lock(&mutex_);
    for (const ReceivedEvent& event : events) {
      if (!last_.contains(event.aggregate)) wanted.insert(event.aggregate);
    }
  }
  if (wanted.empty()) return;
  const std::vector<SourceAggregate> aggregates(wanted.begin(), wanted.end());
  const auto kept = store_.LoadReceived(aggregates);
  absl::MutexLock lock(&mutex_);
  for (std::size_t i = 0; i < aggregates.size(); ++i) {
    // Where it cannot be told now, it is asked again when the record's turn comes.
    if (kept[i].ok()) last_.try_emplace(aggregates[i], *kept[i]);
  }
}

absl::Status ReceivedVersions::Keep() {
  std::vector<Store::Received> received;
  {
    absl::MutexLock lock(&mutex_);
    for (const SourceAggregate& aggregate : to_keep_) {
      received.push_back({aggregate, *last_[aggregate]});
    }
    if (received.empty() && last_.size() > kMostRemembered) last_.clear();
  }
  if (received.empty()) return absl::OkStatus();
  absl::Status kept = store_.KeepReceived(received);
  if (!kept.ok()) return kept;
  absl::MutexLock lock(&mutex_);
  for (const Store::Received& one : received) {
    if (last_[one.aggregate] == one.last) to_keep_.erase(one.aggregate);
  }
  return absl::OkStatus();
}

void ReceivedVersions::Assigned(const std::set<KafkaPlace>& from_beginning) {
  absl::MutexLock lock(&mutex_);
  // What is not kept yet was received by us and stays true.
  std::erase_if(last_, [this](const auto& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !to_keep_.contains(entry.first);
  });
  from_beginning_.clear();
  for (const KafkaPlace& place : from_beginning) {
    from_beginning_[place] = true;
    last_[AggregateOf(place)] = ReceivedVersion{1, 0};
    to_keep_.insert(AggregateOf(place));
  }
}

}  // namespace pepline
