// Who does which part of the work on a PEP, and the names of both in a policy profile. It varies
// between authorities: in Oxfordshire the Designated Teacher arranges, holds and finalises; in
// Leeds the social worker arranges; elsewhere the Virtual School chairs and writes. Source:
// docs/domain.md 1.2, "Who arranges, chairs, writes". Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_WORK_ITEMS_PEP_WORK_H_
#define PEPLINE_SHARED_DOMAIN_WORK_ITEMS_PEP_WORK_H_

#include <array>
#include <string_view>
#include <utility>

#include "shared/domain/authorisation.h"
#include "shared/domain/profile/names.h"

namespace pepline {

enum class PepWork {
  kArrange,   // setting the meeting, moving it and calling it off
  kHold,      // putting on record that it was held
  kFinalise,  // finalising the ePEP
};

// Whoever is neither of the council's two is taken for the school.
enum class MadeBy { kSchool, kVirtualSchool, kSocialWorker };

constexpr MadeBy MadeByOf(Role role) {
  if (role == Role::kVirtualSchool) return MadeBy::kVirtualSchool;
  return role == Role::kSocialWorker ? MadeBy::kSocialWorker : MadeBy::kSchool;
}

inline constexpr std::array kNamedPepWork = {
    std::pair(std::string_view("arrange"), PepWork::kArrange),
    std::pair(std::string_view("hold"), PepWork::kHold),
    std::pair(std::string_view("finalise"), PepWork::kFinalise)};

constexpr std::string_view PepWorkName(PepWork work) { return NameIn(kNamedPepWork, work); }

inline constexpr std::array kNamedPepWorkers = {
    std::pair(std::string_view("designated-teacher"), MadeBy::kSchool),
    std::pair(std::string_view("social-worker"), MadeBy::kSocialWorker),
    std::pair(std::string_view("virtual-school"), MadeBy::kVirtualSchool)};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_WORK_ITEMS_PEP_WORK_H_
