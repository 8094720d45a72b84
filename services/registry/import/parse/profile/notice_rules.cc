#include "services/registry/import/parse/profile/notice_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/roles.h"
#include "services/registry/import/parse/text.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/notice_catalogue.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline::registry::imports {
namespace {

constexpr std::size_t kLongestReason = 500;

constexpr std::array<std::string_view, 4> kNoticeKeys = {"kind", "recipients", "disabled",
                                                         "reason"};
constexpr auto kNoticeKinds = [] {
  std::array<std::pair<std::string_view, NoticeKind>, kNoticeCatalogue.size()> kinds;
  std::ranges::transform(kNoticeCatalogue, kinds.begin(), [](const CataloguedNotice& notice) {
    return std::pair(notice.id, notice.kind);
  });
  return kinds;
}();

void ReadRecipients(YamlFields& fields, common::v1::NoticeRule& rule) {
  for (const auto& [role, path] : fields.List("recipients")) {
    const std::string name = role.IsScalar() ? role.Scalar() : "?";
    const auto known = fields.Known<common::v1::RecipientRole>("recipients", name, kRoleNames);
    if (!known) continue;
    if (std::ranges::find(rule.recipients(), *known) != rule.recipients().end()) {
      fields.Fail("recipients", "the recipient is in the list already; keep one");
    }
    rule.add_recipients(*known);
  }
}

void ReadRow(YamlFields& fields, std::set<NoticeKind>& named, common::v1::NoticeRule& rule) {
  if (const auto kind = fields.OneOf<NoticeKind>("kind", kNoticeKinds)) {
    rule.set_kind(std::string(InCatalogue(*kind).id));
    if (!named.insert(*kind).second) {
      fields.Fail("kind", "the notice is in the list already; keep one");
    }
  }
  rule.set_disabled(fields.Flag("disabled"));
  if (!rule.disabled()) {
    ReadRecipients(fields, rule);
    if (fields.Has("reason")) {
      fields.Fail("reason", "a reason goes with `disabled: true`; leave it out");
    }
    return;
  }
  rule.set_reason(fields.Text("reason", kLongestReason));
  if (fields.Has("recipients")) {
    fields.Fail("recipients", "nobody is told of a notice that is switched off; leave them out");
  }
}

constexpr std::array<std::string_view, 5> kMailHoursKeys = {"from_hour", "until_hour", "any_day",
                                                            "at_once", "no_digest"};
constexpr auto kWhatIsTold = [] {
  std::array<std::string_view, kRuleCatalogue.size() + kNoticeCatalogue.size()> ids;
  const auto rest = std::ranges::transform(kRuleCatalogue, ids.begin(), &CataloguedRule::id).out;
  std::ranges::transform(kNoticeCatalogue, rest, &CataloguedNotice::id);
  return ids;
}();

std::optional<int> Hour(YamlFields& fields, std::string_view key, int least, int most,
                        int left_out) {
  const auto hour = fields.NumberIfAny(key);
  if (hour && (*hour < least || *hour > most)) {
    fields.Fail(key, absl::StrCat("give a full hour, ", least, " to ", most,
                                  ", or leave it out for ", left_out));
  }
  return hour;
}

void ReadAtOnce(YamlFields& fields, common::v1::MailHours& out) {
  for (const auto& [entry, path] : fields.List("at_once")) {
    const std::string id = entry.IsScalar() ? entry.Scalar() : "?";
    if (std::ranges::find(kWhatIsTold, id) == kWhatIsTold.end()) {
      fields.Fail("at_once", absl::StrCat("no deadline has this id, and no notice this kind; ",
                                          AdviseNames(id, kWhatIsTold)));
    } else if (std::ranges::find(out.at_once(), id) != out.at_once().end()) {
      fields.Fail("at_once", "this is in the list already; keep one");
    }
    out.add_at_once(id);
  }
}

}  // namespace

void ReadNoticeRules(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile) {
  if (!fields.Has("notices")) return;
  std::set<NoticeKind> named;
  for (const auto& [node, path] : fields.List("notices")) {
    YamlFields row(node, path, kNoticeKeys, errors);
    if (node.IsMap()) ReadRow(row, named, *profile.add_notices());
  }
}

void ReadMailHours(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile) {
  const auto part = fields.Part("mail_hours");
  if (!part) return;
  YamlFields hours(part->first, part->second, kMailHoursKeys, errors);
  if (!part->first.IsMap()) return;
  common::v1::MailHours& out = *profile.mutable_mail_hours();
  const auto from = Hour(hours, "from_hour", 0, 23, kMailFromHour);
  const auto until = Hour(hours, "until_hour", 1, 24, kMailUntilHour);
  if (from) out.set_from_hour(*from);
  if (until) out.set_until_hour(*until);
  if (until.value_or(kMailUntilHour) <= from.value_or(kMailFromHour)) {
    hours.Fail("until_hour", "the hours end before they begin; mend from_hour or until_hour");
  }
  out.set_any_day(hours.Flag("any_day"));
  if (hours.Has("at_once")) ReadAtOnce(hours, out);
  out.set_no_digest(hours.Flag("no_digest"));
}

}  // namespace pepline::registry::imports
