// The commands of pepctl that are more than one RPC: import, epep show, work, watch, status, clock,
// keys, token. Each returns an exit code of invocation.h and says on invocation.err what went
// wrong. Threads: one at a time.
#ifndef PEPLINE_TOOLS_PEPCTL_COMMANDS_SPECIAL_COMMANDS_H_
#define PEPLINE_TOOLS_PEPCTL_COMMANDS_SPECIAL_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/pepctl/invocation.h"

namespace pepline::scheduling::v1 {
class GetEpepResponse;
}

namespace pepline::pepctl {

struct ImportArguments {
  std::string kind;  // "school-calendars"
  std::string file;
  std::string format;  // empty: the kind's own
  std::string only_schools_of;
  std::string reason;
  bool confirm_removals = false;
  int expected_pep_changes = 0;
};
// Shows a progress bar on a terminal. Errors of the file are a table by row and column.
int Import(const ImportArguments& arguments, Invocation& invocation);

struct WatchArguments {
  std::vector<std::string> topics;  // "scheduling" or the whole name; empty: all
  bool from_beginning = false;
  std::string child;  // only events of this child
  std::string event;  // only the event with this id
  int count = 0;      // ends after so many events; 0: at Ctrl-C
  bool ids_only = false;
};
int Watch(const WatchArguments& arguments, Invocation& invocation);

// Records that a service could not read; see dead_letters.h. The broker is that of --kafka or of
// the stack, reached by PEPLINE_KAFKA_SETTINGS and PEPLINE_KAFKA_SASL_PASSWORD.
struct DeadLetterArguments {
  std::vector<std::string> services;  // that could not read them; empty: all
  std::vector<std::string> ids;
  bool all = false;    // those that were handled too
  bool bytes = false;  // show what is in it
};
int ListDeadLetters(const DeadLetterArguments& arguments, Invocation& invocation);
int ShowDeadLetter(const DeadLetterArguments& arguments, Invocation& invocation);
int HandleDeadLetters(const DeadLetterArguments& arguments, bool replay, Invocation& invocation);

// Of every service: is it ready, and does each of its loops move? By the metrics ports, so that a
// service that answers no call can still say why. Exit code 1 where one is not ready, 3 where one
// does not answer.
struct StatusArguments {
  std::vector<std::string> addresses;  // "scheduling=HOST:PORT"; empty: those of the stack
};
int Status(const StatusArguments& arguments, Invocation& invocation);

// What the person has to do next, over all services that own work, in the order of due dates. A
// service whose work is not this role's is left out; of one that is away the others' work is shown
// all the same, and the exit code is 3.
struct WorkArguments {
  std::string school;
  std::string authority;
  int within_days = 0;  // 0: as many as the services take for themselves
};
int ShowWork(const WorkArguments& arguments, Invocation& invocation);

// A whole ePEP, and the outcomes of its PEP, which are in another service: where that is away, or
// the role may not ask it, the sections are shown all the same.
struct EpepArguments {
  std::string child;
  std::string pep;  // empty: the newest
  int version = 0;  // 0: as it stands
};
int ShowEpep(const EpepArguments& arguments, Invocation& invocation);
// How it tells the sections.
std::string EpepText(const scheduling::v1::GetEpepResponse& epep);

struct RedeliverArguments {
  std::string alert;        // or
  bool all_failed = false;  // every open alert of which somebody could not be told
};
// Tells again those who could not be told. With --request-id, saying it again has one effect.
int Redeliver(const RedeliverArguments& arguments, Invocation& invocation);

// The clock of a stack that runs on a simulated one.
int ShowClock(Invocation& invocation);
int SetClock(const std::string& to, Invocation& invocation);
int AdvanceClock(const std::string& by, Invocation& invocation);
// What that clock shows; the machine's where there is no stack, or none that is simulated.
absl::Time StackNow(const Globals& globals);

// Makes what is missing of the keys in the folder (made too) and prints the names of the files: the
// key that signs tokens, the set that checks them, the key of ids.
int MakeKeys(const std::string& folder, Invocation& invocation);
int PrintToken(const std::string& valid_for, Invocation& invocation);

// "90m", "2d", "1w3d12h"; more than nothing. InvalidArgument with the fix.
absl::StatusOr<absl::Duration> ParseSpan(const std::string& text);

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_COMMANDS_SPECIAL_COMMANDS_H_
