#include "tests/support/shifted_clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

constexpr std::size_t kClockSize = 16;  // of a simulated clock: a mark, then microseconds
constexpr std::size_t kMarkSize = 8;

// Null when it cannot be.
void* Map(const std::string& path, int flags, std::size_t size) {
  const int file = open(path.c_str(), flags | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return nullptr;
  void* memory = MAP_FAILED;
  if (ftruncate(file, static_cast<off_t>(size)) == 0) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  close(file);
  return memory == MAP_FAILED ? nullptr : memory;
}

absl::Status Failure(const std::string& path) {
  return absl::InternalError(absl::StrCat("cannot map ", path, ": ", strerror(errno)));
}

}  // namespace

ShiftedClock::ShiftedClock(std::string library, std::string file,
                           std::atomic<std::int64_t>* nanoseconds)
    : library_(std::move(library)), file_(std::move(file)), nanoseconds_(nanoseconds) {}

absl::StatusOr<std::unique_ptr<ShiftedClock>> ShiftedClock::Create(const std::string& library,
                                                                   const std::string& file) {
  if (access(library.c_str(), R_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("there is no ", library));
  }
  void* memory = Map(file, O_CREAT, sizeof(std::int64_t));
  if (memory == nullptr) return Failure(file);
  return std::unique_ptr<ShiftedClock>(
      new ShiftedClock(library, file, static_cast<std::atomic<std::int64_t>*>(memory)));
}

ShiftedClock::~ShiftedClock() { munmap(nanoseconds_, sizeof(std::int64_t)); }

std::map<std::string, std::string> ShiftedClock::Environment() const {
  return {{"LD_PRELOAD", library_}, {"SHIFTED_CLOCK_FILE", file_}};
}

void ShiftedClock::Set(absl::Duration shift) {
  nanoseconds_->store(absl::ToInt64Nanoseconds(shift));
}

absl::Duration ShiftedClock::shift() const { return absl::Nanoseconds(nanoseconds_->load()); }

absl::StatusOr<std::unique_ptr<FreeSimulatedClock>> FreeSimulatedClock::Open(
    const std::string& file) {
  void* memory = Map(file, 0, kClockSize);
  if (memory == nullptr) return Failure(file);
  return std::unique_ptr<FreeSimulatedClock>(new FreeSimulatedClock(memory));
}

FreeSimulatedClock::~FreeSimulatedClock() { munmap(memory_, kClockSize); }

void FreeSimulatedClock::Set(absl::Time now) {
  auto* micros =
      reinterpret_cast<std::atomic<std::int64_t>*>(static_cast<char*>(memory_) + kMarkSize);
  micros->store(absl::ToUnixMicros(now));
}

}  // namespace pepline
