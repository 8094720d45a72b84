// Reads a stored record or an event field by field and remembers whether all of it could be read:
// what cannot be read gives a value to go on with, and the whole is refused at the end. Days are
// "2026-09-01". Threads: one.
#ifndef PEPLINE_SHARED_ENGINE_FIELD_READER_H_
#define PEPLINE_SHARED_ENGINE_FIELD_READER_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "shared/domain/calendar.h"

namespace pepline {

class FieldReader {
 public:
  // An element of a list whose value this version does not know fails the record; of an event it
  // is passed over, since a later version may have said it.
  enum class UnknownInLists { kFail, kPassedOver };
  explicit FieldReader(UnknownInLists unknown = UnknownInLists::kFail) : unknown_(unknown) {}
  bool PassesOverUnknown() const { return unknown_ == UnknownInLists::kPassedOver; }

  template <class T>
  T Known(std::optional<T> value, T instead = T{}) {
    if (!value) readable_ = false;
    return value.value_or(instead);
  }
  absl::CivilDay Day(const std::string& text) { return Known(ParseDate(text)); }
  std::optional<absl::CivilDay> DayIfAny(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(Day(text));
  }
  void Fail() { readable_ = false; }
  bool readable() const { return readable_; }
  // The state, or DataLoss when a part of it could not be read.
  template <class State>
  absl::StatusOr<State> Give(State state) const {
    if (readable_) return state;
    return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
  }

 private:
  UnknownInLists unknown_;
  bool readable_ = true;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_FIELD_READER_H_
