// What an ePEP consists of: the sections of its form, and what was written in each.
// Promises: plain values. Instants are UTC. Texts are what people wrote of a child: they leave
// scheduling in no event, log, metric or mail, and through GetEpep alone.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_CONTENT_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_CONTENT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "shared/domain/ids.h"
#include "shared/domain/profile/epep_form.h"

namespace pepline::scheduling {

struct FormSection {
  std::string code;  // "needs-and-support"
  SectionOwner owner = SectionOwner::kVirtualSchool;
  bool mandatory = false;
  friend bool operator==(const FormSection&, const FormSection&) = default;
};

struct EpepForm {
  EpepPhase phase = EpepPhase::kNotKnown;
  std::vector<FormSection> sections;
  friend bool operator==(const EpepForm&, const EpepForm&) = default;
};

// What stands in a section. It counts as complete from when its writer said so.
struct SectionContent {
  std::string text;
  int revision = 0;  // counts its texts; 0: none was written yet
  std::optional<absl::Time> written_at = std::nullopt;
  std::optional<absl::Time> completed_at = std::nullopt;
  friend bool operator==(const SectionContent&, const SectionContent&) = default;
};

// The content of one PEP's ePEP as it is being written, by the sections' codes. A section that the
// form has no more stays here.
struct EpepState {
  ChildId child;
  PepId pep;
  std::map<std::string, SectionContent> sections = {};
  friend bool operator==(const EpepState&, const EpepState&) = default;
};

// A section with what stands in it.
struct EpepSection {
  FormSection form;
  bool on_form = true;  // false: the form had it when it was written
  SectionContent content;
  friend bool operator==(const EpepSection&, const EpepSection&) = default;
};

// The content as it was when the ePEP was finalised, which never changes; or as it stands.
struct EpepVersion {
  ChildId child;
  PepId pep;
  int version = 0;  // 1, 2, ... of the PEP; 0: as it stands
  std::optional<absl::Time> finalised_at = std::nullopt;
  EpepPhase phase = EpepPhase::kNotKnown;
  std::vector<EpepSection> sections = {};
  friend bool operator==(const EpepVersion&, const EpepVersion&) = default;
};

// Where a section stands, for an answer that does not show its text.
struct SectionStanding {
  PepId pep;
  std::string section;
  SectionContent content = {};
};

// How far an ePEP is written.
struct Completeness {
  int complete = 0;  // mandatory or not
  int mandatory = 0;
  int mandatory_complete = 0;
  std::vector<std::string> missing = {};  // mandatory and not complete, in the order of the form
  // Of the mandatory ones, in per cent, rounded down; 100 where there are none.
  int per_cent() const { return mandatory == 0 ? 100 : 100 * mandatory_complete / mandatory; }
};

// As it stands: the sections of the form, in its order, and after them those that it has no more,
// by their codes.
EpepVersion AsItStands(const EpepForm& form, const EpepState& epep);
SectionStanding StandingOf(const EpepState& epep, const std::string& section);
Completeness CompletenessOf(const std::vector<EpepSection>& sections);
// Somebody has written something; without that no version is made.
bool HasContent(const EpepState& epep);

// "<pep id>.v<version>".
std::string VersionIdOf(const PepId& pep, int version);
// Whose a PEP, or a version of its ePEP, with such an id is; nullopt: it is no such id.
std::optional<ChildId> ChildOfPep(const std::string& pep_id);
std::optional<ChildId> ChildOfVersion(const std::string& version_id);

// The bytes whose SHA-256 says that a version is what was finalised: each of its fields as the
// number of its bytes, a colon and the bytes, so that no text can be taken for another field. First
// the PEP's id, the version, the instant in microseconds since 1970 and the phase; then of each
// section in its order code, owner, "mandatory" or "optional", "on-form" or "off-form", revision,
// when it was written and completed (0: never), and the text.
std::string CanonicalBytes(const EpepVersion& version);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_CONTENT_H_
