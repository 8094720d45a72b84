#include "tools/stack/processes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

extern char** environ;

namespace pepline {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int ToExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  const char* base = std::getenv("TMPDIR");
  std::string pattern = absl::StrCat(base != nullptr ? base : "/tmp", "/pepline-XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr) {
    std::fprintf(stderr, "cannot make a folder like %s: %s\n", pattern.c_str(), strerror(errno));
    std::abort();
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // what is left behind lies in the folder for temporary files
  std::filesystem::remove_all(path_, ignored);
}

bool WaitUntil(const std::function<bool()>& condition, absl::Duration deadline) {
  const absl::Time began = absl::Now();
  while (!condition()) {
    const absl::Duration waited = absl::Now() - began;
    if (waited > deadline) return false;
    // Looking costs those who are waited for; after seconds some milliseconds more are no matter.
    absl::SleepFor(std::clamp(waited / 50, absl::Milliseconds(5), absl::Milliseconds(40)));
  }
  return true;
}

int FreePort() {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (socket_fd < 0 || bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::fprintf(stderr, "the kernel gives no port: %s\n", strerror(errno));
    std::abort();
  }
  // It stays bound for as long as this process lives, so that the kernel gives the port to no
  // other, not even as the near end of somebody's connection. Whoever listens there asks to share
  // it.
  const int share = 1;
  setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &share, sizeof(share));
  return ntohs(address.sin_port);
}

bool Accepts(int port) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return false;
  sockaddr_in address = Loopback(port);
  const bool accepted =
      connect(socket_fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(socket_fd);
  return accepted;
}

std::string ProgramFolder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
}

absl::StatusOr<std::string> FindProgram(const std::string& name) {
  std::vector<std::string> folders = {ProgramFolder(), absl::StrCat(ProgramFolder(), "/bin"),
                                      absl::StrCat(ProgramFolder(), "/../bin")};
  if (const char* path = std::getenv("PATH"); path != nullptr) {
    for (absl::string_view folder : absl::StrSplit(path, ':')) folders.emplace_back(folder);
  }
  for (const std::string& folder : folders) {
    std::string candidate = absl::StrCat(folder, "/", name);
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return absl::NotFoundError(absl::StrCat("there is no program ", name, " in ", ProgramFolder(),
                                          " or PATH; `make setup build` provides it"));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string LastLines(const std::string& log_file, int lines) {
  constexpr std::size_t kTailBytes = 4096;  // a longer tail is of no use on a terminal
  std::string text = ReadFile(log_file).value_or("");
  if (text.size() > kTailBytes) text = text.substr(text.size() - kTailBytes);
  std::vector<std::string> all = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (static_cast<int>(all.size()) > lines) all.erase(all.begin(), all.end() - lines);
  std::string last;
  for (const std::string& line : all) absl::StrAppend(&last, "    ", line, "\n");
  return last;
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const std::string beside = absl::StrCat(path, ".new");
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    return absl::InternalError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(ChildOptions options) {
  if (options.command.front().find('/') == std::string::npos) {
    auto found = FindProgram(options.command.front());
    if (!found.ok()) return found.status();
    options.command.front() = *found;
  }
  if (access(options.command.front().c_str(), X_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("cannot run ", options.command.front()));
  }
  // Everything the child needs is built before fork: between fork and exec only
  // async-signal-safe calls are allowed in a program with threads.
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    if (options.clean_environment && text.substr(0, 8) == "PEPLINE_") continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  for (const auto& [name, value] : options.environment) environment[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : environment) lines.push_back(absl::StrCat(name, "=", value));
  std::vector<char*> environment_pointers;
  for (std::string& line : lines) environment_pointers.push_back(line.data());
  environment_pointers.push_back(nullptr);
  std::vector<char*> arguments;
  for (std::string& argument : options.command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const std::string output = options.output_file.empty() ? "/dev/null" : options.output_file;

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError(absl::StrCat("cannot fork: ", strerror(errno)));
  if (pid == 0) {
    if (options.outlive_parent) {
      setsid();
    } else {
      // The signal comes when the parent's thread that forked ends; starters keep that thread.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(127);
      setpgid(0, 0);  // Ctrl-C reaches the starter alone, which stops its children in order
    }
    const int in = open("/dev/null", O_RDONLY);
    const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (in < 0 || out < 0) _exit(127);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    for (int fd = 3; fd < 1024; ++fd) close(fd);
    if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(127);
    signal(SIGPIPE, SIG_DFL);
    execve(arguments[0], arguments.data(), environment_pointers.data());
    _exit(127);
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, true));
}

ChildProcess::~ChildProcess() {
  if (!abandoned_) Stop();
}

std::optional<int> ChildProcess::ExitCode() {
  if (!exit_code_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = ToExitCode(status);
  }
  return exit_code_;
}

bool ChildProcess::Running() { return !ExitCode().has_value(); }

int ChildProcess::Stop(absl::Duration bound) {
  if (ExitCode()) return *exit_code_;
  kill(pid_, SIGTERM);
  WaitUntil([this] { return !Running(); }, bound);
  Kill();
  return *exit_code_;
}

void ChildProcess::Kill() {
  if (ExitCode()) return;
  kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_code_ = ToExitCode(status);
}

void ChildProcess::Abandon() { abandoned_ = true; }

}  // namespace pepline
