#include "services/registry/import/parse/profile/epep_forms.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "shared/domain/profile/epep_form.h"

namespace pepline::registry::imports {
namespace {

constexpr std::array<std::string_view, 2> kFormKeys = {"phase", "sections"};
constexpr std::array<std::string_view, 3> kSectionKeys = {"code", "owner", "mandatory"};

bool IsSectionCode(std::string_view code) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return std::ranges::all_of(code, is_part) && code.front() != '-' && code.back() != '-';
}

void ReadSection(YamlFields& fields, std::set<std::string>& codes,
                 common::v1::EpepFormSection& section) {
  section.set_code(fields.Text("code", kLongestSectionCode));
  if (!section.code().empty() && !IsSectionCode(section.code())) {
    fields.Fail("code",
                "write a code of small letters, digits and hyphens, as in "
                "needs-and-support");
  } else if (!section.code().empty() && !codes.insert(section.code()).second) {
    fields.Fail("code", "the form has a section of this code already; keep one");
  }
  if (const auto owner = fields.OneOf<SectionOwner>("owner", kNamedSectionOwners)) {
    section.set_owner(std::string(SectionOwnerName(*owner)));
  }
  section.set_mandatory(fields.Flag("mandatory"));
}

void ReadForm(YamlFields& fields, Errors& errors, std::set<EpepPhase>& named,
              common::v1::EpepForm& form) {
  if (const auto phase = fields.OneOf<EpepPhase>("phase", kNamedEpepPhases)) {
    form.set_phase(std::string(EpepPhaseName(*phase)));
    if (!named.insert(*phase).second) {
      fields.Fail("phase", "the form of this phase is in the list already; keep one");
    }
  }
  const auto sections = fields.List("sections");
  if (sections.size() > kMostEpepSections) {
    fields.Fail("sections", absl::StrCat("give at most ", kMostEpepSections, " sections"));
  }
  std::set<std::string> codes;
  for (const auto& [node, path] : sections) {
    YamlFields row(node, path, kSectionKeys, errors);
    if (node.IsMap()) ReadSection(row, codes, *form.add_sections());
  }
}

}  // namespace

void ReadEpepForms(YamlFields& fields, Errors& errors, common::v1::PolicyProfile& profile) {
  if (!fields.Has("epep_forms")) return;
  std::set<EpepPhase> named;
  for (const auto& [node, path] : fields.List("epep_forms")) {
    YamlFields form(node, path, kFormKeys, errors);
    if (node.IsMap()) ReadForm(form, errors, named, *profile.add_epep_forms());
  }
}

}  // namespace pepline::registry::imports
