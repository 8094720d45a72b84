#include "shared/domain/legal_status.h"

namespace pepline {

std::string_view LegalStatusCode(std::optional<LegalStatus> status) {
  for (const auto& [code, one] : kLegalStatuses) {
    if (one == status) return code;
  }
  return "";
}

std::optional<LegalStatus> ParseLegalStatus(std::string_view code) {
  for (const auto& [known, status] : kLegalStatuses) {
    if (known == code) return status;
  }
  return std::nullopt;
}

}  // namespace pepline
