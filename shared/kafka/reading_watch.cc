#include "shared/kafka/reading_watch.h"

#include <algorithm>

namespace pepline {

void ReadingWatch::SetAssigned(const std::set<KafkaPlace>& places, absl::Time now) {
  for (auto& [place, reading] : readings_) reading.since = absl::InfiniteFuture();
  for (const KafkaPlace& place : places) readings_[place].since = now;
}

void ReadingWatch::Read(const KafkaPlace& place, absl::Time now) { readings_[place] = {now}; }

void ReadingWatch::Rest(const KafkaPlace& place, absl::Time now) { readings_[place].since = now; }

bool ReadingWatch::Stands(const KafkaPlace& place, absl::Time behind_since, absl::Time now) {
  Reading& reading = readings_[place];
  const absl::Time since = std::max(reading.since, behind_since);
  if (since == absl::InfiniteFuture() || now - since < reading.may_stand) return false;
  reading.may_stand = std::min(2 * reading.may_stand, kLongest);
  reading.since = now;
  return true;
}

}  // namespace pepline
