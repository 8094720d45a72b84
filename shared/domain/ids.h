// Strong types for every identifier, so that a child's id cannot be passed for a school's.
// Promises: no validation beyond the type; equal and ordered as text; usable as a map key.
// All ids are opaque text without personal data. A school's id is its URN (6 digits, public).
// Threads: values only.
#ifndef PEPLINE_SHARED_DOMAIN_IDS_H_
#define PEPLINE_SHARED_DOMAIN_IDS_H_

#include <compare>
#include <string>
#include <utility>

namespace pepline {

template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

using ChildId = Id<struct ChildTag>;                    // "chd-" + 20 letters and digits
using PepId = Id<struct PepTag>;                        // "<child id>.<cycle number>"
using StaffId = Id<struct StaffTag>;                    // "stf-" + 20 letters and digits
using SchoolUrn = Id<struct SchoolTag>;                 // six digits, from the school register
using AuthorityCode = Id<struct AuthorityTag>;          // three digits, e.g. 931 Oxfordshire
using SdqId = Id<struct SdqTag>;                        // "<pep id>.<purpose>.<informant>"
using OutcomeId = Id<struct OutcomeTag>;                // "<pep id>.o<number>"
using FundLineId = Id<struct FundLineTag>;              // "<authority code>.<financial year>"
using FundingRequestId = Id<struct FundingRequestTag>;  // "req-" + 20 letters and digits
using AlertId = Id<struct AlertTag>;                    // "<pep id or urn>.<deadline rule id>"

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_IDS_H_
