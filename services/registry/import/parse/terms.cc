#include "services/registry/import/parse/terms.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/cells.h"

namespace pepline::registry::imports {
namespace {

auto PlaceInYear(const TermPart& part) {
  return std::make_tuple(std::string_view(part.academic_year), part.term, part.part);
}

}  // namespace

std::string FaultOf(const TermPart& part) {
  if (part.last_day < part.first_day) return "the last day lies before the first";
  if (!LiesInAcademicYear(part.first_day, part.academic_year) ||
      !LiesInAcademicYear(part.last_day, part.academic_year)) {
    return "the days do not lie in the academic year (August to August)";
  }
  return "";
}

void CheckTogether(const std::vector<TermRow>& parts,
                   const std::function<std::string(const TermRow&)>& where,
                   const std::function<void(const TermRow&, std::string message)>& fail) {
  std::vector<const TermRow*> ordered;
  ordered.reserve(parts.size());
  for (const TermRow& part : parts) ordered.push_back(&part);
  std::stable_sort(ordered.begin(), ordered.end(), [](const TermRow* a, const TermRow* b) {
    return PlaceInYear(a->part) < PlaceInYear(b->part);
  });
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    const TermRow& before = *ordered[i - 1];
    const TermRow& here = *ordered[i];
    if (PlaceInYear(before.part) == PlaceInYear(here.part)) {
      fail(here, absl::StrCat("this part of the term is in ", where(before), " already; keep one"));
    } else if (here.part.first_day <= before.part.last_day) {
      fail(here, absl::StrCat("begins before the part in ", where(before),
                              " is over, which comes first in the year; correct one of the two"));
    }
  }
}

}  // namespace pepline::registry::imports
