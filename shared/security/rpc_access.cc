#include "shared/security/rpc_access.h"

#include <google/protobuf/descriptor.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "pepline/common/v1/access.pb.h"
#include "shared/domain/all_services.h"

namespace pepline {
namespace {

namespace v1 = common::v1;
using google::protobuf::FileDescriptor;

std::optional<Role> FromProto(v1::Role role) {
  switch (role) {
    case v1::ROLE_VIRTUAL_SCHOOL:
      return Role::kVirtualSchool;
    case v1::ROLE_DESIGNATED_TEACHER:
      return Role::kDesignatedTeacher;
    case v1::ROLE_SOCIAL_WORKER:
      return Role::kSocialWorker;
    case v1::ROLE_INDEPENDENT_REVIEWING_OFFICER:
      return Role::kIndependentReviewingOfficer;
    case v1::ROLE_FINANCE:
      return Role::kFinance;
    case v1::ROLE_AUDITOR:
      return Role::kAuditor;
    case v1::ROLE_SERVICE:
      return Role::kService;
    case v1::ROLE_OPERATOR:
      return Role::kOperator;
    case v1::ROLE_HEADTEACHER:
      return Role::kHeadteacher;
    default:
      return std::nullopt;
  }
}

RpcAccess FromProto(const v1::Access& access) {
  RpcAccess said{.grants = {}, .gives_personal_data = access.personal_data()};
  for (int number = v1::Role_MIN; access.every_person() && number <= v1::Role_MAX; ++number) {
    const auto role = FromProto(static_cast<v1::Role>(number));
    if (role && *role != Role::kService) said.grants.push_back({*role, Reach::kAny});
  }
  const auto grant = [&](const google::protobuf::RepeatedField<int>& roles, Reach reach,
                         bool if_told = false) {
    for (const int number : roles) {
      if (const auto role = FromProto(static_cast<v1::Role>(number))) {
        said.grants.push_back({*role, reach, if_told});
      }
    }
  };
  grant(access.any(), Reach::kAny);
  grant(access.own_authority(), Reach::kAuthority);
  grant(access.own_school(), Reach::kSchool);
  grant(access.no_authority(), Reach::kNational);
  grant(access.own_authority_if_told(), Reach::kAuthority, /*if_told=*/true);
  grant(access.own_school_if_told(), Reach::kSchool, /*if_told=*/true);
  return said;
}

std::map<std::string, RpcAccess, std::less<>> ReadContracts() {
  std::map<std::string, RpcAccess, std::less<>> rpcs;
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& name : AllServices()) {
    const FileDescriptor* file =
        pool.FindFileByName(absl::StrCat("pepline/", name, "/v1/", name, "_service.proto"));
    if (file == nullptr) continue;  // this program neither serves nor calls it
    for (int s = 0; s < file->service_count(); ++s) {
      const auto& service = *file->service(s);
      for (int m = 0; m < service.method_count(); ++m) {
        const auto& method = *service.method(m);
        rpcs[absl::StrCat(service.full_name(), "/", method.name())] =
            FromProto(method.options().GetExtension(v1::access));
      }
    }
  }
  return rpcs;
}

}  // namespace

const std::map<std::string, RpcAccess, std::less<>>& AccessOfRpcs() {
  // Never destroyed, so that it may be asked while the program ends.
  static const auto& rpcs = *new std::map<std::string, RpcAccess, std::less<>>(ReadContracts());
  return rpcs;
}

const RpcAccess& AccessTo(std::string_view rpc) {
  static const RpcAccess& nothing = *new RpcAccess;
  const auto found = AccessOfRpcs().find(rpc);
  return found == AccessOfRpcs().end() ? nothing : found->second;
}

}  // namespace pepline
