#include "services/registry/import/parse/notice_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/roles.h"
#include "services/registry/import/parse/text.h"
#include "shared/domain/notice_catalogue.h"

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

}  // namespace

void ReadNoticeRules(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile) {
  if (!fields.Has("notices")) return;
  std::set<NoticeKind> named;
  for (const auto& [node, path] : fields.List("notices")) {
    YamlFields row(node, path, kNoticeKeys, errors);
    if (node.IsMap()) ReadRow(row, named, *profile.add_notices());
  }
}

}  // namespace pepline::registry::imports
