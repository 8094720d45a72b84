// Loaded before a program (LD_PRELOAD), so that it sees the time of day shifted by
// SHIFTED_CLOCK_SECONDS; clocks that only measure how long something takes are left alone. For
// redis-server, whose allocator asks for the time before a larger library of the kind is ready.
// Promises: shifts CLOCK_REALTIME alone. Errors: as the calls that it stands for. Threads: any.
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  const long failed = syscall(SYS_clock_gettime, clock, at);
  const char* const seconds = getenv("SHIFTED_CLOCK_SECONDS");
  if (failed == 0 && seconds != nullptr && clock == CLOCK_REALTIME) at->tv_sec += atol(seconds);
  return static_cast<int>(failed);
}

int gettimeofday(timeval* __restrict at, void* __restrict) noexcept {
  timespec now = {};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* at) noexcept {
  timespec now = {};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  if (at != nullptr) *at = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
