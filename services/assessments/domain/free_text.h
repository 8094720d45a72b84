// Limits of what people write. Lengths count characters, not bytes, so that no language is cut
// short; the text is UTF-8 (protobuf has checked that). Threads: pure.
#ifndef PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_FREE_TEXT_H_
#define PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_FREE_TEXT_H_

#include <cstddef>
#include <string_view>

#include "shared/domain/characters.h"

namespace pepline::assessments {

inline constexpr std::size_t kLongestText = 4000;      // views, strategies
inline constexpr std::size_t kLongestReason = 500;     // reasons and details
inline constexpr std::size_t kLongestReference = 200;  // where a document is kept

inline bool IsLongerThan(std::string_view text, std::size_t characters) {
  return CharactersIn(text) > characters;
}

}  // namespace pepline::assessments

#endif  // PEPLINE_SERVICES_ASSESSMENTS_DOMAIN_FREE_TEXT_H_
