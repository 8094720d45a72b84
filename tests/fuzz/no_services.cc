#include "tests/fuzz/no_services.h"

#include <utility>

#include "tools/client/caller.h"
#include "tools/pepctl/commands/check_command.h"
#include "tools/pepctl/commands/special_commands.h"

namespace pepline {
namespace {

std::string answer;

absl::Status Nothing() { return absl::UnavailableError("there are no services"); }

int Done(const pepctl::Invocation&) { return pepctl::kDone; }

}  // namespace

namespace fuzz {

void AnswerCallsWith(std::string bytes) { answer = std::move(bytes); }

}  // namespace fuzz

namespace client {

absl::StatusOr<std::unique_ptr<Caller>> Caller::Create(CallerOptions options) {
  return std::unique_ptr<Caller>(new Caller(std::move(options)));
}

grpc::Status Caller::Call(const google::protobuf::Message&, google::protobuf::Message& response) {
  const bool read = response.ParseFromString(std::exchange(answer, ""));
  return read ? grpc::Status::OK : grpc::Status(grpc::INTERNAL, "the answer cannot be read");
}

grpc::Status Caller::Repeatedly(const std::function<grpc::Status()>& once) const { return once(); }

absl::StatusOr<std::shared_ptr<grpc::Channel>> Caller::Channel(const std::string&) {
  return Nothing();
}

absl::StatusOr<std::unique_ptr<grpc::ClientContext>> Caller::Context(const Actor&, absl::Duration) {
  return Nothing();
}

std::string NewRequestId() { return "cli-1"; }

}  // namespace client

namespace pepctl {

int Import(const ImportArguments&, Invocation& invocation) { return Done(invocation); }
int Watch(const WatchArguments&, Invocation& invocation) { return Done(invocation); }
int ListDeadLetters(const DeadLetterArguments&, Invocation& invocation) { return Done(invocation); }
int ShowDeadLetter(const DeadLetterArguments&, Invocation& invocation) { return Done(invocation); }
int HandleDeadLetters(const DeadLetterArguments&, bool, Invocation& invocation) {
  return Done(invocation);
}
int ShowWork(const WorkArguments&, Invocation& invocation) { return Done(invocation); }
int Status(const StatusArguments&, Invocation& invocation) { return Done(invocation); }
int Redeliver(const RedeliverArguments&, Invocation& invocation) { return Done(invocation); }
int ShowClock(Invocation& invocation) { return Done(invocation); }
int SetClock(const std::string&, Invocation& invocation) { return Done(invocation); }
int AdvanceClock(const std::string&, Invocation& invocation) { return Done(invocation); }
int MakeKeys(const std::string&, Invocation& invocation) { return Done(invocation); }
int PrintToken(const std::string&, Invocation& invocation) { return Done(invocation); }
int HandOver(const OperationArguments&, Invocation& invocation) { return Done(invocation); }

}  // namespace pepctl
}  // namespace pepline
