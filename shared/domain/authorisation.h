// Roles, and whose records each of them reaches. Which role may call which RPC is said in the
// contracts (shared/security/rpc_access.h). Pure.
// Source of the roles: docs/domain.md 6.2-6.5.
#ifndef PEPLINE_SHARED_DOMAIN_AUTHORISATION_H_
#define PEPLINE_SHARED_DOMAIN_AUTHORISATION_H_

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "shared/domain/ids.h"

namespace pepline {

enum class Role {
  kVirtualSchool,      // of one authority: sees its children
  kDesignatedTeacher,  // of the schools named in the token: only children now at these
  kSocialWorker,       // of one authority
  kIndependentReviewingOfficer,
  kFinance,
  kAuditor,  // reads
  kService,  // another Pepline service
  // Of no authority: keeps what all authorities share, the register of schools and bank holidays.
  kOperator,
  kHeadteacher,  // of the schools named in the token: only what they are told
};

std::string_view RoleName(Role role);  // "designated-teacher"
std::optional<Role> ParseRole(std::string_view name);

// Who calls. `subject` is an opaque id, never a name.
struct Actor {
  std::string subject;
  Role role = Role::kService;
  AuthorityCode authority;      // empty for a service or somebody of a school; that of an operator
                                // counts for nothing
  std::set<SchoolUrn> schools;  // Designated Teachers, headteachers
};

// Whose record is touched. Empty fields: not known or not a child's record. A school that a child
// has left reaches nothing of the child any more, not even what it wrote: the PEP goes on at the
// next school, which reaches all of it (docs/domain.md 6.2), and the money is the child's (6.5).
// But for a PEP that stays with the school before, whose it is then (decision 63).
struct Resource {
  AuthorityCode authority;  // that looks after the child, or owns the fund line / profile
  SchoolUrn school;         // where the child is now, or the school itself
  // The child's care ceased so long ago that those who worked with the child reach its records no
  // more (access_after_care.h).
  bool access_ended = false;
  // An alert or notice that the actor's role was told of, or is to be.
  bool told = false;
};

enum class Reach {
  kAny,        // the role alone is enough
  kAuthority,  // the actor's authority must be the resource's
  kSchool,     // the resource's school must be one of the actor's
  kNational,   // the resource must be nobody's: neither an authority's nor a school's
};

// A role that may call something, and how far it reaches there.
struct Grant {
  Role role;
  Reach reach;
  bool if_told = false;  // and of that only what the role is told of
};

// May this role call it at all? Asked before the record is known.
bool MayCall(std::span<const Grant> grants, Role role);
// May this actor call it on this resource? Asked with the record loaded.
bool MayTouch(std::span<const Grant> grants, const Actor& actor, const Resource& resource);

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_AUTHORISATION_H_
