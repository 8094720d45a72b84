// Who is in a story, as registry has them: children, schools and staff, found by the authority's
// own ids and by Pepline's. Asks registry as the Virtual School, which alone may see names.
// Promises: what Refresh found last. A child's initials are all that a printed line needs of a
// name. Errors: Refresh says which RPC failed. Threads: Refresh alone; the rest from any thread.
#ifndef PEPLINE_TOOLS_STORY_PEOPLE_H_
#define PEPLINE_TOOLS_STORY_PEOPLE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "shared/domain/authorisation.h"
#include "tools/client/caller.h"

namespace pepline::story {

inline constexpr char kAuthority[] = "931";

// Persons of the authority, none of whom exists.
Actor VirtualSchool();
Actor Finance();
// Of no authority: who keeps the register of schools and bank holidays.
Actor Operator();

class People {
 public:
  explicit People(client::Caller& caller) : caller_(caller) {}

  absl::Status Refresh();

  // Null when there is none.
  const registry::v1::Child* ChildByOwnId(const std::string& own_id) const;
  const registry::v1::Child* ChildById(const std::string& child_id) const;
  std::string Initials(const std::string& child_id) const;  // "A.B."
  // Empty for a child whose location is restricted, and for a school that is not known.
  std::string SchoolOf(const std::string& child_id) const;
  std::string SchoolName(const std::string& urn) const;
  std::string StaffName(const std::string& staff_id) const;
  // Who acts for the child at school: the Designated Teacher, or the Virtual School where there is
  // none today.
  Actor AtSchoolOf(const registry::v1::Child& child) const;

 private:
  client::Caller& caller_;
  std::map<std::string, registry::v1::Child> children_;  // by child id
  std::map<std::string, std::string> own_ids_;           // child ids by own id
  std::map<std::string, registry::v1::School> schools_;
  std::map<std::string, std::string> staff_;  // names by staff id
};

}  // namespace pepline::story

#endif  // PEPLINE_TOOLS_STORY_PEOPLE_H_
