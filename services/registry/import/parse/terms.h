// What the parts of terms in one file must agree on, whatever form the file has.
// Threads: pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TERMS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TERMS_H_

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/registry/import/parse/rows.h"

namespace pepline::registry::imports {

inline constexpr std::array<std::pair<std::string_view, Term>, 3> kTermNames = {
    {{"autumn", Term::kAutumn}, {"spring", Term::kSpring}, {"summer", Term::kSummer}}};

// What is wrong with one part by itself; empty when nothing is.
std::string FaultOf(const TermPart& part);

// Notes parts that are there twice, overlap, or are not in the order of the year. `where` names the
// place of another part: "row 3".
void CheckTogether(const std::vector<TermRow>& parts,
                   const std::function<std::string(const TermRow&)>& where,
                   const std::function<void(const TermRow&, std::string message)>& fail);

}  // namespace pepline::registry::imports

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_PARSE_TERMS_H_
