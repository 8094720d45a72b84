#include "tests/component/support/pod_memory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pepline {
namespace {

constexpr std::int64_t kMebibyte = 1024 * 1024;

struct Tree {
  std::string folder;  // where it is mounted; empty: there is none
  int version = 2;
};

bool HasWord(const std::string& text, char between, const std::string& word) {
  const std::vector<std::string> words =
      absl::StrSplit(absl::StripAsciiWhitespace(text), between, absl::SkipEmpty());
  return std::ranges::find(words, word) != words.end();
}

// The tree that has the controller of memory.
Tree FindTree() {
  Tree found;
  std::ifstream mounts("/proc/mounts");
  for (std::string line; std::getline(mounts, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() < 4) continue;
    const std::string& folder = words[1];
    if (words[2] == "cgroup2" &&
        HasWord(ReadFile(folder + "/cgroup.controllers").value_or(""), ' ', "memory")) {
      return {folder, 2};
    }
    if (words[2] == "cgroup" && HasWord(words[3], ',', "memory")) found = {folder, 1};
  }
  return found;
}

// A file of a cgroup takes one write, and says by its answer whether that was right.
absl::Status WriteInto(const std::string& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  out.close();
  if (out) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", text, " into ", file));
}

// A line "<name> <number>" of a file of a cgroup, or of one without a name the number; else 0.
std::int64_t NumberIn(const std::string& file, const std::string& name = "") {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    std::int64_t number = 0;
    if ((name.empty() || words.front() == name) && absl::SimpleAtoi(words.back(), &number)) {
      return number;
    }
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PodMemory>> PodMemory::Create(int mebibytes) {
  const Tree tree = FindTree();
  if (tree.folder.empty()) {
    return absl::UnavailableError("this machine has no cgroups with a controller of memory");
  }
  if (tree.version == 2 &&
      !HasWord(ReadFile(tree.folder + "/cgroup.subtree_control").value_or(""), ' ', "memory")) {
    absl::Status lent = WriteInto(tree.folder + "/cgroup.subtree_control", "+memory");
    if (!lent.ok()) return lent;
  }
  static std::atomic<int> made = 0;
  std::string folder = absl::StrCat(tree.folder, "/pepline-test-", getpid(), "-", ++made);
  if (mkdir(folder.c_str(), 0755) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot make ", folder, ": ", strerror(errno)));
  }
  std::unique_ptr<PodMemory> pod(new PodMemory(std::move(folder), tree.version));
  if (absl::Status limited = pod->Limit(mebibytes); !limited.ok()) return limited;
  return pod;
}

PodMemory::~PodMemory() {
  WaitUntil([&] { return rmdir(folder_.c_str()) == 0; }, absl::Seconds(2));
}

absl::Status PodMemory::Limit(int mebibytes) const {
  const std::string bytes = absl::StrCat(mebibytes * kMebibyte);
  absl::Status limited =
      WriteInto(folder_ + (version_ == 2 ? "/memory.max" : "/memory.limit_in_bytes"), bytes);
  if (!limited.ok()) return limited;
  // A kernel without swap has no such file.
  const std::string swap =
      folder_ + (version_ == 2 ? "/memory.swap.max" : "/memory.memsw.limit_in_bytes");
  if (access(swap.c_str(), F_OK) != 0) return absl::OkStatus();
  return WriteInto(swap, version_ == 2 ? "0" : bytes);
}

absl::StatusOr<std::string> PodMemory::FolderWith(const std::string& service) const {
  const std::string program = "pepline-" + service;
  auto real = FindProgram(program);
  if (!real.ok()) return real.status();
  const std::string script = programs_.path() + "/" + program;
  absl::Status written = WriteFile(script, absl::StrCat("#!/bin/sh\nset -e\necho $$ >", entrance(),
                                                        "\nexec ", *real, " \"$@\"\n"));
  if (!written.ok()) return written;
  if (chmod(script.c_str(), 0755) != 0) {
    return absl::InternalError(absl::StrCat("cannot make ", script, " a program"));
  }
  return programs_.path();
}

int PodMemory::KilledForMemory() const {
  return static_cast<int>(
      NumberIn(folder_ + (version_ == 2 ? "/memory.events" : "/memory.oom_control"), "oom_kill"));
}

int PodMemory::PeakMebibytes() const {
  return static_cast<int>(
      NumberIn(folder_ + (version_ == 2 ? "/memory.peak" : "/memory.max_usage_in_bytes")) /
      kMebibyte);
}

}  // namespace pepline
