// Loaded before a program (LD_PRELOAD), so that its clock of the day is wrong: by
// SHIFTED_CLOCK_SECONDS for as long as it runs, or by the nanoseconds that SHIFTED_CLOCK_FILE holds
// now. As with a machine whose clock is set, a wait until an instant of the day ends by the clock
// as it has become; clocks that only measure how long something takes are left alone.
// Promises: a changed file counts at once for whoever asks, within a quarter of a second for
// whoever waits. Without either variable the clock is right. Errors: as the calls that it stands
// for. Threads: any.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>

namespace {

using Nanoseconds = std::int64_t;
constexpr Nanoseconds kSecond = 1'000'000'000;
// The clock may be set while somebody waits.
constexpr Nanoseconds kLookAgain = kSecond / 4;

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

const std::atomic<Nanoseconds>* MapShift() {
  static const std::atomic<Nanoseconds> none = 0;
  static std::atomic<Nanoseconds> fixed = 0;
  if (const char* seconds = std::getenv("SHIFTED_CLOCK_SECONDS"); seconds != nullptr) {
    fixed = std::atoll(seconds) * kSecond;
    return &fixed;
  }
  const char* path = std::getenv("SHIFTED_CLOCK_FILE");
  const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return &none;
  void* memory = mmap(nullptr, sizeof(Nanoseconds), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? &none : static_cast<const std::atomic<Nanoseconds>*>(memory);
}

Nanoseconds Shift() {
  static const std::atomic<Nanoseconds>* const shift = MapShift();
  return shift->load(std::memory_order_relaxed);
}

Nanoseconds ToNanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

timespec ToTimespec(Nanoseconds time) {
  time = std::max<Nanoseconds>(time, 0);
  return {.tv_sec = time / kSecond, .tv_nsec = time % kSecond};
}

int RealClock(clockid_t clock, timespec* time) {
  static auto* const next = Next<int(clockid_t, timespec*)>("clock_gettime");
  return next(clock, time);
}

bool OfDay(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

// Waits in slices until the instant of the shifted clock. `wait` waits until an instant of the
// real one and says whether that has come.
template <class Wait>
void WaitInSlices(const timespec& until, const Wait& wait) {
  while (true) {
    timespec now;
    RealClock(CLOCK_REALTIME, &now);
    const Nanoseconds end = ToNanoseconds(until) - Shift();
    const Nanoseconds slice = std::min(end, ToNanoseconds(now) + kLookAgain);
    if (!wait(ToTimespec(slice)) || slice >= ToNanoseconds(until) - Shift()) return;
  }
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = RealClock(clock, time);
  if (result == 0 && OfDay(clock)) *time = ToTimespec(ToNanoseconds(*time) + Shift());
  return result;
}

int gettimeofday(timeval* __restrict time, void* __restrict) noexcept {
  timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  time->tv_sec = precise.tv_sec;
  time->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* result) noexcept {
  timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (result != nullptr) *result = precise.tv_sec;
  return precise.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* __restrict condition, pthread_mutex_t* __restrict mutex,
                           const timespec* __restrict until) {
  using Function = int(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  static auto* const next = Next<Function>("pthread_cond_timedwait");
  // Where the GNU C library keeps that a condition goes by the steady clock.
  constexpr unsigned kSteady = 2;
  if ((condition->__data.__wrefs & kSteady) != 0) return next(condition, mutex, until);
  int result = 0;
  WaitInSlices(*until, [&](const timespec& slice) {
    result = next(condition, mutex, &slice);
    return result == ETIMEDOUT;
  });
  return result;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  using Function = int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static auto* const next = Next<Function>("pthread_cond_clockwait");
  if (!OfDay(clock)) return next(condition, mutex, clock, until);
  int result = 0;
  WaitInSlices(*until, [&](const timespec& slice) {
    result = next(condition, mutex, clock, &slice);
    return result == ETIMEDOUT;
  });
  return result;
}

// Abseil waits by system calls of its own.
long syscall(long number, ...) noexcept {
  static auto* const next = Next<long(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  long words[6];
  for (long& word : words) word = va_arg(list, long);
  va_end(list);
  const long op = words[1];
  const auto* until = reinterpret_cast<const timespec*>(words[3]);
  const bool by_day = number == SYS_futex && (op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET &&
                      (op & FUTEX_CLOCK_REALTIME) != 0 && until != nullptr;
  if (!by_day) return next(number, words[0], words[1], words[2], words[3], words[4], words[5]);
  long result = 0;
  WaitInSlices(*until, [&](const timespec& slice) {
    result = next(number, words[0], words[1], words[2], reinterpret_cast<long>(&slice), words[4],
                  words[5]);
    return result == -1 && errno == ETIMEDOUT;
  });
  return result;
}

}  // extern "C"
