// Who attends and chairs a PEP meeting, by role, and the names of these roles in a policy profile.
// Promises: plain values; the numbers are the contract's.
#ifndef PEPLINE_SHARED_DOMAIN_ATTENDEE_H_
#define PEPLINE_SHARED_DOMAIN_ATTENDEE_H_

#include <array>
#include <string_view>
#include <utility>

namespace pepline {

enum class Attendee {
  kDesignatedTeacher = 1,
  kDeputyDesignatedTeacher = 2,
  kSocialWorker = 3,
  kCarer = 4,
  kChild = 5,
  kParent = 6,
  kVirtualSchool = 7,
  kOtherProfessional = 8,
};
constexpr Attendee LastOf(Attendee) { return Attendee::kOtherProfessional; }

inline constexpr std::array kNamedAttendees = {
    std::pair(std::string_view("designated-teacher"), Attendee::kDesignatedTeacher),
    std::pair(std::string_view("deputy-designated-teacher"), Attendee::kDeputyDesignatedTeacher),
    std::pair(std::string_view("social-worker"), Attendee::kSocialWorker),
    std::pair(std::string_view("carer"), Attendee::kCarer),
    std::pair(std::string_view("child"), Attendee::kChild),
    std::pair(std::string_view("parent"), Attendee::kParent),
    std::pair(std::string_view("virtual-school"), Attendee::kVirtualSchool),
    std::pair(std::string_view("other-professional"), Attendee::kOtherProfessional)};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ATTENDEE_H_
