// An authority's policy profile: how long its deadlines run, who is told when, its terms' cut-offs,
// for how long a child is reached after care, what an interim PEP does, at which ages an SDQ is
// asked for, and who is told which news.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/bounds.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/notice_rules.h"
#include "services/registry/import/parse/roles.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/terms.h"
#include "services/registry/import/parse/text.h"
#include "services/registry/import/parse/yaml_fields.h"
#include "shared/domain/access_after_care.h"
#include "shared/domain/interim_pep.h"
#include "shared/domain/next_meeting.h"
#include "shared/domain/rule_catalogue.h"
#include "shared/domain/sdq_ages.h"

namespace pepline::registry::imports {
namespace {

using common::v1::DayKind;
using common::v1::RecipientRole;

constexpr std::size_t kLongestText = 1000;

constexpr std::array<std::pair<std::string_view, DayKind>, 3> kDayKinds = {
    {{"school-days", common::v1::DAY_KIND_SCHOOL_DAYS},
     {"working-days", common::v1::DAY_KIND_WORKING_DAYS},
     {"calendar-months", common::v1::DAY_KIND_CALENDAR_MONTHS}}};

constexpr auto kRuleIds = [] {
  std::array<std::string_view, kRuleCatalogue.size()> ids;
  std::ranges::transform(kRuleCatalogue, ids.begin(), &CataloguedRule::id);
  return ids;
}();
constexpr std::array<std::string_view, 10> kProfileKeys = {"effective_on",
                                                           "source",
                                                           "deadline_rules",
                                                           "term_cut_offs",
                                                           "access_after_care_months",
                                                           "interim_most_school_days",
                                                           "interim_school_days_after_reopening",
                                                           "sdq_from_age",
                                                           "sdq_until_age",
                                                           "notices"};
constexpr std::array<std::string_view, 7> kRuleKeys = {
    "rule_id", "length", "day_kind", "source", "provisional", "levels", "school_days_into_term"};
constexpr std::array<std::string_view, 4> kLevelKeys = {"level", "offset", "day_kind",
                                                        "recipients"};
constexpr std::array<std::string_view, 3> kCutOffKeys = {"academic_year", "term", "cut_off_on"};

// Whether a term may have days in a month, wherever Easter lies; the dates of the term itself are
// not known here.
bool MayLieIn(Term term, int month) {
  switch (term) {
    case Term::kAutumn:
      return month >= 8;
    case Term::kSpring:
      return month <= 4;
    case Term::kSummer:
      return month >= 3 && month <= 8;
  }
  return false;
}

class PolicyReader {
 public:
  explicit PolicyReader(Errors& errors) : errors_(errors) {}

  common::v1::PolicyProfile Read(const YAML::Node& root) {
    common::v1::PolicyProfile profile;
    YamlFields fields(root, "", kProfileKeys, errors_);
    if (!root.IsMap()) return profile;
    if (const auto day = ReadDate(fields, "effective_on")) {
      profile.set_effective_on(FormatDate(*day));
    }
    profile.set_source(fields.Text("source", kLongestText));
    if (const auto months = fields.NumberIfAny("access_after_care_months")) {
      if (*months < 0 || *months > kMostMonthsOfAccessAfterCare) {
        fields.Fail(
            "access_after_care_months",
            absl::StrCat("give 0 to ", kMostMonthsOfAccessAfterCare,
                         " calendar months, or leave it out for ", kMonthsOfAccessAfterCare));
      }
      profile.set_access_after_care_months(*months);
    }
    if (const auto days = SchoolDays(fields, "interim_most_school_days", 0,
                                     kHighestInterimMostSchoolDays, kInterimMostSchoolDays)) {
      profile.set_interim_most_school_days(*days);
    }
    if (const auto days =
            SchoolDays(fields, "interim_school_days_after_reopening", 1,
                       kHighestInterimSchoolDaysAfterReopening, kInterimSchoolDaysAfterReopening)) {
      profile.set_interim_school_days_after_reopening(*days);
    }
    ReadSdqAges(fields, profile);
    for (const auto& [node, path] : fields.List("deadline_rules")) {
      ReadRule(node, path, *profile.add_deadline_rules());
    }
    for (const auto& [node, path] : fields.List("term_cut_offs")) {
      ReadCutOff(node, path, *profile.add_term_cut_offs());
    }
    CheckCutOffs(fields);
    ReadNoticeRules(fields, errors_, profile);
    return profile;
  }

 private:
  static std::optional<int> SchoolDays(YamlFields& fields, std::string_view key, int least,
                                       int most, int left_out) {
    const auto days = fields.NumberIfAny(key);
    if (days && (*days < least || *days > most)) {
      fields.Fail(key, absl::StrCat("give ", least, " to ", most,
                                    " school days, or leave it out for ", left_out));
    }
    return days;
  }

  static std::optional<int> SdqAge(YamlFields& fields, std::string_view key, int left_out) {
    const auto age = fields.NumberIfAny(key);
    if (age && (*age < kLowestSdqAge || *age > kHighestSdqAge)) {
      fields.Fail(key, absl::StrCat("give an age of ", kLowestSdqAge, " to ", kHighestSdqAge,
                                    ", or leave it out for ", left_out));
    }
    return age;
  }

  static void ReadSdqAges(YamlFields& fields, common::v1::PolicyProfile& profile) {
    const auto from = SdqAge(fields, "sdq_from_age", kSdqFromAge);
    const auto until = SdqAge(fields, "sdq_until_age", kSdqUntilAge);
    if (from) profile.set_sdq_from_age(*from);
    if (until) profile.set_sdq_until_age(*until);
    if (from.value_or(kSdqFromAge) > until.value_or(kSdqUntilAge)) {
      fields.Fail("sdq_until_age",
                  absl::StrCat("the last age does not lie before the first, sdq_from_age (left "
                               "out, ",
                               kSdqFromAge, "); mend one of the two"));
    }
  }

  static std::optional<absl::CivilDay> ReadDate(YamlFields& fields, std::string_view key) {
    const std::string text = fields.Text(key, kLongestText);
    if (text.empty()) return std::nullopt;
    const auto day = PlausibleDate(text);
    if (!day) fields.Fail(key, std::string(kBadDate));
    return day;
  }

  void ReadRule(const YAML::Node& node, const std::string& path, common::v1::DeadlineRule& rule) {
    YamlFields fields(node, path, kRuleKeys, errors_);
    if (!node.IsMap()) return;
    rule.set_rule_id(fields.Text("rule_id", kLongestText));
    if (!rule.rule_id().empty()) {
      if (FindRule(rule.rule_id()) == nullptr) {
        fields.Fail("rule_id", absl::StrCat("no deadline has this id; ",
                                            AdviseNames(rule.rule_id(), kRuleIds)));
      } else if (!rules_.insert(rule.rule_id()).second) {
        fields.Fail("rule_id", "the rule is in the list already; keep one");
      }
    }
    rule.set_length(fields.Number("length").value_or(0));
    CheckDirection(fields, rule);
    rule.set_day_kind(fields.OneOf<DayKind>("day_kind", kDayKinds).value_or(DayKind()));
    rule.set_source(fields.Text("source", kLongestText));
    rule.set_provisional(fields.Flag("provisional"));
    ReadDaysIntoTerm(fields, rule);
    for (const auto& [level, level_path] : fields.List("levels")) {
      ReadLevel(level, level_path, rule);
    }
  }

  static void ReadDaysIntoTerm(YamlFields& fields, common::v1::DeadlineRule& rule) {
    constexpr std::string_view kKey = "school_days_into_term";
    const auto days =
        SchoolDays(fields, kKey, 0, kHighestSchoolDaysIntoNextTerm, kSchoolDaysIntoNextTerm);
    if (!days) return;
    constexpr std::string_view kItsRule = RuleId(Rule::kHeldWithinFourMonths);
    if (rule.rule_id() != kItsRule) {
      fields.Fail(kKey, absl::StrCat("only the deadline ", std::string(kItsRule),
                                     " has this; leave it out of other deadlines"));
    }
    rule.set_school_days_into_term(*days);
  }

  // A deadline lies after what starts it, or before the meeting that it prepares.
  static void CheckDirection(YamlFields& fields, const common::v1::DeadlineRule& rule) {
    const CataloguedRule* known = FindRule(rule.rule_id());
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

  // Level 0 comes before the deadline, 1 is the deadline, 2 and 3 follow it (deadlines are counted
  // by services/scheduling/domain/deadline.cc).
  static void CheckOrder(YamlFields& fields, const common::v1::DeadlineRule& rule,
                         const common::v1::AlertLevel& level) {
    if (level.level() < 0 || level.level() > 3) {
      fields.Fail("level", "levels are 0 (reminder), 1 (late), 2 and 3 (escalations)");
      return;
    }
    if (level.level() == 0 && level.offset() > 0) {
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
    } else if (level.level() == 3 && before.level() == 2 && level.day_kind() == before.day_kind() &&
               level.offset() < before.offset()) {
      fields.Fail("offset", "level 3 does not come before level 2");
    }
  }

  void ReadCutOff(const YAML::Node& node, const std::string& path,
                  common::v1::TermCutOff& cut_off) {
    YamlFields fields(node, path, kCutOffKeys, errors_);
    if (!node.IsMap()) return;
    cut_off.set_academic_year(fields.Text("academic_year", kLongestText));
    const bool year = IsAcademicYear(cut_off.academic_year());
    if (!year && !cut_off.academic_year().empty()) {
      fields.Fail("academic_year", std::string(kBadAcademicYear));
    }
    const auto term = fields.OneOf<Term>("term", kTermNames);
    if (term) cut_off.set_term(std::string(TermName(*term)));
    const auto day = ReadDate(fields, "cut_off_on");
    if (day) cut_off.set_cut_off_on(FormatDate(*day));
    if (!year || !term || !day) return;
    if (!LiesInAcademicYear(*day, cut_off.academic_year())) {
      fields.Fail("cut_off_on", "the day does not lie in the academic year (August to August)");
    } else if (!MayLieIn(*term, day->month())) {
      fields.Fail("cut_off_on",
                  absl::StrCat("the day does not lie in the ", std::string(TermName(*term)),
                               " term; mend the day or the term"));
    } else if (!cut_offs_.try_emplace({cut_off.academic_year(), *term}, *day).second) {
      fields.Fail("term", "the term is in the list already; keep one");
    }
  }

  void CheckCutOffs(YamlFields& fields) {
    std::optional<absl::CivilDay> before;
    for (const auto& [term, day] : cut_offs_) {
      if (before && day <= *before) {
        fields.Fail("term_cut_offs",
                    absl::StrCat("the cut-off of ", std::string(TermName(term.second)), " ",
                                 term.first, " does not lie after that of the term before it"));
      }
      before = day;
    }
  }

  Errors& errors_;
  std::set<std::string> rules_;
  std::map<std::pair<std::string, Term>, absl::CivilDay> cut_offs_;
};

}  // namespace

Parsed<common::v1::PolicyProfile> ParsePolicy(std::string_view bytes) {
  Errors errors;
  std::vector<common::v1::PolicyProfile> profiles;
  const FileText file(bytes, Encoding::kUtf8);
  if (bytes.size() > kPolicyBounds.bytes) {
    errors.Add(0, "", "the file is larger than 256 kB; it is not a policy profile");
  } else if (!file.problem().empty()) {
    errors.Add(0, "", file.problem());
  } else {
    try {
      if (const auto document = LoadDocument(std::string(file.text()), errors)) {
        profiles.push_back(PolicyReader(errors).Read(*document));
      }
    } catch (const YAML::Exception& fault) {
      // Depth that was refused already is too much for the parser as well.
      if (errors.total() == 0) {
        // It may end in the one byte that it did not understand, and that is no text.
        const std::string what =
            IsUtf8(fault.msg) ? fault.msg : std::string("a byte that fits nowhere");
        errors.Add(fault.mark.line + 1, "", absl::StrCat("not readable as YAML: ", what));
      }
    }
  }
  const int read = static_cast<int>(profiles.size());
  if (errors.total() > 0) profiles.clear();
  return std::move(errors).Answer(std::move(profiles), read);
}

}  // namespace pepline::registry::imports
