// Who may see and change what, as the documents say it and as nothing of the product does: written
// from docs/integrators.md ("Who may call what", "Calling: connection and token") and the
// contracts' comments. It knows neither the services' authorisation table nor their code, so that
// the two can be held against each other (reach_test.cc). Pure. Threads: values and a constant
// table.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_MODEL_H_
#define PEPLINE_TESTS_COMPONENT_REACH_MODEL_H_

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"

namespace pepline::reach {

// A role as one letter of the table below.
inline constexpr std::string_view kEveryRole = "VDSIFAOHP";
std::string_view NameOfRole(char role);  // 'D': "designated-teacher"

// Who calls, as the token says.
struct Caller {
  std::string subject;
  char role = 'V';
  std::string authority;
  std::set<std::string> schools;
  bool token_is_good = true;
};

// Whose record is asked for. A child's: of the authority that looks after the child, and of the
// school where the child is now.
struct Whose {
  std::string authority = {};
  std::string school = {};
  // The day on which care ceased, where it has, and for how many months after it those who worked
  // with the child reach the records.
  std::optional<absl::CivilDay> care_ceased_on = std::nullopt;
  int months_of_access = 3;
  // Of an alert or notice: the roles that it told, or is to tell.
  std::set<char> told = {};
};

enum class Verdict {
  kAllowed,          // what the answer is then is the matter of other rules
  kUnauthenticated,  // the token is none of ours
  kRoleMayNot,       // PERMISSION_DENIED, whatever is asked for
  kHidden,           // NOT_FOUND, as for what does not exist
};
std::string_view NameOf(Verdict verdict);

// Who may call one RPC: the letters of the roles, by how far each of them reaches.
struct Row {
  std::string_view service;         // "scheduling"
  std::string_view rpc;             // "GetPep"
  std::string_view any;             // any record
  std::string_view authority = "";  // records of the token's authority
  std::string_view schools = "";    // records at the token's schools
  std::string_view nobodys = "";    // what belongs to no authority
  // Of these records only what the role was told of.
  std::string_view authority_if_told = "";
  std::string_view schools_if_told = "";
};
std::span<const Row> Table();
const Row& RowOf(std::string_view service, std::string_view rpc);

// The RPC that does a step of a work-list, "FINALISE_EPEP" of WORK_STEP_FINALISE_EPEP; of the step
// that none does, one of the same people.
std::string_view RpcOfStep(std::string_view step);

Verdict Judge(const Row& row, const Caller& caller, const Whose& whose, absl::CivilDay today);

// May the caller know how many looked-after children are at the school?
bool MayCountChildren(const Caller& caller, const std::string& school,
                      const std::string& authority_of_the_school);

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_MODEL_H_
