#include "shared/kafka/reception/handling_errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

constexpr char kMissing[] = "pepline/missing-event";

}  // namespace

absl::Status MissingBefore(std::uint64_t version, std::uint64_t last) {
  absl::Status missing = absl::NotFoundError(
      absl::StrCat("event ", last + 1, " of this sender is missing before event ", version));
  missing.SetPayload(kMissing, absl::Cord(""));
  return missing;
}

bool IsMissing(const absl::Status& status) { return status.GetPayload(kMissing).has_value(); }

bool WaitsForADependency(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

}  // namespace pepline
