#include "shared/base/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

// The file: eight bytes that say what it is, then the instant in microseconds since 1970.
constexpr char kMark[8] = {'p', 'e', 'p', 'c', 'l', 'o', 'c', 'k'};
constexpr std::size_t kSize = 16;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);
static_assert(sizeof(std::atomic<std::int64_t>) == 8);

}  // namespace

absl::Status SimulatedClock::Create(const std::string& path, absl::Time start) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) {
    if (errno == EEXIST) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("cannot make the clock ", path, ": ", strerror(errno)));
  }
  char content[kSize];
  const std::int64_t micros = absl::ToUnixMicros(start);
  std::memcpy(content, kMark, sizeof(kMark));
  std::memcpy(content + sizeof(kMark), &micros, sizeof(micros));
  const bool written = write(file, content, kSize) == static_cast<ssize_t>(kSize);
  close(file);
  return written ? absl::OkStatus() : absl::InternalError(absl::StrCat("cannot write ", path));
}

absl::StatusOr<std::unique_ptr<SimulatedClock>> SimulatedClock::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return absl::NotFoundError(absl::StrCat("there is no clock at ", path));
  struct stat about {};
  void* memory = MAP_FAILED;
  if (fstat(file, &about) == 0 && about.st_size == static_cast<off_t>(kSize)) {
    memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  close(file);
  if (memory == MAP_FAILED) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a clock"));
  }
  if (std::memcmp(memory, kMark, sizeof(kMark)) != 0) {
    munmap(memory, kSize);
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a clock"));
  }
  auto* micros =
      reinterpret_cast<std::atomic<std::int64_t>*>(static_cast<char*>(memory) + sizeof(kMark));
  return std::unique_ptr<SimulatedClock>(new SimulatedClock(micros));
}

SimulatedClock::~SimulatedClock() {
  munmap(reinterpret_cast<char*>(micros_) - sizeof(kMark), kSize);
}

absl::Time SimulatedClock::Now() const { return absl::FromUnixMicros(micros_->load()); }

absl::Status SimulatedClock::Set(absl::Time now) {
  const std::int64_t wanted = absl::ToUnixMicros(now);
  std::int64_t present = micros_->load();
  do {
    if (wanted < present) return absl::InvalidArgumentError("a clock does not go back");
  } while (!micros_->compare_exchange_weak(present, wanted));
  return absl::OkStatus();
}

}  // namespace pepline
