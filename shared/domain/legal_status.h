// Under which law a child is looked after, by the codes of the Department for Education's return on
// looked-after children (SSDA903), and which of them are a series of short breaks: for such a child
// no PEP is made (SI 2010/959 reg 48; docs/domain.md 1.2).
#ifndef PEPLINE_SHARED_DOMAIN_LEGAL_STATUS_H_
#define PEPLINE_SHARED_DOMAIN_LEGAL_STATUS_H_

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace pepline {

// The numbers are the contract's.
enum class LegalStatus {
  kC1 = 1,
  kC2 = 2,
  kD1 = 3,
  kE1 = 4,
  kV2 = 5,
  kV3 = 6,
  kV4 = 7,
  kL1 = 8,
  kL2 = 9,
  kL3 = 10,
  kJ1 = 11,
  kJ2 = 12,
  kJ3 = 13,
};
constexpr LegalStatus LastOf(LegalStatus) { return LegalStatus::kJ3; }

inline constexpr std::array<std::pair<std::string_view, LegalStatus>, 13> kLegalStatuses = {
    {{"C1", LegalStatus::kC1},
     {"C2", LegalStatus::kC2},
     {"D1", LegalStatus::kD1},
     {"E1", LegalStatus::kE1},
     {"V2", LegalStatus::kV2},
     {"V3", LegalStatus::kV3},
     {"V4", LegalStatus::kV4},
     {"L1", LegalStatus::kL1},
     {"L2", LegalStatus::kL2},
     {"L3", LegalStatus::kL3},
     {"J1", LegalStatus::kJ1},
     {"J2", LegalStatus::kJ2},
     {"J3", LegalStatus::kJ3}}};

// The code; empty where none is on record.
std::string_view LegalStatusCode(std::optional<LegalStatus> status);
std::optional<LegalStatus> ParseLegalStatus(std::string_view code);

// A status that is not on record is none.
inline bool IsShortBreaks(std::optional<LegalStatus> status) {
  return status == LegalStatus::kV3 || status == LegalStatus::kV4;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_LEGAL_STATUS_H_
