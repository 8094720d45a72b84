#include "services/registry/import/parse/profile/deadline_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/roles.h"
#include "services/registry/import/parse/text.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/profile/pep_settings.h"
#include "shared/domain/rule_catalogue.h"

namespace pepline::registry::imports {
namespace {

using common::v1::DayKind;
using common::v1::RecipientRole;

constexpr std::size_t kLongestText = 1000;
constexpr std::size_t kLongestReason = 500;

constexpr std::array<std::pair<std::string_view, DayKind>, 3> kDayKinds = {
    {{"school-days", common::v1::DAY_KIND_SCHOOL_DAYS},
     {"working-days", common::v1::DAY_KIND_WORKING_DAYS},
     {"calendar-months", common::v1::DAY_KIND_CALENDAR_MONTHS}}};

constexpr auto kRuleIds = [] {
  std::array<std::string_view, kRuleCatalogue.size()> ids;
  std::ranges::transform(kRuleCatalogue, ids.begin(), &CataloguedRule::id);
  return ids;
}();
constexpr std::array<std::string_view, 10> kRuleKeys = {"rule_id",
                                                        "length",
                                                        "day_kind",
                                                        "source",
                                                        "provisional",
                                                        "levels",
                                                        "school_days_into_term",
                                                        "until_finalised",
                                                        "disabled",
                                                        "reason"};
constexpr std::array<std::string_view, 4> kLevelKeys = {"level", "offset", "day_kind",
                                                        "recipients"};
// What only a rule that runs has.
constexpr std::array<std::string_view, 7> kKeysOfRunning = {
    "length",         "day_kind", "source", "provisional", "levels", "school_days_into_term",
    "until_finalised"};
constexpr std::array<std::string_view, 2> kMayRunUntilFinalised = {
    RuleId(Rule::kHeldByTermCutOff), RuleId(Rule::kHeldWithinFourMonths)};

class RulesReader {
 public:
  explicit RulesReader(Errors& errors) : errors_(errors) {}

  void Read(YamlFields& profile_fields, common::v1::PolicyProfile& profile) {
    for (const auto& [node, path] : profile_fields.List("deadline_rules")) {
      YamlFields fields(node, path, kRuleKeys, errors_);
      if (node.IsMap()) ReadRow(fields, profile);
    }
    if (profile_fields.Has("deadline_rules")) CheckNothingForgotten(profile_fields);
  }

 private:
  void CheckNothingForgotten(YamlFields& profile_fields) {
    for (const CataloguedRule& rule : kRuleCatalogue) {
      if (rule.in_profile != InProfile::kHasToBeNamed || named_.contains(rule.rule)) continue;
      profile_fields.Fail(
          "deadline_rules",
          absl::StrCat("the deadline ", std::string(rule.id), " is missing, and ",
                       std::string(rule.because),
                       "; add its row from deploy/data/oxfordshire-policy.yaml, or switch it off "
                       "with the row {rule_id: ",
                       std::string(rule.id), ", disabled: true, reason: ...}"));
    }
  }

  // Null, and noted, where it is no rule or one that has a row already.
  const CataloguedRule* ReadId(YamlFields& fields) {
    const std::string id = fields.Text("rule_id", kLongestText);
    if (id.empty()) return nullptr;
    const CataloguedRule* known = FindRule(id);
    if (known == nullptr) {
      fields.Fail("rule_id", absl::StrCat("no deadline has this id; ", AdviseNames(id, kRuleIds)));
    } else if (!named_.insert(known->rule).second) {
      fields.Fail("rule_id", "the rule is in the list already; keep one");
    }
    return known;
  }

  void ReadRow(YamlFields& fields, common::v1::PolicyProfile& profile) {
    const CataloguedRule* rule = ReadId(fields);
    if (fields.Flag("disabled")) {
      ReadDisabled(fields, rule, *profile.add_disabled_rules());
      return;
    }
    if (fields.Has("reason")) {
      fields.Fail("reason", "a reason goes with `disabled: true`; leave it out");
    }
    ReadRule(fields, rule, *profile.add_deadline_rules());
  }

  static void ReadDisabled(YamlFields& fields, const CataloguedRule* rule,
                           common::v1::DisabledRule& disabled) {
    if (rule != nullptr) disabled.set_rule_id(std::string(rule->id));
    disabled.set_reason(fields.Text("reason", kLongestReason));
    if (rule != nullptr && rule->in_profile == InProfile::kAlwaysRuns) {
      fields.Fail("disabled",
                  "this deadline always runs; write its row, or leave the row out for "
                  "its usual length and levels");
    }
    for (const std::string_view key : kKeysOfRunning) {
      if (fields.Has(key)) {
        fields.Fail(key, "a deadline that is switched off has none of these; leave it out");
      }
    }
  }

  void ReadRule(YamlFields& fields, const CataloguedRule* known, common::v1::DeadlineRule& rule) {
    if (known != nullptr) rule.set_rule_id(std::string(known->id));
    rule.set_length(fields.Number("length").value_or(0));
    CheckDirection(fields, known, rule);
    rule.set_day_kind(fields.OneOf<DayKind>("day_kind", kDayKinds).value_or(DayKind()));
    rule.set_source(fields.Text("source", kLongestText));
    rule.set_provisional(fields.Flag("provisional"));
    ReadDaysIntoTerm(fields, rule);
    rule.set_until_finalised(fields.Flag("until_finalised"));
    if (rule.until_finalised() && std::ranges::count(kMayRunUntilFinalised, rule.rule_id()) == 0) {
      fields.Fail("until_finalised",
                  absl::StrCat("only the deadlines ", std::string(kMayRunUntilFinalised[0]),
                               " and ", std::string(kMayRunUntilFinalised[1]),
                               " have this; leave it out of others"));
    }
    for (const auto& [level, level_path] : fields.List("levels")) {
      ReadLevel(level, level_path, rule);
    }
  }

  static void ReadDaysIntoTerm(YamlFields& fields, common::v1::DeadlineRule& rule) {
    constexpr std::string_view kKey = "school_days_into_term";
    const auto days = fields.NumberIfAny(
        kKey, {0, kHighestSchoolDaysIntoNextTerm, kSchoolDaysIntoNextTerm, "school days"});
    if (!days) return;
    constexpr std::string_view kItsRule = RuleId(Rule::kHeldWithinFourMonths);
    if (rule.rule_id() != kItsRule) {
      fields.Fail(kKey, absl::StrCat("only the deadline ", std::string(kItsRule),
                                     " has this; leave it out of other deadlines"));
    }
    rule.set_school_days_into_term(*days);
  }

  // A deadline lies after what starts it, or before the meeting that it prepares.
  static void CheckDirection(YamlFields& fields, const CataloguedRule* known,
                             const common::v1::DeadlineRule& rule) {
    const bool back = known != nullptr && known->counts_back;
    if (back && rule.length() > 0) {
      fields.Fail("length", "the deadline lies before the meeting; give 0 or a negative number");
    } else if (!back && rule.length() < 0) {
      fields.Fail("length", "the deadline lies after its start; give 0 or a positive number");
    }
  }

  void ReadLevel(const YAML::Node& node, const std::string& path, common::v1::DeadlineRule& rule) {
    YamlFields fields(node, path, kLevelKeys, errors_);
    if (!node.IsMap()) return;
    common::v1::AlertLevel level;
    const auto number = fields.Number("level");
    const auto offset = fields.Number("offset");
    level.set_level(number.value_or(0));
    level.set_offset(offset.value_or(0));
    level.set_day_kind(fields.OneOf<DayKind>("day_kind", kDayKinds).value_or(DayKind()));
    for (const auto& [role, role_path] : fields.List("recipients")) {
      const std::string name = role.IsScalar() ? role.Scalar() : "?";
      const auto known = fields.Known<RecipientRole>("recipients", name, kRoleNames);
      if (!known) continue;
      if (std::find(level.recipients().begin(), level.recipients().end(), *known) !=
          level.recipients().end()) {
        fields.Fail("recipients", "the recipient is in the list already; keep one");
      }
      level.add_recipients(*known);
    }
    if (number && offset) CheckOrder(fields, rule, level);
    *rule.add_levels() = level;
  }

  // Levels up to 0 come before the deadline, 1 is the deadline, 2 and 3 follow it (deadlines are
  // counted by shared/domain/deadline.cc).
  static void CheckOrder(YamlFields& fields, const common::v1::DeadlineRule& rule,
                         const common::v1::AlertLevel& level) {
    if (level.level() < kEarliestReminder || level.level() > kHighestLevel) {
      fields.Fail(
          "level",
          "levels are 0 (the last reminder), -1 to -3 (reminders before it), 1 (late), 2 and "
          "3 (escalations)");
      return;
    }
    if (IsReminder(level.level()) && level.offset() > 0) {
      fields.Fail("offset", "a reminder comes before its deadline; give 0 or a negative number");
    }
    if (level.level() == 1 && level.offset() != 0) {
      fields.Fail("offset", "level 1 is the deadline itself; give 0");
    }
    if (level.level() > 1 && level.offset() < 1) {
      fields.Fail("offset", "an escalation follows its deadline; give 1 or more");
    }
    if (rule.levels().empty()) return;
    const common::v1::AlertLevel& before = *rule.levels().rbegin();
    if (level.level() <= before.level()) {
      fields.Fail("level", "levels stand in ascending order, each once");
    } else if (IsReminder(level.level()) == IsReminder(before.level()) &&
               level.day_kind() == before.day_kind() && level.offset() < before.offset()) {
      fields.Fail("offset", absl::StrCat("level ", level.level(), " does not come before level ",
                                         before.level()));
    }
  }

  Errors& errors_;
  std::set<Rule> named_;
};

}  // namespace

void ReadDeadlineRules(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile) {
  RulesReader(errors).Read(fields, profile);
}

}  // namespace pepline::registry::imports
