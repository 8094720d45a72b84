#include "shared/projections/policy_conversions.h"

#include <algorithm>
#include <utility>

#include "shared/domain/access/access_after_care.h"
#include "shared/domain/field_list.h"

namespace pepline {
namespace {

constexpr bool Same(RecipientRole ours, common::v1::RecipientRole said) {
  return static_cast<int>(ours) == static_cast<int>(said);
}
static_assert(Same(RecipientRole::kDesignatedTeacher,
                   common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER));
static_assert(Same(RecipientRole::kDeputyDesignatedTeacher,
                   common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER));
static_assert(Same(RecipientRole::kHeadteacher, common::v1::RECIPIENT_ROLE_HEADTEACHER));
static_assert(Same(RecipientRole::kVirtualSchoolCaseworker,
                   common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER));
static_assert(Same(RecipientRole::kVirtualSchoolHead,
                   common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD));
static_assert(Same(RecipientRole::kSocialWorker, common::v1::RECIPIENT_ROLE_SOCIAL_WORKER));
static_assert(Same(RecipientRole::kIndependentReviewingOfficer,
                   common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER));
static_assert(Same(RecipientRole::kSchoolOffice, common::v1::RECIPIENT_ROLE_SCHOOL_OFFICE));
// Every role of the contract is known: the unspecified one is the only other number.
static_assert(kAllRecipientRoles.size() + 1 == common::v1::RecipientRole_ARRAYSIZE);

constexpr bool Same(DayKind ours, common::v1::DayKind said) {
  return static_cast<int>(ours) == static_cast<int>(said);
}
static_assert(Same(DayKind::kSchoolDays, common::v1::DAY_KIND_SCHOOL_DAYS));
static_assert(Same(DayKind::kWorkingDays, common::v1::DAY_KIND_WORKING_DAYS));
static_assert(Same(DayKind::kCalendarMonths, common::v1::DAY_KIND_CALENDAR_MONTHS));
static_assert(common::v1::DayKind_ARRAYSIZE == 4);

}  // namespace

int MonthsOfAccessAfterCare(const common::v1::PolicyProfile& profile) {
  if (!profile.has_access_after_care_months()) return kMonthsOfAccessAfterCare;
  return std::clamp(profile.access_after_care_months(), 0, kMostMonthsOfAccessAfterCare);
}

std::vector<RecipientRole> RecipientsOfNotice(const common::v1::PolicyProfile* profile,
                                              NoticeKind kind) {
  const CataloguedNotice& notice = InCatalogue(kind);
  if (profile != nullptr) {
    for (const common::v1::NoticeRule& rule : profile->notices()) {
      if (rule.kind() != notice.id) continue;
      if (rule.disabled()) return {};
      std::vector<RecipientRole> recipients = KnownRoles(rule.recipients());
      // A later version's roles alone: somebody is told all the same.
      if (!recipients.empty()) return recipients;
    }
  }
  return {notice.recipients.begin(), notice.recipients.end()};
}

SdqStrategies StrategiesAskedFor(const common::v1::PolicyProfile* profile) {
  if (profile == nullptr || profile->sdq_strategies_for().empty()) return {};
  SdqStrategies asked{.scales = false, .impact = false};
  for (const std::string& name : profile->sdq_strategies_for()) {
    for (const auto& [known, what] : kNamedStrategiesFor) {
      if (known != name) continue;
      if (what == StrategiesFor::kScales) asked.scales = true;
      if (what == StrategiesFor::kImpact) asked.impact = true;
    }
  }
  return asked;
}

std::optional<DeadlineTerms> TermsFrom(const common::v1::DeadlineRule& row) {
  const auto kind = KnownEnum<DayKind>(row.day_kind());
  if (!kind) return std::nullopt;
  DeadlineTerms terms{row.length(), *kind, {}};
  for (const auto& level : row.levels()) {
    const auto level_kind = KnownEnum<DayKind>(level.day_kind());
    terms.levels.push_back({level.level(), level.offset(), level_kind.value_or(*kind),
                            KnownRoles(level.recipients())});
  }
  return terms;
}

DeadlinePolicy DeadlinesOf(const common::v1::PolicyProfile& profile) {
  DeadlinePolicy policy;
  for (const auto& row : profile.deadline_rules()) {
    const CataloguedRule* rule = FindRule(row.rule_id());
    auto terms = TermsFrom(row);
    if (rule != nullptr && terms) policy.rules[rule->rule] = *std::move(terms);
  }
  if (const auto day = ParseDate(profile.effective_on())) policy.effective_on = *day;
  return policy;
}

std::vector<RecipientRole> KnownRoles(const google::protobuf::RepeatedField<int>& roles) {
  std::vector<RecipientRole> known;
  for (int role : roles) {
    if (const auto one = KnownEnum<RecipientRole>(role)) known.push_back(*one);
  }
  return known;
}

}  // namespace pepline
