#include "services/notifications/storage/digest_codec.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/notifications/domain/fields.h"
#include "shared/base/digest.h"
#include "shared/engine/field_mapping.h"

namespace pepline::notifications {

absl::StatusOr<DigestState> DigestCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  if (!parts.front()) return DigestState();
  storage::v1::Digest stored;
  FieldReader reader;
  if (stored.ParseFromString(*parts.front())) {
    auto state = ReadFields<DigestState>(stored, reader);
    if (reader.readable()) return state;
  }
  return absl::DataLossError("a stored digest cannot be read; see `pepctl rebuild`");
}

std::vector<std::string> DigestCodec::Encode(const DigestState& state) {
  storage::v1::Digest out;
  WriteFields(state, out);
  return {out.SerializeAsString()};
}

Target DigestOf(const StaffId& staff) {
  return {staff.text(), {{std::string(DigestCodec::kKind), staff.text()}}};
}

std::string DigestId(const StaffId& staff, std::vector<std::string> delivery_ids) {
  constexpr std::size_t kLength = 20;
  std::ranges::sort(delivery_ids);
  return absl::StrCat(staff.text(), "/digest/",
                      LettersFrom(absl::StrJoin(delivery_ids, "\n"), kLength));
}

}  // namespace pepline::notifications
