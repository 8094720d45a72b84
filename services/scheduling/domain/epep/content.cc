#include "services/scheduling/domain/epep/content.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shared/domain/characters.h"

namespace pepline::scheduling {
namespace {

std::int64_t MicrosOrZero(const std::optional<absl::Time>& at) {
  return at ? absl::ToUnixMicros(*at) : 0;
}

void AddCounted(std::string_view field, std::string& bytes) {
  absl::StrAppend(&bytes, field.size(), ":", absl::string_view(field.data(), field.size()));
}

}  // namespace

bool HasContent(const EpepState& epep) {
  return std::ranges::any_of(epep.sections,
                             [](const auto& one) { return !IsBlank(one.second.text); });
}

EpepVersion AsItStands(const EpepForm& form, const EpepState& epep) {
  EpepVersion content{.child = epep.child, .pep = epep.pep, .phase = form.phase};
  for (const FormSection& one : form.sections) {
    const auto written = epep.sections.find(one.code);
    content.sections.push_back(
        {one, true, written == epep.sections.end() ? SectionContent() : written->second});
  }
  for (const auto& [code, written] : epep.sections) {
    if (std::ranges::count(form.sections, code, &FormSection::code) > 0) continue;
    content.sections.push_back({{.code = code}, false, written});
  }
  return content;
}

SectionStanding StandingOf(const EpepState& epep, const std::string& section) {
  SectionStanding standing{epep.pep, section};
  const auto written = epep.sections.find(section);
  if (written != epep.sections.end()) standing.content = written->second;
  return standing;
}

Completeness CompletenessOf(const std::vector<EpepSection>& sections) {
  Completeness so_far;
  for (const EpepSection& section : sections) {
    if (!section.on_form) continue;
    const bool complete = section.content.completed_at.has_value();
    so_far.complete += complete ? 1 : 0;
    if (!section.form.mandatory) continue;
    ++so_far.mandatory;
    so_far.mandatory_complete += complete ? 1 : 0;
    if (!complete) so_far.missing.push_back(section.form.code);
  }
  return so_far;
}

std::string VersionIdOf(const PepId& pep, int version) {
  return absl::StrCat(pep.text(), ".v", version);
}

std::optional<ChildId> ChildOfPep(const std::string& pep_id) {
  const auto dot = pep_id.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  return ChildId(pep_id.substr(0, dot));
}

std::optional<ChildId> ChildOfVersion(const std::string& version_id) {
  const auto mark = version_id.rfind(".v");
  return mark == std::string::npos ? std::nullopt : ChildOfPep(version_id.substr(0, mark));
}

std::string CanonicalBytes(const EpepVersion& version) {
  std::string bytes;
  AddCounted(version.pep.text(), bytes);
  AddCounted(absl::StrCat(version.version), bytes);
  AddCounted(absl::StrCat(MicrosOrZero(version.finalised_at)), bytes);
  AddCounted(EpepPhaseName(version.phase), bytes);
  for (const EpepSection& section : version.sections) {
    const auto& [form, on_form, content] = section;
    AddCounted(form.code, bytes);
    AddCounted(SectionOwnerName(form.owner), bytes);
    AddCounted(form.mandatory ? "mandatory" : "optional", bytes);
    AddCounted(on_form ? "on-form" : "off-form", bytes);
    AddCounted(absl::StrCat(content.revision), bytes);
    AddCounted(absl::StrCat(MicrosOrZero(content.written_at)), bytes);
    AddCounted(absl::StrCat(MicrosOrZero(content.completed_at)), bytes);
    AddCounted(content.text, bytes);
  }
  return bytes;
}

}  // namespace pepline::scheduling
