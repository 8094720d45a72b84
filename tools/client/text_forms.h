// How values look to a person at a terminal, and how they are read back: money in pounds, instants
// and dates of Europe/London, enum values as "pupil-views".
// Promises: exact both ways, with no floating point; what is printed can be read back, except the
// long date of a sentence. Errors: nullopt, or InvalidArgument with the fix. Threads: pure
// functions.
#ifndef PEPLINE_TOOLS_CLIENT_TEXT_FORMS_H_
#define PEPLINE_TOOLS_CLIENT_TEXT_FORMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "shared/base/london.h"

namespace pepline::client {

// Money. "£1,234.50"; "-£0.05".
std::string PoundsText(std::int64_t pence);
// "1234", "1234.5", "1234.50", "£1,234.50": pounds, exactly. InvalidArgument for anything else,
// above all for a third decimal.
absl::StatusOr<std::int64_t> ParsePounds(std::string_view text);

// "2025-09-25 15:00"; with seconds where there are any.
std::string InstantText(absl::Time at);
// "Thu 25 Sep 2025 15:00" for a sentence; the last second of a day is shown as the day alone.
std::string SpokenInstant(absl::Time at);
// "Thu 25 Sep 2025" of "2025-09-25"; other texts as they are.
std::string SpokenDate(std::string_view iso_date);
// "2025-09-25 15:00[:30]" or with T, on the clock of London, or RFC 3339 with an offset.
// InvalidArgument with the fix, also where London's clock shows this time twice or never.
absl::StatusOr<absl::Time> ParseInstant(std::string_view text);
absl::Time TimeOf(const google::protobuf::Timestamp& at);

// "pupil-views" of READINESS_ITEM_PUPIL_VIEWS; "" for the zero value.
std::string EnumText(const google::protobuf::EnumValueDescriptor& value);
// A number that this version does not know gives the number.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int number);
// All values but the zero value.
std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor& type);
// Also takes PUPIL_VIEWS and READINESS_ITEM_PUPIL_VIEWS. InvalidArgument lists the choices.
absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, std::string_view text);

// The text on one line of a terminal: line breaks and whatever else would move the cursor or change
// colours (the control characters of ASCII and of Latin-1) become a space each.
std::string OneLine(std::string_view text);

// The candidate that was most likely meant; empty where none is near.
std::string Nearest(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace pepline::client

#endif  // PEPLINE_TOOLS_CLIENT_TEXT_FORMS_H_
