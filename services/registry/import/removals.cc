#include "services/registry/import/removals.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"

namespace pepline::registry {
namespace {

using Words = std::vector<std::string>;

bool IsSamePart(const TermPart& one, const TermPart& other) {
  return one.academic_year == other.academic_year && one.term == other.term &&
         one.part == other.part;
}

void AddParts(const std::string& whose, const std::vector<TermPart>& before,
              const std::vector<TermPart>& after, Words& words) {
  for (const TermPart& part : before) {
    const auto is_same = [&](const TermPart& one) { return IsSamePart(one, part); };
    if (std::ranges::any_of(after, is_same)) continue;
    words.push_back(absl::StrCat(whose, std::string(TermName(part.term)), " term ", part.part, " ",
                                 part.academic_year, " (", FormatDate(part.first_day), " to ",
                                 FormatDate(part.last_day), ")"));
  }
}

void AddDays(const std::string& what, const std::set<absl::CivilDay>& before,
             const std::set<absl::CivilDay>& after, Words& words) {
  for (const absl::CivilDay day : before) {
    if (!after.contains(day)) words.push_back(absl::StrCat(what, FormatDate(day)));
  }
}

bool AreTheSame(PolicyProfile one, const PolicyProfile& other) {
  one.version = other.version;
  return one == other;
}

std::vector<PolicyProfile> ProfilesOf(const PolicyState& state) {
  std::vector<PolicyProfile> profiles;
  if (state.adopted) profiles.push_back(*state.adopted);
  profiles.insert(profiles.end(), state.waiting.begin(), state.waiting.end());
  return profiles;
}

// That the new one replaces: the last that was to take effect by the same day.
std::optional<PolicyProfile> BeforeIt(const PolicyProfile& profile,
                                      const std::vector<PolicyProfile>& known) {
  std::optional<PolicyProfile> last;
  for (const PolicyProfile& one : known) {
    if (one.effective_on > profile.effective_on) continue;
    if (!last || last->effective_on <= one.effective_on) last = one;
  }
  return last;
}

void AddRules(const PolicyProfile& before, const PolicyProfile& after, Words& words) {
  for (const DeadlineRule& rule : before.rules) {
    const DeadlineRule* now = after.RowOf(rule.rule_id);
    if (now == nullptr) {
      words.push_back(absl::StrCat("the deadline ", rule.rule_id));
      continue;
    }
    if (rule.school_days_into_term && !now->school_days_into_term) {
      words.push_back(
          absl::StrCat("the setting school_days_into_term of the deadline ", rule.rule_id));
    }
    if (rule.until_finalised && !now->until_finalised) {
      words.push_back(absl::StrCat("the setting until_finalised of the deadline ", rule.rule_id));
    }
    for (const auto& level : rule.levels) {
      const auto is_same = [&](const auto& one) { return one.level == level.level; };
      if (std::ranges::any_of(now->levels, is_same)) continue;
      words.push_back(absl::StrCat("level ", level.level, " of the deadline ", rule.rule_id));
    }
  }
}

// A form that is left out, or a section of one.
void AddForms(const PolicyProfile& before, const PolicyProfile& after, Words& words) {
  for (const EpepForm& form : before.epep_forms) {
    const auto now = std::ranges::find(after.epep_forms, form.phase, &EpepForm::phase);
    if (now == after.epep_forms.end()) {
      words.push_back(absl::StrCat("the authority's form of an ePEP, ", form.phase));
      continue;
    }
    for (const EpepFormSection& section : form.sections) {
      if (std::ranges::count(now->sections, section.code, &EpepFormSection::code) > 0) continue;
      words.push_back(absl::StrCat("the section ", section.code, " of an ePEP, ", form.phase));
    }
  }
}

void AddCutOffs(const PolicyProfile& before, const PolicyProfile& after, Words& words) {
  for (const auto& cut_off : before.cut_offs) {
    // What is past on the day of effect is nobody's deadline any more.
    if (cut_off.cut_off_on < after.effective_on) continue;
    const auto is_same = [&](const auto& one) {
      return one.academic_year == cut_off.academic_year && one.term == cut_off.term;
    };
    if (std::ranges::any_of(after.cut_offs, is_same)) continue;
    words.push_back(absl::StrCat("the cut-off of ", std::string(TermName(cut_off.term)), " ",
                                 cut_off.academic_year, " (", FormatDate(cut_off.cut_off_on), ")"));
  }
}

}  // namespace

Words TakenAway(const BankHolidaysState& before, const BankHolidaysState& after) {
  Words words;
  AddDays(absl::StrCat("bank holiday of ", before.division, " "), before.days, after.days, words);
  return words;
}

Words TakenAway(const TermDatesState& before, const TermDatesState& after) {
  Words words;
  AddParts("", before.terms, after.terms, words);
  return words;
}

Words TakenAway(const SchoolCalendarState& before, const SchoolCalendarState& after) {
  Words words;
  const std::string whose = absl::StrCat("school ", before.school.text(), ": ");
  AddDays(whose + "day without a session ", before.closed_days, after.closed_days, words);
  AddParts(whose, before.terms, after.terms, words);
  return words;
}

Words TakenAway(const PolicyState& before, const PolicyState& after) {
  Words words;
  const std::vector<PolicyProfile> known = ProfilesOf(before);
  for (const PolicyProfile& profile : ProfilesOf(after)) {
    const auto is_same = [&](const PolicyProfile& one) { return AreTheSame(one, profile); };
    if (std::ranges::any_of(known, is_same)) continue;
    const auto replaced = BeforeIt(profile, known);
    if (!replaced) continue;
    AddRules(*replaced, profile, words);
    AddCutOffs(*replaced, profile, words);
    for (const NoticeRule& notice : replaced->notices) {
      if (profile.NoticesOf(notice.kind) != nullptr) continue;
      words.push_back(absl::StrCat("who is told of the notice ", notice.kind));
    }
    for (const PepWorkRule& rule : replaced->pep_work) {
      if (std::ranges::count(profile.pep_work, rule.work, &PepWorkRule::work) > 0) continue;
      words.push_back(absl::StrCat("who does the work ", rule.work, " of a PEP"));
    }
    if (replaced->finalise_needs_outcomes && !profile.finalise_needs_outcomes) {
      words.push_back("the setting finalise_needs_outcomes");
    }
    if (replaced->finalise_needs_sections && !profile.finalise_needs_sections) {
      words.push_back("the setting finalise_needs_sections");
    }
    AddForms(*replaced, profile, words);
    if (replaced->mail_hours && !profile.mail_hours) words.push_back("the setting mail_hours");
    if (replaced->mail_hours && replaced->mail_hours->no_digest && profile.mail_hours &&
        !profile.mail_hours->no_digest) {
      words.push_back("the setting no_digest of mail_hours");
    }
    if (replaced->access_after_care_months && !profile.access_after_care_months) {
      words.push_back("the setting access_after_care_months");
    }
    if (replaced->interim_most_school_days && !profile.interim_most_school_days) {
      words.push_back("the setting interim_most_school_days");
    }
    if (replaced->interim_school_days_after_reopening &&
        !profile.interim_school_days_after_reopening) {
      words.push_back("the setting interim_school_days_after_reopening");
    }
    if (replaced->sdq_from_age && !profile.sdq_from_age) {
      words.push_back("the setting sdq_from_age");
    }
    if (replaced->sdq_until_age && !profile.sdq_until_age) {
      words.push_back("the setting sdq_until_age");
    }
    if (!replaced->sdq_strategies_for.empty() && profile.sdq_strategies_for.empty()) {
      words.push_back("the setting sdq_strategies_for");
    }
    if (replaced->pep_in_provision_from_age && !profile.pep_in_provision_from_age) {
      words.push_back("the setting pep_in_provision_from_age");
    }
    if (replaced->pep_from_age && !profile.pep_from_age) {
      words.push_back("the setting pep_from_age");
    }
  }
  return words;
}

bool NeedsPep(const ChildState& child) {
  return child.care && !child.care->ceased_on && child.care->pep_required;
}

bool ChangesPep(const ChildState& before, const ChildState& after) {
  if (!NeedsPep(before)) return false;
  if (!after.care || after.care->ceased_on) return true;
  // The first school is no move.
  return before.enrolment &&
         (!after.enrolment || after.enrolment->school != before.enrolment->school);
}

}  // namespace pepline::registry
