// Child processes and temporary folders for whoever starts a stack: the demo, `make up` and tests.
// Promises: a child is stopped by the process that started it, by its process id; a temporary
// folder is removed with its object; ports come from the kernel. Threads: an object is used by one
// thread at a time. Instants are the machine's clock.
#ifndef PEPLINE_TOOLS_STACK_PROCESSES_H_
#define PEPLINE_TOOLS_STACK_PROCESSES_H_

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

// A folder below $TMPDIR (or /tmp) that lives as long as the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Asks again and again, a few milliseconds apart (and at most 40, once it has waited for seconds),
// until the condition holds or time is up. Returns whether it held.
bool WaitUntil(const std::function<bool()>& condition, absl::Duration deadline);

// A TCP port of 127.0.0.1 that nobody listens on, and that the kernel gives to nobody else while
// this process lives. Whoever listens on it must set SO_REUSEADDR, as servers do.
int FreePort();
// Does something accept connections at 127.0.0.1:port?
bool Accepts(int port);

// The folder of the running program, where the other programs of the build lie as well.
std::string ProgramFolder();
// A program by its name: beside this one, else in the folders of PATH. NotFound names it.
absl::StatusOr<std::string> FindProgram(const std::string& name);

absl::StatusOr<std::string> ReadFile(const std::string& path);
// Whole or not at all: written beside it and renamed.
absl::Status WriteFile(const std::string& path, const std::string& text);

// The last lines of a log, each indented; for messages.
std::string LastLines(const std::string& log_file, int lines = 5);

struct ChildOptions {
  std::vector<std::string> command;                // command[0] is a path or a name of PATH
  std::map<std::string, std::string> environment;  // added to the own one
  bool clean_environment = false;                  // drop PEPLINE_ variables of the own one
  std::string output_file;                         // stdout and stderr, appended; empty: /dev/null
  std::string folder;                              // working folder; empty: the own one
  bool outlive_parent = false;                     // false: SIGKILLed when this process dies
};

class ChildProcess {
 public:
  // NotFound when the program is not there, Internal when it could not be started.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(ChildOptions options);
  ~ChildProcess();  // Stop()
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  // The exit code once it has ended; 128 + signal when a signal ended it.
  std::optional<int> ExitCode();
  // SIGTERM, then SIGKILL when it has not ended within `bound`. Returns the exit code.
  int Stop(absl::Duration bound = absl::Seconds(15));
  void Kill();     // SIGKILL, and waits
  void Abandon();  // lets it live on without us

 private:
  ChildProcess(pid_t pid, bool) : pid_(pid) {}
  pid_t pid_ = 0;
  std::optional<int> exit_code_;
  bool abandoned_ = false;
};

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_PROCESSES_H_
