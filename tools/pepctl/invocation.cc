#include "tools/pepctl/invocation.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/client/failure.h"
#include "tools/client/text_forms.h"

namespace pepline::pepctl {
namespace {

constexpr Role kRoles[] = {Role::kVirtualSchool, Role::kDesignatedTeacher,
                           Role::kSocialWorker,  Role::kIndependentReviewingOfficer,
                           Role::kFinance,       Role::kAuditor,
                           Role::kService,       Role::kOperator,
                           Role::kHeadteacher};

std::vector<std::string> RoleNames() {
  std::vector<std::string> names;
  for (const Role role : kRoles) names.emplace_back(RoleName(role));
  return names;
}

// One person a role: who submits a request may not approve it, so roles are different people.
std::string SubjectOf(Role role) {
  return absl::StrCat("stf-commandline00000000", static_cast<int>(role) + 1);
}

std::string SchoolOf(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("school_urn");
  return field == nullptr ? "" : request.GetReflection()->GetString(request, field);
}

google::protobuf::util::JsonPrintOptions JsonForm(bool with_defaults) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = with_defaults;
  return options;
}

}  // namespace

bool IsOfSchool(std::string_view role) {
  return role == RoleName(Role::kDesignatedTeacher) || role == RoleName(Role::kHeadteacher);
}

absl::StatusOr<Actor> ActorOf(const Globals& globals, const google::protobuf::Message* request) {
  const auto role = ParseRole(globals.role);
  if (!role) {
    const std::string meant = client::Nearest(globals.role, RoleNames());
    return absl::InvalidArgumentError(
        absl::StrCat("--as '", globals.role, "' is none of: ", absl::StrJoin(RoleNames(), ", "),
                     meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
  }
  Actor actor{.subject = globals.actor.empty() ? SubjectOf(*role) : globals.actor, .role = *role};
  // Somebody of a school reaches its children, whoever looks after them.
  if (!IsOfSchool(globals.role) && *role != Role::kService && *role != Role::kOperator) {
    actor.authority = AuthorityCode(globals.authority);
  }
  for (const std::string& urn : globals.schools) actor.schools.insert(SchoolUrn(urn));
  if (IsOfSchool(globals.role) && actor.schools.empty()) {
    const std::string urn = request == nullptr ? "" : SchoolOf(*request);
    if (urn.empty() && globals.token_file.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "a ", globals.role, " is of a school; say which before the command: ", "pepctl --as ",
          globals.role, " --school URN ..."));
    }
    if (!urn.empty()) actor.schools.insert(SchoolUrn(urn));
  }
  return actor;
}

absl::StatusOr<std::unique_ptr<client::Caller>> MakeCaller(const Globals& globals, Actor actor) {
  client::CallerOptions options{.addresses = globals.addresses,
                                .tls = globals.tls,
                                .token_file = globals.token_file,
                                .actor = std::move(actor),
                                .deadline = absl::Seconds(globals.timeout_seconds)};
  // With addresses and a token of one's own no stack is needed.
  const bool own = !globals.addresses.empty() && !globals.token_file.empty();
  if (globals.stack_given || !own) options.stack_folder = globals.stack;
  return client::Caller::Create(std::move(options));
}

int Fail(Invocation& invocation, const absl::Status& status) {
  invocation.err << "pepctl: " << std::string(status.message()) << "\n";
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kNotReachable;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kNotAllowed;
    default:
      return kRefused;
  }
}

int Fail(Invocation& invocation, const grpc::Status& status,
         const std::map<std::string, std::string>& names) {
  client::Failure failure = client::ReadFailure(status);
  for (client::FieldProblem& problem : failure.problems) {
    const auto name = names.find(problem.field);
    if (name != names.end()) {
      problem.field = absl::StrCat(name->second, " (", problem.field, ")");
    }
  }
  invocation.err << "pepctl: " << client::FailureText(failure) << "\n";
  switch (failure.kind) {
    case client::FailureKind::kRefused:
      return kRefused;
    case client::FailureKind::kNotReachable:
      return kNotReachable;
    case client::FailureKind::kNotAllowed:
      return kNotAllowed;
  }
  return kRefused;
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  // An empty file reads as a failure too, and is one.
  if (!file || text.fail()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", path, ", or there is nothing in it"));
  }
  return text.str();
}

std::string Json(const google::protobuf::Message& message, bool with_defaults) {
  auto options = JsonForm(with_defaults);
  options.add_whitespace = true;
  std::string text;
  // Fails for an Any of an unknown type only, which no message of ours has.
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "{}\n";
  return text;
}

std::string JsonLine(const google::protobuf::Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, JsonForm(false)).ok()) {
    return "{}";
  }
  return text;
}

}  // namespace pepline::pepctl
