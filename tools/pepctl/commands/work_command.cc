// `pepctl work`.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/base/london.h"
#include "shared/rpc/grpc_server.h"
#include "shared/security/rpc_access.h"
#include "tools/pepctl/commands/rpc_command.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/pepctl/field_path.h"
#include "tools/pepctl/work_table.h"

namespace pepline::pepctl {
namespace {

using common::v1::WorkItem;
using google::protobuf::Message;

// By which option a field is given.
const std::map<std::string, std::string> kOptions = {
    {"school_urn", "--school"}, {"authority_code", "--authority"}, {"within_days", "--within"}};

// One for each service that owns work. Their fields have the same names.
absl::StatusOr<std::vector<std::unique_ptr<Message>>> RequestsOf(const WorkArguments& arguments) {
  std::vector<std::unique_ptr<Message>> requests;
  requests.push_back(std::make_unique<scheduling::v1::ListWorkRequest>());
  requests.push_back(std::make_unique<assessments::v1::ListWorkRequest>());
  requests.push_back(std::make_unique<funding::v1::ListWorkRequest>());
  const int days = arguments.within_days;
  const std::vector<std::pair<const char*, std::string>> fields = {
      {"school_urn", arguments.school},
      {"authority_code", arguments.authority},
      {"within_days", days == 0 ? std::string() : absl::StrCat(days)}};
  for (const auto& request : requests) {
    for (const auto& [field, text] : fields) {
      if (text.empty()) continue;
      if (absl::Status set = SetField(*request, field, {text}); !set.ok()) return set;
    }
  }
  return requests;
}

// An empty answer of the RPC whose request this is.
std::unique_ptr<Message> AnswerTo(const Message& request) {
  const auto& type = *MethodTaking(*request.GetDescriptor()).output_type();
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

void Collect(const Message& response, std::vector<WorkItem>& items) {
  const auto* field = response.GetDescriptor()->FindFieldByName("items");
  const auto& reflection = *response.GetReflection();
  for (int i = 0; i < reflection.FieldSize(response, field); ++i) {
    items.push_back(
        static_cast<const WorkItem&>(reflection.GetRepeatedMessage(response, field, i)));
  }
}

void Print(std::vector<WorkItem> items, bool all_answered, Invocation& invocation) {
  SortWork(items);
  if (invocation.globals.json()) {
    scheduling::v1::ListWorkResponse all;
    for (WorkItem& item : items) *all.add_items() = std::move(item);
    invocation.out << Json(all, true);
  } else if (items.empty()) {
    if (all_answered) invocation.err << "Nothing to do.\n";
  } else {
    const absl::Time now = StackNow(invocation.globals);
    invocation.out << WorkTable(items, absl::ToCivilDay(now, London())).Text();
  }
}

// Of a token that was given the services alone know the role.
bool MayAsk(const Message& request, const Actor& actor, const Globals& globals) {
  return !globals.token_file.empty() ||
         MayCall(AccessTo(RpcTaking(*request.GetDescriptor())).grants, actor.role);
}

int AskAll(const std::vector<std::unique_ptr<Message>>& requests, const Actor& actor,
           Invocation& invocation) {
  auto caller = MakeCaller(invocation.globals, actor);
  if (!caller.ok()) return Fail(invocation, caller.status());
  std::vector<WorkItem> items;
  bool any = false;
  int code = kDone;
  for (const auto& request : requests) {
    if (!MayAsk(*request, actor, invocation.globals)) continue;
    const std::unique_ptr<Message> response = AnswerTo(*request);
    const grpc::Status status = CallAllPages(**caller, /*limit=*/0, *request, *response);
    if (status.error_code() == grpc::StatusCode::PERMISSION_DENIED) continue;
    any = true;
    if (status.ok()) {
      Collect(*response, items);
      continue;
    }
    code = Fail(invocation, status, kOptions);
    // Whatever else is wrong is wrong for all of them.
    if (code != kNotReachable) return code;
  }
  if (!any) {
    return Fail(invocation, absl::PermissionDeniedError(
                                "no service has work for this role; give another with --as"));
  }
  Print(std::move(items), code == kDone, invocation);
  return code;
}

}  // namespace

int ShowWork(const WorkArguments& arguments, Invocation& invocation) {
  const auto requests = RequestsOf(arguments);
  if (!requests.ok()) return Fail(invocation, requests.status());
  if (invocation.globals.dry_run) {
    for (const auto& request : *requests) invocation.out << Json(*request, false);
    invocation.err << "Nothing was sent (--dry-run).\n";
    return kDone;
  }
  const auto actor = ActorOf(invocation.globals, requests->front().get());
  if (!actor.ok()) return Fail(invocation, actor.status());
  return AskAll(*requests, *actor, invocation);
}

}  // namespace pepline::pepctl
