// The common end of every RPC that is a command: it is executed, and its outcome becomes a status
// and an answer.
#ifndef PEPLINE_SHARED_RPC_HANDLE_COMMAND_H_
#define PEPLINE_SHARED_RPC_HANDLE_COMMAND_H_

#include <utility>
#include <variant>

#include "shared/engine/execute.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {

// Executes the command with its Inputs; `inputs.answer` is made here:
//   fill   void(const State&, const std::vector<Event>&, Response&): the answer, when it is done
//   count  void(Metrics&, const std::vector<Event>&): the service's own metrics of what was said
// A repeated command is answered as the first time, and nothing is counted. Threads: safe from any
// thread; blocks on the store.
template <class Codec, class Response, class Fill, class Count>
grpc::Status HandleCommand(RpcServer& server, const Engine& engine, const Target& target,
                           const typename RulesOf<Codec>::Command& command, const Origin& origin,
                           Inputs<Codec> inputs, Fill&& fill, Count&& count, Response& response) {
  // The server says what is wrong with it.
  if (origin.command_id.empty()) return BadRequestStatus(server.domain(), {});
  Response filled;
  inputs.answer = [&](const auto& state, const auto& events) {
    filled.Clear();
    fill(state, events, filled);
    return filled.SerializeAsString();
  };
  auto outcome = Execute<Codec>(engine, target, command, origin, inputs);
  if (!outcome.ok()) return FromAbsl(server.domain(), outcome.status());
  return std::visit(
      Match{[&](const Done<Codec>& done) {
              if (!done.repeated) {
                count(engine.metrics, done.events);
                response = std::move(filled);
                return grpc::Status::OK;
              }
              if (response.ParseFromString(done.answer)) return grpc::Status::OK;
              return FromAbsl(server.domain(),
                              absl::DataLossError("the remembered answer cannot be read"));
            },
            [&](const Refusal& refusal) {
              engine.metrics.Count("pepline_refusals_total",
                                   {{"aggregate", Codec::kKind}, {"reason", refusal.reason.name}});
              return RefusalStatus(server.domain(), refusal.reason, refusal.advice, refusal.field);
            },
            [&](const Denied&) { return DeniedStatus(server.domain()); },
            [&](const CommandIdReused&) { return CommandIdReusedStatus(server.domain()); }},
      *outcome);
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_RPC_HANDLE_COMMAND_H_
