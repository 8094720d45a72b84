// An authority's policy profile: how long its deadlines run, who is told when, its terms' cut-offs,
// for how long a child is reached after care, what an interim PEP does, from which age a PEP is
// due, at which ages an SDQ is asked for, who chairs and attends a PEP meeting, what an ePEP has to
// hold, who is told which news, and at which hours.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/bounds.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/profile/deadline_rules.h"
#include "services/registry/import/parse/profile/epep_forms.h"
#include "services/registry/import/parse/profile/notice_rules.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/terms.h"
#include "services/registry/import/parse/text.h"
#include "services/registry/import/parse/yaml_fields.h"
#include "shared/domain/access/access_after_care.h"
#include "shared/domain/attendee.h"
#include "shared/domain/profile/pep_settings.h"
#include "shared/domain/profile/sdq_settings.h"
#include "shared/domain/work_items/pep_work.h"

namespace pepline::registry::imports {
namespace {

constexpr std::size_t kLongestText = 1000;

constexpr std::array<std::string_view, 20> kProfileKeys = {"effective_on",
                                                           "source",
                                                           "deadline_rules",
                                                           "term_cut_offs",
                                                           "access_after_care_months",
                                                           "interim_most_school_days",
                                                           "interim_school_days_after_reopening",
                                                           "sdq_from_age",
                                                           "sdq_until_age",
                                                           "pep_in_provision_from_age",
                                                           "pep_from_age",
                                                           "sdq_strategies_for",
                                                           "meeting_chairs",
                                                           "meeting_attendees",
                                                           "pep_work",
                                                           "finalise_needs_outcomes",
                                                           "epep_forms",
                                                           "finalise_needs_sections",
                                                           "notices",
                                                           "mail_hours"};
constexpr std::array<std::string_view, 2> kPepWorkKeys = {"work", "roles"};
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
    if (const auto months = fields.NumberIfAny(
            "access_after_care_months",
            {0, kMostMonthsOfAccessAfterCare, kMonthsOfAccessAfterCare, "calendar months"})) {
      profile.set_access_after_care_months(*months);
    }
    if (const auto days = fields.NumberIfAny(
            "interim_most_school_days",
            {0, kHighestInterimMostSchoolDays, kInterimMostSchoolDays, "school days"})) {
      profile.set_interim_most_school_days(*days);
    }
    if (const auto days = fields.NumberIfAny("interim_school_days_after_reopening",
                                             {1, kHighestInterimSchoolDaysAfterReopening,
                                              kInterimSchoolDaysAfterReopening, "school days"})) {
      profile.set_interim_school_days_after_reopening(*days);
    }
    ReadPepAges(fields, profile);
    ReadSdqAges(fields, profile);
    ReadStrategies(fields, profile);
    ReadAttendees(fields, "meeting_chairs", *profile.mutable_meeting_chairs());
    ReadAttendees(fields, "meeting_attendees", *profile.mutable_meeting_attendees());
    ReadPepWork(fields, profile);
    profile.set_finalise_needs_outcomes(fields.Flag("finalise_needs_outcomes"));
    ReadEpepForms(fields, errors_, profile);
    profile.set_finalise_needs_sections(fields.Flag("finalise_needs_sections"));
    ReadDeadlineRules(fields, errors_, profile);
    for (const auto& [node, path] : fields.List("term_cut_offs")) {
      ReadCutOff(node, path, *profile.add_term_cut_offs());
    }
    CheckCutOffs(fields);
    ReadNoticeRules(fields, errors_, profile);
    ReadMailHours(fields, errors_, profile);
    return profile;
  }

 private:
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

  static void ReadPepAges(YamlFields& fields, common::v1::PolicyProfile& profile) {
    const auto in_provision = fields.NumberIfAny(
        "pep_in_provision_from_age",
        {kLowestPepFromAge, kHighestPepInProvisionFromAge, kPepInProvisionFromAge, "years"});
    const auto from = fields.NumberIfAny(
        "pep_from_age", {kLowestPepFromAge, kHighestPepFromAge, kPepFromAge, "years"});
    if (in_provision) profile.set_pep_in_provision_from_age(*in_provision);
    if (from) profile.set_pep_from_age(*from);
    if (in_provision.value_or(kPepInProvisionFromAge) > from.value_or(kPepFromAge)) {
      fields.Fail("pep_from_age",
                  absl::StrCat("a child at a school or nursery is not asked for later than others; "
                               "mend this age or pep_in_provision_from_age (left out, ",
                               kPepInProvisionFromAge, ")"));
    }
  }

  using Names = google::protobuf::RepeatedPtrField<std::string>;
  // A list of names that are known, each once.
  template <class Value>
  static void ReadNames(YamlFields& fields, std::string_view key,
                        std::span<const std::pair<std::string_view, Value>> known, Names& names) {
    if (!fields.Has(key)) return;
    for (const auto& [node, path] : fields.List(key)) {
      const std::string name = node.IsScalar() ? node.Scalar() : "?";
      if (!fields.Known<Value>(key, name, known)) continue;
      if (std::ranges::find(names, name) != names.end()) {
        fields.Fail(key, "the name is in the list already; keep one");
      }
      *names.Add() = name;
    }
  }

  static void ReadAttendees(YamlFields& fields, std::string_view key, Names& names) {
    ReadNames<Attendee>(fields, key, kNamedAttendees, names);
  }

  void ReadPepWork(YamlFields& fields, common::v1::PolicyProfile& profile) {
    if (!fields.Has("pep_work")) return;
    std::set<PepWork> named;
    for (const auto& [node, path] : fields.List("pep_work")) {
      YamlFields row(node, path, kPepWorkKeys, errors_);
      if (!node.IsMap()) continue;
      common::v1::PepWorkRule& rule = *profile.add_pep_work();
      const auto work = row.OneOf<PepWork>("work", kNamedPepWork);
      if (work) rule.set_work(std::string(PepWorkName(*work)));
      if (work && !named.insert(*work).second) {
        row.Fail("work", "this work is in the list already; keep one");
      }
      ReadNames<MadeBy>(row, "roles", kNamedPepWorkers, *rule.mutable_roles());
      if (!row.Has("roles")) row.Fail("roles", "say who does this work");
    }
  }

  static void ReadStrategies(YamlFields& fields, common::v1::PolicyProfile& profile) {
    constexpr std::string_view kKey = "sdq_strategies_for";
    Names& names = *profile.mutable_sdq_strategies_for();
    ReadNames<StrategiesFor>(fields, kKey, kNamedStrategiesFor, names);
    if (fields.Has(kKey) && std::ranges::find(names, "total") == names.end()) {
      fields.Fail(kKey, "a high total always asks for strategies; name total too");
    }
  }

  static std::optional<absl::CivilDay> ReadDate(YamlFields& fields, std::string_view key) {
    const std::string text = fields.Text(key, kLongestText);
    if (text.empty()) return std::nullopt;
    const auto day = PlausibleDate(text);
    if (!day) fields.Fail(key, std::string(kBadDate));
    return day;
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
