// The memory of a pod: a cgroup with its limit and no swap, which a program runs in from its first
// byte, as the kernel holds a pod to resources.limits.memory.
//   auto pod = PodMemory::Create(256);
//   if (!pod.ok()) ... says why this machine does not let us
//   ServiceProcess::Start({..., .program_folder = (*pod)->FolderWith("registry")});
//   EXPECT_EQ((*pod)->KilledForMemory(), 0);
// Promises: works with either version of cgroups, and leaves nothing behind once the programs in it
// have ended, which must be before it goes. Errors: Unavailable with the reason (no root, no
// controller of memory, a container that may not). Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_POD_MEMORY_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_POD_MEMORY_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "tools/stack/processes.h"

namespace pepline {

inline constexpr int kPodsMebibytes = 256;  // serviceDefaults.resources.limits of the chart

// A sanitizer keeps several times what the program does, so its memory is not the program's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryIsTheProgramsOwn = false;
#else
inline constexpr bool kMemoryIsTheProgramsOwn = true;
#endif

class PodMemory {
 public:
  static absl::StatusOr<std::unique_ptr<PodMemory>> Create(int mebibytes);
  ~PodMemory();
  PodMemory(const PodMemory&) = delete;
  PodMemory& operator=(const PodMemory&) = delete;

  // A folder with a program pepline-<service> that enters the cgroup and becomes the real one.
  absl::StatusOr<std::string> FolderWith(const std::string& service) const;
  // The file that takes the id of a process that enters.
  std::string entrance() const { return folder_ + "/cgroup.procs"; }
  // How many processes the kernel killed here for want of memory.
  int KilledForMemory() const;
  // What was taken at most, by the kernel's count, with files that it can let go.
  int PeakMebibytes() const;

 private:
  PodMemory(std::string folder, int version) : folder_(std::move(folder)), version_(version) {}
  absl::Status Limit(int mebibytes) const;

  const std::string folder_;  // of the cgroup
  const int version_;         // of cgroups: 1 or 2
  TemporaryFolder programs_;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_POD_MEMORY_H_
