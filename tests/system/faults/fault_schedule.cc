#include "tests/system/faults/fault_schedule.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

using absl::Milliseconds;
using absl::Minutes;
using absl::Seconds;

const std::vector<FaultKind>& AllKinds() {
  static const auto* const kAll = new std::vector<FaultKind>{FaultKind::kKill,
                                                             FaultKind::kStop,
                                                             FaultKind::kCutFromRedis,
                                                             FaultKind::kCutFromKafka,
                                                             FaultKind::kCutFromNetwork,
                                                             FaultKind::kSlowRedis,
                                                             FaultKind::kClockJumps,
                                                             FaultKind::kClockWrongAtStart,
                                                             FaultKind::kSlowDisk,
                                                             FaultKind::kRedisIsFull,
                                                             FaultKind::kDiskIsFull,
                                                             FaultKind::kBrokerIsKilled,
                                                             FaultKind::kBrokerIsStopped,
                                                             FaultKind::kMailIsStopped};
  return *kAll;
}

bool MeetsKafka(FaultKind kind) {
  return kind == FaultKind::kCutFromKafka || kind == FaultKind::kBrokerIsKilled ||
         kind == FaultKind::kBrokerIsStopped;
}

// A little below and above each time-out that the kind can run into.
std::vector<absl::Duration> Lengths(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
      return {Milliseconds(1), Seconds(1), Seconds(5), Seconds(11)};
    case FaultKind::kStop:
      return {Milliseconds(500), Milliseconds(2200), Milliseconds(4500), Seconds(9),
              Milliseconds(14500)};
    case FaultKind::kCutFromRedis:
      return {Milliseconds(1500), Milliseconds(2300), Milliseconds(4500), Seconds(14)};
    case FaultKind::kCutFromKafka:
      return {Seconds(5), Seconds(9), Milliseconds(11500), Milliseconds(14500)};
    case FaultKind::kCutFromNetwork:
      return {Milliseconds(2300), Milliseconds(4500), Milliseconds(11500), Milliseconds(14500)};
    case FaultKind::kSlowRedis:
      return {Seconds(5), Seconds(10)};
    case FaultKind::kClockJumps:
    case FaultKind::kClockWrongAtStart:
      return {Seconds(7), Seconds(12)};
    case FaultKind::kSlowDisk:
      return {Seconds(4), Seconds(8)};
    case FaultKind::kRedisIsFull:
      return {Seconds(2), Seconds(6)};
    case FaultKind::kDiskIsFull:
      return {Seconds(1), Seconds(4)};
    case FaultKind::kBrokerIsKilled:
      return {Milliseconds(1), Seconds(5), Seconds(12)};
    case FaultKind::kBrokerIsStopped:
      return {Seconds(2), Milliseconds(6500), Seconds(11)};
    case FaultKind::kMailIsStopped:
      return {Seconds(3), Seconds(9)};
  }
  return {Seconds(1)};
}

// Those that outlast the time-out of a message to Kafka, or everything else.
std::vector<absl::Duration> LongLengths(FaultKind kind) {
  switch (kind) {
    case FaultKind::kStop:
    case FaultKind::kCutFromRedis:
    case FaultKind::kCutFromKafka:
    case FaultKind::kCutFromNetwork:
      return {Milliseconds(31500), Seconds(46)};
    case FaultKind::kBrokerIsKilled:
    case FaultKind::kBrokerIsStopped:
      return {Milliseconds(29500), Milliseconds(31500), Seconds(34)};
    default:
      return {};
  }
}

std::vector<absl::Duration> Amounts(FaultKind kind) {
  constexpr absl::Duration kFortyDays = absl::Hours(24 * 40);
  switch (kind) {
    case FaultKind::kSlowRedis:
      return {Milliseconds(2), Milliseconds(20), Milliseconds(150)};
    case FaultKind::kCutFromNetwork:
      return {absl::ZeroDuration(), Seconds(2), Seconds(5)};
    case FaultKind::kClockJumps:
    case FaultKind::kClockWrongAtStart:
      return {Minutes(3), kFortyDays, kFortyDays, -Minutes(3), -kFortyDays};
    default:
      return {absl::ZeroDuration()};
  }
}

}  // namespace

std::string FaultName(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
      return "killed";
    case FaultKind::kStop:
      return "stopped";
    case FaultKind::kCutFromRedis:
      return "cut from Redis";
    case FaultKind::kCutFromKafka:
      return "cut from Kafka";
    case FaultKind::kCutFromNetwork:
      return "cut from the network";
    case FaultKind::kSlowRedis:
      return "Redis is slow";
    case FaultKind::kClockJumps:
      return "clock jumps";
    case FaultKind::kClockWrongAtStart:
      return "clock wrong at the start";
    case FaultKind::kSlowDisk:
      return "disk is slow";
    case FaultKind::kRedisIsFull:
      return "memory of Redis is used up";
    case FaultKind::kDiskIsFull:
      return "disk is full";
    case FaultKind::kBrokerIsKilled:
      return "broker killed";
    case FaultKind::kBrokerIsStopped:
      return "broker stopped";
    case FaultKind::kMailIsStopped:
      return "mail server stopped";
  }
  return "";
}

std::string Describe(const Fault& fault) {
  std::string amount;
  if (fault.amount != absl::ZeroDuration()) {
    amount = absl::StrCat(
        fault.kind == FaultKind::kCutFromNetwork ? ", Kafka back earlier by " : ", by ",
        absl::FormatDuration(fault.amount));
  }
  return absl::StrCat(FaultName(fault.kind), ": ", fault.target, amount, ", for ",
                      absl::FormatDuration(fault.lasts), fault.breaks_after ? ", then broken" : "");
}

FaultDeck::FaultDeck(unsigned seed, std::vector<std::string> processes, bool has_kafka,
                     const std::string& only)
    : random_(seed), processes_(std::move(processes)), kinds_(AllKinds()) {
  std::erase_if(kinds_, [&](FaultKind kind) {
    return (!has_kafka && MeetsKafka(kind)) || !absl::StrContains(FaultName(kind), only);
  });
  // Rather too much than nothing.
  if (kinds_.empty()) kinds_ = {FaultKind::kKill};
}

template <class T>
const T& FaultDeck::Any(const std::vector<T>& of) {
  return of[std::uniform_int_distribution<std::size_t>(0, of.size() - 1)(random_)];
}

Fault FaultDeck::Draw() {
  if (left_.empty()) {
    left_ = kinds_;
    std::shuffle(left_.begin(), left_.end(), random_);
  }
  Fault fault;
  fault.kind = left_.back();
  left_.pop_back();
  switch (fault.kind) {
    case FaultKind::kSlowDisk:
    case FaultKind::kRedisIsFull:
    case FaultKind::kDiskIsFull:
      fault.target = "redis";
      break;
    case FaultKind::kBrokerIsKilled:
    case FaultKind::kBrokerIsStopped:
      fault.target = "kafka";
      break;
    case FaultKind::kMailIsStopped:
      fault.target = "smtp";
      break;
    default:
      fault.target = Any(processes_);
  }
  // Those that speak of lateness are met more often than the others.
  if (absl::StartsWith(fault.target, "registry") || absl::StartsWith(fault.target, "funding")) {
    fault.target = Any(processes_);
  }
  constexpr double kLong = 0.08;
  const std::vector<absl::Duration> longs = LongLengths(fault.kind);
  const bool is_long = std::uniform_real_distribution<>(0, 1)(random_) < kLong && !longs.empty();
  fault.lasts = Any(is_long ? longs : Lengths(fault.kind));
  fault.amount = Any(Amounts(fault.kind));
  fault.breaks_after =
      (fault.kind == FaultKind::kCutFromRedis || fault.kind == FaultKind::kCutFromKafka ||
       fault.kind == FaultKind::kCutFromNetwork) &&
      random_() % 2 == 0;
  return fault;
}

absl::Duration HowLong(const std::vector<Fault>& faults, absl::Duration between,
                       std::size_t at_once) {
  std::map<std::string, absl::Duration> free_at;
  std::vector<absl::Duration> places(at_once);
  absl::Duration begin, end;
  for (const Fault& fault : faults) {
    absl::Duration& place = *std::min_element(places.begin(), places.end());
    begin = std::max({begin, place, free_at[fault.target]});
    free_at[fault.target] = place = begin + fault.lasts;
    end = std::max(end, place);
    begin += between;
  }
  return end;
}

}  // namespace pepline
