// Which sections an ePEP has in each phase of education, who writes each, and the names of phases
// and owners in a policy profile. What a profile says nothing of is the form that stands here.
//
// Source of what a PEP has to hold: DfE, "Promoting the education of looked-after and previously
// looked-after children" (2018), the content of a PEP: the child's attainment and progress, the
// needs and what is done about each, attendance and exclusions, what the pupil premium is spent on,
// the child's and the carer's part, what care is arranged, and the steps to the next phase. How it
// is cut into sections, and which of them are mandatory, is design: every Virtual School has its
// own form. What the child says for the PEP is in assessments; the section of the pupil is beside
// that. Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_PROFILE_EPEP_FORM_H_
#define PEPLINE_SHARED_DOMAIN_PROFILE_EPEP_FORM_H_

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "shared/domain/profile/names.h"

namespace pepline {

// kNotKnown: it is not known when the child is 18, which the year group follows from.
enum class EpepPhase { kNotKnown, kEarlyYears, kPrimary, kSecondary, kPost16, kNotOnRoll };
inline constexpr std::array kNamedEpepPhases = {
    std::pair(std::string_view("default"), EpepPhase::kNotKnown),
    std::pair(std::string_view("early-years"), EpepPhase::kEarlyYears),
    std::pair(std::string_view("primary"), EpepPhase::kPrimary),
    std::pair(std::string_view("secondary"), EpepPhase::kSecondary),
    std::pair(std::string_view("post-16"), EpepPhase::kPost16),
    std::pair(std::string_view("not-on-roll"), EpepPhase::kNotOnRoll)};

// The Designated Teacher writes what the pupil and the carer say, the social worker what the carer
// says; the Virtual School may write every section, and one whose owner a version does not know.
enum class SectionOwner { kVirtualSchool, kDesignatedTeacher, kSocialWorker, kCarer, kPupil };
inline constexpr std::array kNamedSectionOwners = {
    std::pair(std::string_view("designated-teacher"), SectionOwner::kDesignatedTeacher),
    std::pair(std::string_view("social-worker"), SectionOwner::kSocialWorker),
    std::pair(std::string_view("carer"), SectionOwner::kCarer),
    std::pair(std::string_view("pupil"), SectionOwner::kPupil),
    std::pair(std::string_view("virtual-school"), SectionOwner::kVirtualSchool)};

constexpr std::string_view EpepPhaseName(EpepPhase phase) {
  return NameIn(kNamedEpepPhases, phase);
}
constexpr std::optional<EpepPhase> ParseEpepPhase(std::string_view name) {
  return NamedIn(kNamedEpepPhases, name);
}
constexpr std::string_view SectionOwnerName(SectionOwner owner) {
  return NameIn(kNamedSectionOwners, owner);
}
constexpr std::optional<SectionOwner> ParseSectionOwner(std::string_view name) {
  return NamedIn(kNamedSectionOwners, name);
}

// Of one form. Thirty sections of the longest text fit into one message.
inline constexpr std::size_t kMostEpepSections = 30;
inline constexpr std::size_t kLongestSectionCode = 40;  // small letters, digits and hyphens

struct ShippedSection {
  std::string_view code;
  SectionOwner owner;
  bool mandatory = true;
};

namespace shipped_form {
using enum SectionOwner;
inline constexpr std::array kNotKnown = {
    ShippedSection{"care-arrangements", kSocialWorker},
    ShippedSection{"attainment-and-progress", kDesignatedTeacher},
    ShippedSection{"needs-and-support", kDesignatedTeacher},
    ShippedSection{"carer-contribution", kCarer, false},
    ShippedSection{"pupil-contribution", kPupil, false},
    ShippedSection{"virtual-school-comments", kVirtualSchool, false}};
inline constexpr std::array kEarlyYears = {
    ShippedSection{"care-arrangements", kSocialWorker},
    ShippedSection{"development-and-learning", kDesignatedTeacher},
    ShippedSection{"needs-and-support", kDesignatedTeacher},
    ShippedSection{"attendance", kDesignatedTeacher},
    ShippedSection{"use-of-pupil-premium", kDesignatedTeacher},
    ShippedSection{"transition", kDesignatedTeacher, false},
    ShippedSection{"carer-contribution", kCarer},
    ShippedSection{"pupil-contribution", kPupil, false},
    ShippedSection{"virtual-school-comments", kVirtualSchool, false}};
inline constexpr std::array kPrimary = {
    ShippedSection{"care-arrangements", kSocialWorker},
    ShippedSection{"attainment-and-progress", kDesignatedTeacher},
    ShippedSection{"needs-and-support", kDesignatedTeacher},
    ShippedSection{"attendance-and-exclusions", kDesignatedTeacher},
    ShippedSection{"use-of-pupil-premium", kDesignatedTeacher},
    ShippedSection{"transition", kDesignatedTeacher, false},
    ShippedSection{"carer-contribution", kCarer},
    ShippedSection{"pupil-contribution", kPupil, false},
    ShippedSection{"virtual-school-comments", kVirtualSchool, false}};
inline constexpr std::array kSecondary = {
    ShippedSection{"care-arrangements", kSocialWorker},
    ShippedSection{"attainment-and-progress", kDesignatedTeacher},
    ShippedSection{"needs-and-support", kDesignatedTeacher},
    ShippedSection{"attendance-and-exclusions", kDesignatedTeacher},
    ShippedSection{"use-of-pupil-premium", kDesignatedTeacher},
    ShippedSection{"aspirations-and-careers", kDesignatedTeacher},
    ShippedSection{"transition", kDesignatedTeacher, false},
    ShippedSection{"carer-contribution", kCarer},
    ShippedSection{"pupil-contribution", kPupil, false},
    ShippedSection{"virtual-school-comments", kVirtualSchool, false}};
// Pupil Premium Plus ends with Year 11.
inline constexpr std::array kPost16 = {
    ShippedSection{"care-arrangements", kSocialWorker},
    ShippedSection{"attainment-and-progress", kDesignatedTeacher},
    ShippedSection{"needs-and-support", kDesignatedTeacher},
    ShippedSection{"attendance-and-exclusions", kDesignatedTeacher},
    ShippedSection{"aspirations-and-careers", kDesignatedTeacher},
    ShippedSection{"pathway-plan", kSocialWorker, false},
    ShippedSection{"carer-contribution", kCarer, false},
    ShippedSection{"pupil-contribution", kPupil, false},
    ShippedSection{"virtual-school-comments", kVirtualSchool, false}};
// The Virtual School writes it (docs/domain.md 1.2, "Who may be without school").
inline constexpr std::array kNotOnRoll = {ShippedSection{"care-arrangements", kSocialWorker},
                                          ShippedSection{"attainment-and-progress", kVirtualSchool},
                                          ShippedSection{"needs-and-support", kVirtualSchool},
                                          ShippedSection{"return-to-education", kVirtualSchool},
                                          ShippedSection{"carer-contribution", kCarer, false},
                                          ShippedSection{"pupil-contribution", kPupil, false}};
}  // namespace shipped_form

constexpr std::span<const ShippedSection> ShippedForm(EpepPhase phase) {
  switch (phase) {
    case EpepPhase::kNotKnown:
      break;
    case EpepPhase::kEarlyYears:
      return shipped_form::kEarlyYears;
    case EpepPhase::kPrimary:
      return shipped_form::kPrimary;
    case EpepPhase::kSecondary:
      return shipped_form::kSecondary;
    case EpepPhase::kPost16:
      return shipped_form::kPost16;
    case EpepPhase::kNotOnRoll:
      return shipped_form::kNotOnRoll;
  }
  return shipped_form::kNotKnown;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_PROFILE_EPEP_FORM_H_
