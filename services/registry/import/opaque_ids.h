// Opaque ids of children and staff: a keyed digest (HMAC-SHA256) of the authority and its own id of
// the person, so that a repeated import finds the same record and nobody without the key can tell
// whose an id is, not even by trying. Promises: the same for the same key and person, for ever;
// "chd-" or "stf-" and 20 lower-case letters and digits (100 bits). Threads: immutable; safe.
#ifndef PEPLINE_SERVICES_REGISTRY_IMPORT_OPAQUE_IDS_H_
#define PEPLINE_SERVICES_REGISTRY_IMPORT_OPAQUE_IDS_H_

#include <string>
#include <string_view>

#include "shared/domain/ids.h"

namespace pepline::registry {

class OpaqueIds {
 public:
  // `key` is 32 secret bytes.
  explicit OpaqueIds(std::string key);

  ChildId OfChild(const AuthorityCode& authority, std::string_view own_id) const;
  StaffId OfStaff(const AuthorityCode& authority, std::string_view own_id) const;

 private:
  std::string Digest(std::string_view kind, const AuthorityCode& authority,
                     std::string_view own_id) const;
  std::string key_;
};

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_IMPORT_OPAQUE_IDS_H_
