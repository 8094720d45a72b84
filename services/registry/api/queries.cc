// Everything that only reads.
#include <utility>

#include "services/registry/api/answers.h"
#include "services/registry/api/grpc_api.h"
#include "services/registry/api/past_imports.h"
#include "services/registry/domain/fields.h"
#include "shared/engine/field_mapping.h"
#include "shared/rpc/handle_command.h"
#include "shared/rpc/page_tokens.h"

namespace pepline::registry {
namespace {

void CheckCode(const std::string& code, Violations& violations) {
  CheckText(code, "authority_code", "the authority's code", 8, violations);
}

// The school of the register with this URN.
grpc::Status ReadSchool(const FactsLoader& facts, const std::string& domain, const std::string& urn,
                        SchoolState& school) {
  Violations violations;
  CheckText(urn, "school_urn", "the school's URN", 8, violations);
  if (!violations.empty()) return BadRequestStatus(domain, violations);
  auto found = facts.Find<SchoolCodec>(urn);
  if (!found.ok()) return FromAbsl(domain, found.status());
  if (!IsKnown(*found)) {
    return RefusalStatus(domain, refusals::kUnknownSchool,
                         "this URN is not in the register; import the school register first",
                         "school_urn");
  }
  school = *std::move(found);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status GrpcApi::LookUpContacts(const Call& call, const v1::LookUpContactsRequest& asked,
                                     v1::LookUpContactsResponse& answer) const {
  Violations violations;
  CheckCode(asked.authority_code(), violations);
  if (asked.roles().empty() || asked.roles_size() > 20) {
    violations.push_back({"roles", "name 1 to 20 roles"});
  }
  for (int i = 0; i < asked.roles_size(); ++i) {
    if (KnownEnum<RecipientRole>(asked.roles(i))) continue;
    violations.push_back({absl::StrCat("roles[", i, "]"), "name a role of the list"});
  }
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  if (!call.MayTouch({AuthorityCode(asked.authority_code()), {}})) {
    return DeniedStatus(server_.domain());
  }
  auto found = contacts_.LookUp(asked);
  if (!found.ok()) return FromAbsl(server_.domain(), found.status());
  if (const auto* refusal = std::get_if<Refusal>(&*found)) {
    return RefusalStatus(server_.domain(), refusal->reason, refusal->advice, refusal->field);
  }
  answer = std::get<v1::LookUpContactsResponse>(*std::move(found));
  if (answer.contacts().empty()) {
    engine_.metrics.Count("pepline_registry_contacts_missing_total",
                          {{"kind", asked.child_id().empty() ? "school" : "child"}});
  }
  return grpc::Status::OK;
}

grpc::Status GrpcApi::GetSchool(const Call& call, const v1::GetSchoolRequest& asked,
                                v1::GetSchoolResponse& answer) const {
  SchoolState school;
  const grpc::Status found = ReadSchool(facts_, server_.domain(), asked.school_urn(), school);
  if (!found.ok()) return found;
  *answer.mutable_school() = ToProto(school, call.actor);
  return grpc::Status::OK;
}

grpc::Status GrpcApi::ListSchools(const Call& call, const v1::ListSchoolsRequest& asked,
                                  v1::ListSchoolsResponse& answer) const {
  return AnswerPage(
      server_.domain(), engine_.store, call, asked, answer, kAnyFilter,
      [&](const AskedPage& page) -> absl::StatusOr<std::string> {
        const IndexEntry entry = asked.authority_code().empty()
                                     ? AllSchools()
                                     : SchoolsOf(AuthorityCode(asked.authority_code()));
        auto schools = facts_.Page<SchoolCodec>(entry, page.size(), page.position(),
                                                [](const SchoolState&) { return true; });
        if (!schools.ok()) return schools.status();
        for (const SchoolState& school : schools->states) {
          *answer.add_schools() = ToProto(school, call.actor);
        }
        return schools->next_page_token;
      });
}

grpc::Status GrpcApi::GetChild(const Call& call, const v1::GetChildRequest& asked,
                               v1::GetChildResponse& answer) const {
  Violations violations;
  CheckChildId(asked.child_id(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  auto child = facts_.Find<ChildCodec>(asked.child_id());
  if (!child.ok()) return FromAbsl(server_.domain(), child.status());
  auto resource = facts_.ResourceOf(*child);
  if (!resource.ok()) return FromAbsl(server_.domain(), resource.status());
  if (!call.MayTouch(*resource)) return DeniedStatus(server_.domain());
  *answer.mutable_child() = ToProto(*child);
  AddCorrections(*child, call.actor, *answer.mutable_child());
  return grpc::Status::OK;
}

grpc::Status GrpcApi::ListChildren(const Call& call, const v1::ListChildrenRequest& asked,
                                   v1::ListChildrenResponse& answer) const {
  const auto check = [&](Violations& violations) {
    if (asked.authority_code().empty() == asked.school_urn().empty()) {
      violations.push_back({"authority_code", "give an authority or a school, one of the two"});
    } else if (call.actor.role == Role::kDesignatedTeacher && asked.school_urn().empty()) {
      violations.push_back({"school_urn", "give the URN of one of your schools"});
    }
  };
  const auto is_reached = [&](const ChildState& child) -> absl::StatusOr<bool> {
    auto resource = facts_.ResourceOf(child);
    if (!resource.ok()) return resource.status();
    return call.MayTouch(*resource);
  };
  return AnswerPage(
      server_.domain(), engine_.store, call, asked, answer, check,
      [&](const AskedPage& page) -> absl::StatusOr<std::string> {
        const IndexEntry entry = asked.school_urn().empty()
                                     ? ChildrenOf(AuthorityCode(asked.authority_code()))
                                     : ChildrenAt(SchoolUrn(asked.school_urn()));
        auto children = facts_.Page<ChildCodec>(entry, page.size(), page.position(), is_reached);
        if (!children.ok()) return children.status();
        for (const ChildState& child : children->states) *answer.add_children() = ToProto(child);
        return children->next_page_token;
      });
}

grpc::Status GrpcApi::ListStaff(const Call& call, const v1::ListStaffRequest& asked,
                                v1::ListStaffResponse& answer) const {
  const AuthorityCode authority(asked.authority_code());
  const auto check = [&](Violations& violations) { CheckCode(asked.authority_code(), violations); };
  return AnswerPage(server_.domain(), engine_.store, call, asked, answer, check,
                    [&](const AskedPage& page) -> absl::StatusOr<std::string> {
                      if (!call.MayTouch({authority, {}})) return DeniedError();
                      auto staff =
                          facts_.Page<StaffCodec>(StaffOf(authority), page.size(), page.position(),
                                                  [](const StaffState&) { return true; });
                      if (!staff.ok()) return staff.status();
                      if (absl::Status added = facts_.AddChildrenOf(staff->states); !added.ok())
                        return added;
                      for (const StaffState& one : staff->states)
                        *answer.add_staff() = ToProto(one);
                      return staff->next_page_token;
                    });
}

grpc::Status GrpcApi::ListImports(const Call& call, const v1::ListImportsRequest& asked,
                                  v1::ListImportsResponse& answer) const {
  const AuthorityCode authority(asked.authority_code());
  const auto check = [&](Violations& violations) {
    if (!asked.authority_code().empty()) CheckCode(asked.authority_code(), violations);
    if (asked.kind() != v1::IMPORT_KIND_UNSPECIFIED && KindName(asked.kind()).empty()) {
      violations.push_back({"kind", "name a kind of the list, or none for all"});
    }
  };
  return AnswerPage(server_.domain(), engine_.store, call, asked, answer, check,
                    [&](const AskedPage& page) -> absl::StatusOr<std::string> {
                      if (!call.MayTouch({authority, {}})) return DeniedError();
                      auto past = PastImports(facts_, authority, KindName(asked.kind()),
                                              page.size(), page.position());
                      if (!past.ok()) return past.status();
                      for (const ImportLogState& one : past->imports)
                        *answer.add_imports() = ToProto(one);
                      return past->next_page_token;
                    });
}

grpc::Status GrpcApi::GetPolicyProfile(const Call&, const v1::GetPolicyProfileRequest& asked,
                                       v1::GetPolicyProfileResponse& answer) const {
  Violations violations;
  CheckCode(asked.authority_code(), violations);
  if (!violations.empty()) return BadRequestStatus(server_.domain(), violations);
  auto policy = facts_.Find<PolicyCodec>(asked.authority_code());
  if (!policy.ok()) return FromAbsl(server_.domain(), policy.status());
  if (!policy->adopted) {
    return RefusalStatus(server_.domain(), {grpc::NOT_FOUND, "NO_POLICY_PROFILE"},
                         "this authority has no policy profile in force; import one",
                         "authority_code");
  }
  WriteFields(*policy->adopted, *answer.mutable_profile());
  return grpc::Status::OK;
}

grpc::Status GrpcApi::GetSchoolCalendar(const Call&, const v1::GetSchoolCalendarRequest& asked,
                                        v1::GetSchoolCalendarResponse& answer) const {
  SchoolState school;
  const grpc::Status found = ReadSchool(facts_, server_.domain(), asked.school_urn(), school);
  if (!found.ok()) return found;
  const std::string& authority = school.details.authority.text();
  auto terms = facts_.Find<TermDatesCodec>(authority);
  if (!terms.ok()) return FromAbsl(server_.domain(), terms.status());
  auto overlay = facts_.Find<SchoolCalendarCodec>(asked.school_urn());
  if (!overlay.ok()) return FromAbsl(server_.domain(), overlay.status());
  auto holidays = facts_.Find<BankHolidaysCodec>(std::string(kDivision));
  if (!holidays.ok()) return FromAbsl(server_.domain(), holidays.status());
  answer.set_school_urn(asked.school_urn());
  answer.set_authority_code(authority);
  AppendTo(*answer.mutable_authority_terms(), terms->terms);
  AppendTo(*answer.mutable_school_terms(), overlay->terms);
  AppendTo(*answer.mutable_closed_days(), overlay->closed_days);
  AppendTo(*answer.mutable_bank_holidays(), holidays->days);
  return grpc::Status::OK;
}

void GrpcApi::ServeQueries() {
  Serve(&GrpcApi::LookUpContacts);
  Serve(&GrpcApi::GetSchool);
  Serve(&GrpcApi::ListSchools);
  Serve(&GrpcApi::GetChild);
  Serve(&GrpcApi::ListChildren);
  Serve(&GrpcApi::ListStaff);
  Serve(&GrpcApi::ListImports);
  Serve(&GrpcApi::GetPolicyProfile);
  Serve(&GrpcApi::GetSchoolCalendar);
}

}  // namespace pepline::registry
