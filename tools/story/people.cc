#include "tools/story/people.h"

#include "absl/strings/str_cat.h"
#include "tools/client/failure.h"

namespace pepline::story {
namespace {

constexpr int kPage = 1000;

// Calls `take` with every page of a list RPC.
template <class Request, class Response, class Take>
absl::Status EachPage(client::Caller& caller, Take take) {
  Request request;
  request.set_authority_code(kAuthority);
  request.set_page_size(kPage);
  while (true) {
    Response response;
    const grpc::Status status = caller.Call(VirtualSchool(), request, response);
    if (!status.ok()) {
      return absl::UnavailableError(absl::StrCat(request.GetTypeName(), ": ",
                                                 client::FailureText(client::ReadFailure(status))));
    }
    take(response);
    if (response.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(response.next_page_token());
  }
}

Actor Person(const std::string& subject, Role role) {
  return {.subject = subject, .role = role, .authority = AuthorityCode(kAuthority), .schools = {}};
}

}  // namespace

Actor VirtualSchool() { return Person("stf-virtualschool0000001", Role::kVirtualSchool); }
Actor Finance() { return Person("stf-finance0000000000001", Role::kFinance); }
Actor Operator() {
  return {.subject = "stf-operator000000000001",
          .role = Role::kOperator,
          .authority = {},
          .schools = {}};
}

absl::Status People::Refresh() {
  namespace v1 = registry::v1;
  absl::Status status = EachPage<v1::ListChildrenRequest, v1::ListChildrenResponse>(
      caller_, [this](const v1::ListChildrenResponse& page) {
        for (const v1::Child& child : page.children()) {
          own_ids_[child.own_id()] = child.child_id();
          children_[child.child_id()] = child;
        }
      });
  if (!status.ok()) return status;
  status = EachPage<v1::ListSchoolsRequest, v1::ListSchoolsResponse>(
      caller_, [this](const v1::ListSchoolsResponse& page) {
        for (const v1::School& school : page.schools()) schools_[school.school_urn()] = school;
      });
  if (!status.ok()) return status;
  return EachPage<v1::ListStaffRequest, v1::ListStaffResponse>(
      caller_, [this](const v1::ListStaffResponse& page) {
        for (const v1::StaffMember& member : page.staff())
          staff_[member.staff_id()] = member.name();
      });
}

const registry::v1::Child* People::ChildByOwnId(const std::string& own_id) const {
  const auto found = own_ids_.find(own_id);
  return found == own_ids_.end() ? nullptr : ChildById(found->second);
}

const registry::v1::Child* People::ChildById(const std::string& child_id) const {
  const auto found = children_.find(child_id);
  return found == children_.end() ? nullptr : &found->second;
}

std::string People::Initials(const std::string& child_id) const {
  const registry::v1::Child* child = ChildById(child_id);
  if (child == nullptr) return "";
  return absl::StrCat(child->given_name().substr(0, 1), ".", child->family_name().substr(0, 1),
                      ".");
}

std::string People::SchoolOf(const std::string& child_id) const {
  const registry::v1::Child* child = ChildById(child_id);
  if (child == nullptr || child->location_restricted()) return "";
  return SchoolName(child->school_urn());
}

std::string People::SchoolName(const std::string& urn) const {
  const auto found = schools_.find(urn);
  return found == schools_.end() ? "" : found->second.name();
}

std::string People::StaffName(const std::string& staff_id) const {
  const auto found = staff_.find(staff_id);
  return found == staff_.end() ? "" : found->second;
}

Actor People::AtSchoolOf(const registry::v1::Child& child) const {
  const auto school = schools_.find(child.school_urn());
  if (school == schools_.end() || school->second.designated_teacher_staff_ids().empty()) {
    return VirtualSchool();
  }
  Actor teacher = Person(school->second.designated_teacher_staff_ids(0), Role::kDesignatedTeacher);
  teacher.authority = AuthorityCode();
  teacher.schools = {SchoolUrn(child.school_urn())};
  return teacher;
}

}  // namespace pepline::story
