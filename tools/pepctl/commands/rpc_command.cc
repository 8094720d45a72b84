#include "tools/pepctl/commands/rpc_command.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pepctl/field_path.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPageSize = 500;

bool HasNothingAt(const Message& request, const std::string& field) {
  return request.GetDescriptor()->FindFieldByName(field) != nullptr &&
         TextAt(request, field).empty();
}

// Where nobody says whose: the own school of somebody of a school, everybody else's own authority;
// an operator has none, and what belongs to none is asked for without one.
absl::Status FillOwnPlace(const RpcCommand& command, const Globals& globals, Message& request) {
  if (IsOfSchool(globals.role)) {
    const bool fill =
        command.is_list() && globals.schools.size() == 1 && HasNothingAt(request, "school_urn");
    return fill ? SetField(request, "school_urn", globals.schools) : absl::OkStatus();
  }
  if (globals.role == RoleName(Role::kOperator)) return absl::OkStatus();
  if (command.is_national != nullptr && command.is_national(request)) return absl::OkStatus();
  const bool by_school = request.GetDescriptor()->FindFieldByName("school_urn") != nullptr &&
                         !HasNothingAt(request, "school_urn");
  if (command.own_authority.empty() || by_school || !HasNothingAt(request, command.own_authority)) {
    return absl::OkStatus();
  }
  return SetField(request, command.own_authority, {globals.authority});
}

absl::Status Fill(const RpcCommand& command, const Given& given, const Globals& globals,
                  Message& request) {
  for (const Argument& argument : command.arguments) {
    const auto texts = given.find(argument.name);
    if (texts == given.end()) continue;
    std::vector<std::string> values = texts->second;
    if (argument.from_file) {
      auto read = ReadWhole(values.front());
      if (!read.ok()) return read.status();
      values = {*std::move(read)};
    }
    if (absl::Status set = SetField(request, argument.path, values); !set.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(argument.name, " ", set.message()));
    }
  }
  if (absl::Status filled = FillOwnPlace(command, globals, request); !filled.ok()) return filled;
  const FieldDescriptor* id = request.GetDescriptor()->FindFieldByName("request_id");
  if (id != nullptr) {
    request.GetReflection()->SetString(
        &request, id, globals.request_id.empty() ? client::NewRequestId() : globals.request_id);
  }
  return absl::OkStatus();
}

// The one list of messages that an answer to a List RPC has.
const FieldDescriptor& ElementsOf(const Message& response) {
  const auto& type = *response.GetDescriptor();
  int index = 0;
  while (!type.field(index)->is_repeated()) ++index;
  return *type.field(index);
}

std::string NextPage(const Message& response) { return TextAt(response, "next_page_token"); }

// Elements beyond the limit are taken off again.
void CutTo(int limit, const FieldDescriptor& elements, Message& response) {
  while (limit > 0 && response.GetReflection()->FieldSize(response, &elements) > limit) {
    response.GetReflection()->RemoveLast(&response, &elements);
  }
}

void PrintList(const RpcCommand& command, const Message& response, Invocation& invocation) {
  const FieldDescriptor& elements = ElementsOf(response);
  std::vector<const Message*> rows;
  for (int i = 0; i < response.GetReflection()->FieldSize(response, &elements); ++i) {
    rows.push_back(&response.GetReflection()->GetRepeatedMessage(response, &elements, i));
  }
  if (rows.empty()) {
    invocation.err << "Nothing to show.\n";
    return;
  }
  Table table = TableOf(rows, *elements.message_type(), command.columns);
  table.DropEmptyColumns();
  invocation.out << table.Text();
  if (!NextPage(response).empty()) {
    invocation.err << "There is more; raise --limit or leave it out.\n";
  }
}

void Print(const RpcCommand& command, const Message& response, Invocation& invocation) {
  if (invocation.globals.json()) {
    invocation.out << Json(response, true);
  } else if (command.is_list()) {
    PrintList(command, response, invocation);
  } else if (command.text != nullptr) {
    invocation.out << command.text(response);
  } else {
    const std::string text = RecordText(response);
    invocation.out << (text.empty() ? "Done.\n" : text);
  }
}

std::map<std::string, std::string> NamesOfFields(const RpcCommand& command) {
  std::map<std::string, std::string> names;
  for (const Argument& argument : command.arguments) names[argument.path] = argument.name;
  return names;
}

// A command that got no answer may have been carried out all the same.
void TellHowToRepeat(const Message& request, Invocation& invocation) {
  if (request.GetDescriptor()->FindFieldByName("request_id") == nullptr) return;
  invocation.err << "  It has one effect if you say it again with --request-id "
                 << TextAt(request, "request_id") << ".\n";
}

}  // namespace

grpc::Status CallAllPages(client::Caller& caller, int limit, Message& request, Message& response) {
  const auto& type = *request.GetDescriptor();
  const auto& reflection = *request.GetReflection();
  const FieldDescriptor& elements = ElementsOf(response);
  const FieldDescriptor& token = FieldAt(*response.GetDescriptor(), "next_page_token");
  reflection.SetInt32(&request, &FieldAt(type, "page_size"),
                      limit > 0 ? std::min(limit, kPageSize) : kPageSize);
  const std::unique_ptr<Message> page(response.New());
  while (true) {
    page->Clear();
    if (grpc::Status status = caller.Call(request, *page); !status.ok()) return status;
    const std::string next = NextPage(*page);
    response.MergeFrom(*page);  // appends
    response.GetReflection()->ClearField(&response, &token);
    if (next.empty()) return grpc::Status::OK;
    if (limit > 0 && response.GetReflection()->FieldSize(response, &elements) >= limit) {
      CutTo(limit, elements, response);
      // Whoever asked for less is told that there is more.
      response.GetReflection()->SetString(&response, &token, next);
      return grpc::Status::OK;
    }
    reflection.SetString(&request, &FieldAt(type, "page_token"), next);
  }
}

int Run(const RpcCommand& command, const Given& given, int limit, Invocation& invocation) {
  const std::unique_ptr<Message> request(command.request->New());
  if (absl::Status filled = Fill(command, given, invocation.globals, *request); !filled.ok()) {
    return Fail(invocation, filled);
  }
  if (invocation.globals.dry_run) {
    invocation.out << Json(*request, false);
    invocation.err << "Nothing was sent (--dry-run).\n";
    return kDone;
  }
  auto actor = ActorOf(invocation.globals, request.get());
  if (!actor.ok()) return Fail(invocation, actor.status());
  auto caller = MakeCaller(invocation.globals, *std::move(actor));
  if (!caller.ok()) return Fail(invocation, caller.status());
  const std::unique_ptr<Message> response(command.response->New());
  const grpc::Status status = command.is_list() ? CallAllPages(**caller, limit, *request, *response)
                                                : (*caller)->Call(*request, *response);
  if (!status.ok()) {
    const int code = Fail(invocation, status, NamesOfFields(command));
    if (code == kNotReachable) TellHowToRepeat(*request, invocation);
    return code;
  }
  Print(command, *response, invocation);
  return kDone;
}

}  // namespace pepline::pepctl
