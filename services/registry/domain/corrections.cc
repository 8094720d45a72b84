#include "services/registry/domain/corrections.h"

#include "shared/domain/characters.h"

namespace pepline::registry {
namespace {

constexpr std::size_t kLongestReason = 500;
// They are part of the record, which every call about it reads.
constexpr std::size_t kMostCorrections = 100;

}  // namespace

MaybeRefusal CheckCorrection(const std::string& reason, std::size_t kept,
                             const std::string& id_field) {
  if (IsBlank(reason)) {
    return Refuse(refusals::kReasonRequired, "reason", "say why this is corrected");
  }
  if (CharactersIn(reason) > kLongestReason) {
    return Refuse(refusals::kReasonTooLong, "reason", "give the reason in at most 500 characters");
  }
  if (kept >= kMostCorrections) {
    return Refuse(refusals::kTooManyCorrections, id_field,
                  "this record holds 100 corrections, which is the most; find out what corrects it "
                  "over and over, and ask whoever runs Pepline");
  }
  return std::nullopt;
}

Refusal SameAsOnRecord(const std::string& field) {
  return Refuse(refusals::kSameAsOnRecord, field,
                "this is on record already; give what it should be instead");
}

}  // namespace pepline::registry
