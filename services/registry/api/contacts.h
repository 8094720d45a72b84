// Whom to write to: the people in given roles, as appointed today.
// Promises: nothing is kept between calls, so a change of appointment counts at the next question.
// Roles of a school are asked of the school; the others of the child where one is named. Who holds
// a school's post is what the school's own authority has on record; where that has nobody, whom the
// asking authority wrote down for itself; nobody else's word counts. Somebody else's social worker
// or reviewing officer never stands in for a child's own; the authority's caseworkers do, and its
// head always. Hours and days on which people are told are those of the asking authority's profile,
// and of the calendars as they stand; where none is known, weekdays count. Errors: a refusal for an
// unknown child or school; whatever the store answers. Threads: safe from any thread; blocks on the
// store.
#ifndef PEPLINE_SERVICES_REGISTRY_API_CONTACTS_H_
#define PEPLINE_SERVICES_REGISTRY_API_CONTACTS_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/storage/facts.h"

namespace pepline::registry {

class Contacts {
 public:
  explicit Contacts(const FactsLoader& facts) : facts_(facts) {}

  using Answer = std::variant<v1::LookUpContactsResponse, Refusal>;
  // Every role of the request is one that this version knows.
  absl::StatusOr<Answer> LookUp(const v1::LookUpContactsRequest& request) const;

 private:
  // Whoever holds the post today, of those that this authority put on record.
  absl::StatusOr<std::vector<v1::Contact>> HoldersToday(const Post& post,
                                                        const AuthorityCode& recorded_by) const;
  // From when people of the school and of the council are told, where that lies ahead, and whether
  // it may join a digest.
  absl::Status AddToldFrom(const v1::LookUpContactsRequest& request, const SchoolDetails& school,
                           v1::LookUpContactsResponse& response) const;
  const FactsLoader& facts_;
};

// "A.B."; letters beyond ASCII too.
std::string InitialsOf(const ChildDetails& details);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_API_CONTACTS_H_
