// How much a file of each kind may hold: what practice needs and room above it, so that one caller
// cannot fill the memory of the process. The table with its reasons: services/registry/README.md.
// Promises: bytes are counted as they arrive, rows while they are read; a file at its bounds is
// imported by a process that stays below 256 MiB (a test measures it). Threads: constants.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_BOUNDS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_BOUNDS_H_

#include <cstddef>

#include "pepline/registry/v1/registry_service.pb.h"

namespace pepline::registry::imports {

struct Bounds {
  std::size_t bytes = 0;
  int rows = 0;  // below the header, of a table; what JSON, YAML and ICS hold is bounded by bytes
};

inline constexpr std::size_t kKilobyte = 1024;
inline constexpr std::size_t kMegabyte = 1024 * kKilobyte;

// England's register has some 50,000 rows in 60 MB.
inline constexpr Bounds kSchoolsBounds = {80 * kMegabyte, 75'000};
// England's links have some 50,000 rows in 4 MB.
inline constexpr Bounds kSchoolLinksBounds = {8 * kMegabyte, 100'000};
// Ten years of one division are 9 kB.
inline constexpr Bounds kBankHolidaysBounds = {256 * kKilobyte, 0};
// Ten years have 60 parts of terms.
inline constexpr Bounds kTermDatesBounds = {256 * kKilobyte, 1'000};
// An authority of 700 schools, each with six days and six parts of terms, has 8,400.
inline constexpr Bounds kSchoolCalendarsBounds = {1 * kMegabyte, 10'000};
// An authority that looks after 2,500 children has 7,500 posts about them at a time; these are
// those of several years.
inline constexpr Bounds kStaffBounds = {4 * kMegabyte, 20'000};
inline constexpr Bounds kChildrenBounds = {4 * kMegabyte, 20'000};
inline constexpr Bounds kPolicyBounds = {256 * kKilobyte, 0};

// Nothing at all of a kind that is not known.
constexpr Bounds BoundsOf(v1::ImportKind kind) {
  switch (kind) {
    case v1::IMPORT_KIND_SCHOOLS:
      return kSchoolsBounds;
    case v1::IMPORT_KIND_SCHOOL_LINKS:
      return kSchoolLinksBounds;
    case v1::IMPORT_KIND_BANK_HOLIDAYS:
      return kBankHolidaysBounds;
    case v1::IMPORT_KIND_TERM_DATES:
      return kTermDatesBounds;
    case v1::IMPORT_KIND_SCHOOL_CALENDARS:
      return kSchoolCalendarsBounds;
    case v1::IMPORT_KIND_STAFF:
      return kStaffBounds;
    case v1::IMPORT_KIND_CHILDREN:
      return kChildrenBounds;
    case v1::IMPORT_KIND_POLICY:
      return kPolicyBounds;
    default:
      return {};
  }
}

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_BOUNDS_H_
