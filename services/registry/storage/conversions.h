// Domain types as protobuf and back, for what is stored, published, asked and answered alike: enums
// of equal numbers, days, terms and profiles. What this version does not know gives nullopt.
#ifndef PEPLINE_SERVICES_REGISTRY_STORAGE_CONVERSIONS_H_
#define PEPLINE_SERVICES_REGISTRY_STORAGE_CONVERSIONS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "pepline/common/v1/policy_profile.pb.h"
#include "pepline/common/v1/school_term.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/policy.h"
#include "shared/domain/calendar.h"
#include "shared/projections/policy_conversions.h"
#include "shared/rpc/request_fields.h"

namespace pepline::registry {

using pepline::FromProto;  // roles and kinds of days
using pepline::ToProto;
std::optional<CareCeasedReason> FromProto(v1::CareCeasedReason reason);

using DayTexts = google::protobuf::RepeatedPtrField<std::string>;
using TermTexts = google::protobuf::RepeatedPtrField<common::v1::SchoolTermPart>;
void FillDays(const std::set<absl::CivilDay>& days, DayTexts& out);
void FillTerms(const std::vector<TermPart>& terms, TermTexts& out);
// nullopt where one cannot be read.
std::optional<std::set<absl::CivilDay>> ReadDays(const DayTexts& texts);
std::optional<std::vector<TermPart>> ReadTerms(const TermTexts& terms);

// What the stored and the shown form of a correction have in common: all but the instant.
template <class Out>
void Fill(const Correction& correction, Out& out) {
  out.set_fact(std::string(CorrectedFactName(correction.fact)));
  out.set_old_on(FormatDate(correction.old_day));
  out.set_new_on(ToText(correction.new_day));
  out.set_old_school_urn(correction.old_school.text());
  out.set_new_school_urn(correction.new_school.text());
  out.set_reason(correction.reason);
  out.set_corrected_by(correction.by);
}

common::v1::PolicyProfile ToProto(const PolicyProfile& profile);
std::optional<PolicyProfile> FromProto(const common::v1::PolicyProfile& profile);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_STORAGE_CONVERSIONS_H_
