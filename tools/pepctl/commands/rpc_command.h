// A command of pepctl that is one RPC, as a row of a table: its names, its request and answer, and
// which option or argument fills which field. One function carries out every row.
// Promises: with --dry-run the request is printed and nothing is sent, and no service need be up; a
// list is read to its end, page by page; answers are tables or, with --output json, the contract's
// JSON. Errors: exit codes of invocation.h. Threads: one at a time.
#ifndef PEPLINE_TOOLS_PEPCTL_COMMANDS_RPC_COMMAND_H_
#define PEPLINE_TOOLS_PEPCTL_COMMANDS_RPC_COMMAND_H_

#include <map>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "tools/pepctl/invocation.h"

namespace pepline::pepctl {

enum class Need { kRequired, kOptional };

struct Argument {
  std::string name;  // "--at", or "CHILD" for one that goes by its place
  std::string path;  // of the request's field
  std::string help;
  Need need = Need::kRequired;
  bool from_file = false;  // what is given names the file that the value is read from

  bool positional() const { return name[0] != '-'; }
};

struct RpcCommand {
  std::string group;  // "pep"
  std::string name;   // "schedule"
  std::string help;
  const google::protobuf::Message* request;
  const google::protobuf::Message* response;
  std::vector<Argument> arguments;
  // Of a list: what its table shows of each element.
  std::vector<std::string> columns = {};
  // This field is the actor's authority where nobody says otherwise.
  std::string own_authority = {};
  // Whether a request is about what belongs to no authority; null: never.
  bool (*is_national)(const google::protobuf::Message& request) = nullptr;
  // Instead of a record with everything.
  std::string (*text)(const google::protobuf::Message& response) = nullptr;

  bool is_list() const { return !columns.empty(); }
};

template <class Request, class Response>
RpcCommand Row(std::string group, std::string name, std::string help,
               std::vector<Argument> arguments) {
  return {.group = std::move(group),
          .name = std::move(name),
          .help = std::move(help),
          .request = &Request::default_instance(),
          .response = &Response::default_instance(),
          .arguments = std::move(arguments)};
}
// A list, of which `columns` are shown.
template <class Request, class Response>
RpcCommand ListRow(std::string group, std::string help, std::vector<Argument> arguments,
                   std::vector<std::string> columns, std::string own_authority = "") {
  RpcCommand row =
      Row<Request, Response>(std::move(group), "list", std::move(help), std::move(arguments));
  row.columns = std::move(columns);
  row.own_authority = std::move(own_authority);
  return row;
}

// All rows, by service.
std::vector<RpcCommand> RegistryCommands();
std::vector<RpcCommand> SchedulingCommands();
std::vector<RpcCommand> AssessmentsCommands();
std::vector<RpcCommand> FundingCommands();
std::vector<RpcCommand> NotificationsCommands();

// How `outcome show` tells the outcomes of a PEP, and `epep show` beneath its sections.
std::string OutcomesText(const google::protobuf::Message& response);

// What stands on the command line, by argument name; a flag has one text.
using Given = std::map<std::string, std::vector<std::string>>;

// Reads a list to its end, or to the limit where that is more than 0; `response` holds it all then,
// and a page token where there is more. The request's page_size and page_token are overwritten.
grpc::Status CallAllPages(client::Caller& caller, int limit, google::protobuf::Message& request,
                          google::protobuf::Message& response);

// `limit` of a list: how many elements at most; 0: all.
int Run(const RpcCommand& command, const Given& given, int limit, Invocation& invocation);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_COMMANDS_RPC_COMMAND_H_
